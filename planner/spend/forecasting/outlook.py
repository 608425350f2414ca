"""Where a daily series goes: the model that did best on its own past, and paths of what may come."""

from dataclasses import dataclass, replace
from typing import Final

import numpy as np

from planner.catalog.prices.smoothing import drift
from planner.catalog.rows import Floats
from planner.outcome.review.oddities import ModelScore
from planner.spend.baseline.monthly import MonthlyCharges
from planner.spend.baseline.usual import Usual, usual
from planner.spend.forecasting.paths import PATHS, error_paths, resampled, walks
from planner.spend.forecasting.rolling import Judged, errors, judge, origins
from planner.spend.forecasting.tables import OF_BURSTS, YARDSTICK, of_bursts, tables

FEWEST: Final = 3
"""Days below which nothing says how far a day may be off."""
SMALL: Final = 8
"""Days below which nothing can be tested."""
_STEADY: Final = 0.05
"""Least share of the median that nineteen in twenty days must have for logarithms: else bursts are forecast as sums."""
ODD: Final = 3.5
"""Modified z-score above which a day counts only as far as the usual reaches (Iglewicz and Hoaglin)."""
_BURSTS: Final = 0.4
_MOST_CHANGE: Final = 3.0
"""Most that bursts of late are above or below those of all days, for the paths."""
_WEEK: Final = 7
_LARGEST: Final = 690.0
"""Logarithm of about the largest float."""
_SMALL: Final = 0.1
"""Of the median: about where logarithm goes over into proportion."""


@dataclass(frozen=True, slots=True)
class Outlook:
    """The days 1..H after the last."""

    model: str
    """Seasonal naive unless another was better; empty where there is no day to go by."""
    point: Floats
    """(H,) what is likeliest of each day, in the unit of the series; NaN where there is no day to go by."""
    samples: Floats
    """(S, H) simulated paths, S = 1000: sums over days have the band that their sums have. NaN below three days."""
    scores: tuple[ModelScore, ...]
    """By rolling origin, the chosen first; empty where the series is too short for one."""
    note: str
    """Why there is none, or what makes it doubtful; empty else."""


def outlook(values: Floats, first_day: np.datetime64, horizon: int, level: float = 0.9) -> Outlook:
    """Forecast `horizon` days after the last of `values` (D,), one a day from `first_day`; `level` is the band's.

    By the days since the first with spend (DOMAIN 10): below 8 the last value, with the drift so far for as many days;
    below 28 exponential smoothing and damped Holt; from then on means of four weeks and ETS with a weekly season. A
    model is used only if its rolling origins beat the seasonal naive. Charges that come every month are set apart and
    due again; days that are odd count as far as the usual reaches. Nothing is below zero unless credits made a day so.
    """
    if horizon < 1:
        whole = outlook(values, first_day, 1, level)
        return replace(whole, point=whole.point[:0], samples=whole.samples[:, :0])
    started = np.flatnonzero(values)
    if not len(values):
        nothing = np.full((PATHS, horizon), np.nan)
        return Outlook("", nothing[0], nothing, (), "no day to go by")
    if not len(started):
        return Outlook("naive", np.zeros(horizon), np.zeros((PATHS, horizon)), (), "no spend so far")
    seen = np.asarray(values[started[0] :], np.float64)
    days = first_day.astype("datetime64[D]") + np.arange(started[0], len(values) + horizon)
    if len(seen) < SMALL:
        return _of_few(seen, horizon)
    found = usual(seen, days[: len(seen)])
    due = found.monthly.ahead(days[len(seen) :])
    return _tested(found, due, horizon, level)


def _of_few(seen: Floats, horizon: int) -> Outlook:
    n = len(seen)
    ahead = drift(seen, horizon)[-1]
    point = ahead[np.minimum(np.arange(horizon), max(n - 2, 0))] if n >= FEWEST else np.full(horizon, seen[-1])
    floor = min(0.0, float(seen.min()))
    point = np.maximum(point, floor)
    if n < FEWEST:
        samples = np.full((PATHS, horizon), np.nan)
    else:
        samples = np.maximum(point + walks(np.diff(seen), horizon), floor)
    return Outlook("naive with drift", point, samples, (), f"only {n} day{'s' * (n != 1)} of spend: too few to test")


def _tested(found: Usual, due: Floats, horizon: int, level: float) -> Outlook:
    y = found.cleaned
    middle = float(np.median(y))
    steady = middle > 0.0 and float(np.quantile(y, 0.05)) > _STEADY * middle
    floor = min(0.0, float(y.min()))
    if not steady and _in_bursts(y):
        judged, point, samples = _of_bursts(y, horizon, level)
    else:
        judged, point, samples = _by_errors(y, _SMALL * middle if steady else 0.0, floor, horizon, level)
    note = _note(len(y), int(np.count_nonzero(np.abs(found.z) > ODD)), found.monthly, horizon)
    return Outlook(judged.chosen, point + due, np.maximum(samples, floor) + due, judged.scores, note)


def _by_errors(y: Floats, small: float, floor: float, horizon: int, level: float) -> tuple[Judged, Floats, Floats]:
    """Forecast and paths; of arcsinh(y / `small`), which above it is a logarithm, where that is not 0."""
    scaled = np.arcsinh(y / small) if small else y

    def back(values: Floats) -> Floats:
        """The median comes back as the median; what no float holds is cut."""
        plain = np.sinh(np.clip(values, -_LARGEST, _LARGEST)) * small if small else values
        return np.asarray(np.maximum(plain, floor), np.float64)

    found = tables(scaled, horizon)
    plain = {name: back(table) for name, table in found.items()}
    judged = judge(y, plain, level)
    wrong = errors(scaled, found[judged.chosen])[origins(len(y), found)]
    paths = found[judged.chosen][-1] + error_paths(wrong, horizon, level, symmetric=bool(small))
    return judged, plain[judged.chosen][-1], back(paths)


def _of_bursts(y: Floats, horizon: int, level: float) -> tuple[Judged, Floats, Floats]:
    """Means, judged by the sums of weeks; paths are the past itself, at the level of the mean that was chosen."""
    found = of_bursts(y, horizon)
    judged = judge(y, found, level, group=_WEEK)
    point = found[judged.chosen][-1]
    resting = min(len(y), _WEEK * OF_BURSTS.get(judged.chosen, len(y)))
    samples = resampled(y, horizon, level, resting)
    mean = float(samples.mean())
    if judged.chosen != YARDSTICK and mean > 0.0:
        samples = samples * float(np.clip(point.mean() / mean, 1.0 / _MOST_CHANGE, _MOST_CHANGE))
    return judged, point, samples


def _in_bursts(y: Floats) -> bool:
    """Whether the sums of weeks differ by more than two fifths of their mean."""
    weeks = y[len(y) % _WEEK :].reshape(-1, _WEEK).sum(axis=1)
    return len(weeks) < 2 or float(np.std(weeks)) > _BURSTS * abs(float(np.mean(weeks)))


def _note(days: int, odd: int, monthly: MonthlyCharges, horizon: int) -> str:
    notes = []
    if odd:
        days_were = "unusual day was" if odd == 1 else "unusual days were"
        notes.append(f"{odd} {days_were} cut to the edge of the usual, not to be repeated")
    if monthly.due:
        notes.append(f"charges that come every month are due again ({len(monthly.due)} a month)")
    if horizon > days:
        notes.append(f"{horizon} days ahead rest on {days} days")
    return "; ".join(notes)
