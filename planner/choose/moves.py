"""Polishing by moves: every point beside a point of the front is tried, until none is better or the budget is spent.

Pareto local search (Paquete, Chiarandini and Stützle 2004), with all the points beside several points evaluated at
once.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import partial

import numpy as np

from planner.catalog.rows import Floats
from planner.choose.pareto import front_rows, spread
from planner.choose.progress import Report
from planner.choose.results import Results
from planner.choose.variables import Tried, Variable

AT_ONCE = 2000
"""Points evaluated together, about."""
FEW = 12
"""Values up to which all of them are tried; of more the neighbours, and ever longer leaps."""
LEAP = 4
"""How much longer each leap is than the one before."""
MOST = 200
"""Longest distance when everything around a point is tried."""


@dataclass(slots=True)
class _Front:
    """The best points so far, and around which of them all was tried that is near, far, or two moves away."""

    points: Floats
    losses: Floats
    near: set[bytes] = field(default_factory=set)
    far: set[bytes] = field(default_factory=set)
    twice: set[bytes] = field(default_factory=set)

    def merge(self, found: Results) -> None:
        """Add points; `found` holds good ones alone."""
        points = np.concatenate([self.points, found.points])
        losses = np.concatenate([self.losses, found.losses])
        kept = front_rows(losses)
        self.points, self.losses = points[kept], losses[kept]

    def next(self, variables: Sequence[Variable]) -> Floats:
        """Points beside some of the front: the near ones first, then the far, then those two moves away; else none."""
        near, far = (sum(len(_steps(v, wide=wide)) for v in variables if v.free and v.whole) for wide in (False, True))
        for each, done, beside in (
            (near, self.near, neighbours),
            (far, self.far, partial(neighbours, wide=True)),
            (near * far, self.twice, two_moves),
        ):
            waiting = np.array([i for i, p in enumerate(self.points) if p.tobytes() not in done], np.int64)
            if len(waiting):
                chosen = spread(waiting, self.losses[waiting], max(1, AT_ONCE // max(1, each)))
                done.update(point.tobytes() for point in self.points[chosen])
                return beside(variables, self.points[chosen])
        return self.points[:0]


def climb(space: Tried, start: Results, budget: int, report: Report | None = None) -> int:
    """Try what is beside the points of the front, and beside what that finds, up to `budget` new points.

    `start` holds canonical points of the front. Returns how many points were tried that count; `space` remembers them.
    """
    front = _Front(start.points, start.losses)
    seen = {point.tobytes() for point in start.points}
    spent = 0
    while spent < budget and len(around := front.next(space.variables)):
        points = space.canonical(around)
        unseen = {key: i for i, point in enumerate(points) if (key := point.tobytes()) not in seen}
        points = points[sorted(unseen.values())]
        fresh = np.cumsum(space.fresh(points))
        points = points[fresh <= budget - spent]
        if not len(points):
            continue
        seen.update(point.tobytes() for point in points)
        spent += int(fresh[len(points) - 1])
        losses, violations = space.evaluate(points)
        results = Results(points, losses, violations)
        good = np.flatnonzero(results.are_good)
        if len(good):
            front.merge(results.take(good))
        if report is not None:
            report(spent, front.losses)
    return spent


def neighbours(variables: Sequence[Variable], points: Floats, *, wide: bool = False) -> Floats:
    """All points that differ from one of these in one variable: another choice, the next value, or a leap away.

    Wide ones differ by any number of values, up to `MOST`.
    """
    found = [np.empty((0, len(variables)))]
    for column, variable in enumerate(variables):
        if not (variable.free and variable.whole):
            continue
        for step in _steps(variable, wide=wide):
            moved = points.copy()
            moved[:, column] += step
            inside = (moved[:, column] >= variable.low) & (moved[:, column] <= variable.high)
            found.append(moved[inside])
    return np.concatenate(found)


def two_moves(variables: Sequence[Variable], points: Floats) -> Floats:
    """What a near move and then a wide one leads to."""
    return neighbours(variables, neighbours(variables, points), wide=True)


def _steps(variable: Variable, *, wide: bool) -> list[int]:
    """Distances to the values that are tried."""
    span = int(variable.high - variable.low)
    if variable.choice or span < FEW or wide:
        reach = list(range(1, min(span, MOST) + 1))
    else:
        reach = [1]
        while reach[-1] * LEAP <= span // 2:
            reach.append(reach[-1] * LEAP)
    return [sign * step for step in reach for sign in (1, -1)]
