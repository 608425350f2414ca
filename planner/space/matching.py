"""Rules held against single combinations, of a scenario's space or outside of it."""

from collections.abc import Sequence

import numpy as np

from planner.catalog.rows import Bools, Ints, Offers
from planner.space.patterns import Pattern
from planner.space.recipes import MethodChoice, Recipes


def matching_recipes(pattern: Pattern, recipes: Recipes, methods: Sequence[MethodChoice]) -> Bools:
    """Recipes that are what a rule asks of a recipe; an option of a method that has none is not."""
    found = pattern.accepts("model", recipes.model) & pattern.accepts("stack", recipes.stack)
    found &= pattern.accepts("method", np.array([choice.index for choice in methods])[recipes.method])
    for path, numbers in pattern.settings.items():
        found &= np.isin(recipes.columns[path], list(numbers))
        block, name = path.split(".")
        if block == "method":
            found &= np.array([name in choice.options for choice in methods])[recipes.method]
    return found


def matching_offers(pattern: Pattern, o: Offers) -> Bools:
    """Offers that are what a rule asks of a machine."""
    columns = {"gpu": o.gpu, "count": o.gpu_count, "provider": o.provider, "region": o.region, "tier": o.tier}
    found = np.ones(len(o), bool)
    for key, column in columns.items():
        found &= pattern.accepts(key, column)
    return found


def kept_by(
    include: Sequence[Pattern], exclude: Sequence[Pattern], recipes: Recipes, methods: Sequence[MethodChoice],
    recipe: Ints, offers: Offers, offer: Ints,
) -> Bools:  # fmt: skip
    """Combinations, rows of `recipes` each on a row of `offers`, that the rules leave.

    An exclude rule takes out what matches it; where there are include rules, one of them must match.
    """

    def matched(rules: Sequence[Pattern]) -> Bools:
        found = np.zeros(len(recipe), bool)
        for rule in rules:
            found |= matching_recipes(rule, recipes, methods)[recipe] & matching_offers(rule, offers)[offer]
        return found

    left = ~matched(exclude)
    return left & matched(include) if include else left
