"""Simulations of decisions beside the law of latency: what they found, and whether both agree."""

from planner.outcome.serving_configuration import ServingConfiguration
from planner.outcome.serving_findings import Simulation
from planner.outcome.serving_plan import ServingPlan
from planner.report.names import capital, listed
from planner.report.serving.rows import chosen_of
from planner.units import significant


def simulation_of(c: ServingConfiguration, plan: ServingPlan) -> Simulation | None:
    """The run of this configuration; None where none was made."""
    return next((run for run in plan.simulations if plan.decisions.get(run.decision) == c.id), None)


def stands(run: Simulation) -> str:
    """`agrees to a factor of 1.04`, `does not agree: off by a factor of 2.1`."""
    off = f"a factor of {significant(run.worst_ratio)}"
    if run.replaces:
        return f"is doubtful at this load and off by {off}, so that the percentiles listed are the simulated ones"
    return f"agrees to {off}" if run.agrees else f"does not agree: off by {off}"


def simulations_sentence(plan: ServingPlan) -> str:
    """What was run, and how the law stands against it."""
    told = {}
    for id_, roles in chosen_of(plan).items():
        found = next((run for run in plan.simulations if plan.decisions.get(run.decision) == id_), None)
        if found is not None:
            told[listed(list(roles))] = found
    if not told:
        return ""
    each = "; ".join(f"{name}: the law {stands(run)}" for name, run in told.items())
    fewest = min(run.requests for run in told.values())
    return (
        f"Arrivals and batching were simulated, at least {fewest:,} requests of each. {capital(each)}. "
        "The front has the law's figures throughout."
    )
