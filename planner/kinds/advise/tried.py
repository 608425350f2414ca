"""Neighbours of some combinations, estimated: their recipes changed on their own machines, or kept on others."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from planner.catalog.rows import Bools, Floats, Ints
from planner.choose.decide import Points
from planner.estimate.joined import join
from planner.estimate.prior import quality_terms
from planner.estimate.shaped import shape_recipes
from planner.kinds.advise.moves import Move, moved
from planner.kinds.decisions import points_of
from planner.kinds.evaluate import Block, Picked, chunk_of, placed
from planner.kinds.naming import offer_identity, recipe_identity
from planner.kinds.problem import Problem
from planner.space.identity import canonical, configuration_id
from planner.space.offers import Market, Shapes
from planner.space.recipes import MethodChoice, Recipes


@dataclass(frozen=True, slots=True)
class Standing:
    """The combinations that advice starts from."""

    problem: Problem
    recipes: Recipes
    """One per combination, with what continuous axes are moved to."""
    offer: Ints
    """Of the problem's market."""

    def __len__(self) -> int:
        """Number of combinations."""
        return len(self.offer)


@dataclass(frozen=True, slots=True)
class Tried:
    """Estimated combinations, one after the other."""

    problem: Problem
    picked: Picked
    points: Points
    stop: Ints
    broken: Mapping[str, Bools]
    """Limit → which combinations break it."""

    @property
    def passes(self) -> Bools:
        """Combinations that run, keep to every limit and have every objective known."""
        found: Bools = np.asarray(self.stop == 0)
        for hit in self.broken.values():
            found = found & ~hit
        figures = self.picked.figures(self.problem.objectives)
        return found & np.isfinite(np.stack(list(figures.values()))).all(axis=0)

    @property
    def memory_gib(self) -> Floats:
        """Peak on the fullest GPU; of the smallest attempt where nothing fits."""
        memory: Floats = self.picked.joined.memory_gib[0]
        return memory

    def spreads(self) -> tuple[Floats, Floats]:
        """Standard deviations of ln hours and ln cost."""
        hours, cost = self.picked.joined.spreads()
        n = len(self.points)
        return np.broadcast_to(hours, (1, n))[0], np.broadcast_to(cost, (1, n))[0]

    def id_of(self, k: int) -> str:
        """The id that a plan gives the combination."""
        recipe = recipe_identity(self.problem, self.picked.block.recipes, int(self.picked.recipe[k]))
        offer = offer_identity(self.problem, int(self.picked.offer[k]))
        return configuration_id(canonical(recipe), canonical(offer))


def stand_on(problem: Problem, rows: Ints) -> Standing:
    """The combinations of these rows of a search."""
    place = placed(problem, rows)
    recipe, offer = np.divmod(place.combination, problem.offers)
    return Standing(problem, problem.space.recipes.take(recipe, place.values or None), offer)


def try_moves(here: Standing, base: Sequence[int], moves: Sequence[Move], methods: tuple[MethodChoice, ...]) -> Tried:
    """Combinations `base`, each with its move made, on their own machines; `methods` are all that moves may name."""
    problem = _with(here.problem, methods, here.problem.space.market)
    recipes = moved(here.recipes, base, moves, methods, problem.space.recipes.axes)
    return estimate(problem, recipes, np.arange(len(moves)), here.offer[np.array(base, np.int64)])


def try_machines(here: Standing, base: Ints, offer: Ints, market: Market) -> Tried:
    """Recipes `base` as they are, each on an offer of another market."""
    problem = _with(here.problem, here.problem.space.recipes.methods, market)
    return estimate(problem, here.recipes, base, offer)


def _with(problem: Problem, methods: tuple[MethodChoice, ...], market: Market) -> Problem:
    space = replace(problem.space, recipes=replace(problem.space.recipes, methods=methods), market=market, rules=None)
    return replace(problem, space=space, archive=None)


def estimate(problem: Problem, recipes: Recipes, recipe: Ints, offer: Ints) -> Tried:
    """Recipes `recipe` of `recipes`, each on its offer of the problem's market."""
    market, methods = problem.space.market, problem.space.recipes.methods
    used, shape = np.unique(market.shape_of_offer[offer], return_inverse=True)
    shapes = Shapes(market.shapes.gpu[used], market.shapes.count[used])
    shaped = shape_recipes(recipes, shapes, methods, problem.lengths, problem.facts, problem.margin)
    block = Block(shaped, quality_terms(recipes, shaped.work, problem.baseline, methods, problem.facts))
    everyone = np.arange(len(offer))
    joined = join(shaped.columns.at(recipe, shape), market.offers.take(offer), everyone)
    return held(problem, Picked(block, recipe, offer, recipe * len(used) + shape, joined))


def held(problem: Problem, picked: Picked) -> Tried:
    """Estimated combinations held against the problem's limits."""
    chunk = chunk_of(problem, picked)
    return Tried(problem, picked, points_of(problem, picked), chunk.stop, chunk.broken)


def together(first: Points, k: int, others: Points) -> Points:
    """Point `k` of `first`, then the others, for comparing it with them."""
    columns: dict[str, Any] = {
        name: np.concatenate([getattr(first, name)[k : k + 1], getattr(others, name)])
        for name in Points.__dataclass_fields__
    }
    return Points(**columns)


def taken(points: Points, rows: Ints) -> Points:
    """Some of the points."""
    return Points(**{name: getattr(points, name)[rows] for name in Points.__dataclass_fields__})
