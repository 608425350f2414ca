"""What a decision is held against when an input moves: the front, and what would be the front without it."""

from dataclasses import dataclass
from typing import Final

import numpy as np

from planner.catalog.rows import Bools, Ints, Offers
from planner.choose.pareto import front_rows
from planner.estimate.joined import join
from planner.kinds.advise.tried import Standing, Tried, estimate, held, stand_on
from planner.kinds.evaluate import Block, Picked, as_chunk, shape_block
from planner.kinds.problem import Problem

MOST_FRONT: Final = 200
"""Front points held against; a longer front is thinned evenly, its decisions kept."""
MOST_RIVALS: Final = 300
MOST_JOINED: Final = 60_000
"""Recipes times offers that rivals are looked for in: of the whole space where it is no larger, else of the front."""


@dataclass(frozen=True, slots=True)
class Field:
    """The points, estimated as they are."""

    tried: Tried
    own: int
    """The decision among the points."""
    note: str


def field(problem: Problem, front: Ints, decided: int, kept: Ints) -> Field:
    """The front of a search (its rows) and its rivals; `kept` are rows that thinning must leave.

    An input that moves some of the points leaves a front made of those that were best among the moved ones and those
    that were best among the others. So both are held against, for the price of the decided machine, for the speed of
    its card, and for spot machines.
    """
    some, thinned = front, ""
    if len(front) > MOST_FRONT:
        spread = front[np.linspace(0, len(front) - 1, MOST_FRONT).astype(np.int64)]
        some = front[np.isin(front, np.concatenate([spread, kept, [decided]]))]
        thinned = f"; {len(some):,} of the {len(front):,} points of the front, evenly spread"
    words = f"{len(some):,} point{'s' if len(some) > 1 else ''} of the front"
    if problem.archive is not None:
        tried = _estimated(stand_on(problem, some))
    else:
        whole = problem.space.walked <= MOST_JOINED
        recipes = np.arange(len(problem.space.recipes)) if whole else np.unique(some // problem.offers)
        block = shape_block(problem, recipes)
        rivals = _rivals(problem, recipes, block, some, decided)
        if len(rivals):
            where = "in the whole space" if whole else "among the front's recipes on any offer"
            words += f" and {len(rivals):,} that could take their places, looked for {where}"
        some = np.concatenate([some, rivals])
        tried = _picked(problem, recipes, block, some)
    return Field(tried, int(np.flatnonzero(some == decided)[0]), f"held against {words}{thinned}")


def _picked(problem: Problem, recipes: Ints, block: Block, rows: Ints) -> Tried:
    """Rows of the search whose recipes are those of a block."""
    market = problem.space.market
    recipe, offer = np.searchsorted(recipes, rows // problem.offers), rows % problem.offers
    shape = market.shape_of_offer[offer]
    joined = join(block.shaped.columns.at(recipe, shape), market.offers.take(offer), np.arange(len(rows)))
    return held(problem, Picked(block, recipe, offer, recipe * len(market.shapes) + shape, joined))


def _estimated(here: Standing) -> Tried:
    """The points, each recipe estimated once for all machines it is on."""
    keys = np.stack(
        [here.recipes.model, here.recipes.method, here.recipes.stack, *here.recipes.columns.values()], axis=1
    )
    _, first, recipe = np.unique(np.nan_to_num(keys, nan=-1.0), axis=0, return_index=True, return_inverse=True)
    return estimate(here.problem, here.recipes.take(first), recipe.reshape(-1), here.offer)


def _rivals(problem: Problem, recipes: Ints, block: Block, front: Ints, decided: int) -> Ints:
    """Rows that are undominated among what an input moves, or among what it does not; the front is left out."""
    market = problem.space.market
    part = slice(0, max(1, MOST_JOINED // problem.offers))
    joined = join(block.shaped.columns.part(part), market.offers, market.shape_of_offer)
    q, model = block.quality.q[part][:, None], block.recipes.model[part][:, None]
    chunk = as_chunk(problem, joined, q, model, recipes[part])
    passes = (chunk.stop == 0) & np.isfinite(chunk.losses).all(axis=1)
    for broken in chunk.broken.values():
        passes &= ~broken
    recipe, offer = np.divmod(np.arange(len(chunk.row)), problem.offers)
    rules = problem.space.rules
    if rules is not None:
        passes &= rules.keeps(block.recipes, recipe, offer)
    found = []
    for moved in _moved(problem, block, recipe, offer, recipes, decided):
        for side in (moved, ~moved):
            rows = np.flatnonzero(passes & side)
            if len(rows):
                found.append(chunk.row[rows[front_rows(chunk.losses[rows], chunk.ties[rows])]])
    rivals: Ints = np.setdiff1d(np.concatenate(found), front) if found else np.empty(0, np.int64)
    if len(rivals) <= MOST_RIVALS:
        return rivals
    return rivals[np.linspace(0, len(rivals) - 1, MOST_RIVALS).astype(np.int64)]


def _moved(
    problem: Problem, block: Block, recipe: Ints, offer: Ints, recipes: Ints, decided: int
) -> tuple[Bools, Bools, Bools]:
    """What the price of the decided machine moves, what the speed of its card does, and what is spot."""
    o, own_offer = problem.space.market.offers, decided % problem.offers
    own = int(np.searchsorted(recipes, decided // problem.offers))
    index = np.array([choice.index for choice in problem.space.recipes.methods])[block.recipes.method]
    alike = (block.recipes.stack == block.recipes.stack[own]) & (index == index[own])
    return sold_alike(o, own_offer)[offer], alike[recipe] & (o.gpu == o.gpu[own_offer])[offer], o.spot[offer]


def sold_alike(o: Offers, own: int) -> Bools:
    """Offers of the same machine by the same seller in the same tier, in any region: those have one price to move."""
    seller = (o.provider == o.provider[own]) & (o.service == o.service[own]) & (o.instance == o.instance[own])
    return np.asarray(seller & (o.gpu_count == o.gpu_count[own]) & (o.spot == o.spot[own]) & (o.term == o.term[own]))
