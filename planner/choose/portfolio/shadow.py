"""Shadow prices: what a little more of something would add to the objective, from the linear relaxation.

They hold for the relaxation, in which jobs may be split, and for small changes; whole jobs go by steps. Where several
sets of prices are possible one of them is given.
"""

import math
from dataclasses import dataclass
from time import monotonic

import numpy as np

from planner.choose.portfolio.bounding import bounded
from planner.choose.portfolio.dominated import undominated
from planner.choose.portfolio.grid import build
from planner.choose.portfolio.instance import Instance
from planner.choose.portfolio.local import Search
from planner.choose.portfolio.pricing import best_by_job


@dataclass(frozen=True, slots=True)
class PoolPrice:
    """What a unit more of a pool would be worth."""

    pool: str
    usd_per_unit_hour: tuple[float, ...]
    """By slot."""
    usd_per_unit: float
    """For one more unit all the time."""
    bound_hours: float
    """Hours in which it is worth anything."""


@dataclass(frozen=True, slots=True)
class ShadowPrices:
    """Prices from the relaxation, not from the schedule."""

    relaxed_usd: float
    """Optimum of the relaxation, as near as `bound_usd` says."""
    bound_usd: float
    """What no schedule exceeds."""
    limits: tuple[tuple[str, float], ...]
    """Name of a budget or limit → objective per unit more: dollars per dollar, per kg, per dollar of lateness allowed,
    and for `quality` per unit less asked."""
    pools: tuple[PoolPrice, ...]
    """Exclusives among them: what a second holder would be worth."""


def relax(
    instance: Instance, near: float = 1e-4, rounds: int = 200, until: float = math.inf, enough: float = 0.01
) -> ShadowPrices | None:
    """Shadow prices of an instance; `near` is how far the bound may be from the relaxation, as a share.

    None where there are none: a required job has no possible start, or prices still contain what leaving one out costs
    or are further than `enough` from their bound when the rounds or the time (`until`, by the monotonic clock) are up.

    Raises:
        UnfitInstanceError: the instance contradicts itself.
    """
    grid = build(instance)
    grid = grid.only(undominated(grid))
    best, first = best_by_job(grid, grid.worth)
    if (grid.required & ~np.isfinite(best)).any():
        return None
    if not grid.allowed.any():
        free = tuple((name.removeprefix("budget "), 0.0) for name in grid.lines)
        unused = tuple(PoolPrice(name, (0.0,) * grid.slot_count, 0.0, 0.0) for name in grid.pools)
        return ShadowPrices(0.0, 0.0, free, unused)
    search = Search(grid, 0)
    search.from_scratch(best)
    start = np.union1d(first[first >= 0], search.best_column[search.best_column >= 0])
    found = bounded(grid, start, lambda _: monotonic() >= until, near, rounds)
    if found.missing > 1e-6 or found.bound - found.relaxed > enough * max(abs(found.bound), 1e-9):
        return None
    step = instance.slot_hours
    pools = tuple(
        PoolPrice(name, tuple((prices / step).tolist()), float(prices.sum()), step * int((prices > 1e-9).sum()))
        for name, prices in zip(grid.pools, found.prices.pools, strict=False)
    )
    lines = tuple(
        (name.removeprefix("budget "), price)
        for name, price in zip(grid.lines, found.prices.lines.tolist(), strict=True)
    )
    return ShadowPrices(found.relaxed, found.bound, lines, pools)
