"""Whether the host of a machine holds what it loads."""

import numpy as np

from planner.catalog.rows import Bools
from planner.estimate.shaped import HOST_SPARE_GB, SHARD_GB
from planner.kinds.serving.problem import Problem
from planner.kinds.serving.rented import Rented
from planner.units import GB, GIB


def small_hosts(problem: Problem, rented: Rented) -> Bools:
    """Ways whose host has too little memory, (n,).

    Weights are loaded file by file; a host of unknown memory is taken to hold them (DESIGN rule 7).
    """
    weights = problem.capacities.replicas.x.weight_bytes[rented.kind]
    host = problem.space.market.offers.memory_gib[rented.offer] * GIB
    return np.asarray(host < np.minimum(weights, SHARD_GB * GB) + HOST_SPARE_GB * GB)
