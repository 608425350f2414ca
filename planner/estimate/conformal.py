"""Intervals from a user's own runs (DOMAIN 12): split conformal where there are enough, a Student-t blend below that.

Residuals are r = ln(actual/predicted); an interval is predicted * exp(low) to predicted * exp(high).
"""

import math
from typing import Final

import numpy as np
from scipy.stats import t as student_t

from planner.catalog.rows import Floats

PRIOR_FREEDOM, PRIOR_WEIGHT = 4.0, 2.0
"""nu0 and kappa0: pseudo-observations that the prior spread counts for (DOMAIN 12)."""
NOMINAL: Final = 0.1
"""alpha of a 90 % interval."""


def runs_needed(alpha: float = NOMINAL) -> int:
    """Fewest runs that give a conformal interval: ceil(1/alpha) - 1."""
    return math.ceil(1.0 / alpha - 1e-9) - 1


def conformal_rank(runs: int, alpha: float = NOMINAL) -> int:
    """Rank k, from 1, of the absolute residual that bounds the interval: ceil((n+1)(1-alpha)) (DOMAIN 12)."""
    return math.ceil((runs + 1) * (1.0 - alpha) - 1e-9)


def blended(residuals: Floats, prior_sd: float) -> tuple[float, float, float]:
    """Centre, scale and degrees of freedom of the Student-t predictive of the next residual (DOMAIN 12).

    scale^2 = (nu0*s0^2 + sum (r-rbar)^2)/(nu0+n-1) * (1 + 1/(n+kappa0)); the centre is the mean, shrunk by n/(n+2).
    Without any run the prior spread stands for itself.
    """
    n = len(residuals)
    if n == 0:
        return 0.0, prior_sd, PRIOR_FREEDOM
    mean = float(np.mean(residuals))
    freedom = PRIOR_FREEDOM + n - 1.0
    spread = (PRIOR_FREEDOM * prior_sd**2 + float(np.sum((residuals - mean) ** 2))) / freedom
    return n / (n + PRIOR_WEIGHT) * mean, math.sqrt(spread * (1.0 + 1.0 / (n + PRIOR_WEIGHT))), freedom


def interval(residuals: Floats, prior_sd: float, alpha: float = NOMINAL) -> tuple[float, float]:
    """Interval of the next ln(actual/predicted): conformal from `runs_needed` runs on, else the Student-t blend."""
    if len(residuals) >= runs_needed(alpha):
        bound = float(np.sort(np.abs(residuals))[conformal_rank(len(residuals), alpha) - 1])
        return -bound, bound
    centre, scale, freedom = blended(residuals, prior_sd)
    reach = float(student_t.ppf(1.0 - alpha / 2.0, freedom)) * scale
    return centre - reach, centre + reach
