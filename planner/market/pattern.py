"""Hours of the day and days of the week that are cheaper, where that is more than chance."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np

from planner.catalog.prices.forecast import closes, daily
from planner.catalog.prices.series import PriceSeries
from planner.catalog.rows import Floats

DAY, WEEK = 24, 7
FEWEST_DAYS: Final = 14
"""Days with prices around the clock that a pattern of hours needs."""
FEWEST_WEEKS: Final = 6
SIGNIFICANT: Final = 0.01
"""Share of shuffled histories with as strong a pattern above which it counts as chance."""
_HOURS_SEEN: Final = 12
"""Hours with a sighting that make a day count: a price asked for once a day shows no hours."""
_SHUFFLES: Final = 999
_SEED: Final = 20_070


@dataclass(frozen=True, slots=True)
class Pattern:
    """What repeats in a price."""

    effect: Floats
    """(period,) log of the price against its level, shrunk; zeros where it is not significant."""
    p: float
    """Share of shuffled histories with as strong a pattern; NaN where there are too few periods to tell."""
    periods: int
    """Whole days or weeks it rests on."""

    @property
    def significant(self) -> bool:
        """Whether it is more than chance."""
        return self.p <= SIGNIFICANT


def pattern(y: Floats, first: int, period: int, fewest: int) -> Pattern:
    """What repeats every `period` values of the log prices `y` (N,), whose first value stands in slot `first`.

    Effects are mean deviations from a centred moving average over one period (classical decomposition, FPP3 3.4), so
    that a trend makes no pattern. Their sum of squares is held against that of histories whose periods are each turned
    round by a random step, which keeps what one hour has to do with the next. They are shrunk by
    max(0, 1 - mean of those/own), after James and Stein.
    """
    weights = np.ones(period) if period % 2 else np.concatenate([[0.5], np.ones(period - 1), [0.5]])
    half = len(weights) // 2
    if len(y) <= 2 * half:
        return Pattern(np.zeros(period), float("nan"), 0)
    away = y[half:-half] - np.convolve(y, weights / period, "valid")
    skipped = -(first + half) % period
    periods = (len(away) - skipped) // period
    if periods < fewest:
        return Pattern(np.zeros(period), float("nan"), max(periods, 0))
    table = away[skipped : skipped + periods * period].reshape(periods, period)
    effect = table.mean(axis=0)
    effect -= effect.mean()
    own = float(np.sum(effect**2))
    if own <= 1e-12 * period:
        return Pattern(np.zeros(period), 1.0, periods)
    # A period turned round is a phase in the frequency domain: all shuffles are one product.
    waves = np.fft.rfft(table, axis=1)[:, 1:]
    turns = np.random.default_rng(_SEED).integers(0, period, (_SHUFFLES, periods))
    phases = np.exp(-2j * np.pi * np.arange(period) / period)
    turned = np.stack(
        [phases[turns * k % period] @ waves[:, k - 1] / periods for k in range(1, waves.shape[1] + 1)], axis=1
    )
    doubled = np.full(waves.shape[1], 2.0)
    if period % 2 == 0:
        doubled[-1] = 1.0
    chance = np.sum(doubled * np.abs(turned) ** 2, axis=1) / period
    p = (1.0 + np.count_nonzero(chance >= own)) / (_SHUFFLES + 1.0)
    shrunk = max(0.0, 1.0 - float(chance.mean()) / own) if p <= SIGNIFICANT else 0.0
    return Pattern(shrunk * effect, float(p), periods)


def hourly(series: PriceSeries) -> tuple[Floats, int]:
    """Log price at the end of every hour since the first day seen around the clock, and the hour it begins with.

    Empty where the newest days were not seen around the clock: hours cannot be told from one sighting a day.
    """
    hours = np.unique(series.seen_at.astype("datetime64[h]"))
    days, seen = np.unique(hours.astype("datetime64[D]"), return_counts=True)
    sparse = np.flatnonzero(seen[:-1] < _HOURS_SEEN)
    gaps = np.flatnonzero(np.diff(days) > np.timedelta64(1, "D"))
    start = max([0, *(sparse + 1).tolist(), *(gaps + 1).tolist()])
    every = np.arange(days[start].astype("datetime64[h]"), hours[-1] + 1)
    every = every[every >= hours[0]]
    at = np.searchsorted(series.seen_at.astype("datetime64[h]"), every, side="right") - 1
    return np.log(series.usd_per_hour[at]), int(every[0].astype(np.int64) % DAY)


def hours_of_day(series: PriceSeries) -> Pattern:
    """The pattern of the hours of the day, UTC: slot 0 is midnight to one o'clock."""
    y, first = hourly(series)
    return pattern(y, first, DAY, FEWEST_DAYS)


def days_of_week(series: PriceSeries) -> Pattern:
    """The pattern of the days of the week, UTC: slot 0 is Monday."""
    days, _ = closes(series.seen_at, series.usd_per_hour)
    # Day 0 of 1970 was a Thursday.
    first = int((days[0].astype(np.int64) + 3) % WEEK)
    if len(days) < FEWEST_WEEKS * WEEK:
        return Pattern(np.zeros(WEEK), float("nan"), len(days) // WEEK)
    return pattern(np.log(daily(series.seen_at, series.usd_per_hour)), first, WEEK, FEWEST_WEEKS)
