"""Peak memory on one GPU, term by term (DOMAIN 3; corrections from published measurements, MEMORY.md 4).

What is meant is memory allocated by PyTorch plus the CUDA context; the allocator's cache, which `nvidia-smi` also
shows, is not needed to run and is covered by the memory margin (see `memory_metrics`). The peak is the larger of two
phases, the backward pass and the optimizer step, on the fullest GPU.
"""

from dataclasses import dataclass, fields
from typing import Final

import numpy as np

from planner.catalog.rows import Bools, Floats, Ints
from planner.estimate.flops import FULL, SELECTIVE
from planner.estimate.parallel import (
    DDP,
    FSDP,
    OFFLOAD,
    PP,
    TP,
    gradient_shards,
    stage_share,
    state_shards,
    weight_shards,
)
from planner.estimate.states import ADAPTER_BYTES, StateBytes, base_bytes
from planner.units import GIB

CONTEXT_GIB: Final = 0.9
"""CUDA context and library workspaces; 0.7 to 1.3 GiB seen (MEMORY.md 4.9) [C]."""
COMMUNICATION_GIB: Final = 0.75
"""NCCL buffers as soon as there is a second GPU; 0.5 to 1 GiB (MEMORY.md 4.9) [C]."""
LOGITS_BYTES: Final = 10.0
"""Bytes per token and vocabulary entry: 16-bit logits, fp32 copy, fp32 gradient (DOMAIN 3; 8 to 14 measured)."""
FUSED_LOSS_TOKENS: Final = 1024.0
"""Tokens whose logits a chunked or fused loss holds at a time [E]."""
FUSED_LIVE_FACTOR: Final = 1.55
"""The one live layer over the count of its tensors where a fused loss leaves it as the peak: Llama-3-8B and
Mistral-7B slopes over batch size, 0.52 and 0.79 MB per token [R]; with a standard loss the logits hide it."""


@dataclass(frozen=True, slots=True)
class MemoryInputs:
    """Columns the memory terms need; counts in parameters, widths in elements, one row per candidate."""

    p_total: Floats
    p_linear: Floats
    p_embedding: Floats
    p_lora: Floats
    p_trained: Floats
    """Weights of the model itself that are trained: all, those of the top layers, or 0 under an adapter."""
    n_layers: Floats
    reach: Floats
    """Share of the layers, from the top, that the backward pass goes through."""
    layer_bytes: Floats
    """Activation bytes per token and layer without checkpointing, attention scores and dropout masks included."""
    hidden: Floats
    vocab: Floats
    largest_matrix: Floats
    base_bytes: Floats
    """Stored bytes per linear weight."""
    kept_factor: Floats
    """What a layer without full checkpointing keeps, over the count of its tensors."""
    spare_matrices: Floats
    state: StateBytes
    adapter_moments: Floats
    """Optimizer bytes per adapter parameter: 8, or 2 for 8-bit AdamW."""
    fused_loss: Bools
    upcasts: Bools
    """Layer boundaries are kept in fp32 over a quantised base."""
    gpus: Floats
    parallelism: Ints
    checkpointing: Ints


@dataclass(frozen=True, slots=True)
class MemoryTerms:
    """Terms of the peak in GiB, on the fullest GPU, in the phase that sets it."""

    weights: Floats
    adapters: Floats
    gradients: Floats
    optimizer: Floats
    activations: Floats
    logits: Floats
    temporary: Floats
    context: Floats
    step_phase: Bools
    """True where the optimizer step, not the backward pass, sets the peak."""

    @property
    def total(self) -> Floats:
        """Sum of the terms."""
        total: Floats = self.weights + self.adapters + self.gradients + self.optimizer
        return total + self.activations + self.logits + self.temporary + self.context


def peak_memory(x: MemoryInputs, tokens: Floats, grad_accum: Floats) -> MemoryTerms:
    """Peak memory at `tokens` per micro-batch, `grad_accum` of them per step and group of GPUs.

    A pipeline is uneven: its last stage holds the logits, its first the most micro-batches in flight. Both are
    counted and the fuller one is reported (MEMORY.md 4.8).
    """
    last = _rank(x, tokens, grad_accum, first_stage=False)
    if not (x.parallelism == PP).any():
        return last
    first = _rank(x, tokens, grad_accum, first_stage=True)
    fuller = (x.parallelism == PP) & (first.total > last.total)
    return MemoryTerms(
        **{f.name: np.where(fuller, getattr(first, f.name), getattr(last, f.name)) for f in fields(MemoryTerms)}
    )


