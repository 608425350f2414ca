"""One attempt at a combination: its memory and its step time under a given sharing, checkpointing and micro-batch."""

from dataclasses import dataclass
from typing import Final

import numpy as np

from planner.catalog.rows import Floats, Ints
from planner.estimate.activations import eager_attention_bytes, layer_activation_bytes
from planner.estimate.collectives import PCIE_SHARE
from planner.estimate.flops import attention_forward_flops, training_flops
from planner.estimate.lengths import Lengths
from planner.estimate.memory import MemoryInputs, MemoryTerms, peak_memory
from planner.estimate.pairs import Facts, Pairs, Workload
from planner.estimate.parallel import replicas
from planner.estimate.speed import SpeedInputs, StepTime, step_time
from planner.estimate.states import StateBytes, state_bytes
from planner.space.recipes import Recipes

EFFICIENT_ATTENTION: Final = 0.25
"""Share of the dense peak that attention without flash kernels reaches [E]."""


@dataclass(frozen=True, slots=True)
class Trial:
    """An attempt on some pairs, as columns."""

    memory_inputs: MemoryInputs
    speed_inputs: SpeedInputs
    tokens: Floats
    """Tokens per micro-batch on average, padding included: what takes time."""
    peak_tokens: Floats
    """Tokens of a micro-batch of the longest sequences: what takes memory."""
    grad_accum: Floats

    def memory(self) -> MemoryTerms:
        """Peak memory of the attempt."""
        return peak_memory(self.memory_inputs, self.peak_tokens, self.grad_accum)

    def step(self) -> StepTime:
        """Step time of the attempt."""
        return step_time(self.speed_inputs, self.tokens, self.grad_accum)


def trial_of(
    recipes: Recipes,
    pairs: Pairs,
    work: Workload,
    lengths: Lengths,
    facts: Facts,
    rows: Ints,
    mode: int | Ints,
    checkpointing: int | Ints,
    micro_batch: Floats,
) -> Trial:
    """The attempt on these rows of `pairs`."""
    r = pairs.recipe[rows]
    modes, checks = np.broadcast_to(mode, rows.shape), np.broadcast_to(checkpointing, rows.shape)
    length = _mean_length(work, lengths, r, micro_batch)
    per_replica = recipes.number("train.global_batch_size")[r] / replicas(modes, pairs.gpus[rows])
    return Trial(
        memory_inputs=_memory_inputs(recipes, pairs, work, facts, rows, modes, checks),
        speed_inputs=_speed_inputs(pairs, work, facts, rows, modes, checks, length),
        tokens=micro_batch * length,
        peak_tokens=micro_batch * work.longest[r],
        grad_accum=per_replica / micro_batch,
    )


def _memory_inputs(
    recipes: Recipes, pairs: Pairs, work: Workload, facts: Facts, rows: Ints, modes: Ints, checks: Ints
) -> MemoryInputs:
    r, m, arch = pairs.recipe[rows], pairs.model[rows], facts.arch
    eight_bit = recipes.words("train.optimizer")[r] == "adamw_8bit"
    method = {name: column[pairs.method[rows]] for name, column in facts.method.items()}
    layer = layer_activation_bytes(
        arch.hidden[m], arch.hq[m], arch.hkv[m], arch.ffn[m], arch.n_heads[m], arch.n_ffn_matrices[m]
    )
    scores = np.where(pairs.eager[rows], eager_attention_bytes(arch.n_heads[m], work.longest[r]), 0.0)
    return MemoryInputs(
        p_total=arch.params_total[m],
        p_linear=arch.p_linear[m],
        p_embedding=arch.p_embedding[m],
        p_lora=pairs.p_lora[rows],
        p_trained=pairs.p_trained[rows],
        n_layers=arch.n_layers[m],
        reach=pairs.reach[rows],
        layer_bytes=layer + scores + pairs.dropout_bytes[rows],
        hidden=arch.hidden[m],
        vocab=arch.vocab[m],
        largest_matrix=arch.hidden[m] * arch.expert_ffn[m],
        base_bytes=method["base_bytes"],
        kept_factor=method["kept_factor"],
        spare_matrices=method["spare_matrices"],
        state=states_of(recipes, pairs, rows),
        adapter_moments=np.where(eight_bit, 2.0, 8.0),
        fused_loss=pairs.fused_loss[rows],
        upcasts=facts.stack_upcasts[pairs.stack[rows]],
        gpus=pairs.gpus[rows],
        parallelism=modes,
        checkpointing=checks,
    )


