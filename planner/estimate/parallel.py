"""Ways for GPUs of one node to share a model: their codes, and what each of them splits (DOMAIN 2.6, 2.7)."""

from typing import Final

import numpy as np

from planner.catalog.rows import Bools, Floats, Ints

PARALLELISM: Final = ("single", "ddp", "zero1", "zero2", "fsdp", "tp", "pp", "fsdp_offload")
SINGLE, DDP, ZERO1, ZERO2, FSDP, TP, PP, OFFLOAD = range(8)
"""One GPU; replicas; sharded optimizer states; and gradients; and weights (ZeRO-3); every layer split over all GPUs;
layers dealt out in stages; ZeRO-3 whose shards live in host memory."""
TIERS: Final = ((SINGLE, DDP, ZERO1, ZERO2, FSDP), (TP, PP), (OFFLOAD,))
"""Order in which `auto` tries them: a tier only where none before it fits with the memory margin."""

_SHARDS_WEIGHTS = np.array([mode in (FSDP, TP, OFFLOAD) for mode in range(8)])
_SHARDS_GRADIENTS = np.array([mode in (ZERO2, FSDP, TP, OFFLOAD) for mode in range(8)])
_SHARDS_STATES = np.array([mode in (ZERO1, ZERO2, FSDP, TP, OFFLOAD) for mode in range(8)])
_ONE_REPLICA = np.array([mode in (SINGLE, TP, PP) for mode in range(8)])


def weight_shards(mode: Ints, gpus: Floats) -> Floats:
    """Parts that the weights of a layer are cut into for keeping; pipeline stages are counted apart."""
    return np.where(_SHARDS_WEIGHTS[mode], gpus, 1.0)


def gradient_shards(mode: Ints, gpus: Floats) -> Floats:
    """Parts that gradients are cut into."""
    return np.where(_SHARDS_GRADIENTS[mode], gpus, 1.0)


def state_shards(mode: Ints, gpus: Floats) -> Floats:
    """Parts that optimizer states are cut into."""
    return np.where(_SHARDS_STATES[mode], gpus, 1.0)


def replicas(mode: Ints, gpus: Floats) -> Floats:
    """Micro-batches that are worked on at a time: one per GPU, or one for a group that shares every micro-batch."""
    return np.where(_ONE_REPLICA[mode], 1.0, gpus)


def stage_share(mode: Ints, gpus: Floats, n_layers: Floats) -> Floats:
    """Share of the layers that the fullest pipeline stage holds: ceil(L/p)/L; 1 without a pipeline."""
    layers = np.maximum(n_layers, 1.0)
    return np.where(mode == PP, np.ceil(layers / gpus) / layers, 1.0)


def splits_evenly(mode: int, gpus: Floats, n_heads: Floats, n_layers: Floats) -> Bools:
    """Whether a model can be split that way: heads over tensor-parallel GPUs, at least one layer per stage."""
    if mode == TP:
        return np.asarray(n_heads % gpus == 0)
    if mode == PP:
        return np.asarray(n_layers >= gpus)
    return np.ones(gpus.shape, bool)
