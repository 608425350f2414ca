"""Time of one optimizer step: compute by the utilisation law, de-quantisation, communication, optimizer (DOMAIN 2)."""

from dataclasses import dataclass
from typing import Final

import numpy as np

from planner.catalog.constants import Calibration
from planner.catalog.rows import Bools, Floats, Ints
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
from planner.estimate.layout import Layout
from planner.estimate.states import base_bytes
from planner.estimate.utilisation import matmul_utilisation

NF4_TRAFFIC_BYTES: Final = 2.5
"""Traffic per weight of one NF4 de-quantisation: 0.5 B read, 2 B written (DOMAIN 2.4)."""
QUANTISED_OVERHEAD: Final = 1.3
"""Host time of a layer over a quantised base: a kernel more for every matrix and pass [E]."""
OPTIMIZER_BYTES: Final = 32.0
"""Bytes AdamW reads and writes per trained parameter, mixed precision (DOMAIN 2.1)."""
OPTIMIZER_EFFICIENCY: Final = 0.8
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
    grouped: Bools
    """Expert products are batched, not looped over."""
    n_layers: Floats
    k_stack: Floats
    """Multiplier of the stack and method on achieved speed."""
    matmul_gain: Floats
    """Speed of matrix products over bf16: 1, or that of fp8 and fp4 with their casts."""
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
    pcie_bytes_s: Floats
    """Achieved one way between host and card."""
    link_bytes_s: Floats
    link_half_bytes: Floats
    overlap: Floats
    layout: Layout
    checkpointing: Ints
    calibration: Calibration


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
    p_linear: Floats, bandwidth_bytes_s: Floats, passes: Floats, efficiency: float, traffic: Floats | float
) -> Floats:
    """Seconds per micro-batch to de-quantise a base: n_pass * P_linear * traffic / (BW * eta) (DOMAIN 2.4)."""
    return passes * p_linear * traffic / (bandwidth_bytes_s * efficiency)


def optimizer_s(trained_params: Floats, bandwidth_bytes_s: Floats) -> Floats:
    """Seconds of one AdamW step on one GPU: its memory traffic at 0.8 of the bandwidth (DOMAIN 2.1)."""
    return OPTIMIZER_BYTES * trained_params / (bandwidth_bytes_s * OPTIMIZER_EFFICIENCY)


def step_time(x: SpeedInputs, tokens: Floats, grad_accum: Floats) -> StepTime:
    """Seconds of one optimizer step of `grad_accum` micro-batches of `tokens` tokens per replica.

    Tensor parallelism cuts each product, so the law sees a width of h/sqrt(t) [E]; a pipeline runs at the pace of its
    fullest stage and idles p-1 of v*m+p-1 slots (DOMAIN 2.6); stages that work in turn idle all the others' time.
    """
    way, c = x.layout, x.calibration
    share = way.layer_share(x.n_layers)
    layers, mixed = (np.where(way.staged, part, 1.0) / way.tensor for part in (share, _fullest(x, share)))
    here = tokens / way.context
    matmul, attention = _compute_s(x, here, layers, mixed)
    looped = np.where((x.experts > 1) & ~x.grouped, c["speed.expert_loop"] * x.experts, 0.0)
    overhead = x.layer_overhead_s * np.where(x.dequantise_bytes > 0, QUANTISED_OVERHEAD, 1.0)
    launch = np.maximum(0.0, x.n_layers * share * overhead * (1.0 + looped) - matmul - attention)
    passes = np.where(x.checkpointing == FULL, 3.0, 2.0)
    dequantise = dequantise_s(
        x.p_linear * layers, x.bandwidth_bytes_s, passes, c["speed.dequantise"], x.dequantise_bytes
    )
    micro = matmul + attention + launch + dequantise

    trained = (x.p_trained + x.p_lora) * layers
    on_host = offloaded_optimizer_s(trained / way.data, x.pcie_bytes_s, HOST_BYTES_S * way.nodes / way.gpus)
    waits = np.where(way.in_turn, (way.pipeline - 1.0) * grad_accum, (way.pipeline - 1.0) / way.chunks)
    return StepTime(
        matmul=matmul * grad_accum,
        attention=attention * grad_accum,
        launch=launch * grad_accum,
        dequantise=dequantise * grad_accum,
        communication=_exposed(x, here, micro, grad_accum, layers),
        optimizer=np.where(
            way.offloaded, on_host[0] + on_host[1], optimizer_s(trained / way.state_shards, x.bandwidth_bytes_s)
        ),
        bubble=np.where(way.staged, waits * micro, 0.0),
    )


