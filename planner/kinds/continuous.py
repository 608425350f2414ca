"""Spaces with continuous axes: from the coarse grid's front to sampled and polished points beside it.

The choices (recipe and offer) that are sampled are those of the grid's front, freely combined; all of them where the
grid has no feasible point.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np

from planner.catalog.rows import Floats, Ints
from planner.choose.exact import Chunk, Found, search
from planner.choose.indicators import share_of_box
from planner.choose.refine import polish
from planner.choose.sampled import Settings, Variable, merged, sample, volume
from planner.kinds.evaluate import as_chunk, pick_points
from planner.kinds.limits import Limit
from planner.kinds.problem import Archive, Problem
from planner.outcome import Search
from planner.scenario.blocks import SearchSettings
from planner.space.axes import Axis

MOST_POLISHED = 24
"""Front points that are polished, evenly spread; each takes some twenty small evaluations."""
SLOPE = 2e-3
"""Share of an axis over which slopes are taken, unless its step is longer."""


def has_intervals(problem: Problem) -> bool:
    """Whether an axis of the problem is continuous."""
    return any(axis.interval is not None for axis in problem.space.recipes.axes)


def explore(problem: Problem, grid: Found, settings: SearchSettings) -> tuple[Problem, Found, Search]:
    """Sample and polish around the grid's front; the problem comes back with the points it can then pick from."""
    explorer = _Explorer(problem, grid.front)
    objectives = len(problem.objectives)
    sample(
        explorer.variables,
        explorer.evaluate,
        explorer.start(_spread(grid.front, grid.front_losses)),
        objectives,
        Settings(settings.evaluations, settings.seed),
    )
    sampled = explorer.size
    upwards = {limit.name: limit.upper for limit in problem.limits}
    found = merged(grid, search(explorer.chunks, objectives, upwards), upwards)
    _polish(explorer, found, settings.seed)
    found = merged(grid, search(explorer.chunks, objectives, upwards), upwards)
    signs = np.array([-1.0 if name == "quality" else 1.0 for name in problem.objectives])
    box = volume(found.front_losses) if len(found.front) else None
    return (
        replace(problem, archive=explorer.archive()),
        found,
        Search(
            strategy="sampled: coarse grid and SciPy polish around a search",
            covered=found.covered,
            evaluated=found.covered,
            pruned=0,
            exact=False,
            sampler=settings.sampler,
            seed=settings.seed,
            sampled=sampled,
            polished=explorer.size - sampled,
            hypervolume=round(box.hypervolume, 9) if box else None,
            hypervolume_of_grid=round(share_of_box(grid.front_losses, box.ideal, box.nadir), 9)
            if box and len(grid.front)
            else None,
            ideal=(box.ideal * signs).tolist() if box else [],
            nadir=(box.nadir * signs).tolist() if box else [],
        ),
    )


def _spread(rows: Ints, losses: Floats, most: int = 50) -> Ints:
    """At most `most` of the rows, evenly spread along the first objective."""
    ordered = rows[np.lexsort(losses.T[::-1])] if losses.shape[1] else rows
    return ordered[np.unique(np.linspace(0, max(len(ordered) - 1, 0), min(most, len(ordered))).astype(np.int64))]


def _polish(explorer: "_Explorer", found: Found, seed: int) -> None:
    """Polish front points over their continuous axes; everything tried lands among the explorer's points."""
    if not len(found.front) or not found.front_losses.shape[1]:
        return
    width = np.maximum(np.ptp(found.front_losses, axis=0), 1e-9)
    for row in _spread(found.front, found.front_losses, MOST_POLISHED).tolist():
        choice, x = explorer.place(row)
        polish(x, _Slice(explorer, choice), width, explorer.slope, seed)


@dataclass(frozen=True, slots=True)
class _Slice:
    """The continuous axes of one choice of recipe and offer, as the unit cube."""

    explorer: "_Explorer"
    choice: int

    def __call__(self, cube: Floats) -> tuple[Floats, Floats]:
        low, width = self.explorer.low, self.explorer.width
        return self.explorer.at(np.full(len(cube), self.choice), low + cube * width)


