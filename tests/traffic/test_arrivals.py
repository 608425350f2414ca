"""Rates by hour of the week, the busiest minute, bursts and gaps."""

import numpy as np
import pytest

from planner.traffic.arrivals import (
    busiest_minute,
    busiest_rate,
    interval_cv2,
    longest_gap,
    resolution,
    weekly_pattern,
    without_strays,
)  # fmt: skip
from planner.traffic.times import Micros

MONDAY = int(np.datetime64("2026-11-02T00:00:00", "us").astype(np.int64))
HOUR, DAY = 3600 * 10**6, 86_400 * 10**6


def poisson(rate: float, hours: float, seed: int = 0) -> Micros:
    random = np.random.default_rng(seed)
    count = random.poisson(rate * hours * 3600)
    return MONDAY + np.sort(random.uniform(0, hours * HOUR, count)).astype(np.int64)


def test_each_hour_of_two_weeks_has_its_own_rate() -> None:
    """Hour h of the week has h+1 requests, twice, an hour each: (h+1)/3600 a second."""
    hours = np.tile(np.arange(168), 2)
    at = MONDAY + np.repeat(np.arange(336), hours + 1) * HOUR
    offsets = np.concatenate([np.linspace(0, HOUR - 1, n + 1).astype(np.int64) for n in hours])
    found = weekly_pattern(np.sort(at + offsets))
    assert found.requests_per_s == pytest.approx((np.arange(168) + 1) / 3600, rel=1e-6)
    assert found.hours_seen == pytest.approx(np.full(168, 2.0), abs=1e-6)
    assert set(found.hour_from) == {"measured"}


def test_the_week_begins_on_monday_in_utc() -> None:
    found = weekly_pattern(np.linspace(MONDAY + 50 * HOUR, MONDAY + 51 * HOUR - 1, 100).astype(np.int64))
    assert found.hour_from[50] == "measured"
    assert found.hour_from.count("measured") == 1


def test_hours_that_the_log_lacks() -> None:
    """Monday from 08:00 to 10:00: other days have the same hours from Monday, other hours the mean."""
    eight = MONDAY + 8 * HOUR + np.arange(0, HOUR, 10**7)
    nine = MONDAY + 9 * HOUR + np.arange(0, HOUR, 2 * 10**7)
    found = weekly_pattern(np.concatenate([eight, nine]))
    by_day = found.requests_per_s.reshape(7, 24)
    assert by_day[:, 8] == pytest.approx(np.full(7, 0.1))
    assert by_day[:, 9] == pytest.approx(np.full(7, 0.05), rel=0.01)
    assert by_day[:, 12] == pytest.approx(np.full(7, 0.075), rel=0.01)
    sources = np.array(found.hour_from).reshape(7, 24)
    assert sources[0, 8] == "measured"
    assert sources[3, 8] == "other days"
    assert sources[0, 12] == "mean"


def test_a_moment_of_an_hour_says_nothing_of_it() -> None:
    """From 08:00 to 09:01 with a burst in that last minute: 09:00 is not measured."""
    times = np.concatenate([np.arange(0, HOUR, 10**7), HOUR + np.arange(0, 60 * 10**6, 10**5)])
    found = weekly_pattern(MONDAY + 8 * HOUR + times)
    assert found.hour_from[9] == "mean"
    assert found.requests_per_s[9] == pytest.approx(0.1)


def test_quiet_hours_inside_the_log_are_zeros() -> None:
    found = weekly_pattern(MONDAY + np.array([0, 1000, 7 * DAY], dtype=np.int64))
    assert found.requests_per_s[30] == 0.0
    assert found.hour_from[30] == "measured"


def test_busiest_minute_of_the_busiest_hour() -> None:
    """The second hour has more requests; its fullest minute has 30. A fuller minute in a quiet hour is not it."""
    quiet = 20 * 60 * 10**6 + np.arange(45, dtype=np.int64) * 10**6
    busy = HOUR + np.arange(0, HOUR, 10**7)
    fullest = HOUR + 30 * 60 * 10**6 + np.arange(24, dtype=np.int64) * 10**6
    assert busiest_minute(np.sort(MONDAY + np.concatenate([quiet, busy, fullest]))) == 30 / 60


