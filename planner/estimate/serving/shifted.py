"""A right-skewed quantity known by three cumulants, as a shifted lognormal: quantiles and shares in closed form.

Exact for a lognormal and for a normal; the 95th percentile of an exponential is 4 % low. Mixtures of them give the
latencies of requests that met an idle engine, a busy one, or a full one.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from scipy.special import ndtr, ndtri

from planner.catalog.rows import Floats
from planner.estimate.serving.rising import root_of


@dataclass(frozen=True, slots=True)
class Cumulants:
    """Mean, variance and third cumulant of a quantity in columns; they add where independent quantities add."""

    mean: Floats
    variance: Floats
    third: Floats

    def plus(self, other: "Cumulants") -> "Cumulants":
        """Of the sum with an independent quantity."""
        return Cumulants(self.mean + other.mean, self.variance + other.variance, self.third + other.third)

    def times(self, factor: Floats | float) -> "Cumulants":
        """Of the quantity times a number."""
        return Cumulants(self.mean * factor, self.variance * factor**2, self.third * factor**3)


def constant(value: Floats) -> Cumulants:
    """What does not vary."""
    return Cumulants(value, np.zeros_like(value), np.zeros_like(value))


def lognormal(mean: Floats, cv: Floats) -> Cumulants:
    """Lognormal by mean and coefficient of variation: skewness cv^3 + 3 cv."""
    spread = mean * cv
    return Cumulants(mean, spread**2, spread**3 * (cv**3 + 3.0 * cv))


def exponential(mean: Floats) -> Cumulants:
    """Exponential by its mean: cumulants m, m^2, 2 m^3."""
    return Cumulants(mean, mean**2, 2.0 * mean**3)


def from_moments(first: Floats, second: Floats, third: Floats) -> Cumulants:
    """From raw moments."""
    variance = np.maximum(second - first**2, 0.0)
    return Cumulants(first, variance, third - 3.0 * first * second + 2.0 * first**3)


def _log_parts(x: Cumulants) -> tuple[Floats, Floats, Floats, Floats]:
    """Shift, log-median, sigma and standard deviation; sigma solves (w + 2) sqrt(w - 1) = skewness, w = exp(sigma^2).

    With u = sqrt(w - 1) that is u^3 + 3u = skewness, so u = 2 sinh(asinh(skewness/2)/3) (Cardano).
    """
    sd = np.sqrt(x.variance)
    cube = sd**3
    skewness = np.divide(x.third, cube, out=np.zeros(np.shape(cube)), where=cube > 0.0)
    u = np.maximum(2.0 * np.sinh(np.arcsinh(np.clip(skewness, 0.0, 1e4) / 2.0) / 3.0), 1e-4)
    sigma = np.sqrt(np.log1p(u**2))
    part = sd / u
    return x.mean - part, np.log(np.maximum(part, 1e-300)) - sigma**2 / 2.0, sigma, sd


def quantile_of(x: Cumulants, level: Floats | float) -> Floats:
    """Value not exceeded with probability `level`."""
    shift, log_median, sigma, sd = _log_parts(x)
    return np.where(sd > 0.0, shift + np.exp(log_median + sigma * ndtri(level)), x.mean)


def share_below(x: Cumulants, value: Floats) -> Floats:
    """Probability of at most `value`."""
    shift, log_median, sigma, sd = _log_parts(x)
    beyond = value - shift
    logs = (np.log(np.maximum(beyond, 1e-300)) - log_median) / sigma
    below = np.where(beyond > 0.0, ndtr(logs), 0.0)
    return np.where(sd > 0.0, below, np.where(value >= x.mean, 1.0, 0.0))


def mixture_quantile(parts: Sequence[tuple[Floats, Cumulants]], level: float) -> Floats:
    """Quantile of a mixture, by bisection between the smallest and the largest quantile of its parts.

    Args:
        parts: weight and cumulants of each part; weights sum to 1.
        level: in (0, 1).
    """
    each = np.array([np.where(weight > 0.0, quantile_of(part, level), np.nan) for weight, part in parts])
    with np.errstate(invalid="ignore"):
        low, high = np.fmin.reduce(each), np.fmax.reduce(each)

    return root_of(lambda value: mixture_share(parts, value) - level, low, high)


def mixture_share(parts: Sequence[tuple[Floats, Cumulants]], value: Floats) -> Floats:
    """Probability of at most `value` in a mixture of parts by weight."""
    return np.asarray(sum(weight * share_below(part, value) for weight, part in parts))


def mixture_mean(parts: Sequence[tuple[Floats, Cumulants]]) -> Floats:
    """Mean of a mixture of parts by weight."""
    return np.asarray(sum(weight * part.mean for weight, part in parts))
