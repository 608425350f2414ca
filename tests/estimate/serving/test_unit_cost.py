"""Unit costs, adapters and speculative decoding: DOMAIN 9.4's vectors and published ones."""

import numpy as np
import pytest

from planner.catalog.rows import Floats
from planner.estimate.serving.adapters import (
    adapter_bytes,
    most_adapters,
    multiplexed_tokens_per_s,
    tenant_usd_per_month,
)
from planner.estimate.serving.speculative import expected_tokens, latency_speedup, speculative_step
from planner.estimate.serving.unit_cost import (
    crossover_volume,
    token_cost,
    usd_per_active_user,
    usd_per_million_output,
    usd_per_thousand_requests,
)


def a(*values: float) -> Floats:
    return np.array(values, np.float64)


def test_a_million_output_tokens() -> None:  # T-9.20
    assert usd_per_million_output(a(2.5), a(15_244.78), 0.4)[0] == pytest.approx(0.11388, abs=5e-6)


def test_the_volume_above_which_own_machines_cost_less() -> None:  # T-9.21
    assert crossover_volume(a(2.5 * 730), a(0.60))[0] == pytest.approx(3042, abs=0.5)
    assert crossover_volume(a(100.0), a(0.5), 0.5)[0] == np.inf
    assert crossover_volume(a(100.0), a(1.0), 0.5)[0] == 200


def test_prefill_and_decode_seconds_add_to_the_whole() -> None:
    prefill, decode, batch, given, answer = a(0.0116), a(0.0123), a(218.7), a(1000.0), 1000.0
    cost = token_cost(a(2.5), prefill, decode, batch, given, 0.4)
    request = (cost.input_usd * given + cost.output_usd * answer) / 1e6
    seconds = prefill + answer * decode / batch
    assert request == pytest.approx(2.5 / 3600 * seconds / 0.4)
    assert cost.output_usd == pytest.approx(2.5 / 3600 * decode / batch / 0.4 * 1e6)


def test_per_request_and_user() -> None:
    assert usd_per_thousand_requests(a(730.0, 730.0), a(1e6, 0.0)).tolist()[0] == pytest.approx(0.73)
    assert np.isnan(usd_per_thousand_requests(a(730.0), a(0.0)))[0]
    assert usd_per_active_user(a(500.0), a(2000.0))[0] == 0.25


def test_adapters_share_a_base() -> None:
    assert adapter_bytes(a(41_943_040.0), 100)[0] == pytest.approx(8.388608e9)  # T-1.9: Llama-3-8B, rank 16
    assert most_adapters(a(10e9), a(2e9), a(41_943_040.0))[0] == 95
    assert most_adapters(a(1e9), a(2e9), a(41_943_040.0))[0] == 0
    assert multiplexed_tokens_per_s(a(1000.0), a(0.0))[0] == 1000.0
    assert multiplexed_tokens_per_s(a(1000.0), a(8.0), 0.05)[0] == 950.0
    assert multiplexed_tokens_per_s(a(1000.0), a(1.0), merged=True)[0] == 1000.0
    shares = a(0.5, 0.3, 0.2)
    assert tenant_usd_per_month(a(1000.0), shares, a(0.1), a(0.2, 0.2, 0.6)).sum() == pytest.approx(1000.0)
    assert tenant_usd_per_month(a(1000.0), a(0.5), a(0.1), a(0.2))[0] == pytest.approx(0.5 * 900 + 20)


@pytest.mark.parametrize(
    ("alpha", "gamma", "speed"),
    [(0.6, 2, 1.96), (0.7, 3, 2.53), (0.8, 2, 2.44), (0.8, 5, 3.69), (0.9, 2, 2.71), (0.9, 10, 6.86)],
)
def test_speculative_speed_without_draft_cost(alpha: float, gamma: int, speed: float) -> None:
    """Leviathan et al. 2023, table 1."""
    assert expected_tokens(a(alpha), gamma)[0] == pytest.approx(speed, abs=0.005)
    assert latency_speedup(a(alpha), gamma, 0.0)[0] == pytest.approx(speed, abs=0.005)


def test_speculation_at_its_ends_and_under_load() -> None:
    assert expected_tokens(a(0.0, 1.0), 4).tolist() == pytest.approx([1.0, 5.0])
    assert latency_speedup(a(0.0), 4, 0.1)[0] == pytest.approx(1 / 1.4)
    step = speculative_step(lambda batch: 0.01 + 1e-4 * batch, a(0.7), 3, 0.05)
    alone, many = (float(step(a(batch))[0]) / (0.01 + 1e-4 * batch) for batch in (1.0, 500.0))
    assert alone < 0.5
    assert many > 1.0  # bound by compute, what is drafted in vain costs more than it saves
