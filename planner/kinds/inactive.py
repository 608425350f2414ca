"""Axes that no quality estimate notices."""

import numpy as np

from planner.catalog.rows import Floats, Ints
from planner.estimate.pairs import build_workload
from planner.estimate.prior import quality_terms
from planner.kinds.problem import Problem

MOST_RECIPES = 2_000
"""Recipes whose axes are moved one at a time, evenly spread where there are more."""


def inactive_axes(problem: Problem) -> list[str]:
    """Axes along which the quality estimate never changes (DESIGN rule 8)."""
    space = problem.space.recipes
    rows = np.unique(np.linspace(0, len(space) - 1, min(len(space), MOST_RECIPES)).astype(np.int64))
    rows = rows[np.isfinite(_quality(problem, rows))]
    if not len(rows):
        return []
    return [axis.path for a, axis in enumerate(space.axes) if len(axis.values) > 1 and not _moves(problem, rows, a)]


def _moves(problem: Problem, rows: Ints, axis: int) -> bool:
    """Whether quality changes when this axis alone does."""
    space = problem.space.recipes
    values = range(len(space.axes[axis].values))
    q = np.stack([_quality(problem, space.with_axis(rows, axis, code)) for code in values])
    return bool((np.ptp(q, axis=0) > 1e-9).any())


def _quality(problem: Problem, rows: Ints) -> Floats:
    recipes = problem.space.recipes.take(rows)
    work = build_workload(recipes, problem.lengths)
    return quality_terms(recipes, work, problem.baseline, problem.space.recipes.methods, problem.facts).q
