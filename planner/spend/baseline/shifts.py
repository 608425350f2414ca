"""Where a series moves to another level and stays there, told from a slow rise and from a spike."""

import math
from dataclasses import dataclass
from typing import Final

import numpy as np

from planner.catalog.rows import Floats
from planner.spend.baseline.robust import MEAN_TO_Z, rolling_median, spread

WEEK: Final = 7
_SIDE: Final = 14
"""Days that are looked at before and after; at the end of a series one week is enough."""
_LEAST_NOISE: Final = 0.02
"""Least noise of a logarithm."""
_LEAST_SIGMA: Final = 2.0
"""Least step, in standard deviations of a day."""
_LEAST_STEP: Final = 0.18
"""Least step of a logarithm: 20 %."""
_NOT_A_RAMP: Final = 0.7
"""Least share of the step that the week before and after shows: of a steady rise it is half."""
_INSIDE: Final = 0.6
"""Most that one of the sides may itself move, as a share of the step."""


@dataclass(frozen=True, slots=True)
class Shift:
    """A move to another level."""

    at: int
    """Place of the first day on it."""
    step: float
    """Median of the two weeks from then on less that of the two before."""
    z: float
    """Difference of the medians of two weeks over its standard error, 1.2533·s·sqrt(2/14)."""


def without_weekdays(y: Floats) -> Floats:
    """`y` (N,) less what each weekday has above the week around it, by medians; N at least 14."""
    away = y - rolling_median(y, WEEK)
    effect = np.array([np.median(away[day::WEEK]) for day in range(WEEK)])
    return np.asarray(y - (effect - np.median(effect))[np.arange(len(y)) % WEEK], np.float64)


def shifts(y: Floats) -> list[Shift]:
    """Where `y` (N,), logarithms without a weekday pattern, moves to another level; ascending.

    Medians of two weeks before and after differ by at least two standard deviations of a day and 20 %, those of one
    week by most of that, and neither side moves that much in itself.
    """
    n = len(y)
    if n < 2 * _SIDE:
        return []
    away = np.abs(y - rolling_median(y, 2 * WEEK + 1))
    # The mean too: of a series that is quiet on most days and jumps on others the median sees the quiet ones only.
    noise = max(spread(away), MEAN_TO_Z * float(np.mean(away)))
    least = max(_LEAST_STEP, _LEAST_SIGMA * noise)
    size = _steps(y, least)
    found: dict[int, Shift] = {}
    left = np.abs(size)
    while left.max() > 0.0:
        peak = int(np.argmax(left))
        at = _where(y, peak)
        step = float(size[peak])
        found[at] = Shift(at, step, abs(step) / max(noise, _LEAST_NOISE) * math.sqrt(_SIDE / 2.0) / MEAN_TO_Z)
        left[max(0, peak - _SIDE + 1) : peak + _SIDE] = 0.0
    return [found[at] for at in sorted(found)]


def _steps(y: Floats, least: float) -> Floats:
    """(N,) step from the days before each to it and those after, 0 where it is none; one week counts where two lack."""
    n = len(y)
    week, both = (np.median(np.lib.stride_tricks.sliding_window_view(y, width), axis=1) for width in (WEEK, _SIDE))
    size = np.zeros(n)
    at = np.arange(WEEK, n - WEEK + 1)
    early, late = at >= _SIDE, at <= n - _SIDE
    before = np.where(early, both[np.maximum(at - _SIDE, 0)], week[at - WEEK])
    after = np.where(late, both[np.minimum(at, n - _SIDE)], week[at])
    step, close = after - before, week[at] - week[at - WEEK]
    moved = np.maximum(
        np.where(early, np.abs(week[at - WEEK] - week[np.maximum(at - _SIDE, 0)]), 0.0),
        np.where(late, np.abs(week[np.minimum(at + WEEK, n - WEEK)] - week[at]), 0.0),
    )
    clear = (np.abs(step) >= least) & (close * np.sign(step) >= _NOT_A_RAMP * np.abs(step))
    size[at] = np.where(clear & (moved <= _INSIDE * np.abs(step)), step, 0.0)
    return size


def _where(y: Floats, near: int) -> int:
    """The position within a week of `near` that two levels fit best, by absolute deviations."""
    low, high = max(0, near - _SIDE), min(len(y), near + _SIDE)
    window = y[low:high]

    def misfit(at: int) -> float:
        parts = (window[: at - low], window[at - low :])
        return float(sum(np.sum(np.abs(part - np.median(part))) for part in parts))

    first, last = max(low + 3, near - WEEK, WEEK), min(high - 3, near + WEEK, len(y) - WEEK)
    return min(range(first, last + 1), key=misfit)
