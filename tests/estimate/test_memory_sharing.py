"""Peak memory on one of several GPUs: what each way to share a model splits, gathers and buffers (MEMORY.md 4.8)."""

from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from planner.estimate.layout import Layout
from planner.estimate.memory import BUCKET_ELEMENTS, LIVE_BYTES, MemoryInputs, peak_memory
from planner.estimate.parallel import DDP, FSDP, OFFLOAD, PP, SINGLE, TP, ZERO1, ZERO2
from planner.estimate.states import host_state_bytes, state_bytes
from planner.units import GIB
from tests.estimate.memory_cases import EMBEDDING7, P7, P_LINEAR7, PRIORS, a, llama2_7b, part, states, temporary

LAYER = P_LINEAR7 / 32
ROOT = P7 - P_LINEAR7


def test_sharding_divides_states() -> None:
    one, ddp = part(SINGLE, 1, full=True), part(DDP, full=True)
    zero1, zero2, fsdp = (part(mode, full=True) for mode in (ZERO1, ZERO2, FSDP))
    assert states(ddp) == pytest.approx(states(one))
    assert states(zero1) == states(zero2) == pytest.approx((4 + 16 / 8) * P7 / GIB)  # DeepSpeed, MEMORY.md 4.8
    assert states(fsdp) == pytest.approx(16 / 8 * P7 / GIB)  # 16P/N, ZeRO stage 3


def test_replicas_copy_gradients_into_buckets() -> None:
    assert temporary(part(DDP, full=True)) == pytest.approx(2 * P7)
    assert temporary(part(DDP)) == pytest.approx(4 * 39_976_960)


def test_fsdp_gathers_two_layers_and_the_root_unit() -> None:
    assert PRIORS["memory.gathered_layers"] == 2  # MEMORY.md 4.8, backward prefetch
    assert temporary(part(FSDP, full=True)) == pytest.approx(2 * 2 * LAYER + 2 * ROOT)
    more = part(FSDP, full=True, calibration=PRIORS.with_values({"memory.gathered_layers": 3.0}))
    assert temporary(more) == pytest.approx(3 * 2 * LAYER + 2 * ROOT)


def test_deepspeed_fills_buckets_of_fixed_size() -> None:
    """Buckets of 2e8 elements take 3.6 GB with overlapping communication; an adapter fills a part (MEMORY.md 4.8)."""
    buckets = PRIORS["memory.deepspeed_buckets_gib"] * GIB
    assert buckets == pytest.approx(3.6e9, rel=0.02)
    assert temporary(part(ZERO2, full=True)) == pytest.approx(buckets)
    assert temporary(part(ZERO2)) == pytest.approx(buckets * 39_976_960 / BUCKET_ELEMENTS)
    assert temporary(part(ZERO2, 1, full=True)) == 0  # nothing to exchange with
    three = part(FSDP, full=True, deepspeed=np.array([True]))
    assert temporary(three) == pytest.approx(LIVE_BYTES + buckets)  # ZeRO-3: live parameters, no layers


def test_zero3_of_a_small_model_gathers_no_more_than_there_is() -> None:
    small: dict[str, Any] = {"p_linear": a(3e8), "p_other": a(1e8), "p_embedding": a(1e8), "p_trained": a(4e8)}
    three = part(FSDP, full=True, deepspeed=np.array([True]), **small)
    assert temporary(three) == pytest.approx(2 * 4e8 + PRIORS["memory.deepspeed_buckets_gib"] * GIB)


def test_tensor_parallelism_divides_everything_but_the_context() -> None:
    one, eight = part(SINGLE, 1, full=True), part(TP, full=True)
    assert states(eight) == pytest.approx(states(one) / 8)
    assert eight.logits[0] == pytest.approx(one.logits[0] / 8)
    assert eight.activations[0] == pytest.approx(one.activations[0] / 8)
    assert temporary(eight) == pytest.approx(2 * 2 * 4096 * 4096)  # two gathered boundary tensors


def test_the_fuller_end_of_a_pipeline_counts() -> None:
    """The last stage holds the logits, the first as many micro-batches as there are stages (MEMORY.md 4.8)."""
    last = part(PP, 4, tokens=8192, accum=1)
    loss = PRIORS["memory.logits.upcast"] * 32_000 + PRIORS["memory.loss_hidden"] * 4096
    assert last.logits[0] * GIB == pytest.approx(loss * 8192)
    assert last.weights[0] * GIB == pytest.approx(2 * (P_LINEAR7 / 4 + EMBEDDING7))
    assert last.activations[0] * GIB == pytest.approx(2 * 4096 * 8 * 8192)  # eight layers of one micro-batch
    first = part(PP, 4, tokens=2048, accum=16, checkpointing=0)
    assert first.logits[0] == 0
    assert first.activations[0] * GIB == pytest.approx(4 * 8 * 153_728 * 1.15 * 2048)  # four in flight
    few = part(PP, 4, tokens=2048, accum=2, checkpointing=0)
    assert few.activations[0] * GIB == pytest.approx(2 * 8 * 153_728 * 1.15 * 2048)
    assert part(PP, 4, tokens=8192, accum=16).total >= last.total


def test_stages_that_work_in_turn_hold_one_micro_batch() -> None:
    x = llama2_7b(mode=PP, gpus=4, checkpointing=0, logits_bytes=a(0))
    terms = peak_memory(replace(x, layout=replace(x.layout, in_turn=np.array([True]))), a(2048), a(16))
    assert terms.activations[0] * GIB == pytest.approx(8 * 153_728 * 1.15 * 2048)


