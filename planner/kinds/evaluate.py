"""Evaluating a FineTune space: blocks of recipes on every shape, then on every offer, as the search wants them."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from math import prod

import numpy as np

from planner.catalog.rows import Bools, Floats, Ints
from planner.choose.exact import Chunk
from planner.estimate.joined import STOPS, Joined, join
from planner.estimate.prior import quality_terms
from planner.estimate.quality import QualityTerms
from planner.estimate.shaped import Shaped, choose_within, shape_recipes, spread_inner
from planner.estimate.training import MARGIN
from planner.kinds.limited import limit_figures
from planner.kinds.limits import broken_limits
from planner.kinds.problem import Archive, Problem
from planner.space.offers import Shapes
from planner.space.recipes import RUNNING, Recipes
from planner.space.resolve import Space

BLOCK_PAIRS = 40_000
"""Recipe and shape pairs estimated at a time: large enough for numpy, small enough for the cache."""
CHUNK_ROWS = 60_000
"""Combinations joined at a time."""
MOST_RECIPES = 50_000
"""Recipes whose choices are made at a time at most, those that differ only in how much is run counted."""
SCAN = 50_000
"""Recipes held against include and exclude rules at a time."""


@dataclass(frozen=True, slots=True)
class Block:
    """Recipes on every shape, with their quality; offers not looked at yet."""

    shaped: Shaped
    quality: QualityTerms

    @property
    def recipes(self) -> Recipes:
        """The recipes of the block."""
        return self.shaped.recipes


@dataclass(frozen=True, slots=True)
class Part:
    """Some recipes of a block on every offer: (recipes, offers) arrays, and the same flat for the search."""

    block: Block
    recipes: slice
    joined: Joined
    chunk: Chunk
    kept: Bools | None = None
    """Flat: what include and exclude rules leave of the part, as the chunk has it; None for all of it."""


@dataclass(frozen=True, slots=True)
class Picked:
    """Single combinations, looked at closely; the joined arrays are (1, n)."""

    block: Block
    recipe: Ints
    """(n,) row within the block's recipes."""
    offer: Ints
    pair: Ints
    """(n,) row within the block's flat pairs of recipe and shape."""
    joined: Joined

    def figures(self, names: Iterable[str] = ("cost", "time", "quality", "carbon")) -> dict[str, Floats]:
        """(n,) figure of these objectives."""
        return {name: grid[0] for name, grid in _figures(self.joined, self.q, names).items()}

    @property
    def q(self) -> Floats:
        """(1, n) quality."""
        return self.block.quality.q[self.recipe][None]

    @property
    def model(self) -> Ints:
        """(1, n) index of the model."""
        return self.block.recipes.model[self.recipe][None]


def _figures(joined: Joined, q: Floats, names: Iterable[str]) -> dict[str, Floats]:
    """(recipes, offers) figures of these objectives; `q` spreads over them."""
    makers: Mapping[str, Callable[[], Floats]] = {
        "cost": lambda: joined.cost.total,
        "time": lambda: joined.hours,
        "quality": lambda: np.broadcast_to(q, joined.hours.shape),
        "carbon": joined.carbon_kg,
    }
    return {name: makers[name]() for name in names}


def shape_block(
    problem: Problem, rows: Ints, moved: Mapping[str, Floats] | None = None, shapes: Shapes | None = None
) -> Block:
    """Estimate the recipes with these linear indices on every shape, or on some; `moved` replaces axis values."""
    space = problem.space
    recipes = space.recipes.take(rows, moved)
    shaped = shape_recipes(
        recipes, shapes or space.market.shapes, space.recipes.methods, problem.lengths, problem.facts, problem.margin
    )
    quality = quality_terms(recipes, shaped.work, problem.baseline, space.recipes.methods, problem.facts)
    return Block(shaped, quality)


