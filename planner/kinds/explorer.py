"""Trying single points of a FineTune space: each is estimated once, counted once, and remembered."""

from collections.abc import Mapping, Sequence
from dataclasses import replace

import numpy as np

from planner.catalog.rows import Bools, Floats, Ints
from planner.choose.exact import Chunk
from planner.choose.variables import Variable
from planner.kinds.evaluate import chunk_of, pick_points
from planner.kinds.limits import Limit
from planner.kinds.problem import Archive
from planner.kinds.variables import Layout

MOST_PAIRS = 40_000
"""Recipe and machine pairs that are estimated at once; every point is estimated on the machines of all in its batch."""


class Explorer:
    """Evaluates points and keeps what they came to; the points a search was not told of before are its chunks."""

    def __init__(self, layout: Layout, *, counted_grid: bool) -> None:
        """With `counted_grid` an exact search has counted what lies on the coarse grid; it is not counted again."""
        self.layout, self.problem, self.counted_grid = layout, layout.problem, counted_grid
        self.chunks: list[Chunk] = []
        self.size = 0
        """Points that count."""
        self._places: dict[bytes, int] = {}
        self._losses: list[Floats] = []
        self._violations: list[Floats] = []
        self._kept: list[Floats] = []

    @property
    def variables(self) -> Sequence[Variable]:
        """What a point is made of."""
        return self.layout.variables

    def canonical(self, points: Floats) -> Floats:
        """The same points, each written one way."""
        return self.layout.canonical(points)

    def fresh(self, points: Floats) -> Bools:
        """Which canonical points would count: those that rules keep and neither the exact search nor we have tried."""
        new = np.array([row.tobytes() not in self._places for row in points], bool)
        new &= self._kept_by_rules(self.layout.combinations(points), self.layout.values(points))
        return new & ~self.layout.on_grid(points) if self.counted_grid else new

    def evaluate(self, points: Floats) -> tuple[Floats, Floats]:
        """(n, objectives) losses and (n, 2 + limits) violations of canonical points; what is known is not tried again.

        The first violation is 1 where rules leave a point out, the second where it cannot run at all.
        """
        keys = [row.tobytes() for row in points]
        unseen = {key: i for i, key in enumerate(keys) if key not in self._places}
        if unseen:
            self._try(points[np.array(sorted(unseen.values()))])
        at = [self._places[key] for key in keys]
        losses = np.array([self._losses[i] for i in at]).reshape(-1, len(self.problem.objectives))
        violations = np.array([self._violations[i] for i in at]).reshape(-1, 2 + len(self.problem.limits))
        return losses, violations

    def _try(self, points: Floats) -> None:
        losses = np.full((len(points), len(self.problem.objectives)), np.nan)
        violations = np.zeros((len(points), 2 + len(self.problem.limits)))
        combinations, values = self.layout.combinations(points), self.layout.values(points)
        kept = self._kept_by_rules(combinations, values)
        violations[~kept, 0] = 1.0
        fresh = kept & self.fresh(points)
        for rows in self._batches(np.flatnonzero(kept), combinations):
            chunk = self._estimate(combinations[rows], values[rows])
            losses[rows], violations[rows, 1:] = chunk.losses, _violations(chunk, self.problem.limits)
            new = fresh[rows]
            if new.any():
                self._count(chunk.only(new), points[rows[new]], combinations[rows[new]])
        for point, loss, violation in zip(points, losses, violations, strict=True):
            self._places[point.tobytes()] = len(self._losses)
            self._losses.append(loss)
            self._violations.append(violation)

    def _kept_by_rules(self, combinations: Ints, values: Floats) -> Bools:
        rules = self.problem.space.rules
        if rules is None:
            return np.ones(len(combinations), bool)
        recipe, offer = np.divmod(combinations, self.problem.offers)
        return rules.keeps(self.problem.space.recipes.take(recipe, self._moved(values)), np.arange(len(recipe)), offer)

    def _moved(self, values: Floats) -> Mapping[str, Floats]:
        axes = self.layout.axes
        return {axes[a].path: column for a, column in zip(self.layout.continuous, values.T, strict=True)}

    def _batches(self, rows: Ints, combinations: Ints) -> list[Ints]:
        """Rows to estimate together: as few batches of the same or few machines as `MOST_PAIRS` allows."""
        shape = self.problem.space.market.shape_of_offer[combinations[rows] % self.problem.offers]
        ordered = rows[np.argsort(shape, kind="stable")]
        _, counts = np.unique(shape, return_counts=True)
        batches, first, last, shapes = [], 0, 0, 0
        for count in counts.tolist():
            if last > first and (last + count - first) * (shapes + 1) > MOST_PAIRS:
                batches.append(ordered[first:last])
                first, shapes = last, 0
            last, shapes = last + count, shapes + 1
        batches.append(ordered[first:last])
        return [
            part for each in batches for part in np.split(each, range(MOST_PAIRS, len(each), MOST_PAIRS)) if len(part)
        ]

    def _estimate(self, combinations: Ints, values: Floats) -> Chunk:
        picked = pick_points(self.problem, Archive(combinations, self._moved(values)))
        return chunk_of(self.problem, picked)

    def _count(self, chunk: Chunk, points: Floats, combinations: Ints) -> None:
        """Number the points: by their combination, or after all of them where an axis is continuous."""
        after = self.problem.space.walked + self.size + np.arange(len(points))
        self.chunks.append(replace(chunk, row=after if self.layout.continuous else combinations))
        self._kept.append(points)
        self.size += len(points)

    def points(self, rows: Ints) -> Floats:
        """The points that rows of a search stand for, those of the grid among them."""
        size = self.problem.space.walked
        found = np.empty((len(rows), len(self.variables)))
        off: Bools = np.asarray(rows >= size)
        found[~off] = self.layout.points(rows[~off])
        if off.any():
            found[off] = np.concatenate(self._kept)[rows[off] - size]
        return found

    def archive(self) -> Archive | None:
        """All points that count; None where they are combinations of the grid."""
        if not self.layout.continuous:
            return None
        points = np.concatenate(self._kept) if self._kept else np.empty((0, len(self.variables)))
        return Archive(self.layout.combinations(points), self._moved(self.layout.values(points)))


def _violations(chunk: Chunk, limits: Sequence[Limit]) -> Floats:
    """(n, 1 + limits) by how much each limit is broken, relative to it; the first column is 1 where nothing can run."""
    columns = [np.where(chunk.stop > 0, 1.0, 0.0)]
    for limit in limits:
        excess = (chunk.needed[limit.name] - limit.bound) / max(abs(limit.bound), 1e-9)
        columns.append(np.nan_to_num(excess if limit.upper else -excess))
    return np.column_stack(columns)