@pytest.mark.parametrize("tick", [1, 1000, 10**6])
def test_poisson_has_a_cv2_of_one_whatever_the_clock_ticks(tick: int) -> None:
    times = poisson(5.0, 6) // tick * tick
    assert resolution(times) == tick
    assert interval_cv2(times) == pytest.approx(1.0, abs=0.03)


def test_even_intervals_have_none() -> None:
    assert interval_cv2(MONDAY + np.arange(1000, dtype=np.int64) * 10_000_001) == pytest.approx(0.0, abs=1e-9)


def test_bursts() -> None:
    """Intervals of 1 s with a chance of 0.9, else 91 s: mean 10, variance 0.09·90² = 729, so 7.29."""
    random = np.random.default_rng(4)
    gaps = np.where(random.uniform(size=200_000) < 0.9, 1_000_003, 91_000_003)
    assert interval_cv2(MONDAY + np.cumsum(gaps)) == pytest.approx(7.29, rel=0.05)


def test_the_rise_and_fall_of_the_day_is_no_burst() -> None:
    parts = [hour * HOUR + poisson(rate, 1, hour) for hour, rate in enumerate([0.1, 5.0] * 12)]
    times = np.concatenate(parts)
    assert interval_cv2(times) == pytest.approx(1.0, abs=0.05)
    assert float(np.diff(times).var() / np.diff(times).mean() ** 2) > 3


def test_chunks_make_no_difference(monkeypatch: pytest.MonkeyPatch) -> None:
    times = poisson(2.0, 30) // 1000 * 1000
    whole = interval_cv2(times), weekly_pattern(times).requests_per_s.tolist(), busiest_minute(times)
    monkeypatch.setattr("planner.traffic.arrivals._CHUNK", 997)
    parts = interval_cv2(times), weekly_pattern(times).requests_per_s.tolist(), busiest_minute(times)
    assert parts[0] == pytest.approx(whole[0], rel=1e-3)
    assert parts[1:] == whole[1:]


def test_too_few_intervals() -> None:
    assert np.isnan(interval_cv2(MONDAY + np.arange(10, dtype=np.int64) * HOUR))


def test_strays_of_a_clock_are_left_out() -> None:
    times = poisson(0.1, 168)
    far = np.array([MONDAY - 3000 * DAY, MONDAY + 4000 * DAY, MONDAY + 4000 * DAY + 5])
    kept, strays = without_strays(np.sort(np.concatenate([times, far])))
    assert kept.tolist() == times.tolist()
    assert strays == [(int(far[0]), 1), (int(far[1]), 2)]


def test_two_long_parts_are_both_kept() -> None:
    times = np.concatenate([poisson(0.1, 24), poisson(0.1, 24, 1) + 60 * DAY])
    assert without_strays(times)[0].size == times.size
    gap, began = longest_gap(times)
    assert gap == pytest.approx(59 * 24, abs=1)
    assert began < MONDAY + DAY


def test_a_trickle_over_years_is_no_slip_of_a_clock() -> None:
    times = MONDAY + np.arange(150, dtype=np.int64) * 31 * DAY
    assert without_strays(times)[0].size == 150


def test_the_rate_behind_the_busiest_minute_is_that_of_an_even_stream() -> None:
    random = np.random.default_rng(3)
    for per_hour in (60, 600, 6_000):
        found = []
        for _ in range(60):
            inside = np.sort(random.integers(0, 3600 * 10**6, random.poisson(per_hour)))
            found += [busiest_rate(MONDAY + inside)] if len(inside) else []
        assert np.median(found) == pytest.approx(per_hour / 3600, rel=0.3 if per_hour < 600 else 0.1)


def test_a_burst_counts_more_than_its_hour() -> None:
    even, burst = np.arange(0, 3600, 2.0), np.linspace(1200, 1259, 300)
    times = np.sort((MONDAY + np.concatenate([even, burst]) * 1e6).astype(np.int64))
    assert 4.0 < busiest_rate(times) < 5.5
