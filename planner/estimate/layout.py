"""How the GPUs of a job share it: degrees of every kind of parallelism, and what follows for one GPU (DOMAIN 2.6)."""

from dataclasses import dataclass

import numpy as np

from planner.catalog.rows import Bools, Floats, Ints
from planner.estimate.parallel import DDP, FSDP, OFFLOAD, PP, TP, ZERO1, ZERO2


@dataclass(frozen=True, slots=True)
class Layout:
    """Columns; degrees multiply to the GPU count, but for experts, which divide the data-parallel ranks."""

    gpus: Floats
    data: Floats
    """Replicas, each with micro-batches of its own."""
    tensor: Floats
    pipeline: Floats
    chunks: Floats
    """Interleaved parts of a pipeline stage."""
    context: Floats
    """GPUs that share one sequence."""
    expert: Floats
    """GPUs that the experts of a layer are dealt out to; 1 where every GPU holds all."""
    stage: Ints
    """What the replicas shard: 0 nothing, 1 optimizer states, 2 gradients too, 3 weights too."""
    offloaded: Bools
    """Optimizer states, and sharded weights and gradients, live in host memory."""
    in_turn: Bools
    """Pipeline stages work one after the other on one micro-batch (a device map), not on several at a time."""
    nodes: Floats

    @property
    def weight_shards(self) -> Floats:
        """Parts that the weights a rank works with are cut into for keeping."""
        return np.where(self.stage >= 3, self.data * self.context, 1.0)

    @property
    def gradient_shards(self) -> Floats:
        """Parts that gradients are cut into."""
        return np.where(self.stage >= 2, self.data * self.context, 1.0)

    @property
    def state_shards(self) -> Floats:
        """Parts that optimizer states are cut into."""
        return np.where(self.stage >= 1, self.data * self.context, 1.0)

    @property
    def group(self) -> Floats:
        """GPUs that work on one micro-batch together."""
        return self.tensor * self.pipeline * self.context

    @property
    def sharded(self) -> Bools:
        """Weights are gathered before use."""
        sharded: Bools = (self.stage >= 3) & (self.data * self.context > 1)
        return sharded

    @property
    def replicated(self) -> Bools:
        """Whole gradients are exchanged between replicas."""
        replicated: Bools = (self.stage == 0) & (self.data > 1)
        return replicated

    @property
    def staged(self) -> Bools:
        """Layers are dealt out in stages."""
        staged: Bools = self.pipeline > 1
        return staged

    def layer_share(self, n_layers: Floats) -> Floats:
        """Share of the layers that the fullest stage holds: ceil(L/p)/L."""
        layers = np.maximum(n_layers, 1.0)
        return np.where(self.staged, np.ceil(layers / self.pipeline) / layers, 1.0)

    def in_flight(self, grad_accum: Floats) -> Floats:
        """Micro-batches whose activations the first stage holds at a time."""
        return np.where(self.staged & ~self.in_turn, np.minimum(grad_accum, self.pipeline), 1.0)

    def expert_shards(self) -> Floats:
        """Parts that the experts of a layer are cut into over GPUs: by expert, else like every matrix."""
        return np.where(self.expert > 1, self.expert, self.tensor)

    def expert_replicas(self) -> Floats:
        """GPUs that hold the same experts, over which their states can be sharded."""
        return np.maximum(1.0, np.floor(self.gpus / self.pipeline / self.expert_shards()))


def layout_of(mode: Ints, gpus: Floats) -> Layout:
    """The layout of one of the planner's own ways to share a node (see `parallel.PARALLELISM`)."""
    one = np.ones_like(gpus)
    tensor, pipeline = np.where(mode == TP, gpus, 1.0), np.where(mode == PP, gpus, 1.0)
    stage = np.select([mode == ZERO1, mode == ZERO2, (mode == FSDP) | (mode == OFFLOAD)], [1, 2, 3], 0)
    replicated = (mode == DDP) | (stage > 0)
    return Layout(
        gpus=gpus,
        data=np.where(replicated, gpus, 1.0),
        tensor=tensor,
        pipeline=pipeline,
        chunks=one,
        context=one,
        expert=one,
        stage=stage,
        offloaded=mode == OFFLOAD,
        in_turn=np.zeros(np.shape(gpus), bool),
        nodes=one,
    )
