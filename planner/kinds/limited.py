"""The figures that the limits of a scenario bound, of joined combinations."""

from collections.abc import Callable, Mapping

import numpy as np
from scipy.special import expit

from planner.catalog.rows import Floats, Ints
from planner.estimate import bands
from planner.estimate.joined import Joined
from planner.estimate.together import run_errors
from planner.kinds.limits import TOGETHER, kept_limits
from planner.kinds.problem import Problem

_NONE: Floats = np.zeros(())
"""No spread asked for."""


def base_points(problem: Problem, model: Ints) -> Floats:
    """Points of the base models that the floor is held against: published, or regressed where that is allowed."""
    b = problem.baseline
    regressed = b.benchmark.chance + expit(b.logit) * (b.benchmark.ceiling - b.benchmark.chance)
    return np.where(b.from_prior, regressed, b.points)[model]


def keeps_together(
    problem: Problem, joined: Joined, figures: Mapping[str, Floats], wanted: float | None = None
) -> Floats:
    """Probability that joined combinations keep to the limits on cost, time and emissions together.

    With `wanted` it is a bound on the same side of it for those that are surely there.
    """
    return kept_limits(problem.limits).probability(run_errors(joined), figures, wanted)


def limit_figures(problem: Problem, joined: Joined, model: Ints, figures: Mapping[str, Floats]) -> dict[str, Floats]:
    """The figure that each limit bounds, flat; spreads are worked out only where a limit asks for a confidence."""
    hours_sd, cost_sd = joined.spreads() if any(limit.confidence for limit in problem.limits) else (_NONE, _NONE)
    sds = {
        "constraints.max_cost": cost_sd,
        "constraints.deadline": hours_sd,
        "constraints.max_carbon": np.asarray(bands.CARBON_SD),
    }
    usable = problem.facts.gpu["usable_gib"][joined.offers.gpu]
    makers: Mapping[str, Callable[[], Floats]] = {
        "constraints.memory_margin": lambda: usable / joined.memory_gib - 1.0,
        "quality.floor.points": lambda: base_points(problem, model),
        "quality.floor.q": lambda: figures["quality"],
        "constraints.max_cost": lambda: figures["cost"],
        "constraints.deadline": lambda: figures["time"],
        "constraints.max_carbon": lambda: figures["carbon"],
        TOGETHER: lambda: keeps_together(problem, joined, figures, wanted[TOGETHER]),
    }
    wanted = {limit.name: limit.value for limit in problem.limits}
    shape = joined.hours.shape
    return {
        limit.name: np.broadcast_to(limit.figure(makers[limit.name](), sds.get(limit.name, _NONE)), shape).ravel()
        for limit in problem.limits
    }