def _rank(x: MemoryInputs, tokens: Floats, grad_accum: Floats, *, first_stage: bool) -> MemoryTerms:
    """Terms on one GPU: any of them, or the first or the last stage of a pipeline."""
    mode, n, staged = x.parallelism, x.gpus, x.parallelism == PP
    share = stage_share(mode, n, x.n_layers)
    linear = share * x.p_linear
    other = np.where(staged, x.p_embedding, x.p_total - x.p_linear)
    trained = np.where(staged, np.minimum(x.p_trained, linear + np.where(x.reach < 1, 0.0, other)), x.p_trained)
    held = np.where(mode == OFFLOAD, 0.0, 1.0)
    per_weight, per_state = held / weight_shards(mode, n), held / state_shards(mode, n)

    base = base_bytes(linear, other, x.base_bytes)
    weights = (base + (x.state.weight - 2.0) * trained) * per_weight
    on_card = share * x.p_lora * per_weight
    adapters = ADAPTER_BYTES * on_card
    gradients = x.state.gradient * trained * held / gradient_shards(mode, n) + ADAPTER_BYTES * on_card
    optimizer = x.state.optimizer * trained * per_state + x.adapter_moments * on_card
    step_copy = x.state.step_copy * trained * per_state

    one = np.ones_like(share)
    in_flight = np.where(staged, np.minimum(grad_accum, n), one) if first_stage else one
    activations = _activations(x, tokens, share, in_flight)
    logit_tokens = np.where(x.fused_loss, np.minimum(tokens, FUSED_LOSS_TOKENS), tokens)
    logits = LOGITS_BYTES * x.vocab * logit_tokens / np.where(mode == TP, n, 1.0)
    if first_stage:
        logits = np.where(staged, 0.0, logits)
    temporary = _temporary(x, tokens, trained)
    context = (CONTEXT_GIB + np.where(n > 1, COMMUNICATION_GIB, 0.0)) * GIB

    # Without accumulation gradients grow while activations shrink, so the two do not meet in full.
    accumulates = grad_accum > 1
    with_acts = np.where(accumulates, gradients, 0.0) + activations + logits
    with_grads = gradients + activations / np.maximum(x.n_layers, 1.0)
    late = with_grads > with_acts
    backward = weights + adapters + optimizer + temporary + np.maximum(with_acts, with_grads)
    step = weights + adapters + optimizer + gradients + step_copy
    stepping = step > backward
    quiet = stepping | late
    return MemoryTerms(
        weights=weights / GIB,
        adapters=adapters / GIB,
        gradients=np.where(quiet | accumulates, gradients, 0.0) / GIB,
        optimizer=optimizer / GIB,
        activations=np.where(stepping, 0.0, np.where(late, activations / np.maximum(x.n_layers, 1.0), activations))
        / GIB,
        logits=np.where(quiet, 0.0, logits) / GIB,
        temporary=np.where(stepping, step_copy, temporary) / GIB,
        context=context / GIB,
        step_phase=stepping,
    )


def _activations(x: MemoryInputs, tokens: Floats, share: Floats, in_flight: Floats) -> Floats:
    """Bytes kept for the backward pass.

    Full checkpointing keeps one boundary tensor of 2h per token and layer, and one live layer; the boundary is held
    in fp32 under FSDP, and over a quantised base by stacks that upcast it (MEMORY.md 4.6). Selective checkpointing
    keeps about half. Layers below the trained ones keep nothing. Tensor parallelism, with sequence parallelism as
    its stacks have it, divides all of it (Korthikanti et al., arXiv 2205.05198).
    """
    sharded = (x.parallelism == FSDP) | (x.parallelism == OFFLOAD)
    boundary = np.where(sharded | ((x.base_bytes < 2.0) & x.upcasts), 4.0, 2.0) * x.hidden
    live = x.layer_bytes * np.where(x.fused_loss, FUSED_LIVE_FACTOR, 1.0)
    layers = x.n_layers * np.minimum(share, x.reach) * in_flight
    kept = np.where(
        x.checkpointing == FULL,
        layers * boundary + live,
        layers * x.layer_bytes * x.kept_factor * np.where(x.checkpointing == SELECTIVE, 0.5, 1.0),
    )
    return kept * tokens / np.where(x.parallelism == TP, x.gpus, 1.0)


def _temporary(x: MemoryInputs, tokens: Floats, trained: Floats) -> Floats:
    """Bytes that are no state.

    A de-quantised or composed matrix; casts of fp32 weights; two gathered layers and the root unit, and two layers'
    gradients on their way to the host; two gathered boundary tensors under tensor parallelism; DDP's gradient
    buckets, copies unless told to share them (PyTorch's default).
    """
    mode, n = x.parallelism, x.gpus
    per_layer = x.p_linear / np.maximum(x.n_layers, 1.0)
    gathered = 2.0 * x.base_bytes * per_layer + 2.0 * (x.p_total - x.p_linear)
    leaving = 2.0 * x.state.gradient * np.minimum(per_layer, trained)
    buckets = x.state.gradient * trained + ADAPTER_BYTES * x.p_lora
    shared = np.select(
        [mode == DDP, mode == FSDP, mode == OFFLOAD, mode == TP],
        [buckets, gathered, gathered + leaving, 4.0 * x.hidden * tokens],
        0.0,
    )
    casts = np.where((mode == FSDP) | (mode == OFFLOAD), 0.0, x.state.cast * trained) / weight_shards(mode, n)
    return shared + casts + 2.0 * x.spare_matrices * x.largest_matrix / np.where(mode == TP, n, 1.0)
