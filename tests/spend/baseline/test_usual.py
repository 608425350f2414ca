"""What a day usually is, and how odd it is."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from planner.catalog.rows import Floats
from planner.spend.baseline.bursts import bursts
from planner.spend.baseline.monthly import monthly_charges
from planner.spend.baseline.shifts import shifts, without_weekdays
from planner.spend.baseline.usual import usual

DAYS = np.datetime64("2025-10-01") + np.arange(400)


def steady(seed: int = 0, days: int = 365) -> Floats:
    """About $100 a day, less at weekends, growing slowly."""
    t = np.arange(days)
    noise = np.random.default_rng(seed).normal(0.0, 0.1, days)
    return np.asarray(100.0 * np.exp(0.001 * t + noise) * np.where(t % 7 > 4, 0.6, 1.0), np.float64)


def test_spikes_and_drops_stand_out_and_weekends_do_not() -> None:
    values = steady()
    values[150] *= 3.0
    values[300] = 0.0
    found = usual(values, DAYS[:365])
    assert set(np.flatnonzero(np.abs(found.z) > 4.5)) == {150, 300}
    assert found.expected[150] == pytest.approx(values[150] / 3.0, rel=0.25)
    assert found.cleaned[150] < 1.8 * found.expected[150]


def test_a_move_to_another_level_is_found_where_it_is_and_a_slow_rise_is_none() -> None:
    values = steady()
    values[200:] *= 1.6
    (move,) = usual(values, DAYS[:365]).shifts
    assert abs(move.at - 200) <= 1
    assert move.step == pytest.approx(np.log(1.6), abs=0.12)
    rise = np.log(steady(3)) + 0.006 * np.arange(365)
    assert shifts(without_weekdays(rise)) == []
    assert shifts(np.zeros(20)) == []


def test_a_fee_on_the_first_is_usual_and_due_again() -> None:
    values, first = steady(), DAYS[:365].astype("datetime64[M]").astype("datetime64[D]") == DAYS[:365]
    found = usual(values + 900.0 * first, DAYS[:365])
    assert set(found.monthly.due) == {1}
    assert found.monthly.due[1] == pytest.approx(900.0, abs=40.0)
    assert np.abs(found.z[first]).max() < 4.0
    ahead = found.monthly.ahead(np.arange("2026-10-28", "2026-11-04", dtype="datetime64[D]"))
    assert np.flatnonzero(ahead).tolist() == [4]
    assert monthly_charges(values, DAYS[:365]).due == {}


def test_a_fee_on_the_last_day_follows_the_calendar() -> None:
    days = np.arange("2026-01-01", "2026-07-15", dtype="datetime64[D]")
    values = steady(1, len(days))
    last = (days + 1).astype("datetime64[M]") != days.astype("datetime64[M]")
    found = monthly_charges(values + 700.0 * last, days)
    assert set(found.due) == {32}
    due = found.ahead(np.arange("2026-07-15", "2026-10-01", dtype="datetime64[D]"))
    assert np.flatnonzero(due).tolist() == [16, 47, 77]


def test_a_fee_that_is_ten_times_as_high_for_once_is_odd() -> None:
    values, first = steady(), DAYS[:365].astype("datetime64[M]").astype("datetime64[D]") == DAYS[:365]
    values += 900.0 * first
    values[DAYS[:365] == np.datetime64("2026-04-01")] += 8000.0
    z = usual(values, DAYS[:365]).z
    assert np.flatnonzero(z > 4.5).tolist() == [int(np.flatnonzero(np.datetime64("2026-04-01") == DAYS)[0])]


def test_bursts_that_come_often_are_held_against_each_other() -> None:
    rng = np.random.default_rng(4)
    values, at = np.zeros(360), np.arange(5, 355, 10)
    values[at] = rng.lognormal(4.0, 0.3, len(at))
    values[at[20]] = 40.0 * np.exp(4.0)
    found = usual(values, DAYS[:360])
    assert np.flatnonzero(found.z > 3.5).tolist() == [at[20]]
    assert found.cleaned[at[20]] < 0.2 * values[at[20]]
    assert found.expected[at[20]] == pytest.approx(np.median(values[at]))
    assert bursts(values, values > 1e9, 3.5) is None
    assert bursts(values[:300], np.arange(300) % 70 == 0, 3.5) is None


@given(st.integers(1, 120), st.floats(0.01, 1e6))
@settings(max_examples=30)
def test_a_constant_series_has_nothing_odd(days: int, usd: float) -> None:
    found = usual(np.full(days, usd), DAYS[:days])
    assert np.abs(found.z).max() < 1e-6
    assert found.cleaned == pytest.approx(np.full(days, usd))


@given(st.integers(0, 5), st.integers(10, 80), st.sampled_from([1e-3, 0.2, 7.0, 1e4]))
@settings(max_examples=15)
def test_a_currency_makes_nothing_odd(seed: int, days: int, rate: float) -> None:
    values = steady(seed, days)
    values[days // 2] *= 3.0
    own, other = usual(values, DAYS[:days]), usual(values * rate, DAYS[:days])
    assert other.z == pytest.approx(own.z, rel=1e-6, abs=1e-6)
    assert other.cleaned == pytest.approx(own.cleaned * rate, rel=1e-6)


def test_nothing_is_usual_of_few_days_or_none() -> None:
    assert usual(np.array([1.0, 900.0, 2.0]), DAYS[:3]).z.tolist() == [0.0, 0.0, 0.0]
    assert usual(np.zeros(40), DAYS[:40]).expected.tolist() == [0.0] * 40
