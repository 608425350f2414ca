"""The front as columns for decisions, and which of its points are one choice."""

from typing import Any

import numpy as np

from planner.catalog.rows import Ints
from planner.choose.decide import Points
from planner.estimate import bands
from planner.estimate.together import luck_covariance
from planner.kinds.evaluate import Picked, pick
from planner.kinds.problem import Problem
from planner.outcome import Configuration
from planner.outcome.difference_words import choice_key

BATCH = 5_000
"""Front points estimated at a time."""


def front_points(problem: Problem, rows: Ints) -> Points:
    """The front as columns for decisions."""
    batches = [_points(problem, pick(problem, rows[i : i + BATCH])) for i in range(0, len(rows), BATCH)]
    return Points(**{name: np.concatenate([batch[name] for batch in batches]) for name in batches[0]})


def points_of(problem: Problem, picked: Picked) -> Points:
    """Combinations that were picked, as columns for decisions."""
    return Points(**_points(problem, picked))


def _points(problem: Problem, picked: Picked) -> dict[str, Any]:
    offers, r = picked.joined.offers, picked.recipe
    recipes, q = picked.block.recipes, picked.block.quality
    choice, stack = recipes.method[r], recipes.stack[r]
    method = np.array([m.index for m in problem.space.recipes.methods])[choice]
    targets = recipes.code("method.targets")[r]
    figures = picked.figures()
    hours_luck, billed_luck = (luck[0] for luck in picked.joined.luck())
    price_sd = np.array([bands.PRICE_SD[word] for word in offers.confidence.tolist()])
    return {
        "cost_usd": figures["cost"],
        "hours": figures["time"],
        "quality": figures["quality"],
        "carbon_kg": figures["carbon"],
        "quality_logit": q.logit[r],
        "gain": q.gain[r],
        "capacity": q.capacity[r],
        "overfit": q.overfit[r],
        "base_sd": q.base_sd[r],
        "method_sd": q.method_sd[r],
        "speed_sd": picked.joined.speed_sd[0],
        "price_sd": price_sd,
        "luck_sd": billed_luck,
        "hours_luck_sd": hours_luck,
        "luck_covariance": luck_covariance(picked.joined)[0],
        "model": recipes.model[r],
        "method": choice * 100 + targets,
        "machine": (offers.gpu * 1000 + stack) * 1000 + method,
        "offer": picked.offer,
    }


def choices(front: list[Configuration]) -> Ints:
    """A code per point: points with the same model, method, card and number of cards are one choice."""
    codes: dict[tuple[Any, ...], int] = {}
    return np.array([codes.setdefault(choice_key(c), len(codes)) for c in front], np.int64)
