"""Serving at saturation: the vectors of DOMAIN 9.1 by its printed constants, and what bounds a replica."""

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from planner.catalog.rows import Floats
from planner.estimate.serving.throughput import (
    ServingInputs,
    cache_bytes,
    expert_share,
    most_sequences,
    saturated,
    step_times,
)

KNEE = 218.7
"""Sequences at a time of the printed law: an effective knee, not an engine's limit (DOMAIN 9.1)."""


def a(*values: float) -> Floats:
    return np.array(values, np.float64)


def printed(gpu: str, *, large: bool = False, gpus: float = 1, weight: float = 1.0) -> ServingInputs:
    """Llama-3.1-8B or 70B on a card of DOMAIN 2.5, fp8 or fp16, with the constants that DOMAIN 9.1 prints."""
    peak, bandwidth, memory, link = {
        "h100": (1979e12 if weight == 1 else 989e12, 3.35e12, 80e9, 450e9),
        "a100": (312e12, 2.039e12, 80e9, 300e9),
    }[gpu]
    layers, hidden, p, p_mm = (80, 8192, 70.5537e9, 69.5017e9) if large else (32, 4096, 8.0303e9, 7.5047e9)
    return ServingInputs(
        p_active=a(p_mm), weight_bytes=a(p * weight), idle_bytes=a(0), expert_bytes=a(0), experts=a(1), used=a(1),
        kv_bytes=a(2.0 * layers * 1024 * weight), n_layers=a(layers), hidden=a(hidden), hq=a(hidden), gpus=a(gpus),
        matmul_flops_s=a(peak * 0.666), attention_flops_s=a(peak * 0.666), read_bytes_s=a(bandwidth * 0.760),
        link_bytes_s=a(link * 0.546), memory_bytes=a(0.92 * 0.90 * memory - 1e9), cache_share=a(1), most=a(KNEE),
        reduction_s=a(15e-6), step_s=a(0.4e-3), layer_s=a(0), sequence_s=a(0), norm=a(2), speed=a(1),
    )  # fmt: skip


def mixture(**changed: Floats) -> ServingInputs:
    """Eight experts of which two are used, as Mixtral-8x7B in fp8, without times per layer and sequence."""
    x = printed("h100")
    parts = {
        "p_active": a(12.75e9),
        "weight_bytes": a(46.7e9),
        "expert_bytes": a(45.1e9),
        "experts": a(8),
        "used": a(2),
    }
    return replace(x, **{**parts, **changed})


def test_llama_8b_fp8_on_one_h100() -> None:  # T-9.1
    served = saturated(printed("h100"), a(1000), a(1000))
    assert served.sequences[0] == KNEE
    assert served.decode_s[0] * 1e3 == pytest.approx(12.29, rel=0.001)
    assert served.prefill_s[0] * 1e3 == pytest.approx(11.59, rel=0.001)
    assert served.tokens_per_s[0] == pytest.approx(14_752, rel=0.001)


def test_llama_70b_fp8_on_two_h100() -> None:  # T-9.2
    served = saturated(printed("h100", large=True, gpus=2), a(1000), a(1000))
    assert served.sequences[0] == pytest.approx(182.9, rel=0.001)
    assert served.decode_s[0] * 1e3 == pytest.approx(29.51, rel=0.001)
    assert served.tokens_per_s[0] == pytest.approx(4393, rel=0.001)


def test_llama_8b_fp16_on_one_a100() -> None:  # T-9.3
    served = saturated(printed("a100", weight=2.0), a(1000), a(1000))
    assert served.tokens_per_s[0] == pytest.approx(3663, rel=0.001)


def test_saturation_is_its_own_step_at_the_most_sequences() -> None:
    x = printed("h100", large=True, gpus=2)
    served = saturated(x, a(1000), a(1000))
    assert served.sequences == most_sequences(x, a(1000), a(1000))
    times = step_times(x, served.sequences, a(1500), a(1000))
    assert (times.decode_s, times.prefill_s) == (served.decode_s, served.prefill_s)


def test_weights_that_leave_no_room_serve_nothing() -> None:
    x = printed("h100", large=True, weight=2.0)
    served = saturated(x, a(1000), a(1000))
    assert cache_bytes(x)[0] < 0
    assert served.sequences[0] < 1
    assert np.isnan(served.tokens_per_s[0])


def test_a_cache_is_shared_by_what_a_sequence_holds_at_its_longest() -> None:
    x = replace(printed("h100"), most=a(np.inf))
    assert most_sequences(x, a(1000), a(1000)) * 2000 * x.kv_bytes == pytest.approx(cache_bytes(x))
    half = replace(x, cache_share=a(0.5))
    assert most_sequences(half, a(1000), a(1000)) == pytest.approx(most_sequences(x, a(1000), a(1000)) / 2)


