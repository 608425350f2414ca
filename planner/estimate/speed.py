"""Time of one optimizer step: compute by the utilisation law, de-quantisation, communication, optimizer (DOMAIN 2)."""

from dataclasses import dataclass
from typing import Final

import numpy as np

from planner.catalog.rows import Floats, Ints
from planner.estimate.collectives import (
    HOST_BYTES_S,
    LATENCY_S,
    all_reduce_s,
    exposed_s,
    full_shard_bytes,
    gather_s,
    offloaded_optimizer_s,
    ramped_bandwidth,
    tensor_parallel_payload_bytes,
)  # fmt: skip
from planner.estimate.flops import FULL, TrainingFlops
from planner.estimate.parallel import DDP, FSDP, OFFLOAD, PP, TP, ZERO1, ZERO2, replicas, stage_share, state_shards
from planner.estimate.states import base_bytes
from planner.estimate.utilisation import matmul_utilisation

NF4_TRAFFIC_BYTES: Final = 2.5
"""Traffic per weight of one NF4 de-quantisation: 0.5 B read, 2 B written (DOMAIN 2.4)."""
DEQUANTISE_EFFICIENCY: Final = 0.45
"""Share of memory bandwidth it reaches; 0.3 to 0.6 (DOMAIN 2.4) [E]."""
OPTIMIZER_BYTES: Final = 32.0
"""Bytes AdamW reads and writes per trained parameter, mixed precision (DOMAIN 2.1)."""
OPTIMIZER_EFFICIENCY: Final = 0.8
EXPERT_OVERHEAD: Final = 0.5
"""Host time of one expert over that of a layer: granite-3.0-3b-a800m 1.6 ms, OLMoE-like 7B 4.3 ms per expert and layer
in a plain trainer that loops over them (fms-acceleration), a layer 5 ms [R]."""
OFFLOAD_OVERLAP: Final = 0.5
"""Share of the compute window that hides fetching shards from the host: as over PCIe (DOMAIN 2.6) [E]."""


@dataclass(frozen=True, slots=True)
class SpeedInputs:
    """Columns the step time needs, one row per candidate."""

    flops: TrainingFlops
    peak_flops_s: Floats
    bandwidth_bytes_s: Floats
    e0: Floats
    h0: Floats
    t0_tokens: Floats
    eta_attention: Floats
    hidden: Floats
    product_width: Floats
    """Width that the utilisation law sees: the model's, or a narrower expert's."""
    token_share: Floats
    """Share of the tokens that meet in one matrix product: active over all experts, 1 for a dense model."""
    experts: Floats
    """MLP blocks per layer: 1, or all experts."""
    n_layers: Floats
    k_stack: Floats
    """Multiplier of the stack on achieved speed."""
    layer_overhead_s: Floats
    """Host time per layer and micro-batch, forward and backward: a floor under compute."""
    p_total: Floats
    p_linear: Floats
    p_lora: Floats
    p_trained: Floats
    """Weights of the model itself that are trained."""
    head_share: Floats
    """Share of a token's matmul parameters that is the output head."""
    reach: Floats
    """Share of the layers, from the top, that the backward pass goes through."""
    base_bytes: Floats
    """Stored bytes per linear weight."""
    dequantise_bytes: Floats
    """Traffic per linear weight and pass to get 16-bit weights back."""
    gradient_bytes: Floats
    """Bytes per gradient of a weight of the model."""
    gpus: Floats
    pcie_bytes_s: Floats
    """Achieved one way between host and card."""
    link_bytes_s: Floats
    link_half_bytes: Floats
    overlap: Floats
    parallelism: Ints
    checkpointing: Ints


@dataclass(frozen=True, slots=True)
class StepTime:
    """Seconds of one optimizer step, by cause; `compute` already holds matmul and attention."""

    matmul: Floats
    attention: Floats
    launch: Floats
    """What the host-side floor adds over compute."""
    dequantise: Floats
    communication: Floats
    optimizer: Floats
    bubble: Floats
    """A pipeline's stages waiting for their first and after their last micro-batch."""

    @property
    def total(self) -> Floats:
        """The whole step."""
        compute: Floats = self.matmul + self.attention + self.launch + self.dequantise
        return compute + self.communication + self.optimizer + self.bubble


def dequantise_s(
    p_linear: Floats,
    bandwidth_bytes_s: Floats,
    passes: Floats,
    efficiency: float = DEQUANTISE_EFFICIENCY,
    traffic: Floats | float = NF4_TRAFFIC_BYTES,
) -> Floats:
    """Seconds per micro-batch to de-quantise a base: n_pass * P_linear * traffic / (BW * eta) (DOMAIN 2.4)."""
    return passes * p_linear * traffic / (bandwidth_bytes_s * efficiency)


def optimizer_s(trained_params: Floats, bandwidth_bytes_s: Floats) -> Floats:
    """Seconds of one AdamW step on one GPU: its memory traffic at 0.8 of the bandwidth (DOMAIN 2.1)."""
    return OPTIMIZER_BYTES * trained_params / (bandwidth_bytes_s * OPTIMIZER_EFFICIENCY)


