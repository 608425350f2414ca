"""What plans supply as lines: the cost of runs once or by the year, or of serving by the month."""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import PurePosixPath
from typing import Final

import numpy as np

from planner.catalog.rows import Floats
from planner.estimate.finance.distributions import Distribution, Lognormal, Point
from planner.kinds.business_case.gathering import Gathering, Spot
from planner.kinds.business_case.inputs import PlanAmount, PlanCosts
from planner.kinds.business_case.lines import Amount, Line, Values
from planner.kinds.business_case.spread import Unit
from planner.kinds.business_case.world import DECLINE, PREDICTIONS, World
from planner.scenario.case_lines import CasePlan
from planner.units import Z90, compact

_MONTHS_PER_YEAR: Final = 12.0
_MONTHLY: Final[Unit] = "usd/month"
_A_RUN: Final[Unit] = "usd"
_PEOPLE: Final = ("engineering", "other")
"""What is paid to people, and what manages them: it does not fall as market prices do."""
_TRAINED: Final = "training"
"""In the month of a Serving plan the runs that it is trained by: as many, whatever the demand."""
_APART: Final = 0.2
"""A plan whose predictions differ from the case's by more of these is for another traffic."""


@dataclass(frozen=True, slots=True)
class _Way:
    """When what a plan pays again and again is paid."""

    words: str
    first: int
    last: int
    every: int
    runs: str = ""
    """Key of the number of runs; empty of a Serving plan."""
    times: float = 1.0


def plan_lines(
    plan: CasePlan, costs: PlanCosts, option: str, number: int, at: Spot, world: World, gathering: Gathering
) -> list[Line]:
    """Lines of one plan, a line for each category.

    All that a plan pays again and again is one input, so that its parts move together, each by the band of the whole;
    options that follow the same plan share it.
    """
    spot = at.item("plans", number, str(number), at.words)
    called, source = f"{PurePosixPath(costs.path).stem}, {costs.decision}", f"{costs.path}, {costs.decision}"
    recurring = [part for part in costs.amounts if not part.once]
    total = sum(part.usd for part in recurring if not math.isnan(part.usd))
    serving = costs.per == "month"
    words, unit = ("each month", _MONTHLY) if serving else ("each run", _A_RUN)
    text = f"{_planned(costs)}, {words}"
    key = gathering.supplied(_spread(recurring), spot, text, unit, source, same=_same(costs, recurring))
    if serving and plan.with_demand:
        gathering.assume(f"{spot.key}.with_demand", "evenly with demand",
                         "the plan is for its own traffic; machines come whole, so that more may cost less by the "
                         "request, and less may cost more")  # fmt: skip
    ways = [_Way("", 1, world.months, 1)] if serving else _runs(plan, _planned(costs), spot, world, gathering)
    found = [
        Line(
            option=option,
            name=f"{called}: {part.category}{way.words if len(ways) > 1 else ''}",
            category=part.category,
            side="cost",
            amount=_amount(key, part.usd / total * way.times if total else part.usd, way.runs),
            keys=(key, way.runs) if way.runs else (key,),
            first=way.first,
            last=way.last,
            every=way.every,
            driver="demand" if serving and plan.with_demand and part.category != _TRAINED else "",
            decline=DECLINE if plan.market_price and part.category not in _PEOPLE else "",
            source=source,
        )
        for way in ways
        for part in recurring
    ]
    found += _once(costs, called, option, spot, source, gathering)
    _warn(costs, called, at, world, gathering)
    return found


def warn_of_training_twice(
    plans: Sequence[tuple[CasePlan, PlanCosts]], words: str, gathering: Gathering
) -> None:  # fmt: skip
    """Say where runs by the year stand beside a Serving plan whose month has runs of its own."""
    served = [PurePosixPath(costs.path).stem for _, costs in plans
              if costs.per == "month" and any(part.category == _TRAINED for part in costs.amounts)]  # fmt: skip
    tuned = [PurePosixPath(costs.path).stem for plan, costs in plans if plan.runs_per_year is not None]
    if served and tuned:
        gathering.warn(
            f"{words}: the month of {served[0]} has training runs in it, and runs_per_year of {tuned[0]} counts more; "
            "where these are the same runs, leave runs_per_year out"
        )


