"""Whether all required jobs can run, as sums over the whole horizon see it: a proof in milliseconds that they cannot.

A linear relaxation without time: a job may be split over its configurations, each at the start that is best for one
limit after another, and a pool is what it has in all slots together. Every schedule keeps it; what has no solution has
no schedule.
"""

from typing import Any

import numpy as np
from scipy.optimize import linprog
from scipy.sparse import csr_array

from planner.catalog.rows import Floats, Ints
from planner.choose.portfolio.freeing import used_by
from planner.choose.portfolio.grid import Grid

_NO_LIMIT = 1e14
"""From here on a limit limits nothing."""
_HAIR = 1e-6
"""Share of a limit that is rounding."""


def cannot_run(grid: Grid) -> bool:
    """Whether it is proven that no schedule places all required jobs."""
    possible = grid.allowed.any(axis=1)
    needed = np.flatnonzero(grid.required)
    rows = np.flatnonzero(possible & grid.required[grid.job_of])
    if not np.isin(needed, grid.job_of[rows]).all():
        return True
    if not len(needed):
        return False
    used, most = _limits(grid, rows, np.flatnonzero(possible & ~grid.required[grid.job_of]))
    scale = np.maximum(np.abs(most), 1.0)
    limited: Any = csr_array(used / scale[:, None])
    one: Any = csr_array(
        (np.ones(len(rows)), (np.searchsorted(needed, grid.job_of[rows]), np.arange(len(rows)))),
        shape=(len(needed), len(rows)),
    )  # fmt: skip
    found = linprog(
        np.zeros(len(rows)), limited, most / scale + _HAIR, one, np.ones(len(needed)), (0, None), method="highs"
    )
    return bool(found.status == 2)


def _limits(grid: Grid, rows: Ints, optional: Ints) -> tuple[Floats, Floats]:
    """(n, rows) the least that configurations add to each limit, and (n,) these limits: of the ledger, and of pools."""
    used, most = [], []
    for line, limit in enumerate(grid.limits.tolist()):
        if limit < _NO_LIMIT:
            least = np.where(grid.allowed, used_by(grid, line), np.inf).min(axis=1)
            below = np.zeros(grid.job_count)
            np.minimum.at(below, grid.job_of[optional], least[optional])
            used.append(least[rows])
            most.append(limit - below.sum())
    takes = np.zeros((len(grid.job_of), len(grid.units) or 1))
    np.add.at(takes, (np.arange(len(grid.job_of))[:, None], grid.pool), grid.takes)
    for pool, units in enumerate(grid.units.sum(axis=1).tolist()):
        if units < _NO_LIMIT:
            used.append(takes[rows, pool] * grid.slots[rows])
            most.append(units)
    return np.array(used, float).reshape(len(most), len(rows)), np.array(most, float)
