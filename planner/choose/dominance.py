"""Robust dominance: how likely one point is no worse than another on every objective at once (DOMAIN 11)."""

from collections.abc import Sequence
from typing import Final

import numpy as np
from scipy.special import ndtr, ndtri

from planner.catalog.rows import Bools, Floats, Ints
from planner.choose.decide import Points, quality_gap, ratio_sd, speed_variance
from planner.estimate.orthant import both_below

ROBUST: Final = 0.9
"""From this probability on one point dominates another robustly (DOMAIN 11)."""
_PRICES: Final = ndtri((np.arange(401) + 0.5) / 401)
"""Equally likely standard-normal price errors."""


def no_worse(points: Points, a: int, others: Ints, objectives: Sequence[str]) -> Floats:
    """P(point a is no worse than each other point on all objectives), the errors they share cancelled.

    Cost, time and emissions of a pair go together through the speed of their machines and the loss of spot ones; the
    price moves the cost alone, and quality has errors of its own. Figures that are equal by construction (the same
    recipe has the same quality) are no worse for certain.
    """
    chance = np.ones(len(others))
    if "quality" in objectives:
        gap, sd = quality_gap(points, a, others)
        same: Bools = (
            (gap == 0) & (points.model[a] == points.model[others]) & (points.method[a] == points.method[others])
        )
        chance = np.where(same, 1.0, ndtr(gap / sd))
    running = [name for name in ("cost", "time", "carbon") if name in objectives]
    return chance * _running(points, a, others, running) if running else chance


def _running(points: Points, a: int, others: Ints, objectives: Sequence[str]) -> Floats:
    """The same of what the run decides: one error of emissions, cost that adds the price to it, and one of the time."""
    unasked = np.full(len(others), np.inf)
    gaps = {
        name: _gap(points, a, others, name) if name in objectives else unasked for name in ("cost", "time", "carbon")
    }
    sds = {name: ratio_sd(points, a, others, name) for name in ("cost", "time", "carbon")}
    shared = speed_variance(points, a, others) + points.luck_covariance[a] + points.luck_covariance[others]
    correlation = shared / (sds["carbon"] * sds["time"])
    price_sd = np.sqrt(np.maximum(sds["cost"] ** 2 - sds["carbon"] ** 2, 0.0))
    time = gaps["time"] / sds["time"]
    if "cost" not in objectives:
        return both_below(gaps["carbon"] / sds["carbon"], time, correlation)
    if "carbon" not in objectives:
        return both_below(gaps["cost"] / sds["cost"], time, shared / (sds["cost"] * sds["time"]))
    # Given the price, cost and emissions have one and the same error: the tighter of the two bounds counts.
    bounds = np.minimum(gaps["carbon"], gaps["cost"] - price_sd * _PRICES[:, None]) / sds["carbon"]
    return np.asarray(both_below(bounds, time, correlation).mean(axis=0))


def _gap(points: Points, a: int, others: Ints, objective: str) -> Floats:
    """Ln by which a is below each other point; infinite where the two are one and the same figure."""
    values = points.figure(objective)
    same = (points.machine[a] == points.machine[others]) & (values[a] == values[others])
    if objective == "cost":
        same &= points.offer[a] == points.offer[others]
    with np.errstate(divide="ignore", invalid="ignore"):
        return np.where(same, np.inf, np.log(values[others] / values[a]))
