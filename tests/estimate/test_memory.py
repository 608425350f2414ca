"""Memory vectors of DOMAIN 3 and what published measurements say about the terms (MEMORY.md 4)."""

import numpy as np
import pytest

from planner.catalog.rows import Floats
from planner.estimate.memory import (
    ADAPTER_BYTES,
    DDP,
    FSDP,
    LOGITS_BYTES,
    SINGLE,
    ZERO2,
    MemoryInputs,
    MemoryTerms,
    eager_attention_bytes,
    gpt_layer_activation_bytes,
    kv_cache_bytes_per_token,
    layer_activation_bytes,
    peak_memory,
    quantised_base_bytes,
    state_bytes,
)  # fmt: skip
from planner.units import GIB

P7, P_LINEAR7 = 6_738_415_616.0, 6_476_005_376.0


def a(*values: float) -> Floats:
    return np.array(values, np.float64)


def llama2_7b(
    *, full: bool = False, quantised: bool = False, mode: int = SINGLE, gpus: float = 1, checkpointing: int = 2,
    pure: bool = False, foreach: bool = False,
) -> MemoryInputs:  # fmt: skip
    flag = np.array([True])
    return MemoryInputs(
        p_total=a(P7), p_linear=a(P_LINEAR7), p_embedding=a(131_072_000), p_lora=a(0 if full else 39_976_960),
        n_layers=a(32), layer_bytes=layer_activation_bytes(a(4096), a(4096), a(4096), a(11008), a(32), a(3)),
        hidden=a(4096), vocab=a(32000), largest_matrix=a(4096 * 11008),
        trains_all=flag & full, quantised=flag & quantised,
        state=state_bytes(flag & pure, flag & foreach, flag & False), fused_loss=flag & False,
        upcasts=flag,
        adapter_moments=a(8), gpus=a(gpus),
        parallelism=np.array([mode]), checkpointing=np.array([checkpointing]),
    )  # fmt: skip


def states(terms: MemoryTerms) -> float:
    return float((terms.weights + terms.gradients + terms.optimizer + terms.adapters)[0])


def test_full_mixed_states() -> None:  # T-3.1
    terms = peak_memory(llama2_7b(full=True), a(1.0), np.array([True]))
    assert states(terms) == pytest.approx(100.41, abs=0.01)


def test_base_and_adapter() -> None:  # T-3.2
    terms = peak_memory(llama2_7b(), a(1.0), np.array([True]))
    assert terms.weights[0] == pytest.approx(12.551, abs=0.001)
    assert terms.adapters[0] == pytest.approx(0.5957, abs=0.0001)
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
    terms = peak_memory(llama2_7b(), a(4096.0), np.array([True]))
    live = 153_728 * 4096 / GIB
    assert terms.activations[0] - live == pytest.approx(1.0)


def test_logits() -> None:  # T-3.7, and the fp32 gradient on top
    assert pytest.approx(0.732, abs=0.001) == 6 * 4096 * 32_000 / GIB
    assert pytest.approx(2.936, abs=0.001) == 6 * 4096 * 128_256 / GIB
    terms = peak_memory(llama2_7b(), a(4096.0), np.array([True]))
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
    terms = peak_memory(llama2_7b(full=True, pure=True, foreach=True), a(512.0), np.array([False]))
    assert terms.step_phase[0]
    assert (terms.total[0] - terms.context[0]) * GIB / P7 == pytest.approx(10.0)


def test_without_accumulation_gradients_and_activations_do_not_meet() -> None:
    x = llama2_7b(full=True, checkpointing=0)
    assert peak_memory(x, a(2048.0), np.array([False])).total < peak_memory(x, a(2048.0), np.array([True])).total


def test_eager_attention_is_what_flash_saves() -> None:
    """Qwen-7B at 2,048 tokens, no checkpointing: 57.7 GiB without flash attention, 37.7 with (MEMORY.md 4.6)."""
    saved = 32 * 2048 * float(eager_attention_bytes(a(32), a(2048))[0]) / GIB
    assert saved == pytest.approx(57.7 - 37.7, rel=0.01)


def test_a_fused_loss_leaves_the_live_layer_as_the_peak() -> None:
    """Llama-3-8B with a fused loss: 0.52 MB per token on one GPU (MEMORY.md 4.6)."""
    from dataclasses import replace

    layer = layer_activation_bytes(a(4096), a(4096), a(1024), a(14336), a(32), a(3))
    x = replace(llama2_7b(), layer_bytes=layer, vocab=a(128_256), fused_loss=np.array([True]))
    few, many = (peak_memory(x, a(tokens), np.array([True])).total[0] for tokens in (8192.0, 16384.0))
    assert (many - few) * GIB / 8192 == pytest.approx(0.52e6, rel=0.02)


def test_sharding_divides_states() -> None:
    one = peak_memory(llama2_7b(full=True), a(1.0), np.array([True]))
    zero2 = peak_memory(llama2_7b(full=True, mode=ZERO2, gpus=8), a(1.0), np.array([True]))
    fsdp = peak_memory(llama2_7b(full=True, mode=FSDP, gpus=8), a(1.0), np.array([True]))
    ddp = peak_memory(llama2_7b(full=True, mode=DDP, gpus=8), a(1.0), np.array([True]))
    assert states(ddp) == pytest.approx(states(one))
    assert states(zero2) == pytest.approx((2 + 14 / 8) * P7 / GIB)
    assert states(fsdp) == pytest.approx(2 * P7 / GIB)
    assert fsdp.temporary[0] > 0


def test_kbit_and_fsdp_double_the_boundary() -> None:
    """NF4 Mistral-7B: +2Lh bytes per token on one GPU; FSDP the same (MEMORY.md 4.6)."""
    plain = peak_memory(llama2_7b(), a(4096.0), np.array([True])).activations[0]
    kbit = peak_memory(llama2_7b(quantised=True), a(4096.0), np.array([True])).activations[0]
    assert (kbit - plain) * GIB == pytest.approx(2 * 32 * 4096 * 4096)
