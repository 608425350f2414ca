"""What repeats is found where it is, and not where there is none."""

import math
from datetime import datetime, timedelta

import numpy as np
import pytest

from planner.catalog.prices.series import PriceSeries
from planner.catalog.rows import Floats
from planner.market.pattern import days_of_week, hourly, hours_of_day, pattern
from tests.catalog.prices.price_histories import KEY, NOW

DIP = -0.2 * (np.arange(24) == 3)


def series(prices: Floats, step: timedelta = timedelta(hours=1), end: datetime = NOW) -> PriceSeries:
    times = np.datetime64(end.replace(tzinfo=None), "us") - np.arange(len(prices))[::-1] * np.timedelta64(step)
    return PriceSeries(KEY, "h100-sxm", 8, "cloud", "high", times, np.asarray(prices, float))


def by_hour(days: int, noise: float, effect: Floats, seed: int = 0) -> PriceSeries:
    at = np.arange(days * 24)
    level = np.cumsum(np.random.default_rng(seed).normal(0, noise, len(at)))
    # The last price is of NOW, 12:00.
    return series(20 * np.exp(level + effect[(at - len(at) + 1 + 12) % 24]))


def test_a_cheap_hour_is_found_at_its_place_and_size() -> None:
    found = hours_of_day(by_hour(30, 0.005, DIP))
    assert found.significant
    assert int(np.argmin(found.effect)) == 3
    assert found.effect[3] - np.median(found.effect) == pytest.approx(-0.2, abs=0.03)
    assert found.effect.sum() == pytest.approx(0.0, abs=1e-9)


def test_random_walks_have_no_hours() -> None:
    found = [hours_of_day(by_hour(21, 0.01, np.zeros(24), seed)).significant for seed in range(16)]
    # One in a hundred is allowed by chance.
    assert sum(found) <= 2


def test_a_trend_is_no_pattern() -> None:
    found = hours_of_day(series(np.exp(-0.001 * np.arange(24 * 20))))
    assert not found.significant
    assert found.effect.tolist() == [0.0] * 24


def test_a_weak_pattern_is_shrunk() -> None:
    strong, weak = (hours_of_day(by_hour(20, 0.02, size * DIP / 0.2, 3)) for size in (0.3, 0.06))
    raw = hours_of_day(by_hour(20, 0.0, 0.06 * DIP / 0.2))
    assert strong.significant
    assert abs(weak.effect[3]) < abs(raw.effect[3])


def test_one_sighting_a_day_shows_no_hours() -> None:
    daily = series(np.full(60, 20.0), timedelta(days=1))
    assert math.isnan(hours_of_day(daily).p)
    assert math.isnan(hours_of_day(by_hour(10, 0.01, DIP)).p)


def test_hours_begin_after_the_last_day_with_gaps() -> None:
    one = by_hour(10, 0.01, DIP)
    kept = np.ones(len(one.seen_at), bool)
    # Of the second day, the 21st, nine hours are left; the first has eleven.
    kept[15:30] = False
    gapped = PriceSeries(one.key, one.gpu, 8, "cloud", "high", one.seen_at[kept], one.usd_per_hour[kept])
    y, first = hourly(gapped)
    assert (len(y), first) == (8 * 24 + 13, 0)
    assert y[-1] == pytest.approx(math.log(one.usd_per_hour[-1]))


def test_a_cheap_sunday_is_found_with_enough_weeks() -> None:
    days = np.arange(7 * 10)
    weekday = (days - len(days) + 1 + NOW.weekday()) % 7
    noise = np.random.default_rng(1).normal(0, 0.01, len(days))
    found = days_of_week(series(np.exp(noise - 0.15 * (weekday == 6)), timedelta(days=1)))
    assert found.significant
    assert int(np.argmin(found.effect)) == 6
    assert math.isnan(days_of_week(series(np.full(30, 2.0), timedelta(days=1))).p)


def test_the_shuffles_are_those_of_turning_every_period() -> None:
    # The same test, period by period in plain numpy.
    y = np.random.default_rng(8).normal(size=24 * 20)
    found = pattern(y, 0, 24, 2)
    weights = np.concatenate([[0.5], np.ones(23), [0.5]]) / 24
    away = y[12:-12] - np.convolve(y, weights, "valid")
    table = away[12 : 12 + found.periods * 24].reshape(found.periods, 24)
    own = np.sum((table.mean(axis=0) - table.mean()) ** 2)
    turns = np.random.default_rng(20_070).integers(0, 24, (999, found.periods))
    chance = []
    for row in turns:
        mean = np.mean([np.roll(one, turn) for one, turn in zip(table, row, strict=True)], axis=0)
        chance.append(np.sum((mean - mean.mean()) ** 2))
    assert found.p == pytest.approx((1 + np.sum(np.array(chance) >= own)) / 1000)
