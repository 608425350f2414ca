"""Memory vectors of DOMAIN 3 and what published measurements say about one GPU (MEMORY.md 4.1 to 4.7, 4.9)."""

from dataclasses import replace

import numpy as np
import pytest

from planner.estimate.activations import (
    eager_attention_bytes,
    gpt_layer_activation_bytes,
    kv_cache_bytes_per_token,
    layer_activation_bytes,
)
from planner.estimate.memory import COMMUNICATION_GIB, IN_BACKWARD, WORKSPACE_GIB, peak_memory
from planner.estimate.memory_metrics import ALLOC, NVSMI, RESERVED, nvidia_smi_gib, reserved_gib, shown_gib
from planner.estimate.parallel import DDP, FSDP, SINGLE
from planner.estimate.states import ADAPTER_BYTES, quantised_base_bytes, state_bytes
from planner.units import GIB
from tests.estimate.memory_cases import (
    BARE,
    P7,
    P_LINEAR7,
    PRIORS,
    a,
    llama2_7b,
    llama3_8b,
    mistral_7b,
    part,
    per_token,
    states,
    temporary,
)


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
    terms = peak_memory(llama2_7b(quantised=True), a(1.0), a(2.0))
    assert terms.weights[0] == pytest.approx(3.600, abs=0.001)


def test_activation_bytes() -> None:  # T-3.4
    llama2 = layer_activation_bytes(a(4096), a(4096), a(4096), a(11008), a(32), a(3))
    llama3 = layer_activation_bytes(a(4096), a(4096), a(1024), a(14336), a(32), a(3))
    assert (llama2[0], llama3[0]) == (153_728, 168_064)


def test_gpt_activation_bytes() -> None:  # T-3.5
    assert gpt_layer_activation_bytes(4096, 1, 4096, 32, flash=False) == 3_254_779_904
    assert gpt_layer_activation_bytes(4096, 1, 4096, 32, flash=True) == 570_425_344


def test_checkpointed_boundaries() -> None:  # T-3.6: 1 GiB of stored inputs, beside the larger of live layer and loss
    terms = peak_memory(llama2_7b(calibration=BARE), a(4096.0), a(2.0))
    assert terms.activations[0] == pytest.approx(1.0)
    fused = peak_memory(llama2_7b(logits_bytes=a(0)), a(4096.0), a(2.0))
    live = PRIORS["memory.live_layer"] * 153_728 * 4096 / GIB
    assert fused.activations[0] == pytest.approx(1.0 + live)


@pytest.mark.parametrize(("vocab", "gib"), [(32_000, 0.732), (128_256, 2.936)])
def test_logits(vocab: float, gib: float) -> None:  # T-3.7: 16-bit logits and their fp32 copy
    assert pytest.approx(gib, abs=0.001) == 6 * 4096 * vocab / GIB
    x = llama2_7b(calibration=BARE, logits_bytes=a(6), vocab=a(vocab))
    assert peak_memory(x, a(4096.0), a(2.0)).logits[0] == pytest.approx(gib, abs=0.001)


def test_kv_cache() -> None:  # T-3.8
    sizes = [
        kv_cache_bytes_per_token(32, 4096),
        kv_cache_bytes_per_token(32, 1024),
        kv_cache_bytes_per_token(80, 1024),
    ]
    assert sizes == [524_288, 131_072, 327_680]
    assert sizes[1] * 8192 / GIB == 1.0


@pytest.mark.parametrize("batch", [4, 8])
def test_pure_bf16_with_foreach_peaks_at_ten_bytes_in_the_optimizer_step(batch: int) -> None:
    """Mistral-7B full at 4,096 tokens: exactly 10.0 B per parameter at batch 4 and 8, 6.0 at rest (MEMORY.md 4.5)."""
    x = mistral_7b(full=True, pure=True, foreach=True)
    terms = peak_memory(x, a(batch * 4096), a(1.0))
    assert terms.step_phase[0]
    p = float(x.p_trained[0])
    assert (terms.allocated[0] - WORKSPACE_GIB) * GIB / p == pytest.approx(10.0)
    assert (terms.weights[0] + terms.optimizer[0]) * GIB / p == pytest.approx(6.0)


def test_two_gpus_halve_that_peak() -> None:
    """The same on two GPUs under FSDP: 10.0/N (MEMORY.md 4.5)."""
    x = mistral_7b(full=True, pure=True, foreach=True, mode=FSDP, gpus=2, two_boundaries=np.array([True]))
    terms = peak_memory(x, a(4096), a(1.0))
    assert terms.step_phase[0]
    assert (terms.allocated[0] - WORKSPACE_GIB) * GIB / float(x.p_trained[0]) == pytest.approx(10.0 / 2)


