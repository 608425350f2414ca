"""One attempt at a combination: its memory and its step time under a given sharing, checkpointing and micro-batch."""

from dataclasses import dataclass
from functools import cached_property

import numpy as np

from planner.catalog.rows import Floats, Ints
from planner.estimate.activations import eager_attention_bytes, layer_activation_bytes
from planner.estimate.collectives import PCIE_SHARE
from planner.estimate.flops import attention_forward_flops, training_flops
from planner.estimate.layout import layout_of
from planner.estimate.lengths import Lengths
from planner.estimate.memory import MemoryInputs, MemoryTerms, peak_memory
from planner.estimate.pairs import Facts, Pairs, Workload
from planner.estimate.parallel import FSDP, OFFLOAD, ZERO1, ZERO2, replicas
from planner.estimate.speed import SpeedInputs, StepTime, step_time
from planner.estimate.states import StateBytes, state_bytes
from planner.space.recipes import Recipes


@dataclass(frozen=True)
class Trial:
    """An attempt on some pairs, as columns; what its memory and its time are made from is gathered when asked for."""

    recipes: Recipes
    pairs: Pairs
    work: Workload
    facts: Facts
    rows: Ints
    modes: Ints
    checks: Ints
    length: Floats
    tokens: Floats
    """Tokens per micro-batch on average, padding included: what takes time."""
    peak_tokens: Floats
    """Tokens of a micro-batch of the longest sequences: what takes memory."""
    grad_accum: Floats

    @cached_property
    def memory_inputs(self) -> MemoryInputs:
        """What the peak of memory is made from."""
        return _memory_inputs(self.recipes, self.pairs, self.work, self.facts, self.rows, self.modes, self.checks)

    @cached_property
    def speed_inputs(self) -> SpeedInputs:
        """What the time of a step is made from."""
        return _speed_inputs(self.pairs, self.work, self.facts, self.rows, self.modes, self.checks, self.length)

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
        recipes=recipes,
        pairs=pairs,
        work=work,
        facts=facts,
        rows=rows,
        modes=modes,
        checks=checks,
        length=length,
        tokens=micro_batch * length,
        peak_tokens=micro_batch * work.longest[r],
        grad_accum=per_replica / micro_batch,
    )


def _memory_inputs(
    recipes: Recipes, pairs: Pairs, work: Workload, facts: Facts, rows: Ints, modes: Ints, checks: Ints
) -> MemoryInputs:
    r, m, s, arch = pairs.recipe[rows], pairs.model[rows], pairs.stack[rows], facts.arch
    eight_bit = recipes.says("train.optimizer", "adamw_8bit")[r]
    method = {name: column[pairs.method[rows]] for name, column in facts.method.items()}
    layer = layer_activation_bytes(
        arch.hidden[m], arch.hq[m], arch.hkv[m], arch.ffn[m], arch.n_heads[m], arch.n_ffn_matrices[m]
    )
    scores = np.where(pairs.eager[rows], eager_attention_bytes(arch.n_heads[m], work.longest[r]), 0.0)
    layout = layout_of(modes, pairs.gpus[rows])
    quantised = method["base_bytes"] < 2.0
    stack = facts.stack
    upcasts = quantised & stack.traits["upcasts_quantised"][s] & ~layout.sharded
    kept = np.where(quantised, facts.calibration["memory.kept_quantised"], facts.calibration["memory.kept"])
    adapter = stack.adapter_bytes[s]
    return MemoryInputs(
        p_linear=arch.p_linear[m],
        p_expert=arch.p_expert[m],
        p_other=arch.params_total[m] - arch.p_linear[m],
        p_embedding=arch.p_embedding[m],
        p_lora=pairs.p_lora[rows],
        p_trained=pairs.p_trained[rows],
        n_layers=arch.n_layers[m],
        reach=pairs.reach[rows],
        layer_bytes=layer + scores,
        adapter_input_bytes=pairs.adapter_input_bytes[rows],
        hidden=arch.hidden[m],
        vocab=arch.vocab[m],
        largest_matrix=arch.hidden[m] * arch.expert_ffn[m],
        base_bytes=method["base_bytes"],
        other_bytes=np.full(rows.shape, 2.0),
        kept_factor=kept * method["kept_factor"],
        boundary_bytes=np.where(upcasts, facts.calibration["memory.kbit_boundary"], 2.0),
        logits_bytes=np.where(pairs.fused_loss[rows], 0.0, stack.logits_bytes[s]),
        spare_matrices=method["spare_matrices"],
        state=states_of(recipes, pairs, rows),
        adapter_bytes=adapter,
        adapter_moments=np.where(eight_bit, 2.0, 2.0 * adapter),
        two_boundaries=stack.traits["keeps_two_boundaries"][s],
        keeps_gradients=stack.traits["keeps_gradients"][s],
        deepspeed=stack.traits["deepspeed"][s]
        & (np.isin(modes, (ZERO1, ZERO2, OFFLOAD)) | (stack.master[s] & (modes == FSDP))),
        in_backward=np.zeros(rows.shape, bool),
        layout=layout,
        checkpointing=checks,
        calibration=facts.calibration,
        peak_factor=stack.peak[s],
    )


