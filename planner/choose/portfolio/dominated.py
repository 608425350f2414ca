"""Thinning: configurations that another of the same job is never worse than, at any start. Proven, so bounds hold."""

import numpy as np

from planner.catalog.rows import Bools, Ints
from planner.choose.portfolio.grid import Grid

NEAR = 1e-9


def undominated(grid: Grid) -> Ints:
    """Rows that remain.

    Row a may replace row b where, at every start that b is allowed, a is allowed too, is worth no less, adds no more
    to any quantity that a line of the ledger counts, runs no longer, takes no more from any pool, and lets followers
    start no later. Of equal rows the first remains.
    """
    takes = np.zeros((len(grid.job_of), len(grid.pools) or 1))
    np.add.at(takes, (np.arange(len(grid.job_of))[:, None], grid.pool), grid.takes)
    counted = [q for q in range(len(grid.quantities)) if grid.members[:, q].any()] if len(grid.lines) else []
    kept = np.ones(len(grid.job_of), bool)
    for job in range(grid.job_count):
        rows = grid.rows(job)
        fixed = np.column_stack([
            takes[rows], grid.slots[rows], *(edge.after[rows] for edge in grid.edges if edge.first == job)
        ])  # fmt: skip
        better: Bools = np.asarray((fixed[:, None] <= fixed[None] + NEAR).all(axis=2))
        np.fill_diagonal(better, val=False)
        alive = kept[rows]
        for a, b in np.argwhere(better).tolist():
            if alive[a] and alive[b] and _no_worse(grid, rows.start + a, rows.start + b, counted):
                alive[b] = False
    kept &= grid.allowed.any(axis=1)
    return np.flatnonzero(kept)


def _no_worse(grid: Grid, a: int, b: int, counted: list[int]) -> bool:
    """Whether row a can stand for row b at each start of b."""
    at = grid.allowed[b]
    if not grid.allowed[a][at].all():
        return False
    near = NEAR * (1 + np.abs(grid.worth[b][at]))
    if not (grid.worth[a][at] >= grid.worth[b][at] - near).all():
        return False
    for q in counted:
        values = grid.quantities[q]
        ours, theirs = (values[a][at], values[b][at]) if values.shape[1] > 1 else (values[a], values[b])
        if not (ours <= theirs + NEAR * (1 + np.abs(theirs))).all():
            return False
    return True
