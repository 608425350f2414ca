"""Odd days that come often are how a series is: they are held against each other, not against the quiet days."""

from dataclasses import dataclass
from typing import Final

import numpy as np
from scipy.special import ndtri, stdtr

from planner.catalog.rows import Floats
from planner.spend.baseline.robust import spread

FEWEST: Final = 8
"""Bursts from which on they are usual, if they come at least every `EVERY` days."""
EVERY: Final = 60
_LEAST_NOISE: Final = 0.1
"""Least noise of a burst's logarithm: no two runs are quite as long."""
_MOST: Final = 0.9
_MEAN_OF_MOST: Final = 0.6574
Mask = np.ndarray[tuple[int], np.dtype[np.bool_]]


@dataclass(frozen=True, slots=True)
class Bursts:
    """Days that stand out, as bursts of days in a row."""

    days: Mask
    """(D,)"""
    z: Floats
    """(D,) modified z-score of each burst's logarithm among all, on its days; 0 on others."""
    kept: Floats
    """(D,) share of the excess that is left when bursts are cut at the z-score asked for."""
    usual: Floats
    """(D,) factor that makes each burst as large as the median one."""


def _of_most(size: Floats) -> float:
    """Standard deviation that the mean of the nine tenths nearest to the median speaks of.

    Of a standard normal distribution that mean is sqrt(2/pi)·(1 − exp(−1.645²/2))/0.9.
    """
    least = np.sort(size)[: int(np.ceil(_MOST * len(size)))]
    return float(np.mean(least)) / _MEAN_OF_MOST


def _as_normal(t: Floats, freedom: int) -> Floats:
    """z-scores as rare as `t` is with so few bursts to tell the noise from (Student's t)."""
    return np.asarray(np.sign(t) * -ndtri(np.maximum(stdtr(freedom, -np.abs(t)), 1e-300)), np.float64)


def bursts(excess: Floats, days: Mask, most: float) -> Bursts | None:
    """Bursts of `excess` (D,), above 0 on `days`; None where they are too few, or too rare, to be usual."""
    at = np.flatnonzero(days)
    if not len(at):
        return None
    number = np.concatenate([[0], np.cumsum(np.diff(at) > 1)])
    count = int(number[-1]) + 1
    if count < FEWEST or count * EVERY < len(excess):
        return None
    logs = np.log(np.bincount(number, weights=excess[at]))
    away = logs - np.median(logs)
    scale = max(spread(away), _of_most(np.abs(away)), _LEAST_NOISE)
    z, kept = np.zeros(len(excess)), np.ones(len(excess))
    z[at] = _as_normal(away / scale, count - 1)[number]
    kept[at] = np.exp(np.minimum(most * scale - away, 0.0))[number]
    usual = np.ones(len(excess))
    usual[at] = np.exp(-away)[number]
    return Bursts(days, z, kept, usual)
