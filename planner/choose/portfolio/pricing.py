"""Prices for what is shared, and what every column is worth after paying them: the Lagrangian relaxation.

For any prices of 0 or more the sum over jobs of the best reduced worth, plus what all limits are worth at these prices,
is a bound on the objective of every schedule (weak duality; Fisher, The Lagrangian Relaxation Method, Management
Science 27 (1981)).
"""

from dataclasses import dataclass

import numpy as np

from planner.catalog.rows import Floats, Ints
from planner.choose.portfolio.grid import Grid


@dataclass(frozen=True, slots=True)
class Prices:
    """Prices of 0 or more, in the objective's money."""

    lines: Floats
    """(L,) per unit of a line of the ledger."""
    pools: Floats
    """(P, T) per unit and slot."""
    edges: Floats
    """(E, T) of the rule that by slot t a follower has started only if the first job was ready."""

    @staticmethod
    def none(grid: Grid) -> "Prices":
        """All 0."""
        slots = grid.slot_count
        return Prices(np.zeros(len(grid.lines)), np.zeros((len(grid.units), slots)), np.zeros((len(grid.edges), slots)))

    def mixed(self, other: "Prices", share: float) -> "Prices":
        """`share` of the other, the rest of this one."""
        return Prices(
            self.lines + share * (other.lines - self.lines),
            self.pools + share * (other.pools - self.pools),
            self.edges + share * (other.edges - self.edges),
        )


def reduced(grid: Grid, prices: Prices) -> Floats:
    """(R, T) worth of every column after paying; -inf where not allowed."""
    left: Floats = grid.worth.copy()
    count = grid.slot_count
    if prices.lines.any():
        rates = np.einsum("l,lqj->qj", prices.lines, grid.members)
        for q in np.flatnonzero(rates.any(axis=1)).tolist():
            left -= rates[q, grid.job_of][:, None] * grid.quantities[q]
    summed = np.concatenate((np.zeros((len(prices.pools), 1)), np.cumsum(prices.pools, axis=1)), axis=1)
    starts = np.arange(count)
    for w in range(grid.pool.shape[1]):
        rows = np.flatnonzero((grid.takes[:, w] > 0) & (summed[grid.pool[:, w], -1] > 0))
        if not len(rows):
            continue
        kinds, kind = np.unique(
            grid.pool[rows, w] * (count + 1) + np.minimum(grid.slots[rows], count), return_inverse=True
        )
        pool, slots = np.divmod(kinds, count + 1)
        held = summed[pool[:, None], np.minimum(starts + slots[:, None], count)] - summed[pool][:, :-1]
        left[rows] -= grid.takes[rows, w][:, None] * held[kind]
    for edge, price in zip(grid.edges, prices.edges, strict=True):
        if price.any():
            later = np.concatenate((np.cumsum(price[::-1])[::-1], [0.0]))
            left[grid.rows(edge.then)] -= later[:-1]
            rows_of_first = grid.rows(edge.first)
            ready = np.minimum(starts + edge.after[rows_of_first][:, None], count)
            left[rows_of_first] += later[ready]
    return left


def best_by_job(grid: Grid, left: Floats) -> tuple[Floats, Ints]:
    """(J,) the best reduced worth of each job, -inf where it has no column, and (J,) its column, -1 for none."""
    best, column = np.full(grid.job_count, -np.inf), np.full(grid.job_count, -1, np.int64)
    by_row, slot = (
        left.max(axis=1, initial=-np.inf),
        left.argmax(axis=1) if left.size else np.zeros(len(left), np.int64),
    )
    for job in range(grid.job_count):
        rows = grid.rows(job)
        if rows.stop > rows.start:
            row = rows.start + int(by_row[rows].argmax())
            if np.isfinite(by_row[row]):
                best[job], column[job] = by_row[row], row * grid.slot_count + int(slot[row])
    return best, column


def bound(grid: Grid, prices: Prices, best: Floats) -> float:
    """What no schedule can exceed; -inf where a required job has no column."""
    most = np.where(grid.required, best, np.maximum(best, 0.0))
    paid = prices.lines @ grid.limits + float((prices.pools * grid.units).sum())
    return float(most.sum() + paid)
