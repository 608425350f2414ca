"""Probability that two correlated normal errors both stay below their bounds."""

import numpy as np
from scipy.special import ndtr, owens_t

from planner.catalog.rows import Floats

_ONE = 1.0 - 1e-12
"""Correlations are kept this far from 1, where the formula divides by 0; the result moves by less than 1e-6."""
_ZERO = 1e-12
"""A bound nearer to 0 is taken as this, for the same reason."""
_FAR, _HALVINGS = 12.0, 60
"""Bounds are looked for within so many standard deviations, by halving to the last bit."""


def both_below(h: Floats, k: Floats, correlation: Floats) -> Floats:
    """P(X <= h and Y <= k) of standard normals with a correlation in -1..1; NaN where a bound is NaN.

    Owen (1956), by SciPy's Owen T function: (ndtr(h) + ndtr(k))/2 - T(h, a_h) - T(k, a_k) - d, where a_h = (k/h -
    r)/sqrt(1 - r^2), a_k = (h/k - r)/sqrt(1 - r^2), and d = 1/2 where h and k have different signs, else 0.
    """
    h, k, r = np.broadcast_arrays(h, k, np.clip(correlation, -_ONE, _ONE))
    # Beyond 38 standard deviations a probability is 0 or 1 to the last bit, and an infinite bound has no ratio.
    h, k = np.clip(h, -38.0, 38.0), np.clip(k, -38.0, 38.0)
    h, k = np.where(np.abs(h) < _ZERO, _ZERO, h), np.where(np.abs(k) < _ZERO, _ZERO, k)
    root = np.sqrt(1.0 - r * r)
    apart = np.where((h > 0.0) == (k > 0.0), 0.0, 0.5)
    both = 0.5 * (ndtr(h) + ndtr(k)) - owens_t(h, (k / h - r) / root) - owens_t(k, (h / k - r) / root) - apart
    return np.where(np.isnan(h) | np.isnan(k), np.nan, np.clip(both, 0.0, 1.0))


def least_bound(k: Floats, correlation: Floats, wanted: Floats) -> Floats:
    """The smallest h with `both_below(h, k, correlation)` at least `wanted`; infinite where no h is enough."""
    k, correlation, wanted = np.broadcast_arrays(k, correlation, wanted)
    low, high = np.full(k.shape, -_FAR), np.full(k.shape, _FAR)
    enough = both_below(high, k, correlation) >= wanted
    for _ in range(_HALVINGS):
        middle = 0.5 * (low + high)
        short = both_below(middle, k, correlation) < wanted
        low, high = np.where(short, middle, low), np.where(short, high, middle)
    return np.where(enough, high, np.inf)
