"""What each day of a series is usually: monthly charges, regimes, weekdays and a slow trend; and how odd it is."""

from dataclasses import dataclass
from typing import Final

import numpy as np
from scipy.special import ndtri

from planner.catalog.rows import Floats
from planner.errors import SetupError
from planner.spend.baseline.bursts import Mask, bursts
from planner.spend.baseline.monthly import Days, MonthlyCharges, monthly_charges
from planner.spend.baseline.robust import MAD_TO_Z, modified_z, rolling_median, spread
from planner.spend.baseline.shifts import WEEK, Shift, shifts, without_weekdays
from planner.spend.store import MISSING

FEWEST: Final = 7
"""Days below which nothing is usual."""
LARGE: Final = 28
"""From so many days on, weekdays and a trend are told apart."""
ODD: Final = 3.5
"""Modified z-score from which on a day stands out (Iglewicz and Hoaglin)."""
_ACTIVE: Final = 0.9
"""Share of days with spend from which on a series is steady; below it only such days are compared."""
_TREND: Final = 61
"""Days over which the trend is smoothed: a month that is odd does not bend it."""
_WEEKS: Final = 35
"""Weeks over which a weekday's part is smoothed: with few, STL follows single days and finds too much odd."""
_FAR: Final = 6.0
_ROUNDS: Final = 6
"""Rounds of robust weights: more change no residual by a hundredth of the noise."""
_LOCAL: Final = 30
"""Days to each side that tell how noisy it is there."""
_SMALL: Final = 0.1
"""Of the median: about where logarithm goes over into proportion."""
_TAIL: Final = 0.95
_ENOUGH: Final = 90
_LEAST_NOISE: Final = 0.02
"""Least noise of a logarithm: what a bill repeats to the cent is not odd for being 2 % dearer."""


@dataclass(frozen=True, slots=True)
class Usual:
    """A series and what it usually is; all arrays are (D,)."""

    expected: Floats
    z: Floats
    """Modified z-score of each day against it; 0 where nothing tells what is usual."""
    monthly: MonthlyCharges
    shifts: tuple[Shift, ...]
    """Moves to another level."""
    in_bursts: Mask
    """Days of bursts, which are few: their scores are among those of bursts, not of days."""
    cleaned: Floats
    """Without monthly charges, and odd days no further from the usual than `most` of `usual` allows."""


def usual(values: Floats, days: Days, most: float = 3.5) -> Usual:
    """What `values` (D,) usually are; `most` is the z-score that `cleaned` is cut at.

    Below 7 days nothing is odd; below 28 days the median is usual (T-10.4); from then on STL, robust, of logarithms
    whose regimes are levelled (DOMAIN 10). Of a series that has spend on less than nine tenths of its days, bursts
    of days with spend are compared with each other.
    """
    n = len(values)
    if n < FEWEST or not np.any(values):
        none = monthly_charges(np.zeros(n), days)
        return Usual(
            np.array(values, np.float64), np.zeros(n), none, (), np.zeros(n, np.bool_), np.array(values, np.float64)
        )
    if n < LARGE:
        none, middle = monthly_charges(np.zeros(n), days), float(np.median(values))
        reach = most * spread(values - middle)
        cleaned = middle + np.clip(values - middle, -reach, reach)
        return Usual(np.full(n, middle), modified_z(values), none, (), np.zeros(n, np.bool_), cleaned)
    if np.mean(values != 0.0) < _ACTIVE:
        return _of_active(values, days, most)
    monthly = monthly_charges(values, days)
    plain = values - monthly.past
    small = _SMALL * float(np.median(np.abs(plain[plain != 0.0]))) if np.any(plain) else 1.0
    y = np.arcsinh(plain / small)
    found = shifts(without_weekdays(_quiet(y, small, most)))
    rest = _stl(y - _levels(n, found))
    scale = _noise(rest)
    fit = np.sinh(y - rest) * small
    z = rest / scale
    together = np.zeros(n, np.bool_)
    cleaned = np.sinh(y - rest + np.clip(rest, -most * scale, most * scale)) * small
    for sign in (1.0, -1.0):
        often = bursts(sign * (plain - fit), sign * z > ODD, most)
        calm = np.ones(n, np.bool_) if often is None else ~often.days
        side = calm & (sign * rest > 0.0)
        z = np.where(side, rest / np.maximum(scale, _tail(sign * rest[calm])), z)
        if often is not None:
            z = np.where(often.days, sign * np.maximum(often.z, 0.0), z)
            together |= often.days
            cleaned = np.where(often.days, fit + (plain - fit) * often.kept, cleaned)
    return Usual(fit + monthly.past, z, monthly, tuple(found), together, cleaned)


