"""Time of one optimizer step: compute by the utilisation law, de-quantisation, communication, optimizer (DOMAIN 2)."""

from dataclasses import dataclass
from typing import Final

import numpy as np

from planner.catalog.rows import Bools, Floats, Ints
from planner.estimate.collectives import all_reduce_s, exposed_s, full_shard_bytes, gather_s, ramped_bandwidth
from planner.estimate.flops import FULL, TrainingFlops
from planner.estimate.memory import DDP, FSDP, NF4_BYTES, ZERO2
from planner.estimate.utilisation import matmul_utilisation

DEQUANTISE_BYTES: Final = 2.5
"""Traffic per weight of one NF4 de-quantisation: 0.5 B read, 2 B written (DOMAIN 2.4)."""
DEQUANTISE_EFFICIENCY: Final = 0.45
"""Share of memory bandwidth it reaches; 0.3 to 0.6 (DOMAIN 2.4) [E]."""
OPTIMIZER_BYTES: Final = 32.0
"""Bytes AdamW reads and writes per trained parameter, mixed precision (DOMAIN 2.1)."""
OPTIMIZER_EFFICIENCY: Final = 0.8


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
    n_layers: Floats
    k_stack: Floats
    """Multiplier of the stack on achieved speed."""
    layer_overhead_s: Floats
    """Host time per layer and micro-batch, forward and backward: a floor under compute."""
    p_total: Floats
    p_linear: Floats
    p_lora: Floats
    trains_all: Bools
    quantised: Bools
    gpus: Floats
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

    @property
    def total(self) -> Floats:
        """The whole step."""
        return self.matmul + self.attention + self.launch + self.dequantise + self.communication + self.optimizer


def dequantise_s(
    p_linear: Floats, bandwidth_bytes_s: Floats, passes: Floats, efficiency: float = DEQUANTISE_EFFICIENCY
) -> Floats:
    """Seconds per micro-batch to de-quantise an NF4 base: n_pass * P_linear * 2.5 B / (BW * eta) (DOMAIN 2.4)."""
    return passes * p_linear * DEQUANTISE_BYTES / (bandwidth_bytes_s * efficiency)


def optimizer_s(trained_params: Floats, bandwidth_bytes_s: Floats) -> Floats:
    """Seconds of one AdamW step on one GPU: its memory traffic at 0.8 of the bandwidth (DOMAIN 2.1)."""
    return OPTIMIZER_BYTES * trained_params / (bandwidth_bytes_s * OPTIMIZER_EFFICIENCY)


def step_time(x: SpeedInputs, tokens: Floats, grad_accum: Floats) -> StepTime:
    """Seconds of one optimizer step of `grad_accum` micro-batches of `tokens` tokens per GPU."""
    eta_mm = matmul_utilisation(x.e0, x.h0, x.t0_tokens, x.hidden, tokens)
    reachable = x.peak_flops_s * x.k_stack
    matmul = x.flops.matmul * tokens / (reachable * eta_mm)
    attention = x.flops.attention * tokens / (reachable * x.eta_attention)
    launch = np.maximum(0.0, x.n_layers * x.layer_overhead_s - matmul - attention)
    passes = np.where(x.checkpointing == FULL, 3.0, 2.0)
    dequantise = np.where(x.quantised, dequantise_s(x.p_linear, x.bandwidth_bytes_s, passes), 0.0)
    micro = matmul + attention + launch + dequantise

    per_micro, per_step = _communication(x)
    exposed = exposed_s(per_micro, x.overlap, micro) * grad_accum + exposed_s(per_step, x.overlap, micro)
    trained = np.where(x.trains_all, x.p_total, x.p_lora)
    shared = np.where(x.parallelism >= ZERO2, x.gpus, 1.0)
    return StepTime(
        matmul=matmul * grad_accum,
        attention=attention * grad_accum,
        launch=launch * grad_accum,
        dequantise=dequantise * grad_accum,
        communication=exposed,
        optimizer=optimizer_s(trained / shared, x.bandwidth_bytes_s),
    )


def _communication(x: SpeedInputs) -> tuple[Floats, Floats]:
    """Seconds of communication per micro-batch and per optimizer step, before overlap (table in DOMAIN 2.6)."""
    layer_bytes = 2.0 * x.p_linear / np.maximum(x.n_layers, 1.0)
    link = ramped_bandwidth(layer_bytes, x.link_bytes_s, x.link_half_bytes)
    trained = np.where(x.trains_all, x.p_total, x.p_lora)
    gradient = np.where(x.trains_all, 2.0, 4.0) * trained
    frozen = np.where(x.quantised, NF4_BYTES * x.p_linear + 2.0 * (x.p_total - x.p_linear), 2.0 * x.p_total)

    sharded = full_shard_bytes(frozen, gradient, x.gpus) / link
    scattered = gather_s(gradient, x.gpus, link)
    per_micro = np.select([x.parallelism == FSDP, x.parallelism == ZERO2], [sharded, scattered], 0.0)
    per_step = np.select(
        [x.parallelism == DDP, x.parallelism == ZERO2],
        [all_reduce_s(gradient, x.gpus, link), gather_s(2.0 * trained, x.gpus, link)],
        0.0,
    )
    return per_micro, per_step
