"""Preemption vectors of DOMAIN 5."""

import numpy as np
import pytest

from planner.estimate.spot import (
    best_interval_hours,
    daly_interval_hours,
    expected_billed_hours,
    expected_wall_hours,
    rate_posterior,
    young_interval_hours,
)  # fmt: skip

CASES = np.array([1440.0, 360.0, 15.0])
MINUTE = 1 / 60


def test_intervals() -> None:  # T-5.1, Daly 2006 figure values
    d = np.array(5.0)
    assert daly_interval_hours(1 / CASES, d) == pytest.approx([116.69, 56.71, 9.141], abs=0.01)
    assert best_interval_hours(1 / CASES, d) == pytest.approx([116.690, 56.714, 9.1665], abs=0.001)
    assert young_interval_hours(1 / CASES, d) == pytest.approx([120, 60, 12.247], abs=0.001)


def test_checkpoints_longer_than_twice_the_mean_life() -> None:
    assert daly_interval_hours(np.array(0.5), np.array(5.0)) == 2.0


def billed(tau: float, d: float = MINUTE) -> float:
    return float(expected_billed_hours(np.array(10.0), np.array(tau), np.array(d), np.array(5 * MINUTE), np.array(0.1)))


def test_expected_hours() -> None:  # T-5.2
    assert billed(0.5) == pytest.approx(10.69368, abs=1e-5)
    assert 0.1 * billed(0.5) == pytest.approx(1.06937, abs=1e-5)
    assert expected_wall_hours(np.array(billed(0.5)), np.array(0.1), 10 * MINUTE) == pytest.approx(10.87191, abs=1e-5)


def test_best_interval() -> None:  # T-5.3
    tau = float(best_interval_hours(np.array(0.1), np.array(MINUTE)))
    assert tau == pytest.approx(0.56629, abs=1e-5)
    assert billed(tau) == pytest.approx(10.68899, abs=1e-5)
    assert billed(tau) < min(billed(tau * 0.9), billed(tau * 1.1))


def test_without_checkpoints() -> None:  # T-5.4
    assert billed(10.0, 0.0) == pytest.approx(17.32661, abs=1e-5)


def test_break_even_price() -> None:  # T-5.5
    assert 1.2 * billed(0.5) == pytest.approx(12.83, abs=0.01)
    assert 10.0 / billed(0.5) == pytest.approx(0.9351, abs=1e-4)


def test_daly_example() -> None:  # T-5.6
    hours = expected_billed_hours(
        np.array(500.0), np.array(117 / 60), np.array(5 / 60), np.array(10 / 60), np.array(1 / 24)
    )
    assert hours == pytest.approx(547.88, abs=0.01)


def test_no_preemption_costs_only_checkpoints() -> None:
    hours = expected_billed_hours(np.array(10.0), np.array(1.0), np.array(0.1), np.array(0.1), np.array(0.0))
    assert hours == pytest.approx(11.0, rel=1e-6)


def test_posterior() -> None:  # T-5.7
    shape, rate = rate_posterior(3, 20)
    assert shape / rate == pytest.approx(0.17857, abs=1e-5)
    assert (rate / (rate + 10)) ** shape == pytest.approx(0.2172, abs=1e-4)
