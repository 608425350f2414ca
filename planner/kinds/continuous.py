"""Sampled search of a FineTune space: a coarse exact pass, a sampler from its front on, and a polish of what it finds.

Around an exact grid (continuous axes) what is sampled are the choices of the grid's front, freely combined; all of them
where the grid has no feasible point, or where the space is sampled from the start.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace

import numpy as np

from planner.catalog.rows import Floats
from planner.choose.exact import Found, search
from planner.choose.indicators import share_of_box
from planner.choose.merged import merged, volume
from planner.choose.moves import climb
from planner.choose.pareto import spread
from planner.choose.progress import Progress, ticking
from planner.choose.refine import polish
from planner.choose.results import Results
from planner.choose.sampled import Sampling, Settings, sample
from planner.choose.samplers import require
from planner.choose.storage import Keeping, StoredLedger, open_ledger
from planner.kinds.coarse import coarse_points
from planner.kinds.explorer import Explorer
from planner.kinds.problem import Problem
from planner.kinds.variables import around, whole_space
from planner.outcome import Search
from planner.scenario.blocks import SearchSettings
from planner.space.samplers import evaluations_of

COARSE_SHARE, MOVES_SHARE = 4, 4
"""Points of the coarse pass, and of the moves at the end, at most, as multiples of the sampler's evaluations."""
MOST_POLISHED = 24
"""Front points that are polished, evenly spread; each takes some twenty small evaluations."""
SLOPE = 2e-3
"""Share of an axis over which slopes are taken."""


@dataclass(slots=True)
class _Search:
    """A search and what it has found: the exact grid, if there was one, and single points."""

    explorer: Explorer
    grid: Found | None
    upwards: dict[str, bool]

    def found(self) -> Found:
        """Everything so far."""
        explorer = self.explorer
        single = search(explorer.chunks, len(explorer.problem.objectives), self.upwards)
        return single if self.grid is None else merged(self.grid, single, self.upwards)

    def known(self) -> Results:
        """Points of the front with their results."""
        points = self.explorer.canonical(self.explorer.points(self.found().front))
        return Results(points, *self.explorer.evaluate(points))


def explore(
    problem: Problem, settings: SearchSettings, grid: Found | None, progress: Progress | None = None,
    keeping: Keeping | None = None,
) -> tuple[Problem, Found, Search]:  # fmt: skip
    """Search from the front of an exact grid, or from a coarse pass where there is none.

    The problem comes back with the points it can then pick from.
    """
    how = _settings(settings)
    require(how.sampler)
    state = begin(problem, how, grid, progress)
    explorer, coarse = state.explorer, state.explorer.size
    counted = coarse if grid is None else grid.covered - sum(grid.pruned.values())
    tick = ticking(progress, "sampling", how.evaluations)
    with open_ledger(keeping, explorer.variables, len(problem.objectives)) as ledger, _kept(ledger, how.evaluations):
        sampling = sample(explorer, len(problem.objectives), how, state.known(), None, ledger, tick)
        if ledger is not None:
            ledger.finish(sampling.stopped)
    sampled = explorer.size - coarse
    if settings.polish != "none":
        with _kept(ledger, how.evaluations):
            _polish(state, settings, how.evaluations, progress)
    found = state.found()
    return (
        replace(problem, archive=explorer.archive()),
        found,
        _with_figures(
            Search(
                strategy=_strategy(continuous=bool(explorer.layout.continuous), polished=settings.polish != "none"),
                covered=found.covered if explorer.layout.continuous else problem.space.combinations,
                evaluated=found.covered - sum(found.pruned.values()),
                pruned=sum(found.pruned.values()),
                pruned_by=dict(found.pruned),
                exact=False,
                sampler=settings.sampler,
                seed=settings.seed,
                coarse=counted,
                sampled=sampled,
                polished=explorer.size - coarse - sampled,
                polish=settings.polish,
                stored=sampling.stored,
                # A storage does not tell in how many its points came about.
                generations=None if sampling.stored else sampling.generations,
                stopped=sampling.stopped,
            ),
            problem,
            found,
            sampling,
        ),
    )


@contextmanager
def _kept(ledger: StoredLedger | None, evaluations: int) -> Iterator[None]:
    """Where the user stops the search, have the interrupt say what of it is kept."""
    try:
        yield
    except KeyboardInterrupt as stop:
        if ledger is not None and ledger.kept:
            stop.add_note(
                f"{min(ledger.kept, evaluations):,} of {evaluations:,} points are kept in {ledger.keeping.shown}; "
                "the same command with --resume goes on"
            )
        raise


def _strategy(*, continuous: bool, polished: bool) -> str:
    first = "sampled: coarse grid and" if continuous else "sampled: coarse pass and"
    if not polished:
        return f"{first} a search"
    return f"{first} SciPy polish around a search" if continuous else f"{first} a polish by moves around a search"


