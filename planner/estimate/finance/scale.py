"""What a larger scale costs: fixed, linear and sub-linear parts, and the learning curve (DOMAIN 10, MISSION D13)."""

from dataclasses import dataclass
from typing import Final

import numpy as np
from scipy.stats import t

from planner.catalog.rows import Floats
from planner.estimate.finance.checks import Numbers, check_above_zero, check_at_least, check_same_months

_LEAST_POINTS: Final = 3
_CONFIDENCE: Final = 0.90


def cost_at_scale_usd(
    volume: Numbers, fixed_usd: Numbers, usd_per_unit: Numbers, scaled_usd: Numbers, exponent: Numbers
) -> Floats:
    """C(n) = F + a*n + b*n^k (MISSION D13); all broadcast.

    Args:
        volume: n, from 0 on.
        fixed_usd: F.
        usd_per_unit: a.
        scaled_usd: b, the sub-linear part of the first unit.
        exponent: k, under 1 where a larger scale is cheaper by the unit.

    Raises:
        ValueError: a negative volume, or an exponent of 0 or less: that is a fixed part, or a cost that falls to 0.
    """
    n, k = check_at_least(volume, 0.0, "volume"), check_above_zero(exponent, "exponent of the scale")
    return np.asarray(fixed_usd + usd_per_unit * n + scaled_usd * n**k)


def learning_exponent(progress_ratio: Numbers) -> Floats:
    """K = -log2(progress ratio): each doubling leaves that ratio of the cost of a unit (Wright 1936; DOMAIN 10).

    With C(n) = C1*n^(-k) for each of n units their cost is C1*n^(1-k): 1 - k is the exponent of `cost_at_scale_usd`.

    Raises:
        ValueError: a ratio of 0 or less.
    """
    return np.asarray(-np.log2(check_above_zero(progress_ratio, "progress ratio")))


@dataclass(frozen=True, slots=True)
class PowerLaw:
    """usd = coefficient*n^exponent, fitted; the interval holds the exponent with a confidence of 90 %."""

    exponent: float
    exponent_low: float
    exponent_high: float
    coefficient_usd: float
    points: int
    """Those of which volume and cost are known."""

    @property
    def progress_ratio(self) -> float:
        """Of unit costs, what a doubling leaves: 2^exponent, the exponent being -k of `learning_exponent`."""
        return float(2.0**self.exponent)


def fit_power_law(volumes: Floats, usd: Floats, fixed_usd: float = 0.0) -> PowerLaw:
    """Exponent of a history by least squares on logarithms, ln(usd - fixed) = ln b + k ln n, with Student's interval.

    Of total costs the exponent is the k of `cost_at_scale_usd`; of unit costs, -k of the learning curve.

    Args:
        volumes: (points,) above 0.
        usd: (points,) above the fixed cost.
        fixed_usd: known part of each cost that does not scale.

    Raises:
        ValueError: fewer than 3 known points, all of one volume, or a volume or cost that has no logarithm.
    """
    n, cost = np.asarray(volumes, np.float64), np.asarray(usd, np.float64) - fixed_usd
    check_same_months({"volumes": n, "costs": cost})
    known = ~(np.isnan(n) | np.isnan(cost))
    n, cost = check_above_zero(n[known], "volume of a point"), check_above_zero(cost[known], "cost over the fixed part")
    if len(n) < _LEAST_POINTS:
        message = f"an exponent needs {_LEAST_POINTS} known points at least, and here are {len(n)}"
        raise ValueError(message)
    if np.ptp(n) == 0.0:
        message = "all points have the same volume: they say nothing about a larger scale"
        raise ValueError(message)
    x, y = np.log(n), np.log(cost)
    constant, slope = np.polynomial.polynomial.polyfit(x, y, 1).tolist()
    sd = float(np.sqrt(np.square(y - constant - slope * x).sum() / (len(n) - 2)))
    half = float(t.ppf(0.5 + _CONFIDENCE / 2.0, len(n) - 2)) * sd / float(np.sqrt(np.square(x - x.mean()).sum()))
    return PowerLaw(
        exponent=slope,
        exponent_low=slope - half,
        exponent_high=slope + half,
        coefficient_usd=float(np.exp(constant)),
        points=len(n),
    )