def test_eight_bit_states_save_what_torchao_measured() -> None:
    """Llama-2-7B full, pure bf16: 51.6 GB with fused AdamW, 39.3 with 8-bit: 1.8 B per parameter (MEMORY.md 2.3)."""
    pure, eight = (state_bytes(*(np.array([f]) for f in (True, False, bits, False))) for bits in (False, True))
    saved = (pure.optimizer - eight.optimizer)[0]
    assert saved == pytest.approx(1.8, abs=0.25)


def test_without_accumulation_gradients_and_activations_do_not_meet() -> None:
    x = llama2_7b(full=True, checkpointing=0)
    assert peak_memory(x, a(2048.0), a(1.0)).total < peak_memory(x, a(2048.0), a(2.0)).total


def test_gradient_buffers_that_live_through_the_step_meet_the_activations_at_once() -> None:
    x = llama2_7b(full=True, checkpointing=0)
    kept = replace(x, keeps_gradients=np.array([True]))
    once, again = (peak_memory(kept, a(2048.0), a(accum)).total[0] for accum in (1.0, 2.0))
    assert once == again == peak_memory(x, a(2048.0), a(2.0)).total[0]


def test_accumulating_longer_changes_nothing() -> None:
    """ms-swift, six settings of accumulation: 27.73 to 27.74 GiB (MEMORY.md 4.4)."""
    peaks = {float(peak_memory(llama2_7b(), a(2048.0), a(accum)).total[0]) for accum in (2.0, 4.0, 8.0, 32.0)}
    assert len(peaks) == 1


def test_an_optimizer_inside_the_backward_pass_keeps_one_matrix_of_gradients() -> None:
    """LOMO on LLaMA-7B: gradients fall from 12.55 to 0.24 GiB (MEMORY.md 4.4)."""
    x = llama2_7b(full=True, pure=True, foreach=True)
    usual, inside = (peak_memory(replace(x, in_backward=np.array([f])), a(1.0), a(2.0)) for f in (False, True))
    assert usual.gradients[0] == pytest.approx(12.55, abs=0.01)
    assert inside.gradients[0] == pytest.approx(0.24, rel=0.05)
    assert temporary(usual) == pytest.approx(2 * P7)  # the copy that the optimizer step makes
    assert temporary(inside) == pytest.approx(2 * P7 * IN_BACKWARD)


def test_eager_attention_is_what_flash_saves() -> None:
    """Qwen-7B at 2,048 tokens, no checkpointing: 57.7 GiB without flash attention, 37.7 with (MEMORY.md 4.6)."""
    saved = 32 * 2048 * float(eager_attention_bytes(a(32), a(2048))[0]) / GIB
    assert saved == pytest.approx(57.7 - 37.7, rel=0.01)


def test_a_fused_loss_leaves_the_live_layer_as_the_peak() -> None:
    """Llama-3-8B with a fused loss: 0.52 MB per token on one GPU, 0.77 on 2 and 4 with FSDP (MEMORY.md 4.6)."""
    single = llama3_8b(logits_bytes=a(0))
    assert per_token(single) == pytest.approx(0.52e6, rel=0.05)
    sharded = mistral_7b(mode=FSDP, gpus=2).layout
    two = replace(single, layout=sharded, two_boundaries=np.array([True]))
    assert per_token(two) == pytest.approx(0.77e6, rel=0.05)
    assert per_token(two) - per_token(single) == pytest.approx(2 * 32 * 4096)
    assert per_token(replace(two, two_boundaries=np.array([False]))) == pytest.approx(per_token(single))


def test_boundaries_that_live_twice_do_not_meet_the_loss() -> None:
    """With unfused logits the loss is the peak, and sharding adds nothing to a further token."""
    one = llama3_8b(two_boundaries=np.array([True]))
    two = replace(one, layout=mistral_7b(mode=FSDP, gpus=4).layout)
    assert per_token(two) == pytest.approx(per_token(one))


def test_effective_bytes_of_logits() -> None:
    """2Lh aside, a token costs 8 (Llama-3-8B in fms) to 14.4 (Qwen) bytes per vocabulary entry (MEMORY.md 4.7)."""
    for x in (llama3_8b(), llama2_7b(vocab=a(151_936))):
        effective = (per_token(x) - 2 * 32 * 4096) / float(x.vocab[0])
        around = PRIORS["memory.loss_hidden"] * 4096 / float(x.vocab[0])
        assert effective == pytest.approx(PRIORS["memory.logits.upcast"] + around)
        assert 8.1 <= effective <= 14.4


