"""Bounds against fronts: which rows cannot matter, because something known is better than the best they could be."""

from collections.abc import Mapping

import numpy as np

from planner.catalog.rows import Bools, Floats

BATCH = 32
"""Points of a front compared at a time; what they rule out is not compared with the next."""
JUDGES = 512
"""Rows by which the points of a front are put in order."""
TELLING = 4096
"""Points among which the most telling are looked for, evenly spread over a longer front."""
SLACK = 1e-12
"""Share of a bound by which it is lowered first, so that float noise rules nothing out."""


def ruled_out(bounds: Floats, fronts: Mapping[int, Floats]) -> Bools:
    """Rows of (n, objectives) lower bounds on losses that a known point beats, strictly and in everything they know.

    `fronts` maps patterns of unknown objectives, as bits, to losses on the others; NaN bounds are unknown. A row is
    only held against points with the same objectives unknown.
    """
    out = np.zeros(len(bounds), bool)
    unknown = np.isnan(bounds)
    patterns = unknown @ (1 << np.arange(bounds.shape[1]))
    for code, front in fronts.items():
        if not len(front) or not front.shape[1]:
            continue
        seen = [i for i in range(bounds.shape[1]) if not code >> i & 1]
        rows = np.flatnonzero(patterns == code)
        out[rows] = _beaten(bounds[rows][:, seen], front)
    return out


def _beaten(bounds: Floats, front: Floats) -> Bools:
    bounds = np.ascontiguousarray((bounds - SLACK * np.abs(bounds)).T)
    out = np.zeros(bounds.shape[1], bool)
    left = np.arange(bounds.shape[1])
    for start in range(0, len(front), BATCH):
        hit = np.zeros(len(left), bool)
        for point in front[start : start + BATCH]:
            no_worse = bounds[0] >= point[0]
            better = bounds[0] > point[0]
            for column, value in zip(bounds[1:], point[1:], strict=True):
                no_worse &= column >= value
                better |= column > value
            hit |= no_worse & better
        out[left[hit]] = True
        left, bounds = left[~hit], bounds[:, ~hit]
        if not len(left):
            break
    return out


def judged(front: Floats, rows: Floats) -> Floats:
    """The points of a front, those first that rule out most of the rows that no earlier one does (greedy cover)."""
    rows = rows[~np.isnan(rows).any(axis=1)]
    rows = rows[np.unique(np.linspace(0, len(rows) - 1, JUDGES).astype(np.int64))] if len(rows) else rows
    step = -(-len(front) // TELLING) or 1
    covers: Bools = np.asarray((rows[None] >= front[::step, None]).all(axis=2))
    order: list[int] = []
    while covers.any() and len(order) < BATCH:
        most = int(np.argmax(covers.sum(axis=1)))
        order.append(most * step)
        covers &= ~covers[most]
    rest = np.setdiff1d(np.arange(len(front)), order)
    return front[[*order, *rest]]
