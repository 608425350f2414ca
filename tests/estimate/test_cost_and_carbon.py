"""Billing granularity, energy and carbon (DOMAIN 7, 8), and bands (DOMAIN 12)."""

import numpy as np
import pytest

from planner.estimate.bands import band, combined
from planner.estimate.carbon import embodied_gpu_kg, embodied_server_kg, node_kw, operational_kg
from planner.estimate.cost import billed_hours


def one(value: float) -> np.ndarray[tuple[int], np.dtype[np.float64]]:
    return np.array([value])


@pytest.mark.parametrize(
    ("hours", "step", "least", "expected"),
    [
        (1.01, 3600, 3600, 2.0),
        (1.0, 3600, 3600, 1.0),
        (0.001, 1, 60, 1 / 60),
        (0.5, 60, 60, 0.5),
        (0.01, 600, 600, 1 / 6),
    ],
)
def test_billing(hours: float, step: float, least: float, expected: float) -> None:
    assert billed_hours(one(hours), one(step), one(least))[0] == pytest.approx(expected)


def test_every_further_session_adds_half_a_step() -> None:
    assert billed_hours(one(2.0), one(3600.0), one(3600.0), 3.0)[0] == pytest.approx(3.0)


def test_bloom() -> None:  # T-8.1
    kwh = one(1_082_990 * 0.4)
    assert kwh[0] == pytest.approx(433_196)
    assert operational_kg(kwh, one(1.0), one(0.057))[0] / 1000 == pytest.approx(24.692, abs=0.001)
    assert operational_kg(one(256_646.0), one(1.0), one(0.057))[0] / 1000 == pytest.approx(14.629, abs=0.001)
    hours = one(1_082_990.0)
    assert embodied_gpu_kg(hours)[0] / 1000 == pytest.approx(3.636, abs=0.001)
    assert embodied_server_kg(hours)[0] / 1000 == pytest.approx(7.575, abs=0.001)


@pytest.mark.parametrize(
    ("gpu_hours", "watts", "tonnes", "implied"),
    [(1.46e6, 700, 420, 0.4110), (30.84e6, 700, 8930, 0.4137), (184_320, 400, 31.22, 0.4234)],
)
def test_llama_cards(gpu_hours: float, watts: float, tonnes: float, implied: float) -> None:  # T-8.2
    assert operational_kg(one(gpu_hours * watts / 1000), one(1.0), one(implied))[0] / 1000 == pytest.approx(
        tonnes, rel=1e-3
    )


def test_a_node_for_ten_hours() -> None:  # T-8.3
    it = one(0.76 * 10.2 * 10)
    assert it[0] == pytest.approx(77.52)
    assert operational_kg(it, one(1.2), one(0.4))[0] == pytest.approx(37.21, abs=0.01)


def test_node_power_is_near_the_measured_mlperf_average() -> None:
    """70B LoRA on 8x H100 drew 6.95 kW on average (DOMAIN 8)."""
    assert node_kw(one(8.0), one(700.0), one(0.4))[0] == pytest.approx(6.95, rel=0.1)


def test_spreads_add_in_squares() -> None:  # T-12.1
    assert combined(0.10, 0.15, 0.05) == pytest.approx(0.18708, abs=1e-5)


def test_bands_hold_their_median() -> None:
    low, high = band(one(100.0), one(0.25))
    assert low[0] * high[0] == pytest.approx(100.0**2)