def states_of(recipes: Recipes, pairs: Pairs, rows: Ints) -> StateBytes:
    """Bytes of state per trained parameter of these pairs."""
    r = pairs.recipe[rows]
    pure = recipes.says("method.precision", "bf16_pure")[r]
    foreach, eight_bit = (recipes.says("train.optimizer", word)[r] for word in ("adamw_foreach", "adamw_8bit"))
    return state_bytes(pure, foreach, eight_bit, pairs.fp32_weights[rows])


def attended_length(pairs: Pairs, work: Workload, rows: Ints, length: Floats) -> Floats:
    """Length a token attends over: its own document where packing is masked by a flash kernel, else the sequence."""
    r = pairs.recipe[rows]
    return np.where(work.packed[r] & pairs.flash[rows], work.attended_packed[r], length)


def _speed_inputs(
    pairs: Pairs, work: Workload, facts: Facts, rows: Ints, modes: Ints, checks: Ints, length: Floats
) -> SpeedInputs:
    m, g, s, method = pairs.model[rows], pairs.gpu[rows], pairs.stack[rows], pairs.method[rows]
    arch, gpu, stack = facts.arch, facts.gpu, facts.stack
    s_eff = attended_length(pairs, work, rows, length)
    attention = attention_forward_flops(s_eff, arch.hq[m], arch.n_layers[m], causal=False)
    p_mm, head, p_lora, reach = arch.p_mm_active[m], arch.p_embedding[m], pairs.p_lora[rows], pairs.reach[rows]
    kernels = np.where(stack.kernels_2023[s], gpu["eta_attention_2023"][g], gpu["eta_attention"][g])
    return SpeedInputs(
        flops=training_flops(p_mm, attention, p_lora, ~pairs.adapted[rows], checks, reach, head),
        peak_flops_s=pairs.peak_flops_s[rows],
        bandwidth_bytes_s=gpu["mem_bw_gb_s"][g] * 1e9,
        e0=gpu["e0"][g],
        h0=gpu["h0"][g],
        t0_tokens=gpu["t0_tokens"][g],
        eta_attention=np.where(pairs.flash[rows], kernels, facts.calibration["speed.attention.eager"]),
        hidden=arch.hidden[m],
        product_width=arch.product_width[m],
        token_share=arch.token_share[m],
        experts=arch.experts[m],
        grouped=~stack.traits["loops_over_experts"][s],
        n_layers=arch.n_layers[m],
        k_stack=stack.speed[s, method]
        * np.where(pairs.fused_loss[rows], facts.calibration["speed.fused_kernels"], 1.0),
        matmul_gain=np.ones(rows.shape),
        layer_overhead_s=stack.overhead_s[s, method],
        p_total=arch.params_total[m],
        p_linear=arch.p_linear[m],
        p_lora=p_lora,
        p_trained=pairs.p_trained[rows],
        head_share=head / p_mm,
        reach=reach,
        base_bytes=facts.method["base_bytes"][method],
        dequantise_bytes=facts.method["dequantise_bytes"][method],
        gradient_bytes=np.where(pairs.fp32_weights[rows], 4.0, 2.0),
        pcie_bytes_s=gpu["pcie_gb_s"][g] * PCIE_SHARE * 1e9,
        link_bytes_s=gpu["link_gb_s"][g] * 1e9,
        link_half_bytes=gpu["link_half_mb"][g] * 1e6,
        overlap=gpu["overlap"][g],
        layout=layout_of(modes, pairs.gpus[rows]),
        checkpointing=checks,
        calibration=facts.calibration,
    )


def _mean_length(work: Workload, lengths: Lengths, r: Ints, micro_batch: Floats) -> Floats:
    """Length of a sequence on average: the packed length, or the expected longest sample of the batch."""
    cap, packed = work.sequence[r], work.packed[r]
    if packed.all():
        return cap
    unique, inverse = np.unique(np.stack([micro_batch, cap], axis=1), axis=0, return_inverse=True)
    longest = np.array([lengths.longest_of(int(batch), limit) for batch, limit in unique])
    return np.where(packed, cap, longest[inverse.reshape(-1)])
