"""The utilisation law and the de-quantisation overhead (DOMAIN 2.2, 2.4)."""

import numpy as np
import pytest

from planner.estimate.flops import attention_forward_flops
from planner.estimate.speed import NF4_TRAFFIC_BYTES, dequantise_s, optimizer_s
from planner.estimate.utilisation import (
    attention_share,
    hardware_utilisation,
    matmul_utilisation,
    ridge_tokens,
)

P_MM = 6.607e9


def hfu(e0: float, h0: float, t0: float, eta_at: float, tokens: float) -> float:
    attention = attention_forward_flops(np.array([2048.0]), np.array(4096.0), np.array(32.0), causal=False)
    f_a = attention_share(attention, np.array(P_MM))
    eta = matmul_utilisation(np.array(e0), np.array(h0), np.array(t0), np.array(4096.0), np.array(tokens))
    return float(hardware_utilisation(f_a, eta, np.array(eta_at))[0])


@pytest.mark.parametrize(("tokens", "expected"), [(4096, 0.589), (16384, 0.698), (1024, 0.362)])
def test_a100(tokens: float, expected: float) -> None:  # T-2.1
    assert hfu(0.946, 991, 1196, 0.577, tokens) == pytest.approx(expected, abs=0.001)


@pytest.mark.parametrize(("tokens", "expected"), [(4096, 0.386), (16384, 0.502), (1024, 0.201)])
def test_h100(tokens: float, expected: float) -> None:  # T-2.2
    assert hfu(0.823, 1590, 2090, 0.323, tokens) == pytest.approx(expected, abs=0.001)


def test_dequantisation() -> None:  # T-2.3
    per_pass, three = (
        float(dequantise_s(np.array(6.476e9), np.array(1.555e12), np.array(passes), 0.5, NF4_TRAFFIC_BYTES))
        for passes in (1.0, 3.0)
    )
    assert per_pass == pytest.approx(20.8e-3, abs=0.1e-3)
    assert three == pytest.approx(62.5e-3, abs=0.1e-3)
    for tokens, overhead in ((512, 0.432), (1024, 0.216), (2048, 0.108), (8192, 0.027)):
        compute = 6 * P_MM * tokens / (312e12 * 0.45)
        assert three / compute == pytest.approx(overhead, abs=0.003)


def test_ridge_points() -> None:
    peaks, bandwidths = np.array([312e12, 989e12]), np.array([2.039e12, 3.35e12])
    assert ridge_tokens(peaks, bandwidths) == pytest.approx([153, 295], abs=1)


def test_optimizer_time_of_an_adapter_is_nothing() -> None:
    assert optimizer_s(np.array(40e6), np.array(2e12)) < 1e-3
    assert optimizer_s(np.array(6.7e9), np.array(2e12)) > 0.1
