"""What started jobs hold, cost and emit anyway: limits that cannot be kept any more do not break the rest's plan."""

from dataclasses import replace

import numpy as np

from planner.catalog.rows import Floats
from planner.choose.portfolio.calendar import NEAR, units_by_slot
from planner.choose.portfolio.grid import Grid, build
from planner.choose.portfolio.instance import Instance, Pool

_ROOM = 1e15
"""Units of pools and limits that limit nothing."""
_HAIR = 1e-9


def with_committed(instance: Instance, emitted_kg: float) -> Instance:
    """Limits less what done jobs emitted, and no smaller than what started jobs hold and need; nothing else fits then.

    Raises:
        UnfitInstanceError: the instance contradicts itself.
    """
    limit = None if instance.carbon_kg is None else max(0.0, instance.carbon_kg - emitted_kg)
    instance = replace(instance, carbon_kg=limit)
    fixed = tuple(replace(job, hard=False) for job in instance.jobs if job.fixed is not None)
    if not fixed:
        return instance
    pools = tuple(replace(pool, units=_ROOM, changes=(), closed=()) for pool in instance.pools)
    budgets = tuple(replace(budget, limit_usd=_ROOM) for budget in instance.budgets)
    carbon = None if limit is None else _ROOM
    grid = build(
        replace(instance, jobs=fixed, orders=(), exclusives=(), pools=pools, budgets=budgets, carbon_kg=carbon)
    )
    needed = dict(zip(grid.lines, _used(grid).tolist(), strict=True))
    held = _held(grid)
    return replace(
        instance,
        pools=tuple(_raised(pool, held[p], instance.slot_hours) for p, pool in enumerate(instance.pools)),
        budgets=tuple(
            replace(budget, limit_usd=max(budget.limit_usd, needed[f"budget {budget.name}"] * (1 + _HAIR)))
            for budget in instance.budgets
        ),
        carbon_kg=None if limit is None else max(limit, needed["carbon_kg"] * (1 + _HAIR)),
    )


def _held(grid: Grid) -> Floats:
    """(P, T) what the one possible place of each job holds of the pools."""
    held = np.zeros(grid.units.shape)
    for column in np.flatnonzero(grid.allowed.reshape(-1)).tolist():
        row, start = divmod(column, grid.slot_count)
        for pool, units in zip(grid.pool[row].tolist(), grid.takes[row].tolist(), strict=True):
            held[pool, start : start + int(grid.slots[row])] += units
    return held


def _raised(pool: Pool, held: Floats, slot_hours: float) -> Pool:
    """A pool with what is held of it, in the slots in which it has less."""
    units = units_by_slot(pool, len(held), slot_hours)
    if (held <= units + NEAR).all():
        return pool
    most = np.maximum(units, held)
    changed = np.flatnonzero(np.diff(most)) + 1
    changes = tuple((slot * slot_hours, float(most[slot])) for slot in changed.tolist())
    return replace(pool, units=float(most[0]), changes=changes, closed=())


def _used(grid: Grid) -> Floats:
    """(L,) what the one possible place of each job adds to the lines."""
    return np.asarray(grid.ledger(np.flatnonzero(grid.allowed.reshape(-1))).sum(axis=1))
