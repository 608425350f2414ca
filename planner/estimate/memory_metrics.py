"""What tools show for a peak: PyTorch's allocated and reserved memory, and `nvidia-smi` (MEMORY.md 4.9).

The planner's own figure is what must fit: allocated by PyTorch, plus the CUDA context. Reserved memory and
`nvidia-smi` are larger by fragments and by what the caching allocator keeps for later; near the card's limit it gives
the latter back instead of failing.
"""

from typing import Final

import numpy as np

from planner.catalog.constants import Calibration
from planner.catalog.rows import Floats, Ints
from planner.estimate.memory import MemoryTerms

METRICS: Final = ("alloc", "reserved", "nvsmi")
"""torch.cuda.max_memory_allocated, torch.cuda.max_memory_reserved, nvidia-smi or NVML."""
ALLOC, RESERVED, NVSMI = range(3)


def shown_gib(terms: MemoryTerms, metric: Ints, calibration: Calibration) -> Floats:
    """The peak in GiB as a metric of `METRICS` shows it, however large the card."""
    smi = terms.reserved * calibration["memory.cached"] + terms.context
    return np.select([metric == RESERVED, metric == NVSMI], [terms.reserved, smi], terms.allocated)


def nvidia_smi_gib(terms: MemoryTerms, calibration: Calibration, usable_gib: Floats | float) -> Floats:
    """What `nvidia-smi` would show, in GiB, on a card of this size: at least the total, at most the card's."""
    free = shown_gib(terms, np.full(np.shape(terms.weights), NVSMI), calibration)
    return np.asarray(np.maximum(terms.total, np.minimum(free, usable_gib)))


def reserved_gib(terms: MemoryTerms, usable_gib: Floats | float) -> Floats:
    """PyTorch's peak reserved, in GiB, on a card of this size."""
    return np.asarray(np.maximum(terms.allocated, np.minimum(terms.reserved, usable_gib - terms.context)))
