"""What change of one constraint alone would do, the others kept."""

import math
from dataclasses import dataclass, replace
from time import monotonic

import numpy as np

from planner.catalog.rows import Floats
from planner.choose.portfolio.grid import Grid, build
from planner.choose.portfolio.instance import Instance
from planner.choose.portfolio.lifting import Constraint, Lift
from planner.choose.portfolio.solve import Solution, Target, can_run, solve_grid

_GAP = 1e-3


@dataclass(frozen=True, slots=True)
class Freed:
    """A constraint of a conflict, and the least change of it alone that would do."""

    constraint: Constraint
    needed: float
    """The value that would do: a limit in its unit, units of a pool, the hour of a deadline or of an earliest start;
    NaN where it can only be dropped, or where no value was found; inf of a pool of which no number of units will do, as
    it is closed."""


def freed(instance: Instance, constraint: Constraint, lift: Lift, time_limit_s: float, seed: int) -> Freed:
    """The least change that would do, within a thousandth where the time suffices."""
    target = Target(_GAP, monotonic() + time_limit_s)
    lifted = lift(instance)
    kind, name = constraint.kind, constraint.name
    if kind in {"budget", "carbon_kg", "lateness_usd", "quality"}:
        grid = build(lifted)
        line = grid.lines.index(f"budget {name}" if kind == "budget" else kind)
        needed = -_best(grid, -used_by(grid, line), target, seed)
        return Freed(constraint, -needed if kind == "quality" else needed)
    if kind in {"deadline", "earliest"}:
        grid = build(lifted)
        j = next(j for j, job in enumerate(lifted.jobs) if job.name == name)
        starts = np.arange(grid.slot_count) * lifted.slot_hours + grid.offset[grid.job_of][:, None]
        mine = (grid.job_of == j)[:, None]
        if kind == "deadline":
            hour = -_best(grid, np.where(mine, -(starts + grid.hours[:, None]), 0.0), target, seed)
        else:
            hour = _best(grid, np.where(mine, starts, 0.0), target, seed)
        return Freed(constraint, hour)
    if kind == "pool":
        return _pool(instance, constraint, target, seed)
    return unknown(constraint)


def unknown(constraint: Constraint) -> Freed:
    """A constraint that has no value, or one that was not found."""
    return Freed(constraint, math.nan)


def used_by(grid: Grid, line: int) -> Floats:
    """(R, T) what columns add to a line."""
    used = np.zeros(grid.worth.shape)
    for q, quantity in enumerate(grid.quantities):
        used += grid.members[line, q, grid.job_of][:, None] * quantity
    return used


def _best(grid: Grid, worth: Floats, target: Target, seed: int) -> float:
    """The most that a schedule can make of another worth; NaN where no schedule was found."""
    found = solve_grid(replace(grid, worth=np.where(grid.allowed, worth, -np.inf)), target, seed)
    return math.nan if found.columns is None else found.objective


def _pool(instance: Instance, constraint: Constraint, target: Target, seed: int) -> Freed:
    """The fewest units more, all the time, that would do; found by halving."""
    pool = next(pool for pool in instance.pools if pool.name == constraint.name)
    most = math.ceil(
        sum(max((c.takes.get(pool.name, 0.0) for c in job.configurations), default=0.0) for job in instance.jobs)
    )

    def with_more(more: int) -> Solution:
        changes = tuple((hour, units + more) for hour, units in pool.changes)
        wider = replace(pool, units=pool.units + more, changes=changes)
        pools = tuple(wider if of.name == pool.name else of for of in instance.pools)
        now = monotonic()
        grid = build(replace(instance, pools=pools))
        return can_run(grid, now + max(0.2 * (target.until - now), 0.5), seed)

    widest = with_more(most)
    if widest.columns is None:
        closed = pool.closed and widest.bound == -math.inf
        return Freed(constraint, math.inf if closed else math.nan)
    low, high = 0, most
    while high - low > 1:
        middle = (low + high) // 2
        low, high = (low, middle) if with_more(middle).columns is not None else (middle, high)
    return Freed(constraint, pool.units + high)