def test_layers_that_do_not_divide_fill_one_stage_more() -> None:
    five = part(PP, 5, full=True)
    assert states(five) == pytest.approx(16 * (P_LINEAR7 * 7 / 32 + EMBEDDING7) / GIB)


def test_offload_leaves_what_passes_through_on_the_card_and_the_rest_on_the_host() -> None:
    terms = part(OFFLOAD, 1, full=True)
    assert states(terms) == 0
    assert temporary(terms) == pytest.approx(LIVE_BYTES + 2 * 2 * LAYER)  # DeepSpeed, two layers' gradients leave
    fsdp = part(OFFLOAD, 1, full=True, deepspeed=np.array([False]))
    assert temporary(fsdp) == pytest.approx(2 * 2 * LAYER + 2 * ROOT + 2 * 2 * LAYER)
    mixed = state_bytes(*(np.array([False]),) * 4)
    assert host_state_bytes(a(2 * P7), a(P7), mixed, a(0))[0] == pytest.approx(1.1 * 16 * P7)
    adapter = host_state_bytes(a(2 * P7), a(0), mixed, a(1e6))[0]
    assert adapter == pytest.approx(1.1 * (2 * P7 + 16e6))


def test_context_parallel_ranks_shard_like_replicas() -> None:
    x = llama2_7b(full=True, mode=FSDP, gpus=8)
    way = replace(x.layout, data=a(2), context=a(4))
    assert states(peak_memory(replace(x, layout=way), a(4096), a(2))) == pytest.approx(16 / 8 * P7 / GIB)
    assert way.group[0] == 4


EXPERTS, DENSE, OTHER = 27 * 64 * 3.0 * 2048 * 1408, 0.6e9, 2 * 163_840 * 2048.0


def moonlight(**degrees: float) -> MemoryInputs:
    """A mixture of 16e9 parameters, most of them experts, under Megatron: master weights, fp32 gradient buffers."""
    x = llama2_7b(full=True)
    flag = np.array([True])
    way: dict[str, Any] = {name: a(value) for name, value in degrees.items() if name != "stage"}
    layout = replace(x.layout, **way, stage=np.array([int(degrees.get("stage", 0))]))
    total = EXPERTS + DENSE + OTHER
    return replace(
        x, p_linear=a(EXPERTS + DENSE), p_expert=a(EXPERTS), p_other=a(OTHER), p_embedding=a(OTHER / 2),
        p_trained=a(total), n_layers=a(27), hidden=a(2048), vocab=a(163_840), largest_matrix=a(2048 * 1408),
        keeps_gradients=flag, layout=layout,
    )  # fmt: skip


def test_expert_parallel_ranks_hold_a_part_of_the_experts_whose_states_none_shares() -> None:
    """tp2 ep8 on 8 GPUs: an eighth of the experts, half of the rest; no second GPU shares the states of an expert."""
    terms = peak_memory(moonlight(gpus=8, data=4, tensor=2, expert=8, stage=1), a(1), a(4))
    rest = (DENSE + OTHER) / 2
    assert terms.weights[0] * GIB == pytest.approx(2 * (EXPERTS / 8 + rest))
    assert terms.gradients[0] * GIB == pytest.approx(2 * (EXPERTS / 8 + rest))
    assert terms.optimizer[0] * GIB == pytest.approx(12 * (EXPERTS / 8 + rest / 4))


def test_expert_states_are_sharded_over_the_gpus_that_hold_the_same_experts() -> None:
    twins = peak_memory(moonlight(gpus=16, data=8, tensor=2, expert=8, stage=1), a(1), a(4))
    rest = (DENSE + OTHER) / 2
    assert twins.weights[0] * GIB == pytest.approx(2 * (EXPERTS / 8 + rest))
    assert twins.optimizer[0] * GIB == pytest.approx(12 * (EXPERTS / 8 / 2 + rest / 8))


def test_without_expert_parallelism_experts_are_cut_like_every_matrix() -> None:
    terms = peak_memory(moonlight(gpus=8, data=4, tensor=2, stage=1), a(1), a(4))
    whole = (EXPERTS + DENSE + OTHER) / 2
    assert terms.weights[0] * GIB == pytest.approx(2 * whole)
    assert terms.optimizer[0] * GIB == pytest.approx(12 * whole / 4)


def test_a_layout_knows_what_it_shards() -> None:
    def layout(mode: int, gpus: float) -> Layout:
        return llama2_7b(mode=mode, gpus=gpus).layout

    shards = {
        mode: tuple(float(part[0]) for part in (way.weight_shards, way.gradient_shards, way.state_shards))
        for mode, way in ((mode, layout(mode, 4)) for mode in range(8))
    }
    assert shards == {
        SINGLE: (1, 1, 1), DDP: (1, 1, 1), ZERO1: (1, 1, 4), ZERO2: (1, 4, 4), FSDP: (4, 4, 4), TP: (1, 1, 1),
        PP: (1, 1, 1), OFFLOAD: (4, 4, 4),
    }  # fmt: skip
    assert [bool(layout(mode, 4).replicated[0]) for mode in (SINGLE, DDP, ZERO1, FSDP)] == [False, True, False, False]
    assert not layout(FSDP, 1).sharded[0]
    assert layout(PP, 5).layer_share(a(32))[0] == 7 / 32
    assert [layout(PP, 4).in_flight(a(m))[0] for m in (1, 3, 16)] == [1, 3, 4]