def _same(costs: PlanCosts, recurring: list[PlanAmount]) -> str:
    """What tells a plan's cost from that of others, in whatever option it stands."""
    return repr((costs.path, costs.per, costs.configuration, recurring))


def _runs(plan: CasePlan, planned: str, spot: Spot, world: World, gathering: Gathering) -> list[_Way]:
    """Runs at the start and runs by the year; where neither is told, one at the start."""
    once = plan.runs_once
    told = once is not None or plan.runs_per_year is not None
    ways = []
    if once is not None or not told:
        why = "" if told else "one run: neither runs_once nor runs_per_year is told"
        key = gathering.number(1.0 if once is None else once, spot.of("runs_once"), f"{planned}, runs at the start",
                               "count", default=why)  # fmt: skip
        ways.append(_Way(" at the start", 0, 0, 0, key))
    if plan.runs_per_year is not None:
        key = gathering.number(plan.runs_per_year, spot.of("runs_per_year"), f"{planned}, runs each year", "count")
        ways.append(_Way(" by the year", 1, world.months, 1, key, 1.0 / _MONTHS_PER_YEAR))
    return ways


def _once(
    costs: PlanCosts, called: str, option: str, spot: Spot, source: str, gathering: Gathering
) -> list[Line]:  # fmt: skip
    """What a plan pays at the start, whatever it pays later."""
    parts = [part for part in costs.amounts if part.once]
    found = []
    for place, part in enumerate(parts):
        name = "once" if len(parts) == 1 else f"once.{place}"
        key = gathering.supplied(Point(part.usd), spot.of(name), f"{_planned(costs)}, at the start", "usd", source)
        found.append(
            Line(option, f"{called}: {part.category}, at the start{f' ({place + 1})' if place else ''}",
                 part.category, "cost", _amount(key, 1.0, ""), (key,), 0, 0, 0, source=source)
        )  # fmt: skip
    return found


def _planned(costs: PlanCosts) -> str:
    """`knee of support-bot`."""
    return f"{costs.decision.replace('_', ' ')} of {PurePosixPath(costs.path).stem}"


def _spread(parts: list[PlanAmount]) -> Distribution:
    """Of the sum of parts that are known: lognormal about the plan's own figure, 90 % between its bounds."""
    known = [part for part in parts if not math.isnan(part.usd)]
    if not known:
        return Point(math.nan)
    usd = sum(part.usd for part in known)
    low = sum(part.usd if math.isnan(part.usd_lo) else part.usd_lo for part in known)
    high = sum(part.usd if math.isnan(part.usd_hi) else part.usd_hi for part in known)
    if not 0.0 < low < high or usd <= 0.0:
        return Point(usd)
    return Lognormal(usd, math.log(high / low) / (2.0 * Z90))


def _amount(key: str, times: float, runs: str) -> Amount:
    def amount(values: Values) -> Floats:
        return np.asarray(values[key] * times * (values[runs] if runs else 1.0))

    return amount


def _warn(costs: PlanCosts, called: str, at: Spot, world: World, gathering: Gathering) -> None:
    unknown = sorted({part.category for part in costs.amounts if math.isnan(part.usd)})
    if unknown:
        gathering.warn(f"{at.words}, {called}: the plan does not know its cost of {', '.join(unknown)}; so are sums "
                       "that it is part of unknown")  # fmt: skip
    theirs = costs.predictions_per_month
    if not world.predictions or math.isnan(theirs):
        return
    ours = gathering.inputs[PREDICTIONS].value
    if ours is not None and abs(theirs - ours) > _APART * ours:
        gathering.warn(
            f"{at.words}, {called}: its cost is that of {compact(theirs)} requests a month, and demand is "
            f"{compact(ours)} predictions a month; plan it for the same traffic"
        )
