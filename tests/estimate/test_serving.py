"""Serving at saturation: the vectors of DOMAIN 9.1 and what bounds a replica."""

from dataclasses import replace

import numpy as np
import pytest

from planner.catalog.rows import Floats
from planner.estimate.serving import KNEE_SEQUENCES, ServingInputs, saturated


def a(*values: float) -> Floats:
    return np.array(values, np.float64)


def llama(gpu: str, *, large: bool = False, gpus: float = 1, weight: float = 1.0) -> ServingInputs:
    """Llama-3.1-8B or 70B on a card of DOMAIN 2.5, fp8 or fp16."""
    peak, bandwidth, memory, link = {
        "h100": (1979e12 if weight == 1 else 989e12, 3.35e12, 80e9, 450e9),
        "a100": (312e12, 2.039e12, 80e9, 300e9),
    }[gpu]
    layers, hidden, p, p_mm = (80, 8192, 70.5537e9, 69.5017e9) if large else (32, 4096, 8.0303e9, 7.5047e9)
    return ServingInputs(
        p_active=a(p_mm), weight_bytes=a(p * weight), kv_bytes=a(2.0 * layers * 1024 * weight), n_layers=a(layers),
        hidden=a(hidden), hq=a(hidden), gpus=a(gpus), peak_flops_s=a(peak), bandwidth_bytes_s=a(bandwidth),
        memory_bytes=a(memory), link_bytes_s=a(link),
    )  # fmt: skip


def test_llama_8b_fp8_on_one_h100() -> None:  # T-9.1
    served = saturated(llama("h100"), a(1000), a(1000))
    assert served.sequences[0] == KNEE_SEQUENCES
    assert served.decode_s[0] * 1e3 == pytest.approx(12.29, rel=0.01)
    assert served.prefill_s[0] * 1e3 == pytest.approx(11.59, rel=0.01)
    assert served.tokens_per_s[0] == pytest.approx(14_752, rel=0.01)


def test_llama_70b_fp8_on_two_h100() -> None:  # T-9.2
    served = saturated(llama("h100", large=True, gpus=2), a(1000), a(1000))
    assert served.sequences[0] == pytest.approx(182.9, rel=0.01)
    assert served.decode_s[0] * 1e3 == pytest.approx(29.51, rel=0.01)
    assert served.tokens_per_s[0] == pytest.approx(4393, rel=0.01)


def test_llama_8b_fp16_on_one_a100() -> None:  # T-9.3
    served = saturated(llama("a100", weight=2.0), a(1000), a(1000))
    assert served.tokens_per_s[0] == pytest.approx(3663, rel=0.01)


def test_weights_that_leave_no_room_serve_nothing() -> None:
    served = saturated(llama("h100", large=True, weight=2.0), a(1000), a(1000))
    assert served.sequences[0] < 1
    assert np.isnan(served.tokens_per_s[0])


def test_fewer_sequences_are_slower_in_all_and_faster_each() -> None:
    x = llama("h100")
    full, few = saturated(x, a(1000), a(1000)), saturated(x, a(1000), a(1000), 8.0)
    assert few.tokens_per_s < full.tokens_per_s
    assert few.decode_s < full.decode_s


def test_a_slower_link_costs_only_where_cards_share_a_layer() -> None:
    alone, pair = llama("h100"), llama("h100", gpus=2)
    slow = a(32e9)
    same = saturated(replace(alone, link_bytes_s=slow), a(1000), a(1000)).tokens_per_s
    assert same == saturated(alone, a(1000), a(1000)).tokens_per_s
    assert (
        saturated(replace(pair, link_bytes_s=slow), a(1000), a(1000)).tokens_per_s
        < saturated(pair, a(1000), a(1000)).tokens_per_s
    )
