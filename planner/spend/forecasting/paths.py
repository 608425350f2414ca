"""Paths of what may come: whole stretches of past errors, so that days that follow each other err together."""

from typing import Final

import numpy as np
from scipy.special import ndtri, stdtrit

from planner.catalog.rows import Floats

PATHS: Final = 1000
"""Simulated paths: the ends of a 90 % band are known to about a tenth of a standard deviation."""
SEED: Final = 10
_STRETCH: Final = 3
"""Stretches of origins without an overlap that there should be at least."""
_WEEK: Final = 7


def error_paths(wrong: Floats, horizon: int, level: float, symmetric: bool) -> Floats:
    """(S, `horizon`) errors to add to a forecast, drawn from those of rolling origins, `wrong` (R, H), NaN at its end.

    A path is a row of errors as it was; beyond the longest that can be drawn, another row goes on from the mean of the
    last week. `symmetric` turns half of them round: too low and too high are then as likely, as conformal bands of
    absolute errors assume. R origins h days ahead overlap: about R/h are independent, and with so few of them the
    errors are widened by Student's t over the normal quantile of `level`.
    """
    rng = np.random.default_rng(SEED)
    origins = len(wrong)
    length = int(max(1, min(horizon, wrong.shape[1], origins // _STRETCH)))
    rows = wrong[np.isfinite(wrong[:, :length]).all(axis=1), :length]
    freedom = np.maximum(origins / np.arange(1.0, length + 1.0) - 1.0, 2.0)
    rows = rows * (stdtrit(freedom, 0.5 + level / 2.0) / ndtri(0.5 + level / 2.0))
    parts: list[Floats] = []
    offset = np.zeros((PATHS, 1))
    while sum(part.shape[1] for part in parts) < horizon:
        drawn = rows[rng.integers(len(rows), size=PATHS)]
        if symmetric:
            drawn = drawn * rng.choice([-1.0, 1.0], size=(PATHS, 1))
        parts.append(offset + drawn)
        offset = parts[-1][:, -_WEEK:].mean(axis=1, keepdims=True)
    return np.asarray(np.concatenate(parts, axis=1)[:, :horizon], np.float64)


def resampled(y: Floats, horizon: int, level: float, resting: int) -> Floats:
    """(S, `horizon`) paths of stretches of `y` (N,) as they were, each from the weekday that it is put on.

    For spend that comes in bursts: stretches are as long as `horizon`, a third of the days at most. What the mean of so
    few stretches may be off by widens it: each path is multiplied by a lognormal factor of mean 1, its spread the
    standard error of the mean of the `resting` days that the level rests on, times Student's t over the normal one.
    """
    rng = np.random.default_rng(SEED)
    n = len(y)
    length = int(max(1, min(horizon, n // _STRETCH)))
    starts = np.arange(n - length + 1)
    sums = np.convolve(y, np.ones(length), "valid")
    parts: list[Floats] = []
    for done in range(0, horizon, length):
        fitting = starts[(starts - n - done) % _WEEK == 0]
        drawn = rng.choice(fitting if len(fitting) else starts, size=PATHS)
        parts.append(y[drawn[:, None] + np.arange(length)])
    mean = float(np.mean(sums))
    unsure = 0.0
    if mean > 0.0:
        freedom = max(resting / length - 1.0, 2.0)
        widened = stdtrit(freedom, 0.5 + level / 2.0) / ndtri(0.5 + level / 2.0)
        unsure = float(np.std(sums)) / mean / np.sqrt(resting / length) * widened
    factor = np.exp(unsure * rng.standard_normal((PATHS, 1)) - unsure**2 / 2.0)
    return np.asarray(np.concatenate(parts, axis=1)[:, :horizon] * factor, np.float64)


def walks(steps: Floats, horizon: int) -> Floats:
    """(S, `horizon`) random walks whose drift is unsure, of a few daily differences `steps` (N−1,), at least two.

    A step's spread is 1.2533 times its mean size, drawn from Student's t with N−2 degrees of freedom; after h days it
    is s·sqrt(h·(1 + h/(N−1))), that of a naive forecast with drift (FPP3 5.5).
    """
    rng = np.random.default_rng(SEED)
    seen = len(steps)
    size = 1.2533 * float(np.mean(np.abs(steps)))
    # One draw of the spread for a whole path: few days leave it unsure as a whole, not day by day.
    unsure = np.sqrt((seen - 1) / rng.chisquare(seen - 1, size=(PATHS, 1)))
    walk = np.cumsum(rng.standard_normal((PATHS, horizon)), axis=1)
    drift = rng.standard_normal((PATHS, 1)) * np.arange(1.0, horizon + 1.0) / np.sqrt(seen)
    return np.asarray(size * unsure * (walk + drift), np.float64)
