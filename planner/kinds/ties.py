"""Where else the same is offered: offers that tie with a front point on cost and time, as other regions often do.

The front keeps one of several equal points (the first of the cheapest); the others are real choices for a reader who
cares about a region.
"""

import numpy as np

from planner.catalog.rows import Ints
from planner.estimate.joined import join
from planner.kinds.evaluate import Block, placed, shape_block
from planner.kinds.problem import Problem

MOST_ROWS = 3_000
"""Front points looked at; a longer front is for machines."""
BATCH = 200
"""Recipes joined with every offer at a time."""


def also_in(problem: Problem, rows: Ints) -> dict[int, list[str]]:
    """Row → `provider region` of every other offer of the same machine that costs and takes the same."""
    found: dict[int, list[str]] = {}
    rows = rows[:MOST_ROWS]
    place = placed(problem, rows)
    recipe, own = np.divmod(place.combination, problem.offers)
    keys = np.column_stack([recipe, *(np.nan_to_num(column, nan=-np.inf) for column in place.values.values())])
    _, first, which = np.unique(keys, axis=0, return_index=True, return_inverse=True)
    which = which.reshape(-1)
    for start in range(0, len(first), BATCH):
        some = first[start : start + BATCH]
        moved = {path: column[some] for path, column in place.values.items()}
        mine = np.flatnonzero((which >= start) & (which < start + BATCH))
        found |= _ties(problem, shape_block(problem, recipe[some], moved), rows[mine], which[mine] - start, own[mine])
    return found


def _ties(problem: Problem, block: Block, rows: Ints, recipe: Ints, own: Ints) -> dict[int, list[str]]:
    """Of rows, given as recipe of the block and offer."""
    market = problem.space.market
    offers = market.offers
    joined = join(block.shaped.columns, offers, market.shape_of_offer)
    cost, hours = joined.cost.total, joined.hours
    found = {}
    for row, r, o in zip(rows.tolist(), recipe.tolist(), own.tolist(), strict=True):
        same = (cost[r] == cost[r, o]) & (hours[r] == hours[r, o]) & (joined.stop[r] == 0)
        same &= (market.shape_of_offer == market.shape_of_offer[o]) & (offers.spot == offers.spot[o])
        same &= offers.term == offers.term[o]
        same[o] = False
        names = {f"{offers.providers[offers.provider[i]]} {offers.region[i]}" for i in np.flatnonzero(same)}
        mine = f"{offers.providers[offers.provider[o]]} {offers.region[o]}"
        if names - {mine}:
            found[row] = sorted(names - {mine})
    return found
