"""What is logged of a plan or review: parameters (what was chosen) and metrics (numbers)."""

import math
from collections.abc import Mapping
from dataclasses import dataclass

from planner.hosts.plain import plain
from planner.outcome.configuration import Configuration
from planner.outcome.managed import ManagedJob
from planner.outcome.plan import Plan
from planner.outcome.review import Review
from planner.outcome.serving_configuration import ServingConfiguration
from planner.outcome.serving_plan import ServingPlan
from planner.outcome.sides import chosen_of

Logged = Plan | ServingPlan | Review
"""What is logged: a portfolio's jobs have plans of their own, and a business case is no run."""
LONGEST = 500
"""Characters of a parameter; servers before MLflow 2.8 take no more."""


@dataclass(frozen=True, slots=True)
class Figures:
    """Parameters and metrics by name; what is unknown is left out."""

    parameters: Mapping[str, str]
    metrics: Mapping[str, float]


def figures_of(outcome: Logged, decision: str) -> Figures:
    """The figures of a plan's decision, or of a review."""
    match outcome:
        case Plan():
            return _tuning(outcome, decision)
        case ServingPlan():
            return _serving(outcome, decision)
        case Review():
            return _review(outcome)


def _figures(parameters: Mapping[str, object], metrics: Mapping[str, float | None]) -> Figures:
    told = {
        key: plain(str(value), LONGEST) for key, value in parameters.items() if value is not None and str(value) != ""
    }
    known = {key: float(value) for key, value in metrics.items() if value is not None and math.isfinite(value)}
    return Figures(told, known)


def _tuning(plan: Plan, decision: str) -> Figures:
    chosen = chosen_of(plan, decision)
    common: dict[str, object] = {"decision": decision, "catalog_as_of": plan.catalog.as_of}
    if isinstance(chosen, ManagedJob):
        return _figures(
            common | {"model": chosen.model, "provider": chosen.provider, "method": chosen.method.get("name")},
            _band("planned_cost_usd", chosen.cost_usd, chosen.cost_usd_lo, chosen.cost_usd_hi)
            | _band("planned_quality", chosen.quality, chosen.quality_lo, chosen.quality_hi),
        )
    if not isinstance(chosen, Configuration):
        return _figures(common, {"feasible": plan.feasible})
    hardware, offer, cost, hours = chosen.hardware, chosen.offer, chosen.cost_usd, chosen.hours
    gpus = hardware.count * hardware.nodes
    samples, share = chosen.train.get("dataset_samples"), chosen.train.get("dataset_share", 1.0)
    trained = samples * share if isinstance(samples, int | float) and isinstance(share, int | float) else None
    parameters = common | {
        "configuration": chosen.id, "model": chosen.model, "stack": chosen.stack, "gpu": hardware.gpu,
        "gpu_count": gpus, "parallelism": hardware.parallelism, "provider": offer.provider, "region": offer.region,
        "instance": offer.instance, "tier": offer.tier,
        **{f"method.{key}": value for key, value in chosen.method.items()},
        **{f"train.{key}": value for key, value in chosen.train.items()},
    }  # fmt: skip
    return _figures(parameters, {
        **_band("planned_cost_usd", cost, chosen.cost_usd_lo, chosen.cost_usd_hi),
        **_band("planned_hours", hours, chosen.hours_lo, chosen.hours_hi),
        **_band("planned_quality", chosen.quality, chosen.quality_lo, chosen.quality_hi),
        **_band("planned_carbon_kg", chosen.carbon_kg, chosen.carbon_kg_lo, chosen.carbon_kg_hi),
        "planned_gpu_hours": None if hours is None else hours * gpus,
        "planned_cost_per_sample_usd": None if cost is None or not trained else cost / trained,
        "planned_memory_gib": chosen.memory_gib.total,
        "planned_mfu": chosen.work.mfu,
        "planned_hfu": chosen.work.hfu,
        "planned_tokens_per_s_per_gpu": chosen.work.tokens_per_s_per_gpu,
        "planned_tokens": chosen.work.tokens,
        **{f"planned_{part}_usd": usd for part, usd in chosen.cost_parts.model_dump().items()},
    })  # fmt: skip


def _serving(plan: ServingPlan, decision: str) -> Figures:
    chosen = chosen_of(plan, decision)
    common: dict[str, object] = {"decision": decision, "catalog_as_of": plan.catalog.as_of}
    if not isinstance(chosen, ServingConfiguration):
        return _figures(common, {"feasible": plan.feasible})
    machine, offer, capacity = chosen.machine, chosen.offer, chosen.capacity
    replica_hours = None if capacity is None else capacity.replica_hours
    parameters = common | {
        "configuration": chosen.id, "way": chosen.way, "model": chosen.model, "precision": chosen.precision,
        "engine": chosen.engine, "scaling": chosen.scaling, "levers": ", ".join(chosen.levers),
        "gpu": None if machine is None else machine.gpu, "provider": None if offer is None else offer.provider,
        "region": None if offer is None else offer.region, "tier": None if offer is None else offer.tier,
        "api_provider": None if chosen.api is None else chosen.api.provider,
    }  # fmt: skip
    return _figures(parameters, {
        **_band(
            "planned_month_usd", chosen.cost_usd_per_month, chosen.cost_usd_per_month_lo, chosen.cost_usd_per_month_hi
        ),
        **_band("planned_latency_s", chosen.latency_s, chosen.latency_s_lo, chosen.latency_s_hi),
        **_band("planned_quality", chosen.quality, chosen.quality_lo, chosen.quality_hi),
        "planned_usd_per_1k_requests": chosen.unit_costs.per_1k_requests,
        "planned_requests_per_month": plan.traffic.requests_per_month,
        "planned_gpu_hours": (
            None if replica_hours is None or machine is None else replica_hours * machine.tensor_parallel
        ),
        "planned_utilisation": None if capacity is None else capacity.utilisation,
    })  # fmt: skip


def _review(review: Review) -> Figures:
    month = next((one for one in review.months if one.month == review.month), None)
    total = next((one for one in review.forecasts if not one.dimension and one.months), None)
    hours = [card.gpu_hours for card in review.operations.cards]
    return _figures(
        {"month": review.month, "as_of": review.as_of, "time_zone": review.time_zone, "whole": review.month_whole},
        {
            "month_spend_usd": None if month is None else month.effective_usd,
            "month_billed_usd": None if month is None else month.billed_usd,
            "month_forecast_usd": None if total is None else total.months[0].usd,
            "gpu_hours": sum(hours) if hours else None,
            "efficiency": review.efficiency.score,
            "anomalies": sum(one.in_month for one in review.anomalies),
            "largest_advice_month_saving_usd": max((one.per_month_usd for one in review.advice), default=None),
            **{f"budget_used.{_key(one.name)}": one.used for one in review.budgets[:100]},
            **{f"unit_cost_usd.{_key(one.name)}": one.unit_cost_usd for one in review.unit_costs[:100]},
            **{f"spend_usd.{_key(team) or 'unattributed'}": usd
               for team, usd in sorted((month.by_team if month else {}).items(), key=lambda t: (-t[1], t[0]))[:100]},
        },
    )  # fmt: skip


def _band(name: str, value: float | None, low: float | None, high: float | None) -> dict[str, float | None]:
    return {name: value, f"{name}_low": low, f"{name}_high": high}


def _key(text: str) -> str:
    """A name of a metric holds letters, digits, _, -, ., blanks, : and / alone."""
    return "".join(sign if sign.isascii() and (sign.isalnum() or sign in "_-. ") else "_" for sign in plain(text, 100))