def step_time(x: SpeedInputs, tokens: Floats, grad_accum: Floats) -> StepTime:
    """Seconds of one optimizer step of `grad_accum` micro-batches of `tokens` tokens per GPU.

    Experts share the tokens of a micro-batch, so their products are small, and a plain stack runs them one after the
    other. Under tensor and pipeline parallelism the GPUs share every micro-batch. Tensor parallelism cuts each
    product, so the law sees a width of h/sqrt(t) [E]; a pipeline runs at the pace of its fullest stage and idles
    p-1 of m+p-1 slots (DOMAIN 2.6).
    """
    mode, n = x.parallelism, x.gpus
    group = n / replicas(mode, n)
    width = x.product_width / np.where(mode == TP, np.sqrt(n), 1.0)
    share = stage_share(mode, n, x.n_layers)
    layers, mixed = (np.where(mode == PP, part, 1.0 / group) for part in (share, _fullest(x, share)))
    eta_mm = matmul_utilisation(x.e0, x.h0, x.t0_tokens, width, tokens * x.token_share)
    reachable = x.peak_flops_s * x.k_stack
    matmul = x.flops.matmul * tokens * mixed / (reachable * eta_mm)
    attention = x.flops.attention * tokens * layers / (reachable * x.eta_attention)
    floor = x.n_layers * share * x.layer_overhead_s * (1.0 + np.where(x.experts > 1, EXPERT_OVERHEAD * x.experts, 0.0))
    launch = np.maximum(0.0, floor - matmul - attention)
    passes = np.where(x.checkpointing == FULL, 3.0, 2.0)
    dequantise = dequantise_s(x.p_linear * layers, x.bandwidth_bytes_s, passes, traffic=x.dequantise_bytes)
    micro = matmul + attention + launch + dequantise

    exposed = _exposed(x, tokens, micro, grad_accum)
    trained = x.p_trained + x.p_lora
    kept = np.where(mode == PP, 1.0 / share, state_shards(mode, n))
    on_host = offloaded_optimizer_s(trained / n, x.pcie_bytes_s, HOST_BYTES_S / n)
    return StepTime(
        matmul=matmul * grad_accum,
        attention=attention * grad_accum,
        launch=launch * grad_accum,
        dequantise=dequantise * grad_accum,
        communication=exposed,
        optimizer=np.where(mode == OFFLOAD, on_host[0] + on_host[1], optimizer_s(trained / kept, x.bandwidth_bytes_s)),
        bubble=np.where(mode == PP, (n - 1.0) * micro, 0.0),
    )


def _fullest(x: SpeedInputs, share: Floats) -> Floats:
    """Share of a micro-batch's matmul FLOPs in the last pipeline stage: its layers, and the head."""
    return share * (1.0 - x.head_share) + x.head_share


def _exposed(x: SpeedInputs, tokens: Floats, micro: Floats, grad_accum: Floats) -> Floats:
    """Seconds per step of communication that computation does not hide (table in DOMAIN 2.6, offload 2.7).

    Of FSDP's gathers the first of each pass, and the root unit's, have nothing before them to hide behind.
    """
    mode, n = x.parallelism, x.gpus
    layer_bytes = 2.0 * x.p_linear / np.maximum(x.n_layers, 1.0)
    link = ramped_bandwidth(layer_bytes, x.link_bytes_s, x.link_half_bytes)
    trained = x.p_trained + x.p_lora
    gradient = x.gradient_bytes * x.p_trained + 4.0 * x.p_lora
    weights = base_bytes(x.p_linear, x.p_total - x.p_linear, x.base_bytes)

    sharded = full_shard_bytes(weights, gradient, n) / link
    root = 2.0 * (x.p_total - x.p_linear)
    first = (n - 1.0) / n * (root + 2.0 * (weights - root) / np.maximum(x.n_layers, 1.0)) / link
    scattered = gather_s(gradient, n, link)
    per_micro = np.select([mode == FSDP, mode == ZERO2], [sharded, scattered], 0.0)
    per_step = np.select(
        [mode == DDP, mode == ZERO1, mode == ZERO2],
        [
            all_reduce_s(gradient, n, link),
            scattered + gather_s(2.0 * trained, n, link),
            gather_s(2.0 * trained, n, link),
        ],
        0.0,
    )
    least = np.where(mode == FSDP, first, 0.0)
    each = np.maximum(exposed_s(per_micro, x.overlap, micro), least)
    exposed = each * grad_accum + exposed_s(per_step, x.overlap, micro)
    if mode.max(initial=0) < TP:
        return exposed

    payload = tensor_parallel_payload_bytes(tokens, x.hidden)
    message = ramped_bandwidth(payload, x.link_bytes_s, x.link_half_bytes)
    reductions = x.n_layers * (2.0 + x.reach * np.where(x.checkpointing == FULL, 4.0, 2.0))
    tensor = reductions * all_reduce_s(payload, n, message) * grad_accum
    pipeline = 2.0 * (payload / message + LATENCY_S) * grad_accum
    fetched = sharded + 2.0 * weights / n / x.pcie_bytes_s
    offload = np.maximum(exposed_s(fetched, OFFLOAD_OVERLAP * np.ones_like(micro), micro), first) * grad_accum
    return np.select([mode == TP, mode == PP, mode == OFFLOAD], [tensor, pipeline, offload], exposed)
