"""Trends: against scipy, by hand, and on noise."""

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import kendalltau, theilslopes

from planner.spend.kpis.trend import mann_kendall, sen_slope, trend_of


@given(st.lists(st.integers(-1000, 1000), min_size=5, max_size=40, unique=True))
def test_without_ties_the_test_is_the_exact_one_of_scipy(values: list[int]) -> None:
    numbers = np.array(values, float)
    order, p_value = mann_kendall(numbers)
    expected = kendalltau(np.arange(len(values)), numbers, method="exact")
    pairs = len(values) * (len(values) - 1) / 2
    assert order / pairs == pytest.approx(expected.statistic, abs=1e-12)
    assert p_value == pytest.approx(expected.pvalue, rel=1e-9)


@given(st.lists(st.integers(0, 6), min_size=5, max_size=40).filter(lambda values: 1 < len(set(values)) < len(values)))
def test_with_ties_the_variance_is_that_of_scipy(values: list[int]) -> None:
    numbers = np.array(values, float)
    order, p_value = mann_kendall(numbers)
    expected = kendalltau(np.arange(len(values)), numbers, method="asymptotic")
    if order == 0:
        assert p_value == 1.0
        return
    # scipy has no correction for continuity: its z is S / sd, ours (|S| - 1) / sd.
    z = math.sqrt(2) * _erfc_inverse(expected.pvalue)
    assert p_value == pytest.approx(math.erfc(z * (abs(order) - 1) / abs(order) / math.sqrt(2)), rel=1e-6)


def _erfc_inverse(value: float) -> float:
    from scipy.special import erfcinv

    return float(erfcinv(value))


@given(st.lists(st.floats(-1e6, 1e6), min_size=2, max_size=40))
def test_the_slope_is_that_of_theil_and_sen(values: list[float]) -> None:
    times = np.arange(len(values), dtype=float)
    numbers = np.array(values)
    assert sen_slope(times, numbers) == pytest.approx(theilslopes(numbers, times)[0], rel=1e-9, abs=1e-9)


def test_by_hand() -> None:
    # 5 values, 9 of 10 pairs up: S = 8; 1 + 4 of 120 orders have at most one inversion: p = 2 x 5 / 120.
    order, p_value = mann_kendall(np.array([1.0, 3.0, 2.0, 4.0, 5.0]))
    assert order == 8
    assert p_value == pytest.approx(10 / 120)
    trend = trend_of(np.array([10.0, 11.0, 12.0, 13.0, 14.0]))
    assert trend is not None
    assert (trend.direction, trend.weeks) == ("up", 5)
    assert trend.p_value == pytest.approx(2 / 120)
    assert trend.per_week == pytest.approx(1 / 12)
    down = trend_of(np.array([14.0, 13.0, np.nan, 11.0, 10.0, 9.0]))
    assert down is not None
    assert (down.direction, down.weeks) == ("down", 5)
    assert down.per_week == pytest.approx(-1 / 11)


def test_a_slope_that_chance_may_give_is_no_trend() -> None:
    trend = trend_of(np.array([10.0, 12.0, 9.0, 13.0, 11.0, 12.5, 10.5]))
    assert trend is not None
    assert trend.per_week is not None
    assert trend.per_week > 0
    assert trend.direction == "none"
    flat = trend_of(np.full(8, 3.0))
    assert flat is not None
    assert (flat.direction, flat.p_value, flat.per_week) == ("none", 1.0, 0.0)
    nothing = trend_of(np.zeros(8))
    assert nothing is not None
    assert nothing.per_week is None
    assert trend_of(np.array([1.0, 2.0, 3.0, 4.0, np.nan])) is None


def test_noise_has_a_trend_in_one_case_of_twenty() -> None:
    draws = np.random.default_rng(5).normal(100, 10, (1000, 20))
    told = [mann_kendall(row)[1] < 0.05 for row in draws]
    assert 0.03 < np.mean(told) < 0.065


def test_values_that_hang_together_have_more() -> None:
    """What the docstring of trend_of owns to."""
    draws = np.random.default_rng(5).normal(0, 1, (500, 40))
    for week in range(1, 40):
        draws[:, week] += 0.5 * draws[:, week - 1]
    told = [mann_kendall(row[14:])[1] < 0.05 for row in draws]
    assert 0.15 < np.mean(told) < 0.27
