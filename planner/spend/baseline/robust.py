"""How far a value is from the usual, in a scale that a few odd values do not move."""

from typing import Final

import numpy as np

from planner.catalog.rows import Floats

MAD_TO_Z: Final = 0.6745
"""Median absolute deviation of a standard normal distribution."""
MEAN_TO_Z: Final = 1.2533
"""Standard deviation over mean absolute deviation of a normal distribution."""


def spread(deviations: Floats) -> float:
    """The standard deviation that deviations from the usual speak of.

    MAD / 0.6745, and where more than half are zero 1.2533 times their mean size (Iglewicz and Hoaglin 1993; DOMAIN 10).
    """
    if not len(deviations):
        return 0.0
    size = np.abs(deviations)
    return float(np.median(size)) / MAD_TO_Z or MEAN_TO_Z * float(np.mean(size))


def rolling_median(values: Floats, width: int) -> Floats:
    """(N,) median of the `width` values, an odd number below 2·N, around each; at the ends they are mirrored."""
    padded = np.pad(values, width // 2, mode="reflect" if width // 2 < len(values) else "symmetric")
    return np.asarray(np.median(np.lib.stride_tricks.sliding_window_view(padded, width), axis=1), np.float64)


def modified_z(values: Floats) -> Floats:
    """0.6745·(x − median)/MAD of each of `values` (N,); with 1.2533·mean|x − median| where the MAD is 0 (T-10.4).

    All zero where no value differs from another.
    """
    if not len(values):
        return np.zeros(0)
    away = values - np.median(values)
    scale = spread(away)
    return np.asarray(away / scale if scale > 0.0 else np.zeros(len(away)), np.float64)