def test_fewer_sequences_are_slower_in_all_and_faster_each() -> None:
    x = printed("h100")
    full, few = saturated(x, a(1000), a(1000)), saturated(x, a(1000), a(1000), 8.0)
    assert few.tokens_per_s < full.tokens_per_s
    assert few.decode_s < full.decode_s


def test_a_slower_link_costs_only_where_cards_share_a_layer() -> None:
    alone, pair = printed("h100"), printed("h100", gpus=2)
    slow = a(32e9)
    same = saturated(replace(alone, link_bytes_s=slow), a(1000), a(1000)).tokens_per_s
    assert same == saturated(alone, a(1000), a(1000)).tokens_per_s
    assert (
        saturated(replace(pair, link_bytes_s=slow), a(1000), a(1000)).tokens_per_s
        < saturated(pair, a(1000), a(1000)).tokens_per_s
    )


def test_a_step_reads_the_experts_that_its_tokens_hit() -> None:
    # By hand: 1 - (3/4)^B of eight experts, two a token; one token reads a quarter, ten all but a twentieth.
    np.testing.assert_allclose(expert_share(mixture(), a(1, 2, 10)), [0.25, 0.4375, 1 - 0.75**10])
    assert expert_share(printed("h100"), a(1)) == 1
    read = a(1e12)
    bare = mixture(read_bytes_s=read, step_s=a(0), p_active=a(0), hq=a(0), kv_bytes=a(0))
    one, many = (step_times(bare, a(batch), a(0), a(1)).decode_s[0] for batch in (1, 500))
    assert one == pytest.approx((46.7e9 - 0.75 * 45.1e9) / 1e12)
    assert many == pytest.approx(46.7e9 / 1e12)


def test_what_a_step_takes_besides_adds_up_and_a_faster_engine_is_faster_in_all() -> None:
    x = printed("h100")
    before = step_times(x, a(100), a(1500), a(1000))
    slow = replace(x, layer_s=a(50e-6), sequence_s=a(4e-6), step_s=x.step_s + 1e-3)
    more = step_times(slow, a(100), a(1500), a(1000))
    assert more.decode_s - before.decode_s == pytest.approx(32 * 50e-6 + 100 * 4e-6 + 1e-3)
    assert more.prefill_s == before.prefill_s
    twice = saturated(replace(x, speed=a(2)), a(1000), a(1000))
    assert twice.tokens_per_s == pytest.approx(2 * saturated(x, a(1000), a(1000)).tokens_per_s)


def test_norms_from_one_after_the_other_to_overlapped() -> None:
    bare = replace(printed("h100"), step_s=a(0))
    times = [step_times(replace(bare, norm=a(norm)), a(100), a(1500), a(1)).decode_s[0] for norm in (1, 2, 20)]
    compute = step_times(replace(bare, read_bytes_s=a(1e30), norm=a(1)), a(100), a(1500), a(1)).decode_s[0]
    memory = times[0] - compute
    assert times[1] == pytest.approx(np.hypot(compute, memory))
    assert times[2] == pytest.approx(max(compute, memory), rel=0.04)


@given(
    batch=st.floats(1, 5000), further=st.floats(0.01, 5000), context=st.floats(1, 1e5), large=st.booleans(),
    sparse=st.booleans(), norm=st.floats(1, 4),
)  # fmt: skip
def test_a_further_sequence_lengthens_a_step_by_less_than_its_share(
    batch: float, further: float, context: float, large: bool, sparse: bool, norm: float
) -> None:
    """What the latency law rests on: t_dec grows with B, and t_dec/B falls."""
    x = replace(mixture() if sparse else printed("h100", large=large, gpus=2), norm=a(norm), sequence_s=a(4e-6))
    few, many = (step_times(x, a(b), a(context), a(100)).decode_s[0] for b in (batch, batch + further))
    assert many > few
    assert many / (batch + further) < few / batch


def test_parts_are_the_same_rows() -> None:
    one, other = printed("h100"), printed("a100", weight=2.0)
    names = ServingInputs.__dataclass_fields__
    both = ServingInputs(**{name: np.concatenate([getattr(one, name), getattr(other, name)]) for name in names})
    served = saturated(both.part(np.array([1, 0, 1])), a(1000), a(1000)).tokens_per_s
    alone = [saturated(x, a(1000), a(1000)).tokens_per_s[0] for x in (other, one, other)]
    assert served.tolist() == alone
