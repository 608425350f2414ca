"""Cost at a larger scale, and the learning curve, from a history too."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.stats import t

from planner.estimate.finance.scale import cost_at_scale_usd, fit_power_law, learning_exponent


def test_fixed_linear_and_sub_linear_parts() -> None:
    assert cost_at_scale_usd(np.array([0.0, 100.0]), 50.0, 0.2, 3.0, 0.5).tolist() == [50.0, 100.0]


@settings(max_examples=40)
@given(st.floats(0.51, 1.0), st.floats(1.0, 1e6))
def test_each_doubling_leaves_the_progress_ratio(ratio: float, volume: float) -> None:
    volumes = np.array([1.0, volume, 2.0 * volume])
    units = cost_at_scale_usd(volumes, 0.0, 0.0, 7.0, 1.0 - learning_exponent(ratio)) / volumes
    assert units[[0, 2]] == pytest.approx([7.0, ratio * units[1]])


@settings(max_examples=40)
@given(st.floats(-1.5, 1.5), st.floats(0.1, 1e4), st.floats(0.0, 100.0))
def test_an_exact_law_is_found_again(exponent: float, coefficient: float, fixed: float) -> None:
    volumes = np.array([1.0, 3.0, 10.0, 50.0])
    found = fit_power_law(volumes, coefficient * volumes**exponent, 0.0)
    assert found.exponent == pytest.approx(exponent, abs=1e-9)
    assert found.coefficient_usd == pytest.approx(coefficient)
    assert found.exponent_low <= found.exponent <= found.exponent_high
    assert found.progress_ratio == pytest.approx(2.0**exponent)
    over = fit_power_law(volumes, coefficient * volumes**0.7 + fixed, fixed)
    assert over.exponent == pytest.approx(0.7, abs=1e-6)
    assert over.exponent_high < 1.0
    assert over.coefficient_usd == pytest.approx(coefficient, rel=1e-5)


def test_the_interval_by_hand() -> None:
    x, left = np.log([1.0, 2.0, 4.0]), np.array([0.1, -0.2, 0.1])
    found = fit_power_law(np.exp(x), np.exp(0.5 * x + left))
    stderr = np.sqrt(np.square(left).sum() / 1 / np.square(x - x.mean()).sum())
    assert found.exponent == pytest.approx(0.5)
    assert found.exponent_high - found.exponent == pytest.approx(float(t.ppf(0.95, 1)) * stderr)
    assert found.exponent_high > 1.0


def test_the_interval_holds_as_often_as_it_says() -> None:
    rng = np.random.default_rng(5)
    volumes = np.geomspace(1.0, 100.0, 6)
    fits = [fit_power_law(volumes, volumes**0.8 * np.exp(rng.normal(0.0, 0.2, 6))) for _ in range(400)]
    held = np.mean([fit.exponent_low <= 0.8 <= fit.exponent_high for fit in fits])
    assert 0.85 < held < 0.95


def test_unknown_points_are_left_out() -> None:
    found = fit_power_law(np.array([1.0, 2.0, np.nan, 4.0, 8.0]), np.array([1.0, 2.0, 3.0, 4.0, np.nan]))
    assert found.points == 3
    assert found.exponent == pytest.approx(1.0)


def test_what_is_refused() -> None:
    with pytest.raises(ValueError, match="3 known points at least, and here are 2"):
        fit_power_law(np.array([1.0, 2.0, np.nan]), np.ones(3))
    with pytest.raises(ValueError, match="same volume"):
        fit_power_law(np.ones(3), np.array([1.0, 2.0, 3.0]))
    with pytest.raises(ValueError, match="cost over the fixed part is -1"):
        fit_power_law(np.array([1.0, 2.0, 3.0]), np.array([1.0, 3.0, 4.0]), 2.0)
    with pytest.raises(ValueError, match="same months; given are volumes 3, costs 4"):
        fit_power_law(np.ones(3), np.ones(4))
    with pytest.raises(ValueError, match="progress ratio is 0"):
        learning_exponent(0.0)
    with pytest.raises(ValueError, match="exponent of the scale is 0"):
        cost_at_scale_usd(1.0, 1.0, 1.0, 1.0, 0.0)
