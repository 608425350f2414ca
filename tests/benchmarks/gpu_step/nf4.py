"""NF4 in numpy: the sixteen levels, and what a round trip should give; what the card does is held against it.

Blocks of 64 weights share a scale, their largest magnitude. Double quantisation stores these scales in 8 bit, less
their mean, with one fp32 factor per 256 of them: 4 + 8/64 + 32/(64*256) = 4.127 bit per weight (arXiv 2305.14314).
"""

from statistics import NormalDist
from typing import Final

import numpy as np
from numpy.typing import NDArray

BLOCK: Final = 64
SCALE_BLOCK: Final = 256
BITS: Final = 4 + 8 / BLOCK + 32 / (BLOCK * SCALE_BLOCK)
_TAIL: Final = 1 - (1 / 32 + 1 / 30) / 2
"""Probability up to the outermost level: the mean of half a step of 16 levels and of 15 [C]."""

Floats = NDArray[np.float32]


def levels() -> Floats:
    """Quantiles of a normal distribution, scaled to -1..1: eight above zero, seven below, and zero itself."""
    normal = NormalDist()
    above = [normal.inv_cdf(p) for p in np.linspace(_TAIL, 0.5, 9)[:-1]]
    below = [-normal.inv_cdf(p) for p in np.linspace(_TAIL, 0.5, 8)[:-1]]
    return (np.array(sorted([*above, 0.0, *below])) / above[0]).astype(np.float32)


def borders() -> Floats:
    """Values between two neighbouring levels."""
    table = levels()
    return ((table[1:] + table[:-1]) / 2).astype(np.float32)


def round_scales(scales: Floats) -> Floats:
    """Scales as double quantisation gives them back."""
    mean = scales.mean(dtype=np.float64).astype(np.float32)
    padded = np.zeros(-(-scales.size // SCALE_BLOCK) * SCALE_BLOCK, np.float32)
    padded[: scales.size] = scales - mean
    rows = padded.reshape(-1, SCALE_BLOCK)
    factor = np.maximum(np.abs(rows).max(axis=1, keepdims=True), np.float32(1e-12)) / np.float32(127)
    rounded: Floats = (np.rint(rows / factor) * factor).reshape(-1)[: scales.size] + mean
    return rounded.astype(np.float32)


def round_trip(weights: Floats) -> Floats:
    """Weights as they come back from NF4; their number must be a multiple of 64."""
    rows = weights.reshape(-1, BLOCK).astype(np.float32)
    scales = np.maximum(np.abs(rows).max(axis=1), np.float32(1e-12))
    codes = np.searchsorted(borders(), rows / scales[:, None])
    back: Floats = levels()[codes] * round_scales(scales)[:, None]
    return back.reshape(weights.shape)
