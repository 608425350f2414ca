"""Caches, prompts, windows and cascades: limits, identities and small numbers by hand."""

import numpy as np
import pytest

from planner.catalog.rows import Floats
from planner.estimate.serving.levers import (
    cascade_latency_s,
    cascade_quality,
    cascade_usd,
    exact_cache_usd,
    least_escalation,
    meets_floor,
    missed_level,
    payback_months,
    return_on_investment,
    semantic_cache_usd,
    shortened_input_tokens,
    window_batch,
    window_mean_wait_s,
    window_wait_s,
)


def a(*values: float) -> Floats:
    return np.array(values, np.float64)


def test_caches_save_what_they_answer() -> None:
    assert exact_cache_usd(a(0.01), a(0.3))[0] == pytest.approx(0.007)
    assert semantic_cache_usd(a(0.01), a(0.3), 0.0001)[0] == pytest.approx(0.0071)
    assert semantic_cache_usd(a(0.01), a(0.0), 0.0001)[0] > 0.01  # without hits the embedding is lost


def test_the_level_among_misses_is_that_of_all() -> None:
    """Of a sample with 40 % hits at 0 s, the 95th percentile is a lower one of the misses."""
    rng = np.random.default_rng(0)
    misses = rng.exponential(1.0, 60_000)
    everyone = np.concatenate([np.zeros(40_000), misses])
    level = float(missed_level(0.95, a(0.4))[0])
    assert level == pytest.approx(0.55 / 0.6)
    assert np.quantile(misses, level) == pytest.approx(np.quantile(everyone, 0.95), rel=1e-3)
    assert missed_level(0.3, a(0.4, 1.0)).tolist() == [0.0, 0.0]


def test_prompts_are_not_cut_below_their_floor() -> None:
    assert shortened_input_tokens(a(1000.0, 1000.0, 50.0), a(0.4, 0.9, 0.5), 200.0).tolist() == [600.0, 200.0, 50.0]


def test_a_window_is_waited_for_uniformly() -> None:
    rng = np.random.default_rng(1)
    left = 0.2 - rng.uniform(0.0, 0.2, 50_000)
    assert window_mean_wait_s(a(0.2))[0] == pytest.approx(left.mean(), rel=0.01)
    assert window_wait_s(a(0.2), 0.95)[0] == pytest.approx(np.quantile(left, 0.95), rel=0.01)
    assert window_batch(a(50.0), a(0.2))[0] == pytest.approx(10.0)


def test_a_cascade_pays_for_both_where_it_escalates() -> None:
    assert cascade_usd(a(0.001), a(0.01), a(0.4))[0] == pytest.approx(0.005)
    assert cascade_latency_s(a(0.5), a(2.0), a(0.4))[0] == pytest.approx(1.3)
    assert cascade_quality(a(0.7), a(0.9), a(0.4))[0] == pytest.approx(0.78)


def test_the_least_escalation_reaches_the_floor_exactly() -> None:
    share = least_escalation(a(0.7, 0.7, 0.7, 0.9, 0.9), a(0.9, 0.9, 0.9, 0.7, 0.7), a(0.78, 0.6, 0.95, 0.95, 0.8))
    assert share[:2].tolist() == pytest.approx([0.4, 0.0])
    assert np.isnan(share[2:4]).all()
    assert share[4] == 0.0
    assert cascade_quality(a(0.7), a(0.9), share[:1])[0] == pytest.approx(0.78)
    assert meets_floor(a(0.8, 0.7, np.nan), 0.75).tolist() == [True, False, False]


def test_payback() -> None:
    months = payback_months(a(1200.0, 1200.0, 1200.0, 0.0, np.nan), a(100.0, 0.0, -5.0, 10.0, 10.0))
    assert months[:4].tolist() == [12.0, np.inf, np.inf, 0.0]
    assert np.isnan(months[4])
    assert return_on_investment(a(1200.0, 0.0), a(150.0, 150.0), 12)[0] == pytest.approx(0.5)
    assert np.isnan(return_on_investment(a(0.0), a(150.0), 12))[0]
