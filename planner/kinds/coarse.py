"""The coarse pass of a space that is sampled: a part of it that has every model, method, stack and machine.

Axes are thinned to a few values, both ends among them, and machines to their cheapest offers.
"""

import math

import numpy as np
from scipy.stats.qmc import Halton

from planner.catalog.rows import Floats
from planner.kinds.variables import FIRST_AXIS, OFFER, Layout


def coarse_points(layout: Layout, most: int) -> Floats:
    """At most `most` canonical points, evenly over the space, each once.

    Where not even one point per model, method, stack and machine fits, they are spread over those by a Halton
    sequence, which is even in every variable.
    """
    levels = _levels(layout, most)
    size = math.prod(len(values) for values in levels)
    if size <= most:
        grid = np.meshgrid(*levels, indexing="ij")
        points = np.column_stack([each.ravel() for each in grid])
    else:
        drawn = Halton(len(levels), scramble=False).random(most + 1)[1:]
        points = np.column_stack(
            [values[(share * len(values)).astype(np.int64)] for values, share in zip(levels, drawn.T, strict=True)]
        )
    return np.unique(layout.canonical(points), axis=0)


def _levels(layout: Layout, most: int) -> list[Floats]:
    """Values of every variable: all of the choices, then as many of the others as fit, the fewest first."""
    counts = [int(v.high - v.low) + 1 if v.whole else _MANY for v in layout.variables]
    taken = [1 if column >= OFFER else count for column, count in enumerate(counts)]
    order = [*range(FIRST_AXIS, len(counts)), OFFER]
    growing = True
    while growing:
        growing = False
        for column in sorted(order, key=lambda c: taken[c]):
            more = min(counts[column], 2 * taken[column] - (taken[column] > 1))
            if more > taken[column] and math.prod(taken) // taken[column] * more <= most:
                taken[column] = more
                growing = True
                break
    return [_spread(layout, column, count) for column, count in enumerate(taken)]


_MANY = 10**9
"""Values of a variable that may be any number."""


def _spread(layout: Layout, column: int, count: int) -> Floats:
    """`count` values of a variable, evenly spread with both ends; one is the middle one, of offers the first."""
    variable = layout.variables[column]
    if column == OFFER:
        return np.arange(count, dtype=np.float64)
    if count == 1:
        middle = (variable.low + variable.high) / 2
        return np.array([np.floor(middle) if variable.whole else middle])
    values = np.linspace(variable.low, variable.high, count)
    return np.round(values) if variable.whole else values
