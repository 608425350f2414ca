"""Memory vectors of DOMAIN 3 and what published measurements say about the terms (MEMORY.md 4)."""

import numpy as np
import pytest

from planner.catalog.rows import Floats
from planner.estimate.activations import (
    eager_attention_bytes,
    gpt_layer_activation_bytes,
    kv_cache_bytes_per_token,
    layer_activation_bytes,
)
from planner.estimate.memory import LOGITS_BYTES, MemoryInputs, MemoryTerms, peak_memory
from planner.estimate.parallel import DDP, FSDP, OFFLOAD, PP, SINGLE, TP, ZERO1, ZERO2
from planner.estimate.states import ADAPTER_BYTES, NF4_BYTES, host_state_bytes, quantised_base_bytes, state_bytes
from planner.units import GIB

P7, P_LINEAR7 = 6_738_415_616.0, 6_476_005_376.0


def a(*values: float) -> Floats:
    return np.array(values, np.float64)


def llama2_7b(
    *, full: bool = False, quantised: bool = False, mode: int = SINGLE, gpus: float = 1, checkpointing: int = 2,
    pure: bool = False, foreach: bool = False, fp32: bool = False,
) -> MemoryInputs:  # fmt: skip
    flag = np.array([True])
    return MemoryInputs(
        p_total=a(P7), p_linear=a(P_LINEAR7), p_embedding=a(131_072_000), p_lora=a(0 if full else 39_976_960),
        n_layers=a(32), layer_bytes=layer_activation_bytes(a(4096), a(4096), a(4096), a(11008), a(32), a(3)),
        hidden=a(4096), vocab=a(32000), largest_matrix=a(4096 * 11008),
        p_trained=a(P7 if full else 0), reach=a(1), base_bytes=a(NF4_BYTES if quantised else 2),
        kept_factor=a(1.35 if quantised else 1.15), spare_matrices=a(1 if quantised else 0),
        state=state_bytes(flag & pure, flag & foreach, flag & False, flag & fp32), fused_loss=flag & False,
        upcasts=flag,
        adapter_moments=a(8), gpus=a(gpus),
        parallelism=np.array([mode]), checkpointing=np.array([checkpointing]),
    )  # fmt: skip


def states(terms: MemoryTerms) -> float:
    return float((terms.weights + terms.gradients + terms.optimizer + terms.adapters)[0])


def test_full_mixed_states() -> None:  # T-3.1
    terms = peak_memory(llama2_7b(full=True), a(1.0), a(2.0))
    assert states(terms) == pytest.approx(100.41, abs=0.01)


def test_base_and_adapter() -> None:  # T-3.2
    terms = peak_memory(llama2_7b(), a(1.0), a(2.0))
    assert terms.weights[0] == pytest.approx(12.551, abs=0.001)
    with_states = terms.adapters + terms.gradients + terms.optimizer
    assert with_states[0] == pytest.approx(0.5957, abs=0.0001)
    assert terms.adapters[0] == pytest.approx(0.5957 / 4, abs=0.0001)
    assert pytest.approx(0.5957, abs=1e-4) == (2 * ADAPTER_BYTES + 8) * 39_976_960 / GIB


def test_quantised_base() -> None:  # T-3.3
    assert quantised_base_bytes(a(P_LINEAR7), a(P7))[0] / GIB == pytest.approx(3.600, abs=0.001)


def test_activation_bytes() -> None:  # T-3.4
    llama2 = layer_activation_bytes(a(4096), a(4096), a(4096), a(11008), a(32), a(3))
    llama3 = layer_activation_bytes(a(4096), a(4096), a(1024), a(14336), a(32), a(3))
    assert (llama2[0], llama3[0]) == (153_728, 168_064)


def test_gpt_activation_bytes() -> None:  # T-3.5
    assert gpt_layer_activation_bytes(4096, 1, 4096, 32, flash=False) == 3_254_779_904
    assert gpt_layer_activation_bytes(4096, 1, 4096, 32, flash=True) == 570_425_344