def _of_active(values: Floats, days: Days, most: float) -> Usual:
    """Bursts are held against each other; what they usually are is spread over their days as they were."""
    none = monthly_charges(np.zeros(len(values)), days)
    expected, z, cleaned = np.zeros(len(values)), np.zeros(len(values)), np.array(values, np.float64)
    often = bursts(values, values > 0.0, most)
    if often is not None:
        z = np.maximum(often.z, 0.0)
        cleaned = np.where(often.days, values * often.kept, values)
        expected = np.where(often.days, values * often.usual, 0.0)
    return Usual(expected, z, none, (), values > 0.0, cleaned)


def _quiet(y: Floats, small: float, most: float) -> Floats:
    """`y` as if its usual bursts had not been: they come together by chance, which is no new level."""
    rest = _stl(y)
    z = rest / _noise(rest)
    fit = np.sinh(y - rest) * small
    quiet = y
    for sign in (1.0, -1.0):
        if bursts(sign * (np.sinh(y) * small - fit), sign * z > ODD, most) is not None:
            quiet = np.where(sign * z > ODD, y - rest, quiet)
    return quiet


def _tail(rest: Floats) -> float:
    """Standard deviation that the fifth largest of a hundred residuals speaks of: more than the MAD's in a long tail.

    0 where there are so few that odd days themselves would be among them.
    """
    return float(np.quantile(rest, _TAIL)) / float(ndtri(_TAIL)) if len(rest) >= _ENOUGH else 0.0


def _levels(n: int, found: list[Shift]) -> Floats:
    """(N,) the moves so far. Not medians of the stretches between: one that rises all along ends above its own."""
    level = np.zeros(n)
    for shift in found:
        level[shift.at :] += shift.step
    return level


def _stl(y: Floats) -> Floats:
    """Residuals of STL (Cleveland et al. 1990), period a week, robust.

    What is far from the days around it is set aside first: the weights of STL rest on the median residual, and where
    that is zero, as of a fee that is the same every day, one spike bends the weekday's part for months.
    """
    try:
        from statsmodels.tsa.seasonal import STL  # an extra of its own
    except ImportError as error:
        raise SetupError(MISSING) from error
    plain = without_weekdays(y)
    away = plain - rolling_median(plain, 2 * WEEK + 1)
    odd = np.abs(away) > _FAR * max(spread(away), _LEAST_NOISE)
    tame = np.where(odd, y - away, y)
    if np.ptp(tame) == 0.0:
        return np.asarray(y - tame, np.float64)
    decomposed = STL(
        tame, period=WEEK, seasonal=_WEEKS, trend=min(_TREND, (len(y) // 2) * 2 - 1), robust=True, seasonal_deg=0,
        trend_jump=WEEK, seasonal_jump=4,
    )  # fmt: skip
    return np.asarray(y - tame + decomposed.fit(outer_iter=_ROUNDS).resid, np.float64)


def _noise(rest: Floats) -> Floats:
    """(D,) standard deviation of the days around each, at least that of all days and 2 %."""
    every = max(spread(rest), _LEAST_NOISE)
    width = min(2 * _LOCAL + 1, len(rest))
    local = np.median(np.lib.stride_tricks.sliding_window_view(np.abs(rest), width), axis=1) / MAD_TO_Z
    at = np.clip(np.arange(len(rest)) - width // 2, 0, len(local) - 1)
    return np.asarray(np.maximum(every, local[at]), np.float64)
