"""Solving a portfolio: thinned first, with every choice where that finds nothing, and tighter until budgets hold."""

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from time import monotonic
from typing import Final

from planner.choose.portfolio.fitness import COLUMNS
from planner.choose.portfolio.instance import Instance
from planner.choose.portfolio.schedule import Schedule, Status
from planner.choose.portfolio.solve import solve
from planner.kinds.portfolio.chances import first_margins, last_margins
from planner.kinds.portfolio.problem import Problem
from planner.kinds.portfolio.thinning import thinned

_ROUNDS: Final = 6
"""Schedules that are tried at most until budgets hold with the probability that is asked for."""
_HAIR: Final = 1e-3
"""What a margin is widened by beyond need, so that rounding does not ask for another round."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Solved:
    """A schedule, and the instances that it is of."""

    schedule: Schedule
    instance: Instance
    """As it was solved."""
    full: Instance
    """The same with every choice."""
    margins: Mapping[str, float]
    """Budget → what costs count for; empty where no probability is asked for."""
    rounds: int
    short: tuple[str, ...] = ()
    """Budgets that do not hold with the probability asked for, whatever was tried."""


def solved(problem: Problem, progress: Callable[[str], None]) -> Solved:
    """Solve; where budgets are to hold with a probability, again with wider margins until they do.

    All together within the time limit: the last attempt may take all that is left, each before it half of it.

    Raises:
        InputError: the scenario contradicts itself.
    """
    asked, seed = problem.scenario.budget_confidence, problem.scenario.solver.seed
    until = monotonic() + problem.scenario.solver.time_limit
    if asked is None or not problem.budgets:
        return _once(problem, {}, until, 1)
    margins = first_margins(problem.budgets, problem.by_team, asked)
    widest = last_margins(problem.budgets, problem.by_team, asked)
    found, wider = None, dict[str, float]()
    for number in range(1, _ROUNDS + 1):
        if number > 1:
            progress(f"scheduling again, so that budgets hold with {asked:.3g} (round {number})")
        now = monotonic()
        tried = _once(problem, margins, until if number == _ROUNDS else now + (until - now) / 2, number)
        if found is not None and tried.schedule.status is Status.NOTHING_FOUND:
            # The time is up: what was found with smaller margins is told as what it is.
            break
        found = tried
        wider = _wider(problem, found, asked, seed)
        if not any(problem.left_usd(name) > 0 for name in wider) or number == _ROUNDS:
            break
        margins = {
            name: max(margin, widest[name], wider[name]) if name in wider and number == _ROUNDS - 1
            else max(margin, wider.get(name, 1.0))
            for name, margin in margins.items()
        }  # fmt: skip
    assert found is not None
    return replace(found, short=tuple(wider))


def _wider(problem: Problem, found: Solved, asked: float, seed: int) -> dict[str, float]:
    """Budget → the margin that this schedule would have needed, of those that do not hold."""
    wider = {}
    for budget in problem.budgets:
        costs = problem.costs(found.schedule, budget)
        needed = costs.needed_usd(asked, seed)
        left = max(problem.left_usd(budget.name), 0.0)
        if needed > left * (1 + 1e-9) and costs.medians_usd.sum() > 0:
            wider[budget.name] = (1 + _HAIR) * needed / float(costs.medians_usd.sum())
    return wider


def _once(problem: Problem, margins: Mapping[str, float], until: float, number: int) -> Solved:
    """Solve with few configurations of each job; with all where these are proven not to do."""
    solver = problem.scenario.solver
    full = problem.rest(margins)
    few = thinned(full, solver.configurations, problem.groups)
    schedule = solve(few.instance, until - monotonic(), solver.gap, solver.seed)
    instance = few.instance
    if few.cut and schedule.status is Status.INFEASIBLE and fits(full):
        schedule, instance = solve(full, until - monotonic(), solver.gap, solver.seed), full
    return Solved(schedule=schedule, instance=instance, full=full, margins=margins, rounds=number)


def fits(instance: Instance) -> bool:
    """Whether the solver can hold an instance."""
    slots = math.ceil(instance.horizon_hours / instance.slot_hours)
    return slots * sum(len(job.configurations) for job in instance.jobs) <= COLUMNS
