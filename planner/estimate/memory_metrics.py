"""What other tools would show for a peak: PyTorch's reserved memory and `nvidia-smi` (MEMORY.md 4.9).

The planner's own figure is what must fit: allocated by PyTorch, plus the CUDA context. Both figures here are larger
by what the caching allocator keeps for later; near the card's limit it gives that back instead of failing.
"""

from typing import Final

import numpy as np

from planner.catalog.rows import Floats

SHOWN_RATIO: Final = (1.30, 1.44, 1.37)
"""`nvidia-smi` over peak allocated on 1, 2 and 4 or more GPUs, medians of runs below 70 GiB (MEMORY.md 4.9) [C]."""
SHOWN_GAP_GIB: Final = (5.2, 6.6, 9.9)
"""The same as a difference, in GiB: the most that is expected on top of a large peak."""


def nvidia_smi_gib(total_gib: Floats, context_gib: Floats, gpus: Floats, usable_gib: Floats) -> Floats:
    """What `nvidia-smi` would show, in GiB: allocated + min(ratio, gap), at least our total, at most the card's.

    Context and cache are both in the measured gap.
    """
    row = np.digitize(gpus, [1.5, 3.0])
    allocated = total_gib - context_gib
    gap = np.minimum((np.array(SHOWN_RATIO)[row] - 1.0) * allocated, np.array(SHOWN_GAP_GIB)[row])
    return np.asarray(np.maximum(total_gib, np.minimum(allocated + gap, usable_gib)))


def reserved_gib(total_gib: Floats, context_gib: Floats, gpus: Floats, usable_gib: Floats) -> Floats:
    """PyTorch's peak reserved, in GiB: what `nvidia-smi` shows without the CUDA context; allocated and its cache."""
    return nvidia_smi_gib(total_gib, context_gib, gpus, usable_gib) - context_gib
