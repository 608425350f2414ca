"""Models that forecast from each day at once, and those of few days; see `planner.catalog.prices.smoothing`.

Every model gives a table (N, H): row t is what it says after day t about the days 1..H later, from days 0..t alone.
NaN where it does not say anything yet.
"""

from collections.abc import Mapping
from typing import Final

import numpy as np

from planner.catalog.prices.smoothing import damped, smoothed, weekly
from planner.catalog.rows import Floats
from planner.spend.forecasting.ets import ets

YARDSTICK: Final = "seasonal naive"
LARGE: Final = 28
"""Days from which on weekday patterns are forecast: four weeks."""
_WEEK: Final = 7
_WEEKS: Final = 4
OF_BURSTS: Final = {"mean of four weeks": 4, "mean of thirteen weeks": 13, "mean of 52 weeks": 52}
"""Means that bursts are forecast by, and how many weeks they rest on."""
_PHI: Final = 0.98
"""Damping of the drift a day: it goes on for 49 days at most."""


def tables(y: Floats, horizon: int) -> dict[str, Floats]:
    """Name → table of every model that so many days allow, the seasonal naive first; `y` (N,) of at least 8."""
    found = {YARDSTICK: weekly(y, horizon)}
    if len(y) < LARGE:
        return found | {"exponential smoothing": smoothed(y, horizon), "damped Holt": damped(y, horizon)}
    found["mean of four weeks"] = same_weekdays(y, horizon, _WEEKS)
    found["mean of four weeks, with drift"] = found["mean of four weeks"] + drift_of_months(y, horizon)
    found["ETS(A,N,A)"] = ets(y, horizon, trend=False)
    found["ETS(A,Ad,A)"] = ets(y, horizon, trend=True)
    return found | {"mean of models": _mean(found)}


def of_bursts(y: Floats, horizon: int) -> dict[str, Floats]:
    """Name → table for spend that comes in bursts: means only, as nothing says when the next one comes."""
    means = {name: same_weekdays(y, horizon, weeks) for name, weeks in OF_BURSTS.items()}
    return {YARDSTICK: weekly(y, horizon)} | means


def same_weekdays(y: Floats, horizon: int, weeks: int) -> Floats:
    """The mean of the same weekday in the last `weeks`, as many as there are; before the first week's end the last."""
    ahead = (np.arange(horizon) % _WEEK) - _WEEK + 1
    at = np.arange(len(y))[:, None, None] + ahead[:, None] - _WEEK * np.arange(weeks)
    known = at >= 0
    seen = np.where(known, y[np.maximum(at, 0)], 0.0).sum(axis=2)
    return np.asarray(np.where(known.any(axis=2), seen / np.maximum(known.sum(axis=2), 1), y[:, None]), np.float64)


def drift_of_months(y: Floats, horizon: int) -> Floats:
    """What four weeks rose by on the four before goes on: from the middle of a weekday's four, then damped."""
    span = _WEEK * _WEEKS
    total = np.concatenate([[0.0], np.cumsum(y)])
    slope = np.zeros(len(y))
    if len(y) >= 2 * span:
        recent = (total[2 * span :] - total[span:-span]) / span
        slope[2 * span - 1 :] = (recent - (total[span:-span] - total[: -2 * span]) / span) / span
    ahead = np.arange(1, horizon + 1)
    behind = _WEEK * (_WEEKS + 1) / 2.0 + _WEEK * ((ahead - 1) // _WEEK) - ahead
    days = behind + np.cumsum(_PHI**ahead)
    return np.asarray(slope[:, None] * days, np.float64)


def _mean(found: Mapping[str, Floats]) -> Floats:
    return np.asarray(np.mean([table for name, table in found.items() if name != YARDSTICK], axis=0), np.float64)