class _Explorer:
    """Evaluates points off the grid and remembers all of them."""

    def __init__(self, problem: Problem, front: Ints) -> None:
        self.problem = problem
        self.space = problem.space.recipes
        self.axes: Sequence[tuple[int, Axis]] = [
            (a, axis) for a, axis in enumerate(self.space.axes) if axis.interval is not None
        ]
        self.intervals = [axis.interval for _, axis in self.axes if axis.interval is not None]
        self.low = np.array([interval.low for interval in self.intervals])
        self.width = np.array([interval.last - interval.low for interval in self.intervals])
        width = np.maximum(self.width, 1e-12)
        self.slope = np.array([max(SLOPE, (i.step or 0.0) / w) for i, w in zip(self.intervals, width, strict=True)])
        self.grid_size = problem.space.walked
        self.recipes = np.unique(self._plain(front // problem.offers)) if len(front) else self._all_plain()
        self.offers = np.unique(front % problem.offers) if len(front) else np.arange(problem.offers)
        self.chunks: list[Chunk] = []
        self._combinations: list[Ints] = []
        self._values: list[Floats] = []
        self.size = 0

    def _plain(self, recipes: Ints) -> Ints:
        """The same recipes with every continuous axis at its first value."""
        for a, _ in self.axes:
            recipes = self.space.with_axis(recipes, a, 0)
        return recipes

    def _all_plain(self) -> Ints:
        return np.unique(self._plain(np.arange(len(self.space))))

    @property
    def variables(self) -> list[Variable]:
        """Recipe, offer, then the continuous axes; stepped axes as the number of the step."""
        found = [
            Variable("recipe", 0, len(self.recipes) - 1, whole=True, choice=True),
            Variable("offer", 0, len(self.offers) - 1, whole=True, choice=True),
        ]
        for (_, axis), interval in zip(self.axes, self.intervals, strict=True):
            if interval.step is not None:
                found.append(Variable(axis.path, 0, interval.steps, whole=True))
            else:
                found.append(Variable(axis.path, interval.low, interval.high))
        return found

    def start(self, rows: Ints) -> Floats:
        """Combinations of the grid as points of the search."""
        recipes, offers = np.divmod(rows, self.problem.offers)
        values = self._values_of(recipes)
        steps = np.array([interval.step or np.nan for interval in self.intervals])
        numbered = np.where(
            np.isnan(steps), values, np.round((values - self.low) / np.where(np.isnan(steps), 1.0, steps))
        )
        first = np.searchsorted(self.recipes, self._plain(recipes))
        return np.column_stack([first, np.searchsorted(self.offers, offers), numbered])

    def _values_of(self, recipes: Ints) -> Floats:
        """(n, axes) continuous values of recipes of the grid; the first value where an axis does not apply."""
        columns = self.space.take(recipes)
        values = np.column_stack([columns.columns[axis.path] for _, axis in self.axes])
        applies = columns.axis_codes[:, [a for a, _ in self.axes]] >= 0
        return np.where(applies, values, self.low)

    def place(self, row: int) -> tuple[int, Floats]:
        """Choice (a combination of the grid) and position in the unit cube of a front row."""
        if row < self.grid_size:
            recipe, offer = divmod(row, self.problem.offers)
            values = self._values_of(np.array([recipe]))[0]
            choice = int(self._plain(np.array([recipe]))[0]) * self.problem.offers + offer
        else:
            archive = self.archive().take(np.array([row - self.grid_size]))
            choice = int(archive.combination[0])
            values = np.array([archive.values[axis.path][0] for _, axis in self.axes])
        return choice, np.clip((values - self.low) / np.where(self.width > 0, self.width, 1.0), 0.0, 1.0)

    def evaluate(self, points: Floats) -> tuple[Floats, Floats]:
        """Losses and violations of points as the sampler sees them."""
        recipe, offer = points[:, 0].astype(np.int64), points[:, 1].astype(np.int64)
        values = np.column_stack(
            [
                interval.low + column * interval.step if interval.step is not None else column
                for interval, column in zip(self.intervals, points[:, 2:].T, strict=True)
            ]
        )
        return self.at(self.recipes[recipe] * self.problem.offers + self.offers[offer], values)

    def at(self, combinations: Ints, values: Floats) -> tuple[Floats, Floats]:
        """Losses and violations of combinations with these values on their continuous axes."""
        snapped = [interval.snap(column) for interval, column in zip(self.intervals, values.T, strict=True)]
        moved = {axis.path: column for (_, axis), column in zip(self.axes, snapped, strict=True)}
        picked = pick_points(self.problem, Archive(combinations, moved))
        chunk = as_chunk(self.problem, picked.joined, picked.q, picked.model, np.zeros(1, np.int64))
        chunk = replace(chunk, row=np.arange(self.size, self.size + len(combinations)) + self.grid_size)
        rules, out = self.problem.space.rules, np.zeros(len(combinations))
        if rules is not None:
            kept = rules.keeps(picked.block.recipes, picked.recipe, picked.offer)
            out = np.where(kept, 0.0, 1.0)
        self.chunks.append(chunk if rules is None else chunk.only(out == 0))
        self._combinations.append(combinations)
        self._values.append(np.column_stack(snapped))
        self.size += len(combinations)
        return chunk.losses, np.column_stack([out, _violations(chunk, self.problem.limits)])

    def archive(self) -> Archive:
        """All points so far."""
        if not self._combinations:
            return Archive(np.empty(0, np.int64), {axis.path: np.empty(0) for _, axis in self.axes})
        values = np.concatenate(self._values)
        moved: Mapping[str, Floats] = {axis.path: values[:, i] for i, (_, axis) in enumerate(self.axes)}
        return Archive(np.concatenate(self._combinations), moved)


def _violations(chunk: Chunk, limits: Sequence[Limit]) -> Floats:
    """(n, 1 + limits) by how much each limit is broken, relative to it; the first column is 1 where nothing can run."""
    columns = [np.where(chunk.stop > 0, 1.0, 0.0)]
    for limit in limits:
        excess = (chunk.needed[limit.name] - limit.bound) / max(abs(limit.bound), 1e-9)
        columns.append(np.nan_to_num(excess if limit.upper else -excess))
    return np.column_stack(columns)
