"""Peak memory on one GPU, term by term (DOMAIN 3; corrections from published measurements, MEMORY.md 4).

What is meant is memory allocated by PyTorch plus the CUDA context; the allocator's cache, which `nvidia-smi` also
shows, is not needed to run and is covered by the memory margin. The peak is the larger of two phases: the backward
pass, and the optimizer step.
"""

from dataclasses import dataclass
from typing import Final

import numpy as np

from planner.catalog.rows import Bools, Floats, Ints
from planner.estimate.flops import FULL, SELECTIVE
from planner.units import GIB

NF4_BYTES: Final = 4.127 / 8
"""NF4 with double quantisation: 4 bit + 8/64 + 32/(64*256) per weight (QLoRA, arXiv 2305.14314)."""
CONTEXT_GIB: Final = 0.9
"""CUDA context and library workspaces; 0.7 to 1.3 GiB seen (MEMORY.md 4.9) [C]."""
COMMUNICATION_GIB: Final = 0.75
"""NCCL buffers as soon as there is a second GPU; 0.5 to 1 GiB (MEMORY.md 4.9) [C]."""
LOGITS_BYTES: Final = 10.0
"""Bytes per token and vocabulary entry: 16-bit logits, fp32 copy, fp32 gradient (DOMAIN 3; 8 to 14 measured)."""
FUSED_LOSS_TOKENS: Final = 1024.0
"""Tokens whose logits a chunked or fused loss holds at a time [E]."""
ADAPTER_BYTES: Final = 4.0
"""Adapter weights, and their gradients, are fp32 (PEFT's default), whatever the base."""
KEPT_FACTOR, KEPT_FACTOR_QUANTISED = 1.15, 1.35
"""What a layer without full checkpointing keeps over the count of its tensors: adapter inputs, casts, workspaces.

Slopes of published runs without checkpointing: Llama-2-7B LoRA 1.14, Qwen-7B LoRA 1.12, Llama-2-7B NF4 1.37 [R]."""
FUSED_LIVE_FACTOR: Final = 1.55
"""The one live layer over the count of its tensors where a fused loss leaves it as the peak: Llama-3-8B and
Mistral-7B slopes over batch size, 0.52 and 0.79 MB per token [R]; with a standard loss the logits hide it."""

SINGLE, DDP, ZERO2, FSDP = 0, 1, 2, 3
"""How GPUs share a model: one GPU, replicas, sharded gradients and states, everything sharded."""


@dataclass(frozen=True, slots=True)
class StateBytes:
    """Bytes per trained parameter: weight, gradient, optimizer state, and the optimizer step's own copy."""

    weight: Floats
    gradient: Floats
    optimizer: Floats
    step_copy: Floats


def state_bytes(pure_bf16: Bools, foreach: Bools, eight_bit: Bools) -> StateBytes:
    """Bytes per parameter that full fine-tuning keeps (DOMAIN 3; MEMORY.md 4.5).

    Mixed precision: 2 B weight, 2 B gradient, 4 B fp32 master and 8 B moments, 16 B in all. Pure bf16: moments in
    bf16 too, 8 B in all. 8-bit AdamW keeps 2 B of moments. A foreach optimizer copies the weights once while it
    steps; the fused one does not.
    """
    moments = np.where(eight_bit, 2.0, np.where(pure_bf16, 4.0, 8.0))
    master = np.where(pure_bf16, 0.0, 4.0)
    one = np.ones_like(moments)
    return StateBytes(2.0 * one, 2.0 * one, moments + master, np.where(foreach, np.where(pure_bf16, 2.0, 4.0), 0.0))


def layer_activation_bytes(
    hidden: Floats, hq: Floats, hkv: Floats, ffn: Floats, n_heads: Floats, ffn_matrices: Floats
) -> Floats:
    """Activation bytes one layer keeps per token, 16 bit, flash attention: 8h + 4hq + 4hkv + 8f + 4*heads.

    DOMAIN 3 prints 12h, for models whose query heads are as wide as the model. 8f is a gated MLP (gate, up, product
    and activation, 2 B each); a plain MLP keeps two of the four.
    """
    mlp = np.where(ffn_matrices >= 3, 8.0, 4.0) * ffn
    return 8.0 * hidden + 4.0 * hq + 4.0 * hkv + mlp + 4.0 * n_heads


def eager_attention_bytes(n_heads: Floats, s: Floats) -> Floats:
    """Bytes per token and layer of a materialised score matrix: 5*a*s (Korthikanti et al., arXiv 2205.05198)."""
    return 5.0 * n_heads * s