def test_logits_decide_between_a_small_and_a_large_vocabulary() -> None:
    fused, plain = (per_token(llama3_8b(logits_bytes=a(size))) for size in (0, 8.1))
    assert plain / fused == pytest.approx(1.30 / 0.52, rel=0.1)  # MEMORY.md 4.7: 1.30 to 0.52 MB per token


def test_kbit_preparation_doubles_the_boundary() -> None:
    """NF4 Mistral-7B: +2Lh bytes per token on one GPU, resting memory unchanged (MEMORY.md 4.6)."""
    x = mistral_7b(quantised=True)
    kbit, plain = (replace(x, boundary_bytes=a(size)) for size in (4, 2))
    assert per_token(kbit) - per_token(plain) == pytest.approx(2 * 32 * 4096)
    few = [peak_memory(y, a(1.0), a(2.0)) for y in (kbit, plain)]
    assert states(few[0]) == states(few[1])


def test_selective_checkpointing_lies_between_none_and_full() -> None:
    none, selective, full = (
        float(peak_memory(llama2_7b(checkpointing=how, calibration=BARE), a(4096.0), a(2.0)).activations[0])
        for how in (0, 1, 2)
    )
    assert none * GIB == pytest.approx(1.15 * 153_728 * 32 * 4096)
    assert selective * GIB == pytest.approx(PRIORS["memory.selective"] * 153_728 * 32 * 4096)
    assert full < selective < none


def test_training_the_top_layers_keeps_only_theirs() -> None:
    top = replace(llama2_7b(full=True, checkpointing=0), p_trained=a(P_LINEAR7 / 4), reach=a(0.25))
    terms = peak_memory(top, a(2048), a(2))
    assert states(terms) == pytest.approx((2 * P7 + 14 * P_LINEAR7 / 4) / GIB)
    assert terms.activations[0] * GIB == pytest.approx(8 * 153_728 * 1.15 * 2048)


def test_cards_without_bf16_store_fp32_and_cast() -> None:
    """AMP keeps 4 B weights and adds cached 2-byte casts: 16 B of states and 2 B of casts (MEMORY.md 4.1)."""
    terms = part(SINGLE, 1, full=True, fp32=True)
    assert states(terms) == pytest.approx(16 * P7 / GIB)
    assert temporary(terms) == pytest.approx(2 * P7)
    assert float(state_bytes(*(np.array([f]) for f in (False, False, False, True))).weight[0]) == 4


def test_what_tools_show_of_a_peak() -> None:
    """Allocated; what the allocator reserves of what comes and goes; cache and the context (MEMORY.md 4.9)."""
    terms = peak_memory(llama2_7b(), a(8192.0), a(2.0))
    alloc, reserved, smi = (
        float(shown_gib(terms, np.array([metric]), PRIORS)[0]) for metric in (ALLOC, RESERVED, NVSMI)
    )
    assert alloc == terms.allocated[0] == pytest.approx(float((terms.total - terms.context)[0]))
    transient = float((terms.activations + terms.logits)[0])
    assert reserved == pytest.approx(alloc + (PRIORS["memory.reserved"] - 1) * transient)
    assert smi == pytest.approx(reserved * PRIORS["memory.cached"] + terms.context[0])
    assert float(nvidia_smi_gib(terms, PRIORS, 1000.0)[0]) == pytest.approx(smi)
    tight = float(terms.total[0]) + 0.1
    assert float(nvidia_smi_gib(terms, PRIORS, tight)[0]) == pytest.approx(tight)
    assert float(nvidia_smi_gib(terms, PRIORS, 1.0)[0]) == terms.total[0]
    assert alloc <= float(reserved_gib(terms, tight)[0]) <= tight - terms.context[0] + 1e-9


def test_an_optimizer_step_leaves_no_fragments() -> None:
    terms = peak_memory(mistral_7b(full=True, pure=True, foreach=True), a(512.0), a(1.0))
    assert terms.step_phase[0]
    assert terms.reserved[0] == pytest.approx(terms.allocated[0])


def test_the_context_counts_buffers_of_a_second_gpu() -> None:
    one, two = (part(mode, gpus).context[0] for mode, gpus in ((SINGLE, 1), (DDP, 2)))
    assert one == PRIORS["memory.context_gib"]
    assert two - one == pytest.approx(COMMUNICATION_GIB)
