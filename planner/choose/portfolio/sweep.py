"""The portfolio's own front, by ε-constraint: the objective, with one other figure held at one level after another.

Haimes, Lasdon and Wismer, IEEE SMC 1 (1971); DOMAIN.md section 11: it finds points that weighted sums miss.
"""

from collections.abc import Callable
from dataclasses import dataclass, replace
from enum import StrEnum
from itertools import pairwise
from time import monotonic
from typing import Final

import numpy as np

from planner.choose.pareto import front_rows
from planner.choose.portfolio.instance import Budget, Instance, Weights
from planner.choose.portfolio.schedule import Schedule
from planner.choose.portfolio.solve import solve


class Held(StrEnum):
    """The figure that is held."""

    COST = "cost_usd"
    LATENESS = "lateness_usd"
    QUALITY = "quality"


_ROUGH: Final = 0.05
"""Gap to which the figure alone is brought to its best: where starts hardly matter to it, less takes long to prove."""
_ALONE: Final = {
    Held.COST: Weights(value=0, lateness=0, cost=1),
    Held.LATENESS: Weights(value=0, lateness=1, cost=0),
    Held.QUALITY: Weights(value=0, lateness=0, cost=0, quality_usd=1),
}
_FIGURE: Final[dict[Held, Callable[[Schedule], float]]] = {
    Held.COST: lambda schedule: schedule.cost_usd,
    Held.LATENESS: lambda schedule: schedule.lateness_usd,
    Held.QUALITY: lambda schedule: schedule.quality,
}


@dataclass(frozen=True, slots=True)
class Step:
    """A schedule of the front."""

    limit: float
    """Cost or lateness at most, quality at least."""
    schedule: Schedule


def sweep(
    instance: Instance, held: Held, free: Schedule, until: float, steps: int = 6, gap: float = 0.01, seed: int = 0
) -> tuple[Step, ...]:
    """Best schedules from one that the held figure alone would choose, roughly, to the one that is best without limit.

    `free` is that one; all others together take until then, by the monotonic clock: each its part of what is left.
    Levels that agree to a billionth are one. Schedules that another is no worse than in cost, lateness, quality and
    value are left out, and levels at which none was found.

    Raises:
        UnfitInstanceError: the instance contradicts itself.
        ValueError: fewer than 2 steps.
    """
    if steps < 2:
        msg = "a sweep needs 2 steps or more"
        raise ValueError(msg)
    if not free.placed:
        return () if np.isnan(free.objective_usd) else (Step(_FIGURE[held](free), free),)
    figure, last = _FIGURE[held], Step(_FIGURE[held](free), free)
    extreme = solve(replace(instance, weights=_ALONE[held]), _part(until, steps), max(gap, _ROUGH), seed, free)
    if not extreme.placed:
        return (last,)
    levels = _apart(np.linspace(figure(extreme), figure(free), steps).tolist())[:-1]
    found, before = [], extreme
    for i, level in enumerate(levels):
        schedule = solve(_at(instance, held, level), _part(until, len(levels) - i), gap, seed, before)
        found.append(Step(level, schedule))
        # What keeps one level keeps the next.
        before = schedule if schedule.placed else before
    found = [*(step for step in found if not np.isnan(step.schedule.objective_usd)), last]
    losses = np.array([
        [of.schedule.cost_usd, of.schedule.lateness_usd, -of.schedule.quality, -of.schedule.value_usd] for of in found
    ])  # fmt: skip
    return tuple(found[i] for i in front_rows(losses.round(6)).tolist())


def _part(until: float, parts: int) -> float:
    """Seconds of one of so many parts of the time that is left."""
    return max(until - monotonic(), 0.0) / parts


def _apart(levels: list[float]) -> list[float]:
    """Levels without those that agree with the next; the last stays."""
    return [a for a, b in pairwise(levels) if abs(a - b) > 1e-9 * (1 + abs(b))] + levels[-1:]


def _at(instance: Instance, held: Held, level: float) -> Instance:
    """The instance with a limit; a hair wider, for the schedule that it comes from."""
    hair = 1e-6 * (1 + abs(level))
    if held is Held.COST:
        taken = {budget.name for budget in instance.budgets}
        name = "sweep"
        while name in taken:
            name += "+"
        return replace(instance, budgets=(*instance.budgets, Budget(name=name, limit_usd=level + hair)))
    if held is Held.LATENESS:
        known = instance.lateness_usd
        return replace(instance, lateness_usd=level + hair if known is None else min(known, level + hair))
    return replace(instance, quality=max(level - hair, instance.quality or 0.0))