def test_checkpointed_boundaries() -> None:  # T-3.6: 1 GiB of stored inputs, beside one live layer
    terms = peak_memory(llama2_7b(), a(4096.0), a(2.0))
    live = 153_728 * 4096 / GIB
    assert terms.activations[0] - live == pytest.approx(1.0)


def test_logits() -> None:  # T-3.7, and the fp32 gradient on top
    assert pytest.approx(0.732, abs=0.001) == 6 * 4096 * 32_000 / GIB
    assert pytest.approx(2.936, abs=0.001) == 6 * 4096 * 128_256 / GIB
    terms = peak_memory(llama2_7b(), a(4096.0), a(2.0))
    assert terms.logits[0] == pytest.approx(0.732 * LOGITS_BYTES / 6, abs=0.001)


def test_kv_cache() -> None:  # T-3.8
    sizes = [
        kv_cache_bytes_per_token(32, 4096),
        kv_cache_bytes_per_token(32, 1024),
        kv_cache_bytes_per_token(80, 1024),
    ]
    assert sizes == [524_288, 131_072, 327_680]
    assert sizes[1] * 8192 / GIB == 1.0


def test_pure_bf16_with_foreach_peaks_at_ten_bytes_in_the_optimizer_step() -> None:
    """Mistral-7B full fine-tuning peaked at exactly 10.0 B per parameter, whatever the batch (MEMORY.md 4.5)."""
    terms = peak_memory(llama2_7b(full=True, pure=True, foreach=True), a(512.0), a(1.0))
    assert terms.step_phase[0]
    assert (terms.total[0] - terms.context[0]) * GIB / P7 == pytest.approx(10.0)


def test_without_accumulation_gradients_and_activations_do_not_meet() -> None:
    x = llama2_7b(full=True, checkpointing=0)
    assert peak_memory(x, a(2048.0), a(1.0)).total < peak_memory(x, a(2048.0), a(2.0)).total


def test_eager_attention_is_what_flash_saves() -> None:
    """Qwen-7B at 2,048 tokens, no checkpointing: 57.7 GiB without flash attention, 37.7 with (MEMORY.md 4.6)."""
    saved = 32 * 2048 * float(eager_attention_bytes(a(32), a(2048))[0]) / GIB
    assert saved == pytest.approx(57.7 - 37.7, rel=0.01)


def test_a_fused_loss_leaves_the_live_layer_as_the_peak() -> None:
    """Llama-3-8B with a fused loss: 0.52 MB per token on one GPU (MEMORY.md 4.6)."""
    from dataclasses import replace

    layer = layer_activation_bytes(a(4096), a(4096), a(1024), a(14336), a(32), a(3))
    x = replace(llama2_7b(), layer_bytes=layer, vocab=a(128_256), fused_loss=np.array([True]))
    few, many = (peak_memory(x, a(tokens), a(2.0)).total[0] for tokens in (8192.0, 16384.0))
    assert (many - few) * GIB / 8192 == pytest.approx(0.52e6, rel=0.02)


def test_sharding_divides_states() -> None:
    one = peak_memory(llama2_7b(full=True), a(1.0), a(2.0))
    zero2 = peak_memory(llama2_7b(full=True, mode=ZERO2, gpus=8), a(1.0), a(2.0))
    fsdp = peak_memory(llama2_7b(full=True, mode=FSDP, gpus=8), a(1.0), a(2.0))
    ddp = peak_memory(llama2_7b(full=True, mode=DDP, gpus=8), a(1.0), a(2.0))
    assert states(ddp) == pytest.approx(states(one))
    assert states(zero2) == pytest.approx((2 + 14 / 8) * P7 / GIB)
    assert states(fsdp) == pytest.approx(2 * P7 / GIB)
    assert fsdp.temporary[0] > 0


def test_kbit_and_fsdp_double_the_boundary() -> None:
    """NF4 Mistral-7B: +2Lh bytes per token on one GPU; FSDP the same (MEMORY.md 4.6)."""
    plain = peak_memory(llama2_7b(), a(4096.0), a(2.0)).activations[0]
    kbit = peak_memory(llama2_7b(quantised=True), a(4096.0), a(2.0)).activations[0]
    assert (kbit - plain) * GIB == pytest.approx(2 * 32 * 4096 * 4096)