def per_block(space: Space) -> int:
    """Recipes of a block."""
    return max(1, BLOCK_PAIRS // len(space.market.shapes))


def blocks(problem: Problem, rows: Ints) -> Iterator[tuple[Ints, Block]]:
    """The recipes with these linear indices on every shape, block by block; the dear part is done once for all."""
    space, facts, lengths = problem.space, problem.facts, problem.lengths
    shapes, methods = space.market.shapes, space.recipes.methods
    recipes, size = space.recipes.take(rows), per_block(space)
    inner = choose_within(recipes, shapes, methods, lengths, facts, problem.margin)
    for start in range(0, len(rows), size):
        part = slice(start, min(start + size, len(rows)))
        some = recipes.take(part)
        shaped = spread_inner(some, inner.part(part), len(shapes), lengths)
        yield rows[part], Block(shaped, quality_terms(some, shaped.work, problem.baseline, methods, facts))


def pick(problem: Problem, rows: Ints) -> Picked:
    """Estimate single combinations; a combination's row is recipe * offers + offer, points of the archive follow."""
    if problem.archive is not None and (rows >= problem.space.walked).any():
        return pick_points(problem, placed(problem, rows))
    recipe_rows, offer = np.divmod(rows, problem.offers)
    unique, recipe = np.unique(recipe_rows, return_inverse=True)
    shapes, shape = _shapes_of(problem, offer)
    return _picked(problem, shape_block(problem, unique, None, shapes), recipe, offer, shape)


def placed(problem: Problem, rows: Ints) -> Archive:
    """Where rows of a search lie: a combination of the grid each, and NaN or what an axis is moved to."""
    size, archive = problem.space.walked, problem.archive
    if archive is None:
        return Archive(rows, {})
    off: Bools = np.asarray(rows >= size)
    if not off.any():
        return Archive(rows, {path: np.full(len(rows), np.nan) for path in archive.values})
    taken = archive.take(np.where(off, rows - size, 0))
    moved = {path: np.where(off, column, np.nan) for path, column in taken.values.items()}
    return Archive(np.where(off, taken.combination, rows), moved)


def pick_points(problem: Problem, points: Archive) -> Picked:
    """Estimate points off the grid, each on the shape of its own offer."""
    recipe_rows, offer = np.divmod(points.combination, problem.offers)
    shapes, shape = _shapes_of(problem, offer)
    block = shape_block(problem, recipe_rows, points.values, shapes)
    return _picked(problem, block, np.arange(len(offer)), offer, shape)


def _shapes_of(problem: Problem, offers: Ints) -> tuple[Shapes, Ints]:
    """The shapes that some offers have, and which of them each has."""
    market = problem.space.market
    used, shape = np.unique(market.shape_of_offer[offers], return_inverse=True)
    return Shapes(market.shapes.gpu[used], market.shapes.count[used]), shape.reshape(-1)


def _picked(problem: Problem, block: Block, recipe: Ints, offer: Ints, shape: Ints) -> Picked:
    columns = block.shaped.columns.at(recipe, shape)
    joined = join(columns, problem.space.market.offers.take(offer), np.arange(len(offer)))
    return Picked(block, recipe, offer, recipe * block.shaped.columns.verdict.shape[1] + shape, joined)


def parts(problem: Problem, *, in_order: bool = True) -> Iterator[Part]:
    """The whole space, some recipes at a time; faster where their order may be another."""
    market, rules = problem.space.market, problem.space.rules
    per_part = max(1, CHUNK_ROWS // problem.offers)
    for recipes in recipe_rows(problem.space, in_order=in_order):
        for rows, block in blocks(problem, recipes):
            kept = rules.mask(block.recipes) if rules is not None else None
            for first in range(0, len(rows), per_part):
                part = slice(first, min(first + per_part, len(rows)))
                joined = join(block.shaped.columns.part(part), market.offers, market.shape_of_offer)
                q, model = block.quality.q[part][:, None], block.recipes.model[part][:, None]
                chunk = as_chunk(problem, joined, q, model, rows[part])
                if kept is None:
                    yield Part(block, part, joined, chunk)
                else:
                    left = kept[part].ravel()
                    yield Part(block, part, joined, chunk.only(left), left)


def recipe_rows(space: Space, *, in_order: bool = True, stride: int = 1) -> Iterator[Ints]:
    """Linear indices of the recipes of which rules leave something, some at a time.

    Out of order, those that differ only in how much is run come together, so that `blocks` makes their choices once.
    With a `stride` above 1 a spread of recipes, one of so many, comes before the others.
    """
    recipes, rules, total = space.recipes, space.rules, len(space.recipes)
    size = per_block(space)
    if not in_order:
        runs = prod(len(axis.values) for axis in recipes.axes if axis.path in RUNNING)
        size = min(size * runs, MOST_RECIPES)

    def alive(places: Ints) -> Ints:
        rows = places if in_order else recipes.grouped(places)
        return rows if rules is None else rows[rules.alive(recipes.take(rows))]

    if stride > 1:
        yield alive(np.arange(0, total, stride))
    scan = max(size, SCAN) if rules is not None else size
    waiting = np.empty(0, np.int64)
    for start in range(0, total, scan):
        places = np.arange(start, min(start + scan, total))
        waiting = np.concatenate([waiting, alive(places if stride == 1 else places[places % stride != 0])])
        while len(waiting) >= size:
            yield waiting[:size]
            waiting = waiting[size:]
    if len(waiting):
        yield waiting


def as_chunk(problem: Problem, joined: Joined, q: Floats, model: Ints, rows: Ints) -> Chunk:
    """Flatten joined recipes for the search; `q` and `model` spread over them, `rows` numbers the recipes."""
    bounded = {limit.name for limit in problem.limits}
    extra = {"carbon"} if "constraints.max_carbon" in bounded else set()
    figures = _figures(joined, q, {*problem.objectives, "cost", "time", "quality", *extra})
    shape = joined.hours.shape
    losses = [-figures[name] if name == "quality" else figures[name] for name in problem.objectives]
    limited = limit_figures(problem, joined, model, figures)
    stop = joined.stop.ravel()
    return Chunk(
        row=(rows[:, None] * shape[1] + np.arange(shape[1])).ravel(),
        losses=np.stack([loss.ravel() for loss in losses], axis=1),
        ties=np.stack([figures["cost"].ravel(), figures["time"].ravel()], axis=1),
        stop=np.where(stop == MARGIN, 0, stop),
        broken=broken_limits(problem.limits, limited),
        needed=limited,
    )


def chunk_of(problem: Problem, picked: Picked, rows: Ints | None = None) -> Chunk:
    """Single combinations as the search wants them, numbered by `rows`, else from 0."""
    chunk = as_chunk(problem, picked.joined, picked.q, picked.model, np.zeros(1, np.int64))
    return chunk if rows is None else replace(chunk, row=rows)


def reason(code: int) -> str:
    """The words for what stops a combination."""
    return STOPS[code]
