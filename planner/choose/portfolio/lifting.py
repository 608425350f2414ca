"""The constraints of an instance, each with what lifts it."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from typing import Any, Final

from planner.choose.portfolio.instance import Instance, Job

Lift = Callable[[Instance], Instance]
ENOUGH: Final = 1e15
"""A limit that limits nothing."""


@dataclass(frozen=True, slots=True)
class Constraint:
    """Something that may be lifted."""

    kind: str
    """required, deadline, earliest, blackouts, order, exclusive, pool, budget, carbon_kg, lateness_usd or quality."""
    name: str
    """Of the job, pool, budget or exclusive; `a after b` of an order; empty where there is only one."""


def lifts(instance: Instance) -> Iterator[tuple[Constraint, Lift]]:
    """Every constraint that may be lifted, with what lifts it."""
    for budget in instance.budgets:
        yield Constraint("budget", budget.name), _one("budgets", budget.name, limit_usd=ENOUGH)
    for pool in instance.pools:
        yield Constraint("pool", pool.name), _one("pools", pool.name, units=ENOUGH, changes=(), closed=())
    if instance.carbon_kg is not None:
        yield Constraint("carbon_kg", ""), lambda of: replace(of, carbon_kg=ENOUGH)
    if instance.lateness_usd is not None:
        yield Constraint("lateness_usd", ""), lambda of: replace(of, lateness_usd=ENOUGH)
    if instance.quality is not None:
        yield Constraint("quality", ""), lambda of: replace(of, quality=-ENOUGH)
    if instance.blackouts:
        yield Constraint("blackouts", ""), lambda of: replace(of, blackouts=())
    for exclusive in instance.exclusives:
        yield Constraint("exclusive", exclusive.name), _one("exclusives", exclusive.name, jobs=())
    for after in instance.orders:
        yield Constraint("order", f"{after.job} after {after.first}"), _without_order(after.job, after.first)
    for job in instance.jobs:
        yield from _of_job(job)


def _of_job(job: Job) -> Iterator[tuple[Constraint, Lift]]:
    if job.hard and job.deadline_hours is not None:
        yield Constraint("deadline", job.name), _one("jobs", job.name, hard=False)
    if job.earliest_hours > 0 and job.fixed is None:
        yield Constraint("earliest", job.name), _one("jobs", job.name, earliest_hours=0.0)
    if job.blackouts and job.fixed is None:
        yield Constraint("blackouts", job.name), _one("jobs", job.name, blackouts=())
    if job.required:
        yield Constraint("required", job.name), _one("jobs", job.name, required=False)


def _one(of: str, name: str, **changes: Any) -> Lift:  # noqa: ANN401
    """Change one of the instance's tuples' members, by name."""

    def lift(instance: Instance) -> Instance:
        members = getattr(instance, of)
        changed = tuple(replace(member, **changes) if member.name == name else member for member in members)
        changes_of: dict[str, Any] = {of: changed}
        return replace(instance, **changes_of)

    return lift


def _without_order(job: str, first: str) -> Lift:
    def lift(instance: Instance) -> Instance:
        orders = tuple(after for after in instance.orders if (after.job, after.first) != (job, first))
        return replace(instance, orders=orders)

    return lift
