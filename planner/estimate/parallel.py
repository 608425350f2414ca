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

_ONE_REPLICA = np.array([mode in (SINGLE, TP, PP) for mode in range(8)])


def replicas(mode: Ints, gpus: Floats) -> Floats:
    """Micro-batches that are worked on at a time: one per GPU, or one for a group that shares every micro-batch."""
    return np.where(_ONE_REPLICA[mode], 1.0, gpus)


def splits_evenly(mode: int, gpus: Floats, n_heads: Floats, n_layers: Floats) -> Bools:
    """Whether a model can be split that way: heads over tensor-parallel GPUs, at least one layer per stage."""
    if mode == TP:
        return np.asarray(n_heads % gpus == 0)
    if mode == PP:
        return np.asarray(n_layers >= gpus)
    return np.ones(gpus.shape, bool)
