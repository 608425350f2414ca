"""Forecasts judged by rolling origin: what each model would have said day by day, against what came."""

import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

import numpy as np

from planner.catalog.rows import Floats
from planner.outcome.review.oddities import ModelScore
from planner.spend.forecasting.tables import YARDSTICK

WARM_UP: Final = 7
"""Days before the first origin that counts: the seasonal naive needs a week."""
_AHEAD: Final = 28
"""Most days ahead that models are judged by."""
_TESTED: Final = 3
"""Every third of the origins tests the band of the others before it."""


@dataclass(frozen=True, slots=True)
class Judged:
    """What rolling origins say of the models."""

    chosen: str
    scores: tuple[ModelScore, ...]
    """The chosen first, then the nearest."""


def errors(y: Floats, table: Floats) -> Floats:
    """(N, H) actual minus forecast; NaN where the day is not over yet or nothing was forecast."""
    n, horizon = table.shape
    at = np.arange(n)[:, None] + np.arange(1, horizon + 1)
    return np.asarray(np.where(at < n, y[np.minimum(at, n - 1)], np.nan) - table, np.float64)


def origins(n: int, tables: Mapping[str, Floats]) -> np.ndarray[tuple[int], np.dtype[np.int64]]:
    """Positions after which every model says something, and another day came."""
    known = np.all([np.isfinite(table[:, 0]) for table in tables.values()], axis=0)
    at = np.flatnonzero(known)
    return at[(at >= WARM_UP - 1) & (at < n - 1)]


def judge(actual: Floats, forecasts: Mapping[str, Floats], level: float, group: int = 1) -> Judged:
    """The model with the least mean absolute error, if it is less than that of the seasonal naive; else that.

    `actual` (N,) and tables (N, H) in the unit of the series. MASE: mean absolute error over that of the seasonal naive
    at the same origins and days ahead (Hyndman and Koehler 2006, against rolling forecasts). WAPE: sum of absolute
    errors over the sum of what came. With `group` 7 errors are those of the sums of weeks ahead. Coverage: the last
    third of the origins against conformal bands of those before.
    """
    n = len(actual)
    at = origins(n, forecasts)
    ahead = min(_AHEAD, next(iter(forecasts.values())).shape[1], max(1, len(at) // 2))
    came = np.arange(n)[at, None] + np.arange(1, ahead + 1)
    size = float(np.sum(np.abs(np.where(came < n, actual[np.minimum(came, n - 1)], 0.0))))
    group = min(group, ahead)
    wrong = {name: _sums(errors(actual, table)[at, :ahead], group) for name, table in forecasts.items()}
    mean = {name: float(np.nanmean(np.abs(e))) for name, e in wrong.items()}
    yardstick = mean[YARDSTICK]
    mase = {name: value / yardstick if yardstick > 0.0 else math.nan for name, value in mean.items()}
    chosen = min((name for name in forecasts if mase[name] < 1.0), key=mase.__getitem__, default=YARDSTICK)
    scores = [
        ModelScore(
            model=name, mase=_figure(mase[name]),
            wape=_figure(float(np.nansum(np.abs(wrong[name]))) / size if size > 0.0 else math.nan),
            coverage=_figure(_coverage(wrong[name], level)), chosen=name == chosen,
        )
        for name in forecasts
    ]  # fmt: skip
    scores.sort(key=lambda score: (not score.chosen, mase[score.model], score.model))
    return Judged(chosen, tuple(scores))


def _sums(wrong: Floats, group: int) -> Floats:
    """Sums of `group` columns each, what is left over dropped."""
    rows, ahead = wrong.shape
    return np.asarray(wrong[:, : ahead // group * group].reshape(rows, -1, group).sum(axis=2), np.float64)


def conformal_rank(errors_known: int, level: float) -> int:
    """Which of so many sorted absolute errors bounds the next with chance `level`: ceil((n+1)·level), at most n."""
    return min(math.ceil((errors_known + 1) * level - 1e-9), errors_known)


def _coverage(wrong: Floats, level: float) -> float:
    """Share of the last third of the origins within the band that the errors of those before them give."""
    rows, ahead = wrong.shape
    cut = rows - rows // _TESTED
    inside, seen = 0, 0
    for h in range(ahead):
        before = np.sort(np.abs(wrong[:cut, h]))
        before = before[np.isfinite(before)]
        test = np.abs(wrong[cut:, h])
        test = test[np.isfinite(test)]
        if len(before) * (1.0 - level) < 1.0 - level or not len(test):
            continue
        reach = before[conformal_rank(len(before), level) - 1]
        inside, seen = inside + int(np.count_nonzero(test <= reach + 1e-12)), seen + len(test)
    return inside / seen if seen else math.nan


def _figure(value: float) -> float | None:
    return value if math.isfinite(value) else None
