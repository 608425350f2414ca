"""Where a price is heading, day by day, with a band: how much is believed depends on how much was seen (DOMAIN 10)."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

import numpy as np

from planner.catalog.prices.series import Times
from planner.catalog.prices.smoothing import MODELS, drift
from planner.catalog.rows import Floats
from planner.errors import InputError

FEWEST_DAYS: Final = 3
"""Days that a forecast needs: two steps are the fewest that differ from each other."""
SMALL: Final = 8
"""Below so many days: naive and drift, with a band from absolute differences."""
LARGE: Final = 28
"""From so many days on, four weeks, drift and weekly pattern are tried too."""
LEVEL: Final = 0.9
"""Of the band."""
_FEWEST_ERRORS: Final = 9
"""ceil(1/0.1) - 1: fewest errors of which the largest bounds nine in ten (split conformal)."""
_MEAN: Final = 1.2533
"""Standard deviation over mean absolute deviation of a normal distribution."""
_Z90: Final = 1.645
"""Standard normal quantile of a central 90 % band."""
_DEARER: Final = 0.001
"""Log change above which a price counts as dearer: a tenth of a per cent."""
_LARGEST: Final = 690.0
"""Logarithm of about the largest float."""
_WARM_UP: Final = 4
"""Days before the first forecast that is tested."""


@dataclass(frozen=True, slots=True)
class Forecast:
    """Prices 1..H days after the last, USD per hour; every array is (H,)."""

    model: str
    """The model that won, or that so few days allow."""
    days: int
    """Days it rests on."""
    mase: Mapping[str, float]
    """Model → mean absolute error over that of naive, in the rolling-origin test; empty where none was made."""
    median: Floats
    mean: Floats
    """Larger than the median where errors are skewed; savings are counted with it."""
    low: Floats
    """Lower end of the 90 % band; NaN where the history never moved, so that nothing says how far it may."""
    high: Floats
    chance_dearer: Floats
    """Probability that the price is above what it is now: the last one, or `now` days after it what is forecast."""
    mean_se: Floats
    """Standard error of `mean`."""
    proven_days: int
    """Days ahead for which it is better than naive by more than chance, 0 where it is not: wait for no more."""

    @property
    def beats_naive(self) -> bool:
        """Whether it was tested, and was nearer on average than "it stays as it is"."""
        return self.model != "naive" and self.mase.get(self.model, math.nan) < 1.0


def closes(seen_at: Times, usd_per_hour: Floats) -> tuple[Times, Floats]:
    """Days with a sighting, UTC, and the last price of each."""
    days = seen_at.astype("datetime64[D]")
    last = np.append(days[1:] != days[:-1], True)
    return days[last], usd_per_hour[last]


def daily(seen_at: Times, usd_per_hour: Floats) -> Floats:
    """The last price of every day from the first to the last; a day without one keeps that of the day before."""
    days, prices = closes(seen_at, usd_per_hour)
    every = np.arange(days[0], days[-1] + 1)
    return np.asarray(prices[np.searchsorted(days, every, side="right") - 1], np.float64)


def forecast(seen_at: Times, usd_per_hour: Floats, horizon: int, now: int = 0) -> Forecast:
    """The price 1..`horizon` days after the last sighting, on log price of the last price of each day.

    `now` is how many days ago that was: what is dearer is so than on that day, where the model beats naive.

    Below 8 days: drift, and a band from absolute differences. From 8 on exponential smoothing and damped Holt, from 28
    on drift and the weekly pattern too, each against naive by rolling origin: what does not beat naive (MASE < 1) is
    not used. The band is conformal: the quantile of absolute errors of that test, for every day ahead.
    Raises InputError where fewer than 3 days have a price.
    """
    days, prices = closes(seen_at, usd_per_hour)
    if len(days) < FEWEST_DAYS:
        message = f"{len(days)} day{'s' * (len(days) != 1)} with a price; a forecast needs at least {FEWEST_DAYS}"
        raise InputError(message)
    steps = np.diff(np.log(prices)) / np.sqrt(np.diff(days).astype(np.float64))
    y = np.log(daily(seen_at, usd_per_hour))
    if len(days) < SMALL:
        return _from_differences("drift", len(days), steps, y[-1], drift(y, horizon)[-1], {})
    names = ("naive", "exponential smoothing", "damped Holt") if len(days) < LARGE else tuple(MODELS)
    tables = {name: MODELS[name](y, horizon) for name in names}
    errors = {name: _errors(y, table) for name, table in tables.items()}
    base = float(np.nanmean(np.abs(errors["naive"])))
    mase = {name: float(np.nanmean(np.abs(e))) / base if base > 0 else math.nan for name, e in errors.items()}
    won = min((name for name in names if mase[name] < 1.0), key=mase.__getitem__, default="naive")
    ahead, wrong = tables[won][-1], errors[won]
    proven = 0 if won == "naive" else _proven(errors["naive"], wrong)
    enough = int(np.count_nonzero(np.sum(np.isfinite(wrong), axis=0) >= _FEWEST_ERRORS))
    known = float(ahead[now - 1]) if now and won != "naive" else y[-1]
    if not enough:
        return _from_differences(won, len(days), steps, known, ahead, mase)
    return _conformal(won, len(days), known, ahead, wrong, enough, mase, proven)


def _errors(y: Floats, table: Floats) -> Floats:
    """Actual minus forecast, (N, H); NaN where the day is not over yet, and while the models warm up."""
    n, horizon = table.shape
    at = np.arange(n)[:, None] + np.arange(1, horizon + 1)
    actual = np.where(at < n, y[np.minimum(at, n - 1)], np.nan)
    actual[: min(_WARM_UP, n - 1) - 1] = np.nan
    return np.asarray(actual - table, np.float64)


def _proven(naive: Floats, own: Floats) -> int:
    """Days ahead, as many as were tested three times over, if it beats naive there; else 0.

    Diebold and Mariano (1995): absolute errors of the same origins, averaged over the days ahead, one-sided 5 %.
    Errors of H days ahead overlap for H days, so the variance has Bartlett's weights up to lag H (Newey and West), and
    Student's t as many degrees of freedom as there are windows that do not overlap, less one.
    """
    from scipy.special import stdtrit

    known = np.isfinite(naive[:, 0])
    n = int(np.count_nonzero(known))
    horizon = min(naive.shape[1], n // 3)
    if not horizon:
        return 0
    gain = np.nanmean((np.abs(naive) - np.abs(own))[known, :horizon], axis=1)
    freedom = n // horizon - 1
    away = gain - gain.mean()
    variance = float(away @ away) / n
    for lag in range(1, min(horizon, n - 1) + 1):
        variance += 2.0 * (1.0 - lag / (horizon + 1.0)) * float(away[lag:] @ away[:-lag]) / n
    mean = float(gain.mean())
    better = mean > stdtrit(freedom, 0.95) * math.sqrt(variance / n) if variance > 0.0 else mean > 0.0
    return horizon if better else 0


def _from_differences(
    model: str, days: int, steps: Floats, last: float, ahead: Floats, mase: Mapping[str, float]
) -> Forecast:
    """A band from the mean absolute daily step: Student-t, spread s*sqrt(h*(1 + h/(n-1))) as of a drift (FPP3 5.5)."""
    from scipy.special import stdtr, stdtrit

    freedom, h = len(steps) - 1, np.arange(1.0, len(ahead) + 1.0)
    spread = _MEAN * float(np.mean(np.abs(steps))) * np.sqrt(h * (1.0 + h / len(steps)))
    reach = float(stdtrit(freedom, 0.5 + LEVEL / 2.0)) * spread
    rise = ahead - last - _DEARER
    with np.errstate(divide="ignore", invalid="ignore"):
        share = np.where(spread > 0, stdtr(freedom, rise / spread), rise > 0)
    return _told(model, days, mase, ahead, ahead, reach, _succession(share, len(steps), h), spread, 0)


def _conformal(
    model: str, days: int, last: float, ahead: Floats, wrong: Floats, enough: int, mase: Mapping[str, float],
    proven: int,
) -> Forecast:  # fmt: skip
    """Bands from the errors of each day ahead; where too few are known, from the last that has enough, by sqrt(h)."""
    h = np.arange(1.0, len(ahead) + 1.0)
    reach, mean, chance, se = (np.empty(len(ahead)) for _ in range(4))
    for at in range(len(ahead)):
        known = min(at, enough - 1)
        errors = wrong[np.isfinite(wrong[:, known]), known] * math.sqrt((at + 1) / (known + 1))
        n = len(errors)
        rank = min(math.ceil((n + 1) * LEVEL - 1e-9), n)
        # Where nine errors in ten are none, the others say how wide it is at least: a normal band of their mean.
        reach[at] = np.sort(np.abs(errors))[rank - 1] or _Z90 * _MEAN * float(np.mean(np.abs(errors)))
        # Duan's smearing: the mean of exp(forecast + error), not exp of the mean. Errors are centred: what the past
        # drifted by is for the models to say, and those that say it may have lost.
        mean[at] = ahead[at] + math.log(float(np.mean(np.exp(errors - np.mean(errors)))))
        share = np.mean(ahead[at] + errors > last + _DEARER)
        chance[at] = _succession(share, n, h[at : at + 1])[0]
        se[at] = float(np.std(errors, ddof=1)) / math.sqrt(max(n / (at + 1), 1.0))
    return _told(model, days, mase, ahead, mean, reach, chance, se, proven)


def _succession(share: Floats, errors: int, h: Floats) -> Floats:
    """Laplace's rule of succession, (k+1)/(n+2), with windows that overlap counted as n/h independent ones."""
    n = np.maximum(errors / h, 1.0)
    return np.asarray((share * n + 1.0) / (n + 2.0), np.float64)


def _told(
    model: str, days: int, mase: Mapping[str, float], ahead: Floats, mean: Floats, reach: Floats, chance: Floats,
    se: Floats, proven: int,
) -> Forecast:  # fmt: skip
    """Back from logarithms; what no float holds is cut. A band without width is none."""
    reach = np.where(reach > 0.0, reach, np.nan)
    median, price, low, high = (
        np.exp(np.clip(log, -_LARGEST, _LARGEST)) for log in (ahead, mean, ahead - reach, ahead + reach)
    )
    return Forecast(model, days, dict(mase), median, price, low, high, chance, price * se, proven)
