"""Peak memory on one GPU, term by term (DOMAIN 3; corrections from published measurements, MEMORY.md 4).

What is meant is memory allocated by PyTorch plus the CUDA context; what the allocator holds beyond that is told apart
(`MemoryTerms.reserved`) and covered by the memory margin. The peak is the largest of three moments on the fullest GPU:
the loss, when all kept activations meet the logits; the backward pass through one layer; and the optimizer step.
"""

from dataclasses import dataclass, fields
from typing import Final

import numpy as np

from planner.catalog.constants import Calibration
from planner.catalog.rows import Bools, Floats, Ints
from planner.estimate.flops import FULL, SELECTIVE
from planner.estimate.layout import Layout
from planner.estimate.states import StateBytes, base_bytes
from planner.units import GIB

COMMUNICATION_GIB: Final = 0.75
"""NCCL buffers as soon as there is a second GPU; 0.5 to 1 GiB (MEMORY.md 4.9) [C]."""
IN_BACKWARD: Final = 0.02
"""Gradients alive at a time where the optimizer steps inside the backward pass: the largest matrix of a 7B model is
0.6 to 2 % of its weights (MEMORY.md 4.4, LOMO 12.55 to 0.24 GiB) [C]."""
LIVE_BYTES: Final = 2e9
"""16-bit weights that ZeRO-3 keeps gathered, a thousand million by default (MEMORY.md 4.8) [C]."""
BUCKET_ELEMENTS: Final = 2e8
"""Elements of a DeepSpeed bucket (MEMORY.md 4.8) [C]."""
ZERO_GRADIENT_BYTES: Final = 4.0
"""DeepSpeed keeps a rank's part of the gradients in fp32 for the step: 4P + 16P/N in all at ZeRO-1 and 2, whose
16-bit gradients stay whole, 18P/N at ZeRO-3 (its memory page, MEMORY.md 4.8) [C]."""
WORKSPACE_GIB: Final = 0.05
"""Inputs, labels, norms' statistics and what else is too small to count [E]."""


@dataclass(frozen=True, slots=True)
class MemoryInputs:
    """Columns the memory terms need; counts in parameters, widths in elements, one row per candidate."""

    p_linear: Floats
    """Weights of the layers' matrices, all experts included."""
    p_expert: Floats
    """Those of them that are experts."""
    p_other: Floats
    """Embeddings, head, norms and biases."""
    p_embedding: Floats
    p_lora: Floats
    p_trained: Floats
    """Weights of the model itself that are trained: all, those of the top layers, or 0 under an adapter."""
    n_layers: Floats
    reach: Floats
    """Share of the layers, from the top, that the backward pass goes through."""
    layer_bytes: Floats
    """Bytes per token and layer of the tensors that a layer keeps, attention scores included."""
    adapter_input_bytes: Floats
    """Bytes per token and layer of copies that adapters keep of their inputs where nothing is recomputed."""
    hidden: Floats
    vocab: Floats
    largest_matrix: Floats
    base_bytes: Floats
    """Stored bytes per linear weight."""
    other_bytes: Floats
    """Stored bytes per weight that is no matrix of a layer."""
    kept_factor: Floats
    """What a layer without full checkpointing keeps, over the count of its tensors."""
    boundary_bytes: Floats
    """Bytes per token, layer and hidden element of a checkpointed boundary: 2, or 4 where it is kept in fp32."""
    logits_bytes: Floats
    """Bytes per token and vocabulary entry around the loss; 0 where a fused loss keeps none."""
    spare_matrices: Floats
    state: StateBytes
    adapter_bytes: Floats
    """Bytes per adapter parameter, and per gradient of one."""
    adapter_moments: Floats
    """Optimizer bytes per adapter parameter."""
    two_boundaries: Bools
    """A backward pass over sharded layers holds every boundary twice (Transformers under FSDP; MEMORY.md 4.6)."""
    keeps_gradients: Bools
    """Gradient buffers live through the whole step, whatever the accumulation."""
    deepspeed: Bools
    """Sharing is DeepSpeed's, with buckets of fixed size, not FSDP's."""
    in_backward: Bools
    """The optimizer steps inside the backward pass, matrix by matrix."""
    layout: Layout
    checkpointing: Ints
    calibration: Calibration
    peak_factor: Floats | float = 1.0
    """What a user's runs multiply the peak by: every term alike, since a run shows their sum alone."""


@dataclass(frozen=True, slots=True)
class MemoryTerms:
    """Terms of the peak in GiB, on the fullest GPU, in the moment that sets it."""

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
    reserved: Floats
    """GiB that PyTorch's allocator holds at its peak, fragmentation included; no part of the total."""

    @property
    def total(self) -> Floats:
        """Sum of the terms."""
        return self.allocated + self.context

    @property
    def allocated(self) -> Floats:
        """GiB of tensors: the total without the CUDA context."""
        states: Floats = self.weights + self.adapters + self.gradients + self.optimizer
        return states + self.activations + self.logits + self.temporary


