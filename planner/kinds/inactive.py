"""Axes that no quality estimate notices."""

import numpy as np

from planner.catalog.rows import Floats
from planner.estimate.pairs import build_workload
from planner.estimate.prior import quality_terms
from planner.kinds.evaluate import Problem
from planner.space.recipes import Recipes

MOST_RECIPES = 20_000
"""Recipes looked at, evenly spread where there are more."""


def inactive_axes(problem: Problem) -> list[str]:
    """Axes along which the quality estimate never changes (DESIGN rule 8)."""
    space = problem.space.recipes
    recipes = space.take(np.unique(np.linspace(0, len(space) - 1, min(len(space), MOST_RECIPES)).astype(np.int64)))
    q = _quality(problem, recipes)
    return [axis.path for a, axis in enumerate(space.axes) if len(axis.values) > 1 and not _moves(recipes, q, a)]


def _moves(recipes: Recipes, q: Floats, axis: int) -> bool:
    """Whether quality differs between recipes that differ in this axis only."""
    others = np.stack(
        [recipes.model, recipes.method, recipes.stack, *np.delete(recipes.axis_codes, axis, axis=1).T], axis=1
    )
    _, group = np.unique(others, axis=0, return_inverse=True)
    known = np.isfinite(q)
    top, low = np.full(len(others), -np.inf), np.full(len(others), np.inf)
    np.maximum.at(top, group.reshape(-1)[known], q[known])
    np.minimum.at(low, group.reshape(-1)[known], q[known])
    return bool((top - low > 1e-9).any())


def _quality(problem: Problem, recipes: Recipes) -> Floats:
    work = build_workload(recipes, problem.lengths)
    return quality_terms(recipes, work, problem.baseline, problem.space.recipes.methods, problem.facts).q