def part(mode: int, gpus: float = 8, *, tokens: float = 4096, accum: float = 16, **kind: bool) -> MemoryTerms:
    return peak_memory(llama2_7b(mode=mode, gpus=gpus, **kind), a(tokens), a(accum))


def test_zero1_shards_states_alone() -> None:
    assert states(part(ZERO1, full=True)) == pytest.approx((4 + 12 / 8) * P7 / GIB)


def test_tensor_parallelism_divides_everything_but_the_context() -> None:
    one, eight = part(SINGLE, 1, full=True), part(TP, full=True)
    assert states(eight) == pytest.approx(states(one) / 8)
    assert eight.logits[0] == pytest.approx(one.logits[0] / 8)
    assert eight.activations[0] == pytest.approx(one.activations[0] / 8)
    assert eight.temporary[0] * GIB == pytest.approx(2 * 2 * 4096 * 4096)  # two gathered boundary tensors


def test_the_fuller_end_of_a_pipeline_counts() -> None:
    """The last stage holds the logits, the first as many micro-batches as there are stages (MEMORY.md 4.8)."""
    few, many = part(PP, 4, tokens=8192, accum=1), part(PP, 4, tokens=8192, accum=16)
    assert few.logits[0] == pytest.approx(LOGITS_BYTES * 32_000 * 8192 / GIB)
    stage = (P_LINEAR7 / 4 + 131_072_000) * 2 / GIB
    assert few.weights[0] == pytest.approx(stage)
    boundary = 2 * 4096 * 8 * 8192
    assert many.total[0] >= few.total[0]
    unchecked = peak_memory(llama2_7b(mode=PP, gpus=4, checkpointing=0), a(2048), a(16))
    assert unchecked.logits[0] == 0  # the first stage: four micro-batches of eight layers each
    assert unchecked.activations[0] * GIB == pytest.approx(4 * 8 * 153_728 * 1.15 * 2048)
    assert boundary < many.activations[0] * GIB + many.logits[0] * GIB


def test_layers_that_do_not_divide_fill_one_stage_more() -> None:
    five = part(PP, 5, full=True)
    assert states(five) == pytest.approx(16 * (P_LINEAR7 * 7 / 32 + 131_072_000) / GIB)


def test_offload_leaves_two_layers_on_the_card_and_the_rest_on_the_host() -> None:
    terms = part(OFFLOAD, 1, full=True)
    assert states(terms) == 0
    layer, root = P_LINEAR7 / 32, P7 - P_LINEAR7
    assert terms.temporary[0] * GIB == pytest.approx(2 * 2 * layer + 2 * root + 2 * 2 * layer)
    mixed = state_bytes(*(np.array([False]),) * 4)
    assert host_state_bytes(a(2 * P7), a(P7), mixed, a(0))[0] == pytest.approx(1.1 * 16 * P7)
    adapter = host_state_bytes(a(2 * P7), a(0), mixed, a(1e6))[0]
    assert adapter == pytest.approx(1.1 * (2 * P7 + 16e6))


def test_training_the_top_layers_keeps_only_theirs() -> None:
    from dataclasses import replace

    top = replace(llama2_7b(full=True, checkpointing=0), p_trained=a(P_LINEAR7 / 4), reach=a(0.25))
    terms = peak_memory(top, a(2048), a(2))
    assert states(terms) == pytest.approx((2 * P7 + 14 * P_LINEAR7 / 4) / GIB)
    assert terms.activations[0] * GIB == pytest.approx(8 * 153_728 * 1.15 * 2048)


def test_cards_without_bf16_store_fp32_and_cast() -> None:
    """AMP keeps 4 B weights and adds cached 2-byte casts: 16 B of states and 2 B of casts (MEMORY.md 4.1)."""
    terms = part(SINGLE, 1, full=True, fp32=True)
    assert states(terms) == pytest.approx(16 * P7 / GIB)
    assert terms.temporary[0] == pytest.approx(2 * P7 / GIB)
    assert float(state_bytes(*(np.array([f]) for f in (False, False, False, True))).weight[0]) == 4