def peak_memory(x: MemoryInputs, tokens: Floats, grad_accum: Floats) -> MemoryTerms:
    """Peak memory at `tokens` per micro-batch, `grad_accum` of them per step and group of GPUs.

    A pipeline is uneven: its last stage holds the logits, its first the most micro-batches in flight. Both are
    counted and the fuller one is reported (MEMORY.md 4.8).
    """
    last = _rank(x, tokens, grad_accum, first_stage=False)
    if not x.layout.staged.any():
        return _scaled(last, x.peak_factor)
    first = _rank(x, tokens, grad_accum, first_stage=True)
    fuller = x.layout.staged & (first.total > last.total)
    either = MemoryTerms(
        **{f.name: np.where(fuller, getattr(first, f.name), getattr(last, f.name)) for f in fields(MemoryTerms)}
    )
    return _scaled(either, x.peak_factor)


def _scaled(terms: MemoryTerms, factor: Floats | float) -> MemoryTerms:
    if np.all(np.equal(factor, 1.0)):
        return terms
    sizes = {f.name: getattr(terms, f.name) * factor for f in fields(MemoryTerms) if f.name != "step_phase"}
    return MemoryTerms(**sizes, step_phase=terms.step_phase)


@dataclass(frozen=True, slots=True)
class _Held:
    """Bytes of one rank that do not depend on tokens."""

    weights: Floats
    adapters: Floats
    gradients: Floats
    optimizer: Floats
    step_copy: Floats
    casts: Floats
    temporary: Floats


def _rank(x: MemoryInputs, tokens: Floats, grad_accum: Floats, *, first_stage: bool) -> MemoryTerms:
    """Terms on one GPU: any of them, or the first or the last stage of a pipeline."""
    held = _held(x)
    kept, live, loss = _activations(x, tokens, grad_accum, first_stage=first_stage)
    peak = np.maximum(live, loss)
    gathered = 4.0 * x.hidden * tokens * (x.layout.tensor > 1)
    temporary = held.temporary + gathered

    accumulates = (grad_accum > 1) | x.keeps_gradients | (x.deepspeed & (x.layout.stage >= 1))
    layers = np.maximum(x.n_layers, 1.0)
    # Without accumulation gradients grow while activations shrink, so the two do not meet in full.
    with_acts = np.where(accumulates, held.gradients, 0.0) + kept + peak
    with_grads = held.gradients + kept / layers
    late = with_grads > with_acts
    states = held.weights + held.adapters + held.optimizer
    backward = states + held.casts + temporary + np.maximum(with_acts, with_grads)
    step = states + held.gradients + held.step_copy
    stepping = step > backward
    quiet = stepping | late
    fragments = (x.calibration["memory.reserved"] - 1.0) * (kept + peak)
    whole = np.maximum(np.maximum(backward, states + held.casts + temporary + with_acts + fragments), step)

    activations = np.where(stepping, 0.0, np.where(late, kept / layers, kept + np.where(live >= loss, live, 0.0)))
    context = x.calibration["memory.context_gib"] + np.where(x.layout.gpus > 1, COMMUNICATION_GIB, 0.0)
    return MemoryTerms(
        weights=held.weights / GIB,
        adapters=held.adapters / GIB,
        gradients=np.where(quiet | accumulates, held.gradients, 0.0) / GIB,
        optimizer=held.optimizer / GIB,
        activations=activations / GIB,
        logits=np.where(quiet | (live >= loss), 0.0, loss) / GIB,
        temporary=np.where(stepping, held.step_copy, temporary + held.casts) / GIB + WORKSPACE_GIB,
        context=context + 0.0 * held.weights,
        step_phase=stepping,
        reserved=whole / GIB + WORKSPACE_GIB,
    )


