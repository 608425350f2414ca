"""Evaluating a FineTune space: chunks of recipes on every offer, as the search wants them."""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from planner.catalog.rows import Floats, Ints
from planner.choose.exact import Chunk
from planner.estimate.baseline import Baseline
from planner.estimate.joined import STOPS, Joined, join
from planner.estimate.lengths import Lengths
from planner.estimate.pairs import Facts
from planner.estimate.prior import quality_terms
from planner.estimate.quality import QualityTerms
from planner.estimate.training import MARGIN
from planner.kinds.limits import Limit, broken_limits
from planner.space.recipes import Recipes
from planner.space.resolve import Space

CHUNK_ROWS = 60_000
"""Combinations estimated at a time: large enough for numpy, small enough for the cache."""


@dataclass(frozen=True, slots=True)
class Problem:
    """A FineTune question ready to be evaluated: nothing in it depends on the chunk."""

    space: Space
    facts: Facts
    lengths: Lengths
    baseline: Baseline
    limits: tuple[Limit, ...]
    margin: float
    objectives: tuple[str, ...]

    @property
    def offers(self) -> int:
        """Number of offers every recipe meets."""
        return len(self.space.market.offers)


@dataclass(frozen=True, slots=True)
class Evaluated:
    """A chunk of recipes with all estimates; (recipes, offers) arrays where the offer matters."""

    recipes: Recipes
    joined: Joined
    quality: QualityTerms

    def figures(self) -> dict[str, Floats]:
        """Figure of every objective, (recipes, offers)."""
        cost = self.joined.cost.total
        return {
            "cost": cost,
            "time": self.joined.timing.hours.total,
            "quality": np.broadcast_to(self.quality.q[:, None], cost.shape),
            "carbon": self.joined.carbon_kg,
        }


def evaluate(problem: Problem, rows: Ints) -> Evaluated:
    """Estimate the recipes with these linear indices on every offer."""
    space = problem.space
    recipes = space.recipes.take(rows)
    joined = join(recipes, space.market, space.recipes.methods, problem.lengths, problem.facts, problem.margin)
    quality = quality_terms(recipes, joined.work, problem.baseline, space.recipes.methods, problem.facts)
    return Evaluated(recipes, joined, quality)


def chunks(problem: Problem) -> Iterator[tuple[Evaluated, Chunk]]:
    """The whole space, a chunk at a time; a combination's row is recipe * offers + offer."""
    per_chunk = max(1, CHUNK_ROWS // problem.offers)
    total = len(problem.space.recipes)
    for start in range(0, total, per_chunk):
        rows = np.arange(start, min(start + per_chunk, total))
        evaluated = evaluate(problem, rows)
        yield evaluated, as_chunk(problem, evaluated, start)


def as_chunk(problem: Problem, evaluated: Evaluated, start: int) -> Chunk:
    """Flatten a chunk for the search: losses, what stops a row, which limits it breaks."""
    joined, figures = evaluated.joined, evaluated.figures()
    shape = figures["cost"].shape
    losses = np.stack(
        [(-figures[name] if name == "quality" else figures[name]).ravel() for name in problem.objectives],
        axis=1,
    )
    bounded = limit_figures(problem, evaluated, figures)
    stop = joined.stop.ravel()
    return Chunk(
        row=np.arange(start * shape[1], start * shape[1] + losses.shape[0]),
        losses=losses,
        stop=np.where(stop == MARGIN, 0, stop),
        broken=broken_limits(problem.limits, bounded),
        needed=bounded,
    )


def limit_figures(problem: Problem, evaluated: Evaluated, figures: dict[str, Floats]) -> dict[str, Floats]:
    """The figure that each limit bounds, flat."""
    joined, shape = evaluated.joined, figures["cost"].shape
    usable = problem.facts.gpu["usable_gib"][problem.space.market.offers.gpu]
    points = problem.baseline.points[evaluated.recipes.model][:, None]
    all_figures = {
        "constraints.memory_margin": usable / joined.memory_gib - 1.0,
        "quality.floor.points": points,
        "quality.floor.q": figures["quality"],
        "constraints.max_cost": figures["cost"],
        "constraints.deadline": figures["time"],
        "constraints.max_carbon": figures["carbon"],
    }
    return {limit.name: np.broadcast_to(all_figures[limit.name], shape).ravel() for limit in problem.limits}


def reason(code: int) -> str:
    """The words for what stops a combination."""
    return STOPS[code]
