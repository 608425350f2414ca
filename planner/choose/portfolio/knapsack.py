"""Multiple choice under a few limits: one column of every job, integer; for bounds, and for choosing without time.

DOMAIN.md section 11 (multiple-choice knapsack); Sinha and Zoltners, Operations Research 27 (1979).
"""

from dataclasses import dataclass

import numpy as np
from scipy.optimize import Bounds, LinearConstraint, milp
from scipy.sparse import coo_array, csr_array, vstack

from planner.catalog.rows import Bools, Floats, Ints


@dataclass(frozen=True, slots=True)
class Chosen:
    """What is chosen, and what no choice exceeds."""

    columns: Ints | None
    """Places of the chosen columns, ascending; None where none were found."""
    worth: float
    """NaN where none were found."""
    bound: float
    """-inf where it is proven that nothing keeps the limits, inf where nothing is known."""


def choose(
    worth: Floats, job: Ints, used: Floats, limits: Floats, required: Bools, time_limit_s: float, gap: float
) -> Chosen:
    """The columns worth most in total: exactly one of each required job, at most one of any other.

    Args:
        worth: (n,) of each column.
        job: (n,) whose column it is, 0 to J - 1.
        used: (L, n) what it adds to each limit.
        limits: (L,)
        required: (J,)
        time_limit_s: when to stop.
        gap: (bound - worth) / worth at which to stop.
    """
    count = len(required)
    one = coo_array((np.ones(len(worth)), (job, np.arange(len(worth)))), shape=(count, len(worth)))
    least = np.concatenate((required.astype(float), np.full(len(limits), -np.inf)))
    rows = csr_array(vstack([csr_array(one), csr_array(used)]))
    most = np.concatenate((np.ones(count), limits))
    found = milp(
        -worth, integrality=np.ones(len(worth), np.int64), bounds=Bounds(0, 1),
        constraints=LinearConstraint(rows, least, most),
        options={"time_limit": max(time_limit_s, 0.1), "mip_rel_gap": gap},
    )  # fmt: skip
    if found.status == 2:
        return Chosen(None, np.nan, -np.inf)
    bound = np.inf if found.mip_dual_bound is None else -float(found.mip_dual_bound)
    if found.x is None:
        return Chosen(None, np.nan, bound)
    columns = np.flatnonzero(found.x > 0.5)
    return Chosen(columns, float(worth[columns].sum()), max(bound, float(worth[columns].sum())))
