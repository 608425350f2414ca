"""The portfolio's own front, by ε-constraint: the objective, with one other figure held at one level after another.

Haimes, Lasdon and Wismer, IEEE SMC 1 (1971); DOMAIN.md section 11: it finds points that weighted sums miss.
"""

from collections.abc import Callable
from dataclasses import dataclass, replace
from enum import StrEnum
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
    instance: Instance, held: Held, steps: int = 6, time_limit_s: float = 20.0, gap: float = 0.01, seed: int = 0
) -> tuple[Step, ...]:
    """Best schedules from the one that the held figure alone would choose to the one that is best without a limit.

    Each takes at most `time_limit_s`. Those that another is no worse than in cost, lateness, quality and value are left
    out, and levels at which no schedule was found.

    Raises:
        UnfitInstanceError: the instance contradicts itself.
        ValueError: fewer than 2 steps.
    """
    if steps < 2:
        msg = "a sweep needs 2 steps or more"
        raise ValueError(msg)
    free = solve(instance, time_limit_s, gap, seed)
    extreme = solve(replace(instance, weights=_ALONE[held]), time_limit_s, gap, seed)
    if not free.placed or not extreme.placed:
        return () if np.isnan(free.objective_usd) else (Step(_FIGURE[held](free), free),)
    figure = _FIGURE[held]
    levels = np.linspace(figure(extreme), figure(free), steps)[:-1]
    found = [Step(float(level), solve(_at(instance, held, float(level)), time_limit_s, gap, seed)) for level in levels]
    found = [step for step in found if not np.isnan(step.schedule.objective_usd)]
    found.append(Step(figure(free), free))
    losses = np.array([
        [of.schedule.cost_usd, of.schedule.lateness_usd, -of.schedule.quality, -of.schedule.value_usd] for of in found
    ])  # fmt: skip
    return tuple(found[i] for i in front_rows(losses.round(6)).tolist())


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