def join(
    problem: Problem, settings: SearchSettings, grid: Found | None, keeping: Keeping, worker: int,
    progress: Progress | None = None,
) -> tuple[int, str]:  # fmt: skip
    """Try points for a search that another process leads; returns how many, and why it ended."""
    how = _settings(settings)
    state = begin(problem, how, grid)
    apart = replace(how, seed=(how.seed + worker) % 2**32, converged_below=None)
    tick = ticking(progress, "sampling", how.evaluations)
    with open_ledger(keeping, state.explorer.variables, len(problem.objectives)) as ledger:
        sampling = sample(state.explorer, len(problem.objectives), apart, state.known(), None, ledger, tick)
    return sampling.evaluations - sampling.stored, sampling.stopped


def begin(problem: Problem, how: Settings, grid: Found | None, progress: Progress | None = None) -> _Search:
    """What the sampler starts from: around an exact grid its front, else a coarse pass that is made here."""
    upwards = {limit.name: limit.upper for limit in problem.limits}
    if grid is not None:
        layout = around(problem, grid.front) if len(grid.front) else whole_space(problem)
        return _Search(Explorer(layout, counted_grid=True), grid, upwards)
    explorer = Explorer(whole_space(problem), counted_grid=False)
    points = coarse_points(explorer.layout, COARSE_SHARE * how.evaluations)
    tick = ticking(progress, "grid", len(points))
    for first in range(0, len(points), _BATCH):
        explorer.evaluate(points[first : first + _BATCH])
        if tick is not None:
            tick(
                min(first + _BATCH, len(points)), search(explorer.chunks, len(problem.objectives), upwards).front_losses
            )
    return _Search(explorer, None, upwards)


_BATCH = 20_000
"""Points of the coarse pass estimated at a time."""


def _settings(settings: SearchSettings) -> Settings:
    evaluations = evaluations_of(settings.sampler, settings.evaluations)
    return Settings(evaluations, settings.seed, settings.sampler, None, settings.converged_below)


def _with_figures(how: Search, problem: Problem, found: Found, sampling: Sampling) -> Search:
    """The same, with what the front is worth in its own box: now, at first, and after the generations."""
    if not len(found.front) or not found.front_losses.shape[1]:
        return how
    box = volume(found.front_losses)
    signs = np.array([-1.0 if name == "quality" else 1.0 for name in problem.objectives])

    def share(losses: Floats) -> float:
        return round(share_of_box(losses, box.ideal, box.nadir), 9) if len(losses) else 0.0

    return how.model_copy(
        update={
            "hypervolume": round(box.hypervolume, 9),
            "hypervolume_of_grid": share(sampling.fronts[0]) if len(sampling.fronts[0]) else None,
            "hypervolume_by_generation": [share(front) for front in sampling.fronts],
            "ideal": (box.ideal * signs).tolist(),
            "nadir": (box.nadir * signs).tolist(),
        }
    )


def _polish(state: _Search, settings: SearchSettings, evaluations: int, progress: Progress | None) -> None:
    """Improve the front: continuous axes with SciPy, all others by moves; what is tried lands in the explorer."""
    explorer, layout = state.explorer, state.explorer.layout
    start = state.known()
    if not len(start.points) or not start.losses.shape[1]:
        return
    moves = MOVES_SHARE * evaluations if state.grid is None else evaluations
    tick = ticking(progress, "polish", moves)
    climb(explorer, start, moves, tick)
    if not any(v.free and not v.whole for v in layout.variables) or settings.polish == "none":
        return
    start = state.known()
    width = np.maximum(np.ptp(start.losses, axis=0), 1e-9)
    rows = spread(np.arange(len(start.points)), start.losses, MOST_POLISHED)
    for row in rows.tolist():
        slice_ = _Slice(explorer, start.points[row])
        polish(slice_.cube(start.points[row]), slice_, width, slice_.slope, settings.seed, settings.polish)


class _Slice:
    """The axes of one point that may be any number, as the unit cube; everything else is held fixed."""

    def __init__(self, explorer: Explorer, point: Floats) -> None:
        variables = explorer.variables
        self.explorer, self.point = explorer, point
        self.columns = [column for column, v in enumerate(variables) if v.free and not v.whole]
        self.low = np.array([variables[column].low for column in self.columns])
        self.width = np.array([variables[column].high for column in self.columns]) - self.low
        self.slope = np.full(len(self.columns), SLOPE)

    def cube(self, point: Floats) -> Floats:
        """Where a point lies in the cube."""
        return np.asarray((point[self.columns] - self.low) / self.width)

    def __call__(self, cube: Floats) -> tuple[Floats, Floats]:
        """Losses and violations at positions in the cube."""
        points = np.tile(self.point, (len(cube), 1))
        points[:, self.columns] = self.low + cube * self.width
        return self.explorer.evaluate(self.explorer.canonical(points))
