"""What a front is worth, and rankings of its points (DOMAIN 11); every column is a loss unless said otherwise."""

from collections.abc import Sequence

import numpy as np

from planner.catalog.rows import Floats


def hypervolume(losses: Floats, reference: Sequence[float]) -> float:
    """Volume that (n, k) losses dominate up to a reference point; points beyond it count nothing (moocore)."""
    from moocore import hypervolume as volume

    return float(volume(np.asarray(losses, np.float64), ref=list(reference)))


def share_of_box(losses: Floats, ideal: Floats, nadir: Floats) -> float:
    """Dominated share of the box from `ideal` to `nadir`; an objective in which the two agree counts whole."""
    width = np.where(nadir > ideal, nadir - ideal, 1.0)
    return hypervolume((losses - ideal) / width, [1.0] * losses.shape[1])


def topsis(figures: Floats, weights: Sequence[float], maximised: Sequence[bool]) -> Floats:
    """Closeness to the ideal, 0 to 1: d-/(d+ + d-) on vector-normalised, weighted columns (Hwang and Yoon 1981).

    Ranks can reverse when points come or go: recompute it on what is shown. Where all points are one, all are ideal.
    """
    length = np.linalg.norm(figures, axis=0)
    scaled = figures / np.where(length > 0, length, 1.0) * np.asarray(weights)
    signed = np.where(np.asarray(maximised), scaled, -scaled)
    to_best = np.linalg.norm(signed - signed.max(axis=0), axis=1)
    to_worst = np.linalg.norm(signed - signed.min(axis=0), axis=1)
    spread = to_best + to_worst
    return np.where(spread > 0, to_worst / np.where(spread > 0, spread, 1.0), 1.0)
