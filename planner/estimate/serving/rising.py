"""The zero of rising functions, for all columns at once."""

from collections.abc import Callable

import numpy as np

from planner.catalog.rows import Floats

HALVINGS = 26
"""Intervals shrink to 1.5e-8 of their first width."""


def root_of(rising: Callable[[Floats], Floats], low: Floats, high: Floats, halvings: int = HALVINGS) -> Floats:
    """Where `rising` passes zero between `low` and `high`, by bisection: it halves whatever the function's form.

    `low` where it is positive there already, `high` where it is still negative. SciPy's elementwise root finders drop
    finished columns from the argument, which functions that hold columns of their own cannot follow.
    """
    below, above = np.array(low, np.float64), np.array(high, np.float64)
    for _ in range(halvings):
        middle = 0.5 * (below + above)
        negative = rising(middle) < 0.0
        below, above = np.where(negative, middle, below), np.where(negative, above, middle)
    return 0.5 * (below + above)
