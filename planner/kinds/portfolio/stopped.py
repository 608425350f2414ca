"""The instance in which an outage is solved: what it does not touch stays, and what ran there already is spent."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Final

from planner.choose.portfolio.instance import Budget, Instance, Placement
from planner.choose.portfolio.schedule import Placed
from planner.kinds.portfolio.inputs import Place
from planner.kinds.portfolio.places import lies_in
from planner.kinds.portfolio.problem import Problem
from planner.kinds.portfolio.solving import Solved

Sunk = Mapping[str, Mapping[str, float]]
"""Job → month → USD."""
STAYS_USD: Final = 1.0
"""What it has to bring that a job which an outage does not touch moves, where the portfolio does not run already."""


def sunk_of(problem: Problem, hit: Sequence[Placed]) -> Sunk:
    """What jobs that run there have cost until now: spent, whatever becomes of them."""
    horizon, started = problem.horizon, problem.standing.of("started")
    found = {}
    for of in hit:
        gone = min(max((horizon.now_hours or 0.0) - of.start_hours, 0.0), of.finish_hours - of.start_hours)
        if of.job in started and gone > 0:
            usd = of.cost_usd * gone / (of.finish_hours - of.start_hours)
            found[of.job] = horizon.by_month(horizon.at(of.start_hours), horizon.at(of.start_hours + gone), usd)
    return found


def _less(problem: Problem, solved: Solved, sunk: Sunk) -> tuple[Budget, ...]:
    """Budgets less what is sunk."""

    def of(budget: Budget) -> float:
        return sum(
            usd
            for job, months in sunk.items()
            for month, usd in months.items()
            if budget.team in ("", problem.teams[job]) and budget.month in ("", month)
        )

    return tuple(
        replace(budget, limit_usd=max(0.0, budget.limit_usd - of(budget) / solved.margins.get(budget.name, 1.0)))
        for budget in solved.full.budgets
    )


def kept(problem: Problem, solved: Solved, place: Place, sunk: Sunk) -> Instance:
    """The instance less what is sunk, in which a job that the outage does not touch moves only where that pays."""
    stays = {
        of.job: Placement(of.configuration, of.start_hours)
        for of in solved.schedule.placed
        if not lies_in(place, problem.by_name[of.job, of.configuration].chosen)
    }
    running = problem.scenario.running
    jobs = tuple(replace(job, planned=stays.get(job.name) if job.fixed is None else None) for job in solved.full.jobs)
    weights = replace(solved.full.weights, stays_usd=STAYS_USD if running is None else running.moving_costs)
    return replace(solved.full, jobs=jobs, weights=weights, budgets=_less(problem, solved, sunk))


def followers_free(instance: Instance) -> Instance:
    """Jobs that wait for one that has nothing left are lost with it, and need not run either."""
    lost = {job.name for job in instance.jobs if not job.configurations}
    while more := {after.job for after in instance.orders if after.first in lost} - lost:
        lost |= more
    jobs = tuple(replace(job, required=False) if job.name in lost else job for job in instance.jobs)
    return replace(instance, jobs=jobs)
