"""Figures of an estimate against what was measured: error, bias, and how often its band holds (DOMAIN 12)."""

import math
from typing import Final

import numpy as np

from planner.catalog.rows import Floats

Z95: Final = 1.959963984540054
"""Standard-normal quantile of 0.975."""
Figures = dict[str, float | int | list[float]]


def wilson(hits: int, n: int) -> list[float]:
    """Wilson's 95 % interval of a share; too narrow where rows share a curve or a zone."""
    share, z2 = hits / n, Z95**2 / n
    half = Z95 * math.sqrt(share * (1.0 - share) / n + z2 / (4.0 * n))
    return [(share + z2 / 2.0 - half) / (1.0 + z2), (share + z2 / 2.0 + half) / (1.0 + z2)]


def errors(actual: Floats, estimate: Floats) -> Figures:
    """MAPE and median of |estimate/actual - 1|, and bias as mean ln(estimate/actual)."""
    off = np.abs(estimate / actual - 1.0)
    return {
        "n": len(actual),
        "mape": float(np.mean(off)),
        "median_ape": float(np.median(off)),
        "bias": float(np.mean(np.log(estimate / actual))),
    }


def coverage(actual: Floats, low: Floats, high: Floats, estimate: Floats) -> Figures:
    """Share of rows inside their band, Wilson's interval of it, and mean width as a share of the estimate.

    An end is held to a part in 10^9: a run without a preemption takes exactly its least hours.
    """
    inside = (actual >= low * (1.0 - 1e-9)) & (actual <= high * (1.0 + 1e-9))
    return {
        "coverage": float(np.mean(inside)),
        "wilson": wilson(int(np.sum(inside)), len(actual)),
        "mean_width": float(np.mean((high - low) / estimate)),
    }


def judged(actual: Floats, estimate: Floats, low: Floats, high: Floats) -> Figures:
    """Errors and coverage together."""
    return errors(actual, estimate) | coverage(actual, low, high, estimate)
