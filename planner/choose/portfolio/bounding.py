"""Column generation: a bound on every schedule, the prices that prove it, and the columns that are worth a look.

The relaxation is solved over some columns; its prices say what every other column would be worth, the best join, and
so on (Dantzig and Wolfe 1960). Prices are drawn towards those of the best bound so far, which steadies them
(Wentges 1997). Any prices give a bound, so stopping early costs tightness, never correctness.
"""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from planner.catalog.rows import Floats, Ints
from planner.choose.portfolio.grid import Grid
from planner.choose.portfolio.master import relax
from planner.choose.portfolio.pricing import Prices, best_by_job, bound, reduced

_JOINING = 6
"""Columns of a job that join at most at a time."""


@dataclass(frozen=True, slots=True)
class Bounded:
    """What is known of the best schedule."""

    bound: float
    prices: Prices
    """Those of the bound."""
    left: Floats
    """(R, T) worth of every column after paying them."""
    columns: Ints
    """Those of the relaxation."""
    relaxed: float
    """The relaxation's optimum over these columns."""
    share: Floats
    """(n,) how much of each was chosen."""
    missing: float
    """Required jobs that these columns do not place."""
    rounds: int

    def short_of(self, grid: Grid) -> Floats:
        """(R, T) by how much a schedule with this column stays below the bound at least; inf where not allowed."""
        best, _ = best_by_job(grid, self.left)
        most = np.where(grid.required, best, np.maximum(best, 0.0))
        return np.asarray(most[grid.job_of][:, None] - self.left)


Watch = Callable[["Bounded"], bool]
"""Told every round; says whether to stop."""


def bounded(grid: Grid, first: Ints, watch: Watch, near: float, rounds: int = 400) -> Bounded:
    """Tighten the bound until it is as near to the relaxation as the share `near`, or `watch` says stop."""
    columns = set(first.tolist())
    known: Bounded | None = None
    penalty = _penalty(grid)
    for number in range(1, rounds + 1):
        of = np.array(sorted(columns), np.int64)
        master = relax(grid, of, penalty)
        tried = [master.prices] if known is None else [known.prices.mixed(master.prices, 0.5), master.prices]
        for prices in tried:
            left = reduced(grid, prices)
            best, _ = best_by_job(grid, left)
            reached = bound(grid, prices, best)
            if known is None or reached < known.bound:
                known = Bounded(reached, prices, left, of, 0.0, np.zeros(0), 0.0, number)
            before = len(columns)
            columns.update(_joining(grid, left))
            if len(columns) > before + 5:
                break
        assert known is not None
        known = Bounded(
            known.bound, known.prices, known.left, of, master.objective, master.share, master.missing, number
        )
        done = known.bound - known.relaxed <= near * max(abs(known.bound), 1e-9)
        if done or len(columns) == len(of) or known.bound == -np.inf or watch(known):
            break
    assert known is not None
    return known


def _joining(grid: Grid, left: Floats) -> list[int]:
    """Columns of positive reduced worth, or of required jobs the best."""
    count, joining = grid.slot_count, []
    for job in range(grid.job_count):
        rows = grid.rows(job)
        values = left[rows].reshape(-1)
        if not len(values):
            continue
        most = min(len(values), _JOINING)
        best = np.argpartition(-values, most - 1)[:most]
        least = -np.inf if grid.required[job] else 0.0
        joining += (rows.start * count + best[values[best] > least]).tolist()
    return joining


def _penalty(grid: Grid) -> float:
    """What leaving out a required job costs in the relaxation: more than one job can gain or lose."""
    finite = grid.worth[np.isfinite(grid.worth)]
    return 1.0 + 20.0 * float(np.abs(finite).max(initial=0.0))
