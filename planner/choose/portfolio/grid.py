"""An instance as arrays: every configuration of every job (rows) at every start (columns of slots)."""

from dataclasses import dataclass, replace
from itertools import pairwise

import numpy as np

from planner.catalog.rows import Bools, Floats, Ints
from planner.choose.portfolio import calendar
from planner.choose.portfolio.fitness import check, order
from planner.choose.portfolio.instance import Configuration, Instance, Job


@dataclass(frozen=True, slots=True, kw_only=True)
class Edge:
    """A job that follows another: it may start `after[row]` slots after the other's start, by the other's row."""

    first: int
    then: int
    after: Ints
    """(rows of all,) meaningful for rows of `first`."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Grid:
    """R rows (configurations), T slots, J jobs, P pools, Q quantities, L ledger lines.

    A column is a row and a start slot, numbered row x T + slot.
    """

    instance: Instance
    order: tuple[int, ...]
    """Jobs, each after those that it follows."""
    row_names: tuple[str, ...]
    job_of: Ints
    """(R,)"""
    first_row: Ints
    """(J + 1,) rows of job j are first_row[j] to first_row[j + 1]."""
    offset: Floats
    """(J,) hours of a fixed start past its slot; else 0."""
    hours: Floats
    """(R,)"""
    slots: Ints
    """(R,) that a run touches."""
    pools: tuple[str, ...]
    """Those of the instance, then one for each exclusive."""
    units: Floats
    """(P, T)"""
    pool: Ints
    """(R, W) pools that a row takes from, filled up with 0."""
    takes: Floats
    """(R, W) units of them; 0 where filled up."""
    allowed: Bools
    """(R, T)"""
    worth: Floats
    """(R, T) what a column adds to the objective; -inf where not allowed."""
    late_hours: Floats
    """(R, T)"""
    months: tuple[str, ...]
    quantities: tuple[Floats, ...]
    """Q arrays (R, T) or (R, 1): cost by month, carbon, weighted lateness, minus weighted quality."""
    lines: tuple[str, ...]
    """(L,) names of the ledger's lines: budgets and the like."""
    limits: Floats
    """(L,)"""
    members: Floats
    """(L, Q, J) 1 where a job's quantity counts for a line."""
    edges: tuple[Edge, ...]
    required: Bools
    """(J,)"""

    @property
    def slot_count(self) -> int:
        """T."""
        return int(self.allowed.shape[1])

    @property
    def job_count(self) -> int:
        """J."""
        return len(self.required)

    @property
    def floors(self) -> Ints:
        """Lines that ask for enough instead of forbidding too much, written as minus the sum `<=` minus the least."""
        return np.flatnonzero([name == "quality" for name in self.lines])

    def rows(self, job: int) -> slice:
        """Rows of a job."""
        return slice(int(self.first_row[job]), int(self.first_row[job + 1]))

    def only(self, kept: Ints) -> "Grid":
        """The grid with these rows only, in order; no job need keep any."""
        counts = np.bincount(self.job_of[kept], minlength=self.job_count)
        return replace(
            self,
            row_names=tuple(self.row_names[i] for i in kept.tolist()),
            job_of=self.job_of[kept], first_row=np.concatenate(([0], np.cumsum(counts))),
            hours=self.hours[kept], slots=self.slots[kept], pool=self.pool[kept], takes=self.takes[kept],
            allowed=self.allowed[kept], worth=self.worth[kept], late_hours=self.late_hours[kept],
            quantities=tuple(quantity[kept] for quantity in self.quantities),
            edges=tuple(replace(edge, after=edge.after[kept]) for edge in self.edges),
        )  # fmt: skip

    def at(self, quantity: int, columns: Ints) -> Floats:
        """(n,) a quantity of some columns."""
        values = self.quantities[quantity]
        rows, slots = np.divmod(columns, self.slot_count)
        return np.asarray(values[rows, slots if values.shape[1] > 1 else 0])

    def ledger(self, columns: Ints) -> Floats:
        """(L, n) what some columns add to each line."""
        jobs = self.job_of[columns // self.slot_count]
        used = np.zeros((len(self.lines), len(columns)))
        for q in range(len(self.quantities)):
            used += self.members[:, q, jobs] * self.at(q, columns)
        return used


def build(instance: Instance) -> Grid:
    """The arrays of an instance.

    Raises:
        UnfitInstanceError: the instance contradicts itself.
    """
    check(instance)
    jobs = instance.jobs
    configurations = [configuration for job in jobs for configuration in job.configurations]
    job_of = np.repeat(np.arange(len(jobs)), [len(job.configurations) for job in jobs]).astype(np.int64)
    step, count = instance.slot_hours, calendar.slots_until(instance.horizon_hours, instance.slot_hours)
    fixed = np.array([job.fixed.start_hours if job.fixed else 0.0 for job in jobs])
    fixed_slot = np.floor(fixed / step + calendar.NEAR).astype(np.int64)
    offset = np.where([job.fixed is not None for job in jobs], np.maximum(fixed - fixed_slot * step, 0.0), 0.0)
    hours = np.array([configuration.hours for configuration in configurations], float)
    starts: Floats = np.asarray(np.arange(count) * step + offset[job_of][:, None], np.float64)
    slots = calendar.ceil_slots(hours + offset[job_of], step)
    names, units, pool, takes = _pools(instance, configurations, job_of, count)
    allowed = _allowed(instance, job_of, starts, hours, slots, fixed_slot)
    monthly, month_names = _cost(instance, configurations, starts, hours)
    deadline = np.array([np.inf if job.deadline_hours is None else job.deadline_hours for job in jobs])
    allowed &= _room(units, pool, takes, slots)
    late_hours = np.maximum(starts + (hours - deadline[job_of])[:, None], 0.0)
    weights = instance.weights
    priority = np.array([job.priority for job in jobs])
    late = late_hours * (priority * [job.late_usd_per_hour for job in jobs])[job_of][:, None]
    quality = (np.array([c.quality for c in configurations], float) * priority[job_of])[:, None]
    carbon = np.array([c.carbon_kg for c in configurations], float)[:, None]
    value = (priority * [job.value_usd for job in jobs])[job_of][:, None]
    worth = weights.value * value + weights.quality_usd * quality - weights.carbon_usd_per_kg * carbon
    worth = worth - weights.lateness * late - weights.cost * np.sum(monthly, axis=0)
    worth = worth + weights.stays_usd * _stays(jobs, configurations, job_of, starts)
    lines, limits, members = _lines(instance, month_names)
    quantities = (*monthly, carbon, late, -quality)
    _affordable(allowed, job_of, quantities, limits, members)
    return Grid(
        instance=instance, order=order(instance), row_names=tuple(c.name for c in configurations), job_of=job_of,
        first_row=np.searchsorted(job_of, np.arange(len(jobs) + 1)).astype(np.int64), offset=offset, hours=hours,
        slots=slots, pools=names, units=units, pool=pool, takes=takes, allowed=allowed,
        worth=np.where(allowed, worth, -np.inf), late_hours=late_hours, months=month_names,
        quantities=quantities, lines=lines, limits=limits, members=members,
        edges=_edges(instance, job_of, hours, offset, fixed_slot),
        required=np.array([job.required for job in jobs], np.bool_),
    )  # fmt: skip


def _pools(
    instance: Instance, configurations: list[Configuration], job_of: Ints, count: int
) -> tuple[tuple[str, ...], Floats, Ints, Floats]:
    place = {pool.name: i for i, pool in enumerate(instance.pools)}
    taken = [
        [(place[name], units) for name, units in configuration.takes.items() if units > 0]
        for configuration in configurations
    ]
    jobs = {job.name: j for j, job in enumerate(instance.jobs)}
    for i, exclusive in enumerate(instance.exclusives, len(instance.pools)):
        members = {jobs[name] for name in exclusive.jobs}
        for row in np.flatnonzero(np.isin(job_of, list(members))).tolist():
            taken[row].append((i, 1.0))
    width = max((len(of) for of in taken), default=0) or 1
    pool, takes = np.zeros((len(taken), width), np.int64), np.zeros((len(taken), width))
    for row, of in enumerate(taken):
        for w, (i, units) in enumerate(of):
            pool[row, w], takes[row, w] = i, units
    by_slot = [calendar.units_by_slot(pool, count, instance.slot_hours) for pool in instance.pools]
    by_slot += [np.ones(count) for _ in instance.exclusives]
    names = (*(pool.name for pool in instance.pools), *(exclusive.name for exclusive in instance.exclusives))
    return names, np.array(by_slot or [np.zeros(count)]).reshape(-1, count), pool, takes


def _allowed(instance: Instance, job_of: Ints, starts: Floats, hours: Floats, slots: Ints, fixed_slot: Ints) -> Bools:
    count, step = starts.shape[1], instance.slot_hours
    near = calendar.NEAR
    allowed: Bools = starts + hours[:, None] <= instance.horizon_hours + near
    row = 0
    for j, job in enumerate(instance.jobs):
        rows = slice(row, row := row + len(job.configurations))
        mine = allowed[rows]
        if job.hard and job.deadline_hours is not None:
            mine &= starts[rows] + hours[rows][:, None] <= job.deadline_hours + near
        if job.fixed is not None:
            mine &= (np.arange(count) == fixed_slot[j])[None]
            mine &= np.array([c.name == job.fixed.configuration for c in job.configurations])[:, None]
            continue
        mine &= starts[rows] >= job.earliest_hours - near
        closed = calendar.closed_slots((*instance.blackouts, *job.blackouts), count, step)
        if closed.any():
            before = np.concatenate(([0], np.cumsum(closed)))
            ends = np.minimum(np.arange(count) + slots[rows][:, None], count)
            mine &= before[ends] == before[np.arange(count)]
    return allowed


def _room(units: Floats, pool: Ints, takes: Floats, slots: Ints) -> Bools:
    """(R, T) whether a run alone finds what it takes: without this the relaxation would run half of it."""
    count = units.shape[1]
    starts = np.arange(count)
    ends = np.minimum(starts + slots[:, None], count)
    room = np.ones(ends.shape, bool)
    for w in range(pool.shape[1]):
        kinds, kind = np.unique(np.column_stack([pool[:, w], takes[:, w]]), axis=0, return_inverse=True)
        short = units[kinds[:, 0].astype(np.int64)] < kinds[:, 1:] - 1e-7
        before = np.concatenate((np.zeros((len(kinds), 1), np.int64), np.cumsum(short, axis=1)), axis=1)
        for k in np.flatnonzero(short.any(axis=1)).tolist():
            rows = np.flatnonzero(kind.reshape(-1) == k)
            room[rows] &= before[k][ends[rows]] == before[k][starts]
    return room


def _cost(
    instance: Instance, configurations: list[Configuration], starts: Floats, hours: Floats
) -> tuple[list[Floats], tuple[str, ...]]:
    """Cost by month, each (R, T), split by the hours of a run that lie in the month, each at its own price."""
    names, edges = calendar.months(instance.begins, instance.horizon_hours)
    # What ends after the last month is not allowed, but its cost must not look free.
    edges = np.concatenate((edges[:-1], [np.inf]))
    fixed = np.array([c.fixed_usd for c in configurations], float) / hours
    varying = np.array([c.varying_usd for c in configurations], float) / hours
    flat = np.array([not c.curve for c in configurations])
    ends = starts + hours[:, None]
    curves = {
        name: calendar.curve_integral(instance.begins, factors, instance.horizon_hours)
        for name, factors in instance.curves.items()
    }
    monthly = []
    for first, last in pairwise(edges.tolist()):
        low, high = np.clip(starts, first, last), np.clip(ends, first, last)
        cost = (fixed + np.where(flat, varying, 0.0))[:, None] * (high - low)
        for name, curve in curves.items():
            rows = np.flatnonzero([c.curve == name for c in configurations])
            at = np.arange(len(curve))
            cost[rows] += varying[rows][:, None] * (np.interp(high[rows], at, curve) - np.interp(low[rows], at, curve))
        monthly.append(cost)
    return monthly, names


def _stays(jobs: tuple[Job, ...], configurations: list[Configuration], job_of: Ints, starts: Floats) -> Bools:
    """(R, T) whether a column is where its job was planned."""
    stays = np.zeros(starts.shape, bool)
    for row, j in enumerate(job_of.tolist()):
        planned = jobs[j].planned
        if planned is not None and configurations[row].name == planned.configuration:
            stays[row] = np.abs(starts[row] - planned.start_hours) <= calendar.NEAR
    return stays


def _lines(instance: Instance, months: tuple[str, ...]) -> tuple[tuple[str, ...], Floats, Floats]:
    names, limits, members = [], [], []
    count = len(months)
    every = np.ones(len(instance.jobs))

    def add(name: str, limit: float, quantities: list[int], jobs: Floats) -> None:
        member = np.zeros((count + 3, len(jobs)))
        member[quantities] = jobs
        names.append(name)
        limits.append(limit)
        members.append(member)

    for budget in instance.budgets:
        jobs = np.array([float(budget.team in ("", job.team)) for job in instance.jobs])
        add(
            f"budget {budget.name}", budget.limit_usd,
            [m for m, month in enumerate(months) if budget.month in ("", month)], jobs,
        )  # fmt: skip
    if instance.carbon_kg is not None:
        add("carbon_kg", instance.carbon_kg, [count], every)
    if instance.lateness_usd is not None:
        add("lateness_usd", instance.lateness_usd, [count + 1], every)
    if instance.quality is not None:
        add("quality", -instance.quality, [count + 2], every)
    shape = (len(names), count + 3, len(instance.jobs))
    return tuple(names), np.array(limits, float), np.array(members).reshape(shape)


def _affordable(allowed: Bools, job_of: Ints, quantities: tuple[Floats, ...], limits: Floats, members: Floats) -> None:
    """Take out what alone exceeds a limit to which every job adds 0 or more."""
    for limit, member in zip(limits.tolist(), members, strict=True):
        counted = np.flatnonzero(member.any(axis=1)).tolist()
        if any((quantities[q] < 0).any() for q in counted):
            continue
        used = sum((member[q, job_of][:, None] * quantities[q] for q in counted), np.zeros((len(job_of), 1)))
        allowed &= used <= limit + 1e-7 * (1 + abs(limit))


def _edges(instance: Instance, job_of: Ints, hours: Floats, offset: Floats, fixed_slot: Ints) -> tuple[Edge, ...]:
    place = {job.name: j for j, job in enumerate(instance.jobs)}
    edges = []
    for after in instance.orders:
        first, then = place[after.first], place[after.job]
        wait = offset[first] + hours + after.lag_hours - offset[then]
        slots = np.ceil(wait / instance.slot_hours - calendar.NEAR).astype(np.int64)
        edges.append(Edge(first=first, then=then, after=np.maximum(slots, 0)))
    return tuple(edges)
