"""What a decision of a FineTune or Serving plan costs, as amounts of a business case."""

import math
from collections.abc import Iterator
from typing import Final

from planner.errors import InputError
from planner.kinds.business_case.inputs import PlanAmount, PlanCosts
from planner.outcome.any_plan import AnyPlan
from planner.outcome.configuration import Configuration
from planner.outcome.plan import Plan
from planner.outcome.serving_configuration import ServingConfiguration
from planner.outcome.serving_plan import ServingPlan
from planner.scenario.case_lines import CasePlan, Category
from planner.units import usd

_SERVING: Final[tuple[tuple[str, Category], ...]] = (
    ("compute", "inference"), ("first_tier", "inference"), ("tokens", "external_apis"), ("levers", "infrastructure"),
    ("training", "training"),
)  # fmt: skip
"""Part of the cost of a month → what it is for."""


def plan_costs(plan: AnyPlan, asked: CasePlan, path: str) -> PlanCosts:
    """The cost of a run, or of a month of serving, of the decision that is asked for.

    The band of a Serving plan's month is split over its parts in proportion to them; labour and management of a
    FineTune plan have none, being told by its scenario. Tax stays out, as in the plan's own cost.

    Args:
        plan: of the scenario that the case names; a brief one will do.
        asked: the block of `plans` that names it.
        path: the scenario's name in plans.

    Raises:
        InputError: the plan has no such decision, or its cost is unknown; the message says why.
    """
    return _run(plan, asked, path) if isinstance(plan, Plan) else _month(plan, asked, path)


def _run(plan: Plan, asked: CasePlan, path: str) -> PlanCosts:
    chosen = plan.configuration(_decided(plan, asked))
    if chosen is None or chosen.cost_usd is None:
        raise _unknown(plan, asked, () if chosen is None else tuple(chosen.unknown))
    parts = chosen.cost_parts
    amounts = [PlanAmount("training", chosen.cost_usd, _number(chosen.cost_usd_lo), _number(chosen.cost_usd_hi))]
    beside: tuple[tuple[Category, float | None], ...] = (("engineering", parts.labour), ("other", parts.management))
    amounts += [PlanAmount(category, amount, math.nan, math.nan) for category, amount in beside if amount]
    text = f"{_head(plan, asked)}: {_trained(chosen)}, {usd(chosen.cost_usd)} a run{_beside(parts.labour)}"
    return PlanCosts(text, path, asked.decision, chosen.id, "run", tuple(amounts), math.nan)


def _month(plan: ServingPlan, asked: CasePlan, path: str) -> PlanCosts:
    chosen = plan.configuration(_decided(plan, asked))
    if chosen is None or chosen.cost_usd_per_month is None:
        raise _unknown(plan, asked, () if chosen is None else tuple(chosen.unknown))
    amounts = [*_monthly(chosen, chosen.cost_usd_per_month)]
    upfront = chosen.cost_parts.upfront
    if upfront:
        amounts.append(PlanAmount("infrastructure", upfront, math.nan, math.nan, once=True))
    told = f"{usd(chosen.cost_usd_per_month)} a month{f' and {usd(upfront)} once' if upfront else ''}"
    requests = _number(plan.traffic.requests_per_month)
    text = f"{_head(plan, asked)}: {_served(chosen)}, {told}"
    return PlanCosts(text, path, asked.decision, chosen.id, "month", tuple(amounts), requests)


def _monthly(chosen: ServingConfiguration, cost_usd: float) -> Iterator[PlanAmount]:
    """The parts of a month by what they are for, each with its part of the band."""
    found: dict[Category, float] = {}
    for part, category in _SERVING:
        if amount := getattr(chosen.cost_parts, part):
            found[category] = found.get(category, 0.0) + amount
    if not found:
        found["inference"] = cost_usd
    low, high = (_number(bound) for bound in (chosen.cost_usd_per_month_lo, chosen.cost_usd_per_month_hi))
    down, up = (low / cost_usd, high / cost_usd) if cost_usd > 0.0 else (math.nan, math.nan)
    for category, amount in found.items():
        yield PlanAmount(category, amount, amount * down, amount * up)


def _decided(plan: AnyPlan, asked: CasePlan) -> str:
    """Id of the configuration that is chosen; raises InputError where the plan has no such decision."""
    chosen = plan.decisions.get(asked.decision)
    if chosen is not None:
        return chosen
    if not plan.decisions:
        message = f"{_name(plan)}: its plan has nothing feasible, so that it supplies no costs"
        raise InputError(message)
    message = f"{_name(plan)}: its plan has no decision {asked.decision!r}; it has {', '.join(plan.decisions)}"
    raise InputError(message)


def _unknown(plan: AnyPlan, asked: CasePlan, why: tuple[str, ...]) -> InputError:
    told = next((each for each in why if each.startswith("cost")), "")
    reason = f" ({told})" if told else ""
    return InputError(f"{_name(plan)}: the cost of its decision {asked.decision!r} is unknown{reason}")


def _name(plan: AnyPlan) -> str:
    return plan.metadata.name


def _head(plan: AnyPlan, asked: CasePlan) -> str:
    return f"{asked.decision.replace('_', ' ')} of {_name(plan)}"


def _trained(c: Configuration) -> str:
    machines = f"{c.hardware.nodes} x {c.hardware.count} x" if c.hardware.nodes > 1 else f"{c.hardware.count} x"
    return f"{c.model} by {c.method['name']} on {machines} {c.hardware.gpu} at {c.offer.seller} ({_tier(c.offer.tier)})"


def _served(c: ServingConfiguration) -> str:
    if c.machine is None or c.offer is None:
        return f"{c.model} by the API of {c.api.provider}" if c.api is not None else c.model
    machines = f"{c.machine.gpus_per_machine} x {c.machine.gpu}"
    peak = 0 if c.capacity is None else c.capacity.machines_peak
    most = f", {peak} machine{'' if peak == 1 else 's'} in the busiest hour" if peak else ""
    return f"{c.model} on {machines} at {c.offer.seller} ({_tier(c.offer.tier)}){most}"


def _tier(tier: str) -> str:
    return tier.replace("_", " ")


def _beside(labour_usd: float | None) -> str:
    return f" and {usd(labour_usd)} of labour" if labour_usd else ""


def _number(value: float | None) -> float:
    return math.nan if value is None else value
