"""Bands from held-out residuals: how far a figure may be off for a publisher, or a user, that took no part in the fit.

Residuals are r = ln(actual/predicted). Rows of one publisher share its errors, so a new one is predicted in two steps:
where its median lies, and how its rows scatter about that (the Student-t blend of DOMAIN 12, publishers as runs).
"""

from collections.abc import Sequence
from typing import Final

import numpy as np
from scipy.stats import t as student_t

from planner.catalog.constants import Band
from planner.catalog.rows import Floats
from planner.estimate.conformal import NOMINAL, PRIOR_FREEDOM, PRIOR_WEIGHT
from planner.units import Z90

BETWEEN_SD: Final = 0.10
"""Spread of medians between publishers that is believed before any is seen: one run on the same stack (DOMAIN 2.3)."""
FEWEST: Final = 3
"""Rows of a publisher from which its scatter counts."""


def held_out_band(residuals: Floats, publishers: Sequence[str], alpha: float = NOMINAL) -> Band:
    """Interval of the next publisher's residuals.

    The centre is the mean of medians, shrunk by k/(k+2); the spread adds that between medians, shrunk to its prior,
    and the scatter within publishers between its 5 % and 95 % points, each publisher weighted by the root of its rows.
    """
    names = np.array(publishers, np.str_)
    groups = [residuals[names == name] for name in sorted(set(publishers))]
    medians = np.array([np.median(group) for group in groups])
    k = len(groups)
    freedom = PRIOR_FREEDOM + k - 1.0
    seen = float(np.var(medians, ddof=1)) if k > 1 else 0.0
    between = (PRIOR_FREEDOM * BETWEEN_SD**2 + (k - 1.0) * seen) / freedom
    within = _scatter(groups)
    centre = k / (k + PRIOR_WEIGHT) * float(np.mean(medians))
    reach = float(student_t.ppf(1.0 - alpha / 2.0, freedom))
    reach *= float(np.sqrt(between * (1.0 + 1.0 / (k + PRIOR_WEIGHT)) + within**2))
    return Band(centre - reach, centre + reach, len(residuals), k)


def _scatter(groups: Sequence[Floats]) -> float:
    """Standard deviation about publishers' medians, from the central 90 % of the rows."""
    large = [group for group in groups if len(group) >= FEWEST]
    if not large:
        return BETWEEN_SD
    about = np.concatenate([group - np.median(group) for group in large])
    weights = np.concatenate([np.full(len(group), len(group) ** -0.5) for group in large])
    return (_quantile(about, weights, 0.95) - _quantile(about, weights, 0.05)) / (2.0 * Z90)


def _quantile(values: Floats, weights: Floats, share: float) -> float:
    order = np.argsort(values, kind="stable")
    below = np.cumsum(weights[order]) / weights.sum()
    return float(values[order][min(int(np.searchsorted(below, share)), len(values) - 1)])
