"""Points of a sampled search and what they came to; and points that come from outside."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from planner.catalog.rows import Bools, Floats, Ints
from planner.choose.variables import Variable


@dataclass(frozen=True, slots=True)
class Results:
    """Points and what they came to."""

    points: Floats
    losses: Floats
    violations: Floats

    def take(self, rows: Ints) -> "Results":
        """Some of the points."""
        return Results(self.points[rows], self.losses[rows], self.violations[rows])

    @property
    def are_good(self) -> Bools:
        """Which points break nothing and are known."""
        unbroken = (np.nan_to_num(self.violations) <= 0).all(axis=1)
        return np.asarray(np.isfinite(self.losses).all(axis=1) & unbroken)


def as_points(variables: Sequence[Variable], rows: Sequence[Mapping[str, Any]]) -> Floats:
    """Parameters by name → (n, variables) points; rows that fit no point are left out.

    They come from outside and are trusted with nothing: a name too many or a value out of range makes no point.
    """
    free = {v.name: (i, v) for i, v in enumerate(variables) if v.free}
    points = []
    for row in rows:
        if row.keys() == free.keys() and all(_fits(free[name][1], value) for name, value in row.items()):
            point = [v.low for v in variables]
            for name, value in row.items():
                point[free[name][0]] = float(value)
            points.append(point)
    return np.array(points, np.float64).reshape(-1, len(variables))


def _fits(variable: Variable, value: object) -> bool:
    if isinstance(value, bool) or not isinstance(value, int | float):
        return False
    return variable.low <= value <= variable.high and (not variable.whole or value == int(value))
