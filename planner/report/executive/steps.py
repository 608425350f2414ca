"""What to do next, in order, with the commands that the planner has for it."""

import re
import shlex
from typing import Final

from planner.outcome import Configuration, ManagedJob, Plan, Relaxation
from planner.report.data.executive import NextStep
from planner.report.executive.changes import LONGEST
from planner.report.executive.cost import on_top
from planner.report.names import clean, listed, shorten
from planner.report.sections.bars import COST_TERMS
from planner.report.sections.rows import machine_text, offer_text
from planner.units import duration, usd

MOST_PLACES: Final = 2
"""Other places that are told."""
_PLAIN: Final = re.compile(r"[\w./-]{1,120}", re.ASCII)
"""A path that can stand in a command as it is."""
_VALUES: Final = {
    "constraints.max_cost": "${:.2f}", "constraints.deadline": "{:g} h", "constraints.max_carbon": "{:g} kg",
    "constraints.memory_margin": "{:g}", "quality.floor.points": "{:g}", "quality.floor.q": "{:g}",
}  # fmt: skip
"""Limits that a command can move, and how their values are written."""


def next_steps(plan: Plan, c: Configuration) -> tuple[NextStep, ...]:
    """From the approval to the booking."""
    name = next((name for name, id_ in plan.decisions.items() if id_ == c.id), c.id)
    found = _approve(plan, c)
    found.append(
        NextStep("Measure once before booking; this prints the one short run that tells most:", _explain(name))
    )
    pilot = next((one for one in plan.advice if one.kind == "pilot" and one.configuration == c.id), None)
    if pilot is not None and len(clean(pilot.change)) <= LONGEST:
        found.append(NextStep(f"To be surer of the quality, {clean(pilot.change)}."))
    found.append(NextStep(f"Book {machine_text(c)} at {offer_text(c)}{_rented(c)}.{_elsewhere(plan, c)}"))
    return (*found, *_lock(plan))


def service_steps(plan: Plan, job: ManagedJob) -> tuple[NextStep, ...]:
    """The same where a managed service is the answer."""
    approve, ask = _approve(plan, job), f"Ask the provider, {shorten(job.provider, 40)},"
    if job.cost_usd_at_least:
        told = f"{ask} for the fee or minimum that is not known before anything is approved"
        approve = [NextStep(f"{told}: at least {usd(job.cost_usd)} is a lower bound.")]
    return (
        *approve,
        NextStep(f"{ask} how long a job takes and what keeping and serving the model costs."),
        NextStep("Evaluate the tuned model against the untuned one on data of your own before it serves anyone."),
        *_lock(plan),
    )


def steps_out(plan: Plan) -> tuple[NextStep, ...]:
    """What to do where nothing is feasible: move the limit that has to move least, or open a choice, and plan again."""
    scenario = _scenario(plan)
    moved = next((r for r in plan.relaxations if r.needed is not None and r.constraint in _VALUES), None)
    found = (
        [NextStep("Decide which limit may move; the smallest change stands first above.")] if plan.relaxations else []
    )
    if scenario and moved is not None:
        found.append(NextStep("Plan again with it:", f"planner plan {scenario}{_laid(plan)} {_set(moved)}"))
    elif scenario:
        found.append(NextStep("Change the scenario and plan again:", f"planner plan {scenario}{_laid(plan)}"))
    return tuple(found)


def _set(relaxation: Relaxation) -> str:
    value = _VALUES[relaxation.constraint].format(relaxation.needed)
    return f"--set {shlex.quote(f'{relaxation.constraint}={value}')}"


def _laid(plan: Plan) -> str:
    """What the command line laid on the scenario, again."""
    parts = (change.partition(" ") for change in map(clean, plan.scenario.changes))
    return "".join(f" {flag} {shlex.quote(value)}" for flag, _, value in parts if flag in ("--override", "--set"))


def _account(plan: Plan) -> str:
    """Whom it is charged to, as far as the scenario says."""
    if plan.metadata.cost_centre:
        return f", charged to cost centre {shorten(plan.metadata.cost_centre, 40)}"
    return f" for {shorten(plan.metadata.team, 40)}" if plan.metadata.team else ""


def _approve(plan: Plan, chosen: Configuration | ManagedJob) -> list[NextStep]:
    """What to approve, what that sum is, and what it leaves out; nothing where the cost is unknown."""
    known = chosen.cost_usd_hi is not None
    most = chosen.cost_usd_hi if known else chosen.cost_usd
    if not most:
        return []
    what = "the upper end of the 90 % band of the cost" if known else "the cost, of which no band is known"
    named = [*on_top(chosen, plan)]
    more = f"; {listed(named)} {'comes' if len(named) == 1 else 'come'} on top" if named else ""
    return [NextStep(f"Approve up to {usd(most)}{_account(plan)}: {what}{more}.")]


def _rented(c: Configuration) -> str:
    """`, a3-highgpu-8g, spot, at $10.21/h for about 28 min, 23 min of it billed: $3.84, with re-runs $4.43`."""
    instance = f", {shorten(c.offer.instance, 40)}" if c.offer.instance else ""
    hourly = f" at {usd(c.offer.price_usd_per_hour)}/h" if c.offer.price_usd_per_hour is not None else ""
    time = f" for about {duration(c.hours)}" if c.hours is not None else ""
    return f"{instance}, {c.offer.tier.replace('_', ' ')},{hourly}{time}".rstrip(",") + _billed(c)


def _elsewhere(plan: Plan, c: Configuration) -> str:
    """Where to go on once the machine is taken away, where the recommended way to run it has several places."""
    run = next((p for p in plan.spot_policies if p.id == c.id and p.recommended), None)
    others = (
        [] if run is None else [shorten(place.removesuffix(" any"), 40) for place in run.regions[1 : 1 + MOST_PLACES]]
    )
    return f" Be ready to go on at {listed(others)}." if others else ""


def _billed(c: Configuration) -> str:
    """How the price makes the cost; empty where it is no plain price by the hour."""
    price, compute = c.offer.price_usd_per_hour, c.cost_parts.compute
    if not price or not compute or not c.hours or c.offer.timed is not None or c.offer.commitment is not None:
        return ""
    if c.train.get("spot_share"):
        return ""
    more = [word for name, word in COST_TERMS.items() if name != "compute" and getattr(c.cost_parts, name)]
    whole = f", with {listed(more)} {usd(c.cost_usd)}" if more and c.cost_usd is not None else ""
    billed = duration(compute / price)
    part = (
        ""
        if billed == duration(c.hours)
        else f", {billed} of it billed"
        if compute / price < c.hours
        else f", billed as {billed}"
    )
    return f"{part}: {usd(compute)}{whole}"


def _explain(name: str) -> str:
    return f"planner explain plan.json {name} --measure" if _PLAIN.fullmatch(name) else ""


def _lock(plan: Plan) -> list[NextStep]:
    """Recording the prices, unless the plan was made with recorded ones, or differs from its file."""
    scenario = _scenario(plan)
    if plan.lock is not None or not scenario or plan.scenario.changes:
        return []
    return [NextStep("Record these prices, so that the next plan tells what moved:", f"planner lock {scenario}")]


def _scenario(plan: Plan) -> str:
    """The scenario's path, where it can stand in a command."""
    path = plan.scenario.path
    return path if _PLAIN.fullmatch(path) and not path.startswith("-") else ""
