"""Charges that come on the same day of every month: a commitment's fee on the 1st is no anomaly, but to be expected."""

from dataclasses import dataclass
from typing import Final

import numpy as np
from scipy.special import bdtrc

from planner.catalog.rows import Floats
from planner.spend.baseline.robust import spread

_Flags = np.ndarray[tuple[int], np.dtype[np.bool_]]
_Whole = np.ndarray[tuple[int], np.dtype[np.int64]]
Days = np.ndarray[tuple[int], np.dtype[np.datetime64]]
_LAST: Final = 32
"""Stands for the last day of a month, whatever its number."""
_NEIGHBOURS: Final = np.array([-14, -7, -4, -3, -2, -1, 1, 2, 3, 4, 7, 14])
_WEEK: Final = 7
_FEWEST: Final = 3
"""Months in a row from which on their charges may differ by `_ALIKE`; of fewer by `_SAME`."""
_SAME: Final = 0.15
_LEAST_Z: Final = 3.0
_SEEN: Final = 0.9
"""Least share of the months that it must be seen in."""
_CHANCE: Final = 0.001
"""Most chance that days which are odd anyway lie like this."""
_ALIKE: Final = 0.5
"""A charge is the monthly one where it is off the median of two months to each side by less than this share of it."""
_FEWEST_DAYS: Final = 32
"""Days that two months' charges can lie in."""


@dataclass(frozen=True, slots=True)
class MonthlyCharges:
    """Charges by the day of the month."""

    past: Floats
    """(D,) the part of each day that is a monthly charge."""
    due: dict[int, float]
    """Day of the month, 32 for the last → what is to be expected on it."""

    def ahead(self, days: Days) -> Floats:
        """(H,) the charges of days to come."""
        number, last = _numbers(days)
        due = np.array([self.due.get(int(day), 0.0) for day in number])
        return np.asarray(due + np.where(last, self.due.get(_LAST, 0.0), 0.0), np.float64)


def monthly_charges(values: Floats, days: Days) -> MonthlyCharges:
    """Charges of `values` (D,) that come every month, two in a row or more, to the last month there is.

    A day's excess is what it has above the median of the days around it. A month that is unlike the others has only
    the median of those around it as its charge, so that the rest of it is still odd.
    """
    past: Floats = np.zeros(len(values))
    due: dict[int, float] = {}
    if len(values) < _FEWEST_DAYS:
        return MonthlyCharges(past, due)
    excess = values - _around(values)
    scale = spread(excess)
    if scale <= 0.0:
        return MonthlyCharges(past, due)
    number, last = _numbers(days)
    for day in (_LAST, *range(1, 31)):
        at = np.flatnonzero(last if day == _LAST else (number == day) & ~(last & (_LAST in due)))
        sign = np.sign(np.median(excess[at[-_FEWEST:]]))
        odd = sign * excess > _LEAST_Z * scale
        row = _months_in_a_row(odd[at])
        at = at[len(at) - row :]
        if row < 2:
            continue
        as_large = sign * excess > max(_LEAST_Z * scale, _ALIKE * abs(float(np.median(excess[at]))))
        if _by_chance(as_large, row, int(np.count_nonzero(as_large[at]))) > _CHANCE:
            continue
        usual = np.array([np.median(excess[at[max(0, k - 2) : k + 3]]) for k in range(row)])
        off = np.abs(excess[at] - usual) / np.abs(usual)
        alike = odd[at] & (off < (_ALIKE if row > _FEWEST else _SAME))
        if np.count_nonzero(alike) < _SEEN * row:
            continue
        due[day] = float(np.median(excess[at[alike][-_FEWEST:]]))
        past[at] = np.where(alike, excess[at], usual)
    return MonthlyCharges(past, due)


def _by_chance(odd: _Flags, row: int, here: int) -> float:
    """Chance that any day of the month is odd in so many of `row` months, if odd days lay anywhere.

    Of few months their charges must be alike too, which is as rare again.
    """
    share = (np.count_nonzero(odd) - here + 0.5) / len(odd)
    alike = _SAME ** (row - 1) if row <= _FEWEST else 1.0
    return 31.0 * float(bdtrc(here - 1, row, share)) * alike


def _months_in_a_row(odd: _Flags) -> int:
    """Months from the first odd one on, where nearly all of them are, and one of the last two."""
    if not odd[-2:].any():
        return 0
    for start in np.flatnonzero(odd):
        if np.mean(odd[start:]) >= _SEEN:
            return len(odd) - int(start)
    return 0


def _around(values: Floats) -> Floats:
    """(D,) median of the days around each, at the height of its weekday."""
    at = np.arange(len(values))[:, None] + _NEIGHBOURS
    inside = (at >= 0) & (at < len(values))
    around = np.nanmedian(np.where(inside, values[np.clip(at, 0, len(values) - 1)], np.nan), axis=1)
    ratio = np.divide(values, around, out=np.ones(len(values)), where=around > 0.0)
    weekday = np.array([np.median(ratio[day::_WEEK]) for day in range(_WEEK)])
    return np.asarray(around * weekday[np.arange(len(values)) % _WEEK], np.float64)


def _numbers(days: Days) -> tuple[_Whole, _Flags]:
    """Day of the month of each, from 1, and whether it is the month's last."""
    months = days.astype("datetime64[M]")
    return (days - months.astype("datetime64[D]")).astype(np.int64) + 1, (days + 1).astype("datetime64[M]") != months