def gpt_layer_activation_bytes(s: float, b: float, h: float, heads: float, *, flash: bool) -> float:
    """Activation bytes of one GPT layer: s*b*h*(34 + 5*a*s/h), the last part gone with flash attention."""
    return s * b * h * (34.0 + (0.0 if flash else 5.0 * heads * s / h))


def kv_cache_bytes_per_token(n_layers: float, hkv: float, bytes_per_value: float = 2.0) -> float:
    """Bytes of keys and values per token over all layers: 2*L*hkv*bytes (DOMAIN 3)."""
    return 2.0 * n_layers * hkv * bytes_per_value


def quantised_base_bytes(p_linear: Floats, p_total: Floats) -> Floats:
    """Bytes of a base whose linear layers are NF4 and whose embeddings, head and norms stay 16-bit."""
    return NF4_BYTES * p_linear + 2.0 * (p_total - p_linear)


@dataclass(frozen=True, slots=True)
class MemoryInputs:
    """Columns the memory terms need; counts in parameters, widths in elements, one row per candidate."""

    p_total: Floats
    p_linear: Floats
    p_embedding: Floats
    p_lora: Floats
    n_layers: Floats
    layer_bytes: Floats
    """Activation bytes per token and layer without checkpointing, attention scores and dropout masks included."""
    hidden: Floats
    vocab: Floats
    largest_matrix: Floats
    trains_all: Bools
    quantised: Bools
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


def peak_memory(x: MemoryInputs, tokens: Floats, accumulates: Bools) -> MemoryTerms:
    """Peak memory at `tokens` per micro-batch and GPU; `accumulates` when gradients live across micro-batches."""
    n = x.gpus
    shards_states = np.where(x.parallelism >= ZERO2, n, 1.0)
    shards_weights = np.where(x.parallelism == FSDP, n, 1.0)

    base = np.where(x.quantised, quantised_base_bytes(x.p_linear, x.p_total), 2.0 * x.p_total)
    weights = np.where(x.trains_all, x.state.weight * x.p_total, base) / shards_weights
    adapter_bytes = 2.0 * ADAPTER_BYTES + x.adapter_moments
    adapters = np.where(x.trains_all, 0.0, adapter_bytes * x.p_lora) / shards_weights
    gradients = np.where(x.trains_all, x.state.gradient * x.p_total, 0.0) / shards_states
    optimizer = np.where(x.trains_all, x.state.optimizer * x.p_total, 0.0) / shards_states
    step_copy = np.where(x.trains_all, x.state.step_copy * x.p_total, 0.0) / shards_states

    activations = _activations(x, tokens)
    logits = LOGITS_BYTES * x.vocab * np.where(x.fused_loss, np.minimum(tokens, FUSED_LOSS_TOKENS), tokens)
    temporary = _temporary(x)
    context = (CONTEXT_GIB + np.where(n > 1, COMMUNICATION_GIB, 0.0)) * GIB

    # Without accumulation gradients grow while activations shrink, so the two do not meet in full.
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


def _activations(x: MemoryInputs, tokens: Floats) -> Floats:
    """Bytes kept for the backward pass.

    Full checkpointing keeps one boundary tensor of 2h per token and layer, and one live layer; the boundary is held
    in fp32 under FSDP, and over a quantised base by stacks that upcast it (MEMORY.md 4.6). Selective checkpointing
    keeps about half.
    """
    boundary = np.where((x.parallelism == FSDP) | (x.quantised & x.upcasts), 4.0, 2.0) * x.hidden
    live = x.layer_bytes * np.where(x.fused_loss, FUSED_LIVE_FACTOR, 1.0)
    factor = np.where(x.quantised, KEPT_FACTOR_QUANTISED, KEPT_FACTOR)
    kept = np.where(
        x.checkpointing == FULL,
        x.n_layers * boundary + live,
        x.n_layers * x.layer_bytes * factor * np.where(x.checkpointing == SELECTIVE, 0.5, 1.0),
    )
    return kept * tokens


def _temporary(x: MemoryInputs) -> Floats:
    """Bytes that are no state: a de-quantised matrix; two gathered layers and the root unit; DDP's gradient buckets.

    DDP copies gradients into its buckets unless told to share them (PyTorch's default).
    """
    per_layer = np.where(x.quantised, NF4_BYTES, 2.0) * x.p_linear / np.maximum(x.n_layers, 1.0)
    root = 2.0 * (x.p_total - x.p_linear)
    gathered = np.where(x.parallelism == FSDP, 2.0 * per_layer + root, 0.0)
    trained = np.where(x.trains_all, x.state.gradient * x.p_total, ADAPTER_BYTES * x.p_lora)
    buckets = np.where(x.parallelism == DDP, trained, 0.0)
    return gathered + buckets + np.where(x.quantised, 2.0 * x.largest_matrix, 0.0)
