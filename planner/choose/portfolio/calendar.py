"""Hours of an instance against months and price curves; arrays in, arrays out."""

import datetime
from collections.abc import Sequence

import numpy as np

from planner.catalog.rows import Bools, Floats, Ints
from planner.choose.portfolio.instance import Pool

NEAR = 1e-9
"""Rounding of hours that is no difference."""


def months(begins: datetime.datetime, horizon_hours: float) -> tuple[tuple[str, ...], Floats]:
    """Months that the horizon touches, and the hour at which each begins, with the end of the last: (months + 1,)."""
    names: list[str] = []
    edges: list[float] = []
    year, month = begins.year, begins.month
    while True:
        first = datetime.datetime(year, month, 1, tzinfo=begins.tzinfo)
        # Through UTC: two times of one zone are subtracted as its clocks show them, over a change of clocks too.
        hour = (first.astimezone(datetime.UTC) - begins.astimezone(datetime.UTC)).total_seconds() / 3600
        edges.append(hour)
        if names and hour >= horizon_hours:
            return tuple(names), np.array(edges)
        names.append(f"{year:04}-{month:02}")
        year, month = (year, month + 1) if month < 12 else (year + 1, 1)


def curve_integral(begins: datetime.datetime, factors: Sequence[float], horizon_hours: float) -> Floats:
    """(whole hours + 1,) sum of the factors of all hours before; the integral of the curve, linear in between."""
    first = begins.weekday() * 24 + begins.hour
    hours = int(np.ceil(horizon_hours)) + 1
    each = np.asarray(factors, float)[(first + np.arange(hours)) % 168]
    return np.concatenate(([0.0], np.cumsum(each)))


def closed_slots(spans: Sequence[tuple[float, float]], slots: int, slot_hours: float) -> Bools:
    """(slots,) that one of the spans touches."""
    closed = np.zeros(slots, bool)
    for start, end in spans:
        if end > start:
            closed[max(0, int(np.floor(start / slot_hours + NEAR))) : max(0, slots_until(end, slot_hours))] = True
    return closed


def slots_until(hours: float, slot_hours: float) -> int:
    """Slots that begin before this hour."""
    return int(np.ceil(hours / slot_hours - NEAR))


def ceil_slots(hours: Floats, slot_hours: float) -> Ints:
    """Slots that a span of hours fills, started on a slot; at least 1."""
    return np.maximum(np.ceil(hours / slot_hours - NEAR), 1).astype(np.int64)


def units_by_slot(pool: Pool, slots: int, slot_hours: float) -> Floats:
    """(slots,) units that a pool has; the fewest of a slot in which they change."""
    units = np.full(slots, float(pool.units))
    before = float(pool.units)
    for hour, then in pool.changes:
        at = hour / slot_hours
        units[max(0, slots_until(hour, slot_hours)) :] = then
        inside = int(np.floor(at + NEAR))
        if 0 <= inside < slots and inside < slots_until(hour, slot_hours):
            units[inside] = min(units[inside], before, then)
        before = then
    units[closed_slots(pool.closed, slots, slot_hours)] = 0.0
    return units