def states_of(recipes: Recipes, pairs: Pairs, rows: Ints) -> StateBytes:
    """Bytes of state per trained parameter of these pairs."""
    r = pairs.recipe[rows]
    optimizer = recipes.words("train.optimizer")[r]
    pure = recipes.words("method.precision")[r] == "bf16_pure"
    return state_bytes(pure, optimizer == "adamw_foreach", optimizer == "adamw_8bit", pairs.fp32_weights[rows])


def attended_length(pairs: Pairs, work: Workload, rows: Ints, length: Floats) -> Floats:
    """Length a token attends over: its own document where packing is masked by a flash kernel, else the sequence."""
    r = pairs.recipe[rows]
    return np.where(work.packed[r] & pairs.flash[rows], work.attended_packed[r], length)


def _speed_inputs(
    pairs: Pairs, work: Workload, facts: Facts, rows: Ints, modes: Ints, checks: Ints, length: Floats
) -> SpeedInputs:
    m, g, s, method = pairs.model[rows], pairs.gpu[rows], pairs.stack[rows], pairs.method[rows]
    arch, gpu = facts.arch, facts.gpu
    s_eff = attended_length(pairs, work, rows, length)
    attention = attention_forward_flops(s_eff, arch.hq[m], arch.n_layers[m], causal=False)
    p_mm, head, p_lora, reach = arch.p_mm_active[m], arch.p_embedding[m], pairs.p_lora[rows], pairs.reach[rows]
    return SpeedInputs(
        flops=training_flops(p_mm, attention, p_lora, ~pairs.adapted[rows], checks, reach, head),
        peak_flops_s=pairs.peak_flops_s[rows],
        bandwidth_bytes_s=gpu["mem_bw_gb_s"][g] * 1e9,
        e0=gpu["e0"][g],
        h0=gpu["h0"][g],
        t0_tokens=gpu["t0_tokens"][g],
        eta_attention=np.where(pairs.flash[rows], gpu["eta_attention"][g], EFFICIENT_ATTENTION),
        hidden=arch.hidden[m],
        product_width=arch.product_width[m],
        token_share=arch.token_share[m],
        experts=arch.experts[m],
        n_layers=arch.n_layers[m],
        k_stack=facts.stack_k[s, method],
        layer_overhead_s=facts.stack_overhead_s[s, method],
        p_total=arch.params_total[m],
        p_linear=arch.p_linear[m],
        p_lora=p_lora,
        p_trained=pairs.p_trained[rows],
        head_share=head / p_mm,
        reach=reach,
        base_bytes=facts.method["base_bytes"][method],
        dequantise_bytes=facts.method["dequantise_bytes"][method],
        gradient_bytes=np.where(pairs.fp32_weights[rows], 4.0, 2.0),
        gpus=pairs.gpus[rows],
        pcie_bytes_s=gpu["pcie_gb_s"][g] * PCIE_SHARE * 1e9,
        link_bytes_s=gpu["link_gb_s"][g] * 1e9,
        link_half_bytes=gpu["link_half_mb"][g] * 1e6,
        overlap=gpu["overlap"][g],
        parallelism=modes,
        checkpointing=checks,
    )


def _mean_length(work: Workload, lengths: Lengths, r: Ints, micro_batch: Floats) -> Floats:
    """Length of a sequence on average: the packed length, or the expected longest sample of the batch."""
    cap, packed = work.sequence[r], work.packed[r]
    if packed.all():
        return cap
    unique, inverse = np.unique(np.stack([micro_batch, cap], axis=1), axis=0, return_inverse=True)
    longest = np.array([lengths.longest_of(int(batch), limit) for batch, limit in unique])
    return np.where(packed, cap, longest[inverse.reshape(-1)])