def _held(x: MemoryInputs) -> _Held:
    """Weights, gradients and states of one rank, and what is gathered, cast or exchanged on the way.

    Experts that are dealt out to GPUs are sharded further only over the GPUs that hold the same ones.
    """
    way = x.layout
    share = way.layer_share(x.n_layers)
    experts = x.p_expert * share / way.expert_shards()
    linear = (x.p_linear - x.p_expert) * share / way.tensor + experts
    other = np.where(way.staged, x.p_embedding, x.p_other) / way.tensor
    trained = np.minimum(x.p_trained / way.tensor, linear + np.where(x.reach < 1, 0.0, other))
    trained = np.where(way.staged | (way.tensor > 1) | (way.expert > 1), trained, x.p_trained)
    own = np.where((way.expert > 1) & (linear > 0), experts / np.maximum(linear + other, 1.0), 0.0)

    def spread(shards: Floats, stage: int) -> Floats:
        """Part of a figure that one rank keeps where replicas shard it."""
        alone = np.where(way.stage >= stage, way.expert_replicas(), 1.0)
        return own / alone + (1.0 - own) / shards

    weight_part, gradient_part = spread(way.weight_shards, 3), spread(way.gradient_shards, 2)
    on_card = np.where(way.offloaded & (way.stage >= 3), 0.0, 1.0)
    states_here = np.where(way.offloaded, 0.0, 1.0)
    lora = x.p_lora * share / way.tensor / way.weight_shards

    base = base_bytes(linear, other, x.base_bytes, x.other_bytes)
    weights = (base + (x.state.weight - 2.0) * trained) * weight_part * on_card
    alive = np.where(x.in_backward, IN_BACKWARD, 1.0)
    gradients_here = np.where(way.offloaded & (way.stage >= 2), 0.0, alive)
    states = spread(way.state_shards, 1) * states_here
    zero = x.deepspeed & (way.stage >= 1)
    gradient_part = np.where(zero & (way.stage == 2), 1.0, gradient_part)
    fp32_gradients = np.where(zero, ZERO_GRADIENT_BYTES * states, 0.0)
    return _Held(
        weights=weights,
        adapters=x.adapter_bytes * lora * on_card,
        gradients=(x.state.gradient * gradient_part * gradients_here + fp32_gradients) * trained
        + x.adapter_bytes * lora * on_card,
        optimizer=x.state.optimizer * trained * states + x.adapter_moments * lora * on_card,
        step_copy=x.state.step_copy * trained * states * alive,
        casts=np.where(way.sharded, 0.0, x.state.cast * trained),
        temporary=_temporary(x, trained, linear, other),
    )


def _activations(
    x: MemoryInputs, tokens: Floats, grad_accum: Floats, *, first_stage: bool
) -> tuple[Floats, Floats, Floats]:
    """Bytes kept for the backward pass, and on top of them of one live layer and of the loss, which do not meet.

    Full checkpointing keeps one boundary per token and layer and recomputes one layer at a time. Selective
    checkpointing keeps part of the tensors. Layers below the trained ones keep nothing. Tensor parallelism, with
    sequence parallelism as its stacks have it, divides all of it (Korthikanti et al., arXiv 2205.05198).
    """
    way, c = x.layout, x.calibration
    here = tokens / way.tensor
    depth = np.minimum(way.layer_share(x.n_layers), x.reach)
    layers = x.n_layers * depth * (way.in_flight(grad_accum) if first_stage else 1.0)
    boundary = x.boundary_bytes * x.hidden
    whole = x.layer_bytes * x.kept_factor + x.adapter_input_bytes
    per_layer = np.select(
        [x.checkpointing == FULL, x.checkpointing == SELECTIVE],
        [boundary, c["memory.selective"] * x.layer_bytes],
        whole,
    )
    twice = np.where(x.two_boundaries & way.sharded, 2.0 * x.hidden * layers, 0.0)
    live = c["memory.live_layer"] * (x.layer_bytes + x.adapter_input_bytes) + twice
    loss = c["memory.loss_hidden"] * x.hidden + x.logits_bytes * x.vocab
    live = np.where(x.checkpointing == FULL, live, 0.0)
    if first_stage:
        loss = np.where(way.staged, 0.0, loss)
    return layers * per_layer * here, live * here, loss * here


def _temporary(x: MemoryInputs, trained: Floats, linear: Floats, other: Floats) -> Floats:
    """Bytes that are no state.

    A de-quantised or composed matrix; gathered layers and the root unit, or what ZeRO-3 keeps gathered and its
    buckets; two layers' gradients on their way to the host; DDP's gradient buckets, copies unless told to share them
    (PyTorch's default).
    """
    way = x.layout
    per_layer = linear / np.maximum(x.n_layers * way.layer_share(x.n_layers), 1.0)
    gathered = x.calibration["memory.gathered_layers"] * x.base_bytes * per_layer + 2.0 * other
    leaving = np.where(way.offloaded, 2.0 * x.state.gradient * np.minimum(per_layer, trained), 0.0)
    buckets = x.state.gradient * trained + x.adapter_bytes * x.p_lora
    whole = base_bytes(linear, other, x.base_bytes, x.other_bytes)
    gathered = np.where(x.deepspeed, np.minimum(LIVE_BYTES, whole), gathered)
    shared = np.where(way.sharded | (way.offloaded & (way.stage >= 3)), gathered + leaving, 0.0)
    filled = np.minimum(1.0, (trained + x.p_lora) / BUCKET_ELEMENTS)
    exchanged = x.deepspeed & (way.stage >= 1) & (way.data * way.context > 1)
    shared = shared + np.where(exchanged, x.calibration["memory.deepspeed_buckets_gib"] * GIB * filled, 0.0)
    return shared + np.where(way.replicated, buckets, 0.0) + 2.0 * x.spare_matrices * x.largest_matrix / way.tensor
