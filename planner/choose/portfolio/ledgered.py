"""A tighter bound: pools and orders stay priced, but jobs are whole and the ledger (budgets and the like) is kept.

With prices for only some constraints the relaxation is still a bound (Guignard and Kim, Mathematical Programming 39
(1987)); what is left is a multiple-choice knapsack over the columns of a job that no other of it is better than.
"""

import numpy as np

from planner.catalog.rows import Ints
from planner.choose.pareto import front_rows
from planner.choose.portfolio.bounding import Bounded
from planner.choose.portfolio.grid import Grid
from planner.choose.portfolio.knapsack import choose
from planner.choose.portfolio.pricing import Prices, reduced


def ledger_bound(grid: Grid, found: Bounded, possible: Ints, floor: float, time_limit_s: float) -> float:
    """What no schedule exceeds, if the columns that are not `possible` are in none that is worth more than `floor`."""
    count = grid.slot_count
    prices = Prices(np.zeros_like(found.prices.lines), found.prices.pools, found.prices.edges)
    left = reduced(grid, prices).reshape(-1)[possible]
    used, job = grid.ledger(possible), grid.job_of[possible // count]
    kept = [np.zeros(0, np.int64)]
    for j in range(grid.job_count):
        mine = np.flatnonzero(job == j)
        # What differs by a billionth of a dollar only is one point; the front would keep them all.
        losses = np.column_stack([-left[mine], used[:, mine].T]).round(9)
        kept.append(mine[front_rows(losses)])
    rows = np.concatenate(kept)
    if not len(rows):
        return floor
    chosen = choose(left[rows], job[rows], used[:, rows], grid.limits, grid.required, time_limit_s, 1e-4)
    return max(chosen.bound + float((prices.pools * grid.units).sum()), floor)
