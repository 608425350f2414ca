"""Whether an instance makes sense; everything that is wrong is told at once."""

import math
from collections import Counter
from collections.abc import Iterable, Iterator
from graphlib import CycleError, TopologicalSorter
from typing import Final

from planner.choose.portfolio.instance import Configuration, Instance, Job, Placement, UnfitInstanceError

SLOTS: Final = 20_000
COLUMNS: Final = 20_000_000
"""Most configurations x slots that are held in memory at once."""


def order(instance: Instance) -> tuple[int, ...]:
    """Places of the jobs, each after those that it must follow; otherwise as given.

    Raises:
        UnfitInstanceError: the orders go round in a circle; the text names it.
    """
    place = {job.name: i for i, job in enumerate(instance.jobs)}
    graph: dict[int, list[int]] = {i: [] for i in range(len(instance.jobs))}
    for after in instance.orders:
        graph[place[after.job]].append(place[after.first])
    try:
        return tuple(TopologicalSorter(graph).static_order())
    except CycleError as error:
        circle = " after ".join(instance.jobs[i].name for i in reversed(error.args[1]))
        msg = f"jobs wait for each other: {circle}\n  leave out one of these orders"
        raise UnfitInstanceError(msg) from None


def check(instance: Instance) -> None:
    """Raise what is wrong with an instance.

    Raises:
        UnfitInstanceError: one line for everything that is wrong.
    """
    problems = [*_shared(instance), *_names(instance)]
    for job in instance.jobs:
        problems += [f"job {job.name}: {problem}" for problem in _job(instance, job)]
    if problems:
        raise UnfitInstanceError("\n".join(problems))
    order(instance)


def _shared(instance: Instance) -> Iterator[str]:
    begins = instance.begins
    if begins.minute or begins.second or begins.microsecond:
        yield "begins: must be a full hour"
    if not (0 < instance.slot_hours <= instance.horizon_hours < math.inf):
        yield "slot_hours and horizon_hours: a slot must be longer than 0 and no longer than the horizon"
    else:
        slots = instance.horizon_hours / instance.slot_hours
        columns = slots * sum(len(job.configurations) for job in instance.jobs)
        if slots > SLOTS or columns > COLUMNS:
            size = f"{slots:,.0f} slots, {columns:,.0f} configurations x slots"
            yield f"{size}: take longer slots or fewer configurations"
    for name, curve in instance.curves.items():
        if len(curve) != 168 or not _fine(curve):
            yield f"curve {name}: needs 168 factors of 0 or more"
    for pool in instance.pools:
        units = [pool.units, *(units for _, units in pool.changes)]
        if not _fine(units):
            yield f"pool {pool.name}: units must be known and 0 or more"
        if [hour for hour, _ in pool.changes] != sorted(hour for hour, _ in pool.changes):
            yield f"pool {pool.name}: changes must be in order of time"
    limits = [(f"budget {budget.name}", budget.limit_usd) for budget in instance.budgets]
    limits += [("carbon_kg", instance.carbon_kg or 0.0), ("lateness_usd", instance.lateness_usd or 0.0)]
    for name, limit in limits:
        if not 0 <= limit < math.inf:
            yield f"{name}: must be known and 0 or more"
    weights = instance.weights
    if not _fine([weights.value, weights.quality_usd, weights.lateness, weights.cost, weights.stays_usd]):
        yield "weights: must be known and 0 or more"


def _names(instance: Instance) -> Iterator[str]:
    kinds = {
        "job": [job.name for job in instance.jobs],
        "pool": [pool.name for pool in instance.pools],
        "budget": [budget.name for budget in instance.budgets],
        "exclusive": [exclusive.name for exclusive in instance.exclusives],
    }
    for kind, names in kinds.items():
        for name, times in Counter(names).items():
            if times > 1:
                yield f"{kind} {name}: named {times} times"
    known = set(kinds["job"])
    named: list[tuple[str, tuple[str, ...]]] = [
        (f"order of {after.job} after {after.first}", (after.job, after.first)) for after in instance.orders
    ]
    named += [(f"exclusive {exclusive.name}", exclusive.jobs) for exclusive in instance.exclusives]
    for where, members in named:
        for name in members:
            if name not in known:
                yield f"{where}: there is no job {name}"


def _job(instance: Instance, job: Job) -> Iterator[str]:
    if not job.configurations and job.required:
        yield "has no configuration; make it optional to plan the others"
    if not _fine([job.value_usd, job.priority, job.late_usd_per_hour]):
        yield "value_usd, priority and late_usd_per_hour must be known and 0 or more"
    if job.deadline_hours is not None and not math.isfinite(job.deadline_hours):
        yield "deadline_hours must be known"
    names = [configuration.name for configuration in job.configurations]
    if len(set(names)) < len(names):
        yield "two configurations have the same name"
    yield from _placement("fixed", job.fixed, names)
    yield from _placement("planned", job.planned, names)
    pools = {pool.name for pool in instance.pools}
    for configuration in job.configurations:
        yield from (f"{configuration.name}: {problem}" for problem in _configuration(instance, configuration, pools))


def _placement(what: str, placement: Placement | None, names: list[str]) -> Iterator[str]:
    if placement is not None and what == "fixed" and placement.configuration not in names:
        yield f"fixed to {placement.configuration}, which it does not have"
    if placement is not None and not (0 <= placement.start_hours < math.inf):
        yield f"{what} start must be 0 or more hours"


def _configuration(instance: Instance, configuration: Configuration, pools: set[str]) -> Iterator[str]:
    figures = [configuration.hours, configuration.fixed_usd, configuration.varying_usd]
    if not _fine(figures) or configuration.hours <= 0:
        yield "hours must be known and over 0, its cost known and 0 or more"
    if not math.isfinite(configuration.quality) or not math.isfinite(configuration.carbon_kg):
        yield "quality and carbon_kg must be known"
    if configuration.curve and configuration.curve not in instance.curves:
        yield f"there is no curve {configuration.curve}"
    for pool, units in configuration.takes.items():
        if pool not in pools:
            yield f"there is no pool {pool}"
        if not _fine([units]):
            yield f"takes an unknown number of {pool}"


def _fine(figures: Iterable[float]) -> bool:
    """Whether all are known, finite, and 0 or more."""
    return all(0 <= figure < math.inf for figure in figures)
