"""Communication inside one node: volumes by strategy and the time they take (DOMAIN 2.6)."""

from typing import Final

import numpy as np

from planner.catalog.rows import Floats

LATENCY_S: Final = 15e-6
"""Start-up of one collective inside a node (DOMAIN 2.6) [M]."""


PCIE_SHARE: Final = 0.35
"""Achieved one-way share of the nominal bidirectional PCIe rate: 22 of 64 GB/s on gen4 x16 (DOMAIN 2.7) [E]."""
HOST_BYTES_S: Final = 100e9
"""Host memory bandwidth that the optimizer reaches there; 100 to 300 GB/s (DOMAIN 2.7), taken low [E]."""


def ramped_bandwidth(message_bytes: Floats, link_bytes_s: Floats, half_bytes: Floats) -> Floats:
    """Achieved bandwidth of messages of this size: W_max * m/(m + m_half)."""
    return link_bytes_s * message_bytes / (message_bytes + half_bytes)


def gather_s(total_bytes: Floats, gpus: Floats, link_bytes_s: Floats, latency_s: float = LATENCY_S) -> Floats:
    """Seconds of an all-gather or reduce-scatter of `total_bytes` over `gpus` in one node."""
    return total_bytes * (gpus - 1) / (gpus * link_bytes_s) + np.where(gpus > 1, latency_s, 0.0)


def all_reduce_s(total_bytes: Floats, gpus: Floats, link_bytes_s: Floats, latency_s: float = LATENCY_S) -> Floats:
    """Seconds of an all-reduce: a reduce-scatter and an all-gather."""
    return 2.0 * gather_s(total_bytes, gpus, link_bytes_s, latency_s)


def full_shard_bytes(weight_bytes: Floats, gradient_bytes: Floats, gpus: Floats, *, gathers: float = 2.0) -> Floats:
    """Bytes each GPU sends per micro-step under ZeRO-3 or FSDP: weights gathered twice, gradients scattered once."""
    return (gpus - 1) / gpus * (gathers * weight_bytes + gradient_bytes)


def replicated_bytes(gradient_bytes: Floats, gpus: Floats) -> Floats:
    """Bytes each GPU sends per optimizer step under DDP (and ZeRO-1): one all-reduce of the gradients."""
    return 2.0 * (gpus - 1) / gpus * gradient_bytes


def exposed_s(communication_s: Floats, overlap: Floats, window_s: Floats) -> Floats:
    """Communication that computation does not hide: max(0, t_comm - omega * t_window)."""
    return np.maximum(0.0, communication_s - overlap * window_s)


def tensor_parallel_payload_bytes(tokens: Floats, hidden: Floats) -> Floats:
    """Payload of one all-reduce of tensor parallelism, and of one pipeline boundary, in 16 bit: 2*b*s*h."""
    return 2.0 * tokens * hidden


def pipeline_bubble(stages: Floats, micro_batches: Floats, chunks: float = 1.0) -> Floats:
    """Idle share of a pipeline: (p-1)/(v*m + p-1), v chunks interleaved."""
    return (stages - 1.0) / (chunks * micro_batches + stages - 1.0)


def offloaded_optimizer_s(
    trained_params: Floats, pcie_bytes_s: Floats, host_bytes_s: Floats | float
) -> tuple[Floats, Floats]:
    """Seconds per step of an optimizer on the host: PCIe (2 B down, 2 B up) and CPU Adam, 28 B (DOMAIN 2.7)."""
    return 4.0 * trained_params / pcie_bytes_s, 28.0 * trained_params / host_bytes_s