def _compute_s(x: SpeedInputs, here: Floats, layers: Floats, mixed: Floats) -> tuple[Floats, Floats]:
    """Seconds of matrix products and of attention for one micro-batch on one GPU.

    Experts share the tokens of a micro-batch, so looped products are small; grouped ones come near the dense law.
    """
    grouped = x.grouped & (x.experts > 1)
    width = np.where(grouped, x.hidden, x.product_width) / np.sqrt(x.layout.tensor)
    met = here * np.where(grouped, 1.0, x.token_share)
    eta = matmul_utilisation(x.e0, x.h0, x.t0_tokens, width, met)
    eta = eta * np.where(grouped, x.calibration["speed.grouped_experts"], 1.0) * x.matmul_gain
    reachable = x.peak_flops_s * x.k_stack
    matmul = x.flops.matmul * here * mixed / (reachable * eta)
    return matmul, x.flops.attention * here * layers / (reachable * x.eta_attention)


def _fullest(x: SpeedInputs, share: Floats) -> Floats:
    """Share of a micro-batch's matmul FLOPs in the last pipeline stage: its layers, and the head."""
    return share * (1.0 - x.head_share) + x.head_share


def _exposed(x: SpeedInputs, here: Floats, micro: Floats, grad_accum: Floats, layers: Floats) -> Floats:
    """Seconds per step of communication that computation does not hide (table in DOMAIN 2.6, offload 2.7).

    Of sharded layers' gathers the first of each pass, and the root unit's, have nothing before them to hide behind.
    """
    way = x.layout
    n = way.data * way.context
    link = ramped_bandwidth(2.0 * x.p_linear / np.maximum(x.n_layers, 1.0), x.link_bytes_s, x.link_half_bytes)
    trained = (x.p_trained + x.p_lora) * layers
    gradient = (x.gradient_bytes * x.p_trained + 4.0 * x.p_lora) * layers
    other = x.p_total - x.p_linear
    weights = base_bytes(x.p_linear, other, x.base_bytes) * layers

    sharded = full_shard_bytes(weights, gradient, n) / link
    root = 2.0 * other * layers
    first = (n - 1.0) / n * (root + 2.0 * (weights - root) / np.maximum(x.n_layers, 1.0)) / link
    scattered, spread = gather_s(gradient, n, link), gather_s(2.0 * trained, n, link)
    per_micro = np.select([way.stage >= 3, way.stage == 2], [sharded, scattered], 0.0)
    per_step = np.select(
        [way.replicated, way.stage == 1, way.stage == 2],
        [all_reduce_s(gradient, n, link), scattered + spread, spread],
        0.0,
    )
    exposed = np.maximum(exposed_s(per_micro, x.overlap, micro), np.where(way.sharded, first, 0.0)) * grad_accum
    exposed = exposed + exposed_s(per_step, x.overlap, micro)
    if not ((way.group > 1) | way.offloaded).any():
        return exposed

    payload = tensor_parallel_payload_bytes(here, x.hidden)
    message = ramped_bandwidth(payload, x.link_bytes_s, x.link_half_bytes)
    reductions = x.n_layers * way.layer_share(x.n_layers)
    reductions = reductions * (2.0 + x.reach * np.where(x.checkpointing == FULL, 4.0, 2.0))
    tensor = (
        x.calibration["speed.tensor_exposed"] * reductions * all_reduce_s(payload, way.tensor, message) * grad_accum
    )
    boundary = np.where(way.staged, 2.0 * (payload / message + LATENCY_S), 0.0) * grad_accum
    fetched = sharded + 2.0 * weights / n / x.pcie_bytes_s
    offload = np.maximum(exposed_s(fetched, OFFLOAD_OVERLAP * np.ones_like(micro), micro), first) * grad_accum
    return np.where(way.offloaded & (way.stage >= 3), offload, exposed) + tensor + boundary
