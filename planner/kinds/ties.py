"""Where else the same is offered: offers that tie with a front point on cost and time, as other regions often do.

The front keeps one of several equal points (the first of the cheapest); the others are real choices for a reader who
cares about a region.
"""

import numpy as np

from planner.catalog.rows import Ints
from planner.estimate.joined import join
from planner.kinds.evaluate import Problem, shape_block

MOST_ROWS = 3_000
"""Front points looked at; a longer front is for machines."""
BATCH = 200
"""Recipes joined with every offer at a time."""


def also_in(problem: Problem, rows: Ints) -> dict[int, list[str]]:
    """Row → `provider region` of every other offer of the same machine that costs and takes the same."""
    found: dict[int, list[str]] = {}
    rows = rows[:MOST_ROWS]
    recipe_rows = rows // problem.offers
    unique = np.unique(recipe_rows)
    for start in range(0, len(unique), BATCH):
        recipes = unique[start : start + BATCH]
        mine = rows[np.isin(recipe_rows, recipes)]
        found |= _ties(problem, recipes, mine)
    return found


def _ties(problem: Problem, recipes: Ints, rows: Ints) -> dict[int, list[str]]:
    market = problem.space.market
    offers = market.offers
    joined = join(shape_block(problem, recipes).shaped.columns, offers, market.shape_of_offer)
    cost, hours = joined.cost.total, joined.hours
    found = {}
    for row in rows.tolist():
        recipe, o = divmod(row, problem.offers)
        r = int(np.searchsorted(recipes, recipe))
        same = (cost[r] == cost[r, o]) & (hours[r] == hours[r, o]) & (joined.stop[r] == 0)
        same &= (market.shape_of_offer == market.shape_of_offer[o]) & (offers.spot == offers.spot[o])
        same[o] = False
        names = {f"{offers.providers[offers.provider[i]]} {offers.region[i]}" for i in np.flatnonzero(same)}
        own = f"{offers.providers[offers.provider[o]]} {offers.region[o]}"
        if names - {own}:
            found[row] = sorted(names - {own})
    return found
