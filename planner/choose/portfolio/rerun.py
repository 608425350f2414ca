"""Planning the rest of a portfolio that runs already, and moving as little as asked for."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace

from planner.choose.portfolio.instance import Budget, Instance, Job, Placement, UnfitInstanceError


@dataclass(frozen=True, slots=True)
class Ended:
    """A job that has ended."""

    finish_hours: float
    cost_by_month_usd: Mapping[str, float]
    """What it cost in fact; (month) → spent."""


@dataclass(frozen=True, slots=True, kw_only=True)
class State:
    """Where a portfolio stands."""

    now_hours: float
    """Hours since `Instance.begins`."""
    started: Mapping[str, Placement] = field(default_factory=dict)
    """Jobs that run: they stay where they are."""
    done: Mapping[str, Ended] = field(default_factory=dict)
    failed: Mapping[str, Ended] = field(default_factory=dict)
    """Jobs that ended without a result: spent, and still to run."""
    planned: Mapping[str, Placement] = field(default_factory=dict)
    """Where the plan so far has the others."""


def rest(instance: Instance, state: State, stays_usd: float) -> Instance:
    """The instance that is left to plan: solve it as any other.

    Done jobs are gone, what they and failed ones spent is off the budgets, their followers wait for their ends; started
    jobs are fixed; nothing else starts before now. Each job that stays where it was planned earns `stays_usd`: the
    larger, the less moves.

    Raises:
        UnfitInstanceError: the state names jobs that there are not, or one in two states.
    """
    names = [job.name for job in instance.jobs]
    told = [*state.started, *state.done, *state.failed]
    problems = [f"there is no job {name}" for name in {*told, *state.planned} if name not in names]
    problems += [f"job {name} is in two states" for name in sorted(set(told)) if told.count(name) > 1]
    if problems:
        raise UnfitInstanceError("\n".join(sorted(problems)))
    wait: dict[str, float] = {}
    orders = []
    for after in instance.orders:
        if after.job in state.done or after.job in state.started:
            continue
        if after.first in state.done:
            ready = state.done[after.first].finish_hours + after.lag_hours
            wait[after.job] = max(wait.get(after.job, 0.0), ready)
        else:
            orders.append(after)
    jobs = tuple(_left(job, state, wait.get(job.name, 0.0)) for job in instance.jobs if job.name not in state.done)
    gone = set(state.done)
    exclusives = [
        replace(exclusive, jobs=tuple(name for name in exclusive.jobs if name not in gone))
        for exclusive in instance.exclusives
    ]
    teams = {job.name: job.team for job in instance.jobs}
    ended = [*state.done.items(), *state.failed.items()]
    budgets = tuple(
        replace(
            budget,
            # What is overspent already is not for the rest to make good.
            limit_usd=max(0.0, budget.limit_usd - _spent(budget, ended, teams)),
        )
        for budget in instance.budgets
    )
    return replace(
        instance, jobs=jobs, orders=tuple(orders), exclusives=tuple(exclusives), budgets=budgets,
        weights=replace(instance.weights, stays_usd=stays_usd),
    )  # fmt: skip


def _spent(budget: Budget, ended: Sequence[tuple[str, Ended]], teams: Mapping[str, str]) -> float:
    return sum(
        usd
        for name, end in ended
        for month, usd in end.cost_by_month_usd.items()
        if budget.team in ("", teams[name]) and budget.month in ("", month)
    )


def _left(job: Job, state: State, ready: float) -> Job:
    if job.name in state.started:
        return replace(job, fixed=state.started[job.name], planned=None, required=True, blackouts=())
    planned = state.planned.get(job.name) if job.name not in state.failed else None
    return replace(job, earliest_hours=max(job.earliest_hours, ready, state.now_hours), planned=planned)
