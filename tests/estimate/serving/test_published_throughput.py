"""Published serving figures that the constants never saw (DOMAIN 9.2), beside the shipped law."""

import numpy as np
import pytest

from planner.estimate.serving.throughput import most_sequences, saturated, step_times
from tests.estimate.serving.test_inputs import inputs

NIM = inputs(["llama-3.1-70b"], ["h100-sxm"], [2], ["fp8"])
"""Llama-3.1-70B in fp8 on two H100, as NIM serves it: 5000 tokens in, 500 out."""
ISL, OSL = np.array([5000.0]), np.array([500.0])


@pytest.mark.parametrize(("concurrency", "tokens_per_s"), [(1, 52), (50, 814), (100, 917)])
def test_nim_70b_by_concurrency(concurrency: int, tokens_per_s: float) -> None:
    served = saturated(NIM, ISL, OSL, concurrency)
    assert served.tokens_per_s[0] == pytest.approx(tokens_per_s, rel=0.10)


def test_nim_70b_step_at_one_sequence() -> None:
    """ITL 18.6 ms at concurrency 1."""
    assert step_times(NIM, np.ones(1), ISL + OSL / 2, ISL).decode_s[0] * 1e3 == pytest.approx(18.6, rel=0.10)


def test_nim_70b_gains_nothing_beyond_what_its_cache_holds() -> None:
    """The knee: from 50 to 100 requests at a time the rate rises by an eighth, beyond only the wait does."""
    most = most_sequences(NIM, ISL, OSL)[0]
    assert 50 < most < 110
    at = [saturated(NIM, ISL, OSL, c).tokens_per_s[0] for c in (50, 100, 200)]
    assert at[1] / at[0] == pytest.approx(917 / 814, rel=0.10)
    assert at[2] == at[1]


@pytest.mark.parametrize(
    ("gpu", "cards", "precision", "tokens_per_s"),
    [("h100-sxm", 2, "fp8", 24_525 / 4), ("h200-sxm", 1, "fp8", 31_303 / 8), ("b200", 1, "fp4", 10_756)],
)
def test_mlperf_llama_2_70b(gpu: str, cards: int, precision: str, tokens_per_s: float) -> None:
    """MLPerf v4.1, eight cards offline as pairs of H100 and as single H200; one B200, server.

    OpenOrca's requests have 294 tokens in and out on average [M]; the round's engines are between 0.8 and 0.17.
    """
    served = saturated(inputs(["llama-2-70b"], [gpu], [cards], [precision]), np.array([294.0]), np.array([294.0]))
    assert served.tokens_per_s[0] == pytest.approx(tokens_per_s, rel=0.15)
