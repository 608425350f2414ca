"""Replicas over the week, starts, spot and commitments: counted by hand and by brute force."""

from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from planner.catalog.rows import Floats
from planner.estimate.serving.commitment import best_commitment
from planner.estimate.serving.scaling import needed, scaled_to_zero, spot_usd_per_hour


def a(*values: float) -> Floats:
    return np.array(values, np.float64)


def week() -> Floats:
    """Office hours: 20 requests/s for 8 hours of 5 days, else 2."""
    rates = np.full((7, 24), 2.0)
    rates[:5, 9:17] = 20.0
    return rates.reshape(168)


def test_replicas_for_a_rate() -> None:
    # 20/(0.7*4) = 7.14
    assert needed(a(20.0, 2.0, 0.0), a(4.0)).tolist() == [8.0, 2.0, 2.0]
    assert needed(a(14.0), a(4.0), headroom=0.7)[0] == 5  # exactly full, not one more for rounding
    assert needed(a(0.0), a(4.0), minimum=0.0)[0] == 0
    assert needed(a(20.0), a(4.0), maximum=3.0)[0] == 3
    assert np.isnan(needed(a(20.0), a(np.nan)))[0]
    assert np.isnan(needed(a(20.0), a(4.0), minimum=3.0, maximum=2.0))[0]


def test_scaling_to_zero_is_the_renewal_formula() -> None:
    lam, idle, cold = 0.02, 60.0, 45.0
    rng = np.random.default_rng(5)
    times = np.cumsum(rng.exponential(1 / lam, 60_000))
    up_until = ready = -1.0
    met, up = 0, 0.0
    for now in times.tolist():
        if now > up_until:
            ready, met, up = now + cold, met + 1, up + cold + idle
            up_until = ready + idle
        else:
            met += now < ready
            further = max(now, ready) + idle
            up, up_until = up + further - up_until, further
    found = scaled_to_zero(a(lam), idle, cold)
    assert found.cold_share[0] == pytest.approx(met / len(times), rel=0.01)
    assert found.up_share[0] == pytest.approx(up / times[-1], rel=0.01)


def test_scaling_to_zero_at_its_ends() -> None:
    found = scaled_to_zero(a(0.0, 1e-9, 100.0), 300.0, 60.0)
    assert found.up_share.tolist() == pytest.approx([0.0, 0.0, 1.0], abs=1e-6)
    assert found.cold_share.tolist() == pytest.approx([0.0, 1.0, 0.0], abs=1e-6)


def test_spot_with_fallback() -> None:
    # a life of 4 h, then 1 h on demand: 80 % on spot; each cycle starts two machines of 0.1 h
    hourly = spot_usd_per_hour(a(1.0, 0.5, 0.0), a(1.0), a(4.0), a(0.25), 1.0, 360.0)
    whole = 0.8 * 1.0 + 0.2 * 4.0 + 0.2 * 0.1 * 5.0
    assert hourly.tolist() == pytest.approx([whole, 0.5 * whole + 2.0, 4.0])
    assert spot_usd_per_hour(1.0, a(1.0), a(4.0), a(0.0), 1.0, 360.0)[0] == pytest.approx(1.0)


def test_commit_to_what_runs_often_enough() -> None:
    hours = needed(week(), a(4.0)[0])
    # 8 replicas run in 40 of 168 hours: 24 %, worth it below a price ratio of 0.238
    assert best_commitment(hours, a(0.63)[0], a(1.0)[0]).replicas == 2
    assert best_commitment(hours, a(0.23)[0], a(1.0)[0]).replicas == 8
    assert best_commitment(hours, a(1.0)[0], a(1.0)[0]).replicas == 0
    best = best_commitment(hours, a(0.63)[0], a(1.0)[0])
    assert best.saved_usd_per_month == pytest.approx(2 * 0.37 * 730)


@given(st.lists(st.integers(0, 6), min_size=1, max_size=12), st.floats(0.0, 1.5))
def test_no_other_number_of_commitments_costs_less(demand: Any, ratio: float) -> None:
    hours = np.array(demand, np.float64)
    best = best_commitment(hours, a(ratio)[0], a(1.0)[0])
    costs = [k * ratio * len(hours) + np.maximum(hours - k, 0).sum() for k in range(8)]
    assert best.usd_per_month * len(hours) / 730 == pytest.approx(min(costs), abs=1e-7)
