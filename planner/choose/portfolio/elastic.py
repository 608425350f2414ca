"""The same instance with nothing required, each required job worth 1 and all else 0: how many can run at all."""

from dataclasses import replace

import numpy as np

from planner.choose.portfolio.grid import Grid


def elastic(grid: Grid) -> Grid:
    """A grid whose objective is the number of required jobs that run."""
    counts = grid.required[grid.job_of].astype(float)
    worth = np.where(grid.allowed, counts[:, None], -np.inf)
    return replace(grid, worth=worth, required=np.zeros(grid.job_count, bool))
