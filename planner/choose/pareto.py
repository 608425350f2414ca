"""Dominance on a loss matrix: every column is minimised; maximised objectives come in negated."""

import numpy as np

from planner.catalog.rows import Floats, Ints


def front_rows(losses: Floats, ties: Floats | None = None) -> Ints:
    """Rows (ascending) of the undominated points of (n, k) `losses`.

    Of points that are equal on every objective one is kept: the smallest by the columns of `ties`, then the first
    row. All losses must be finite: unknown objectives are sorted out before (DESIGN rule 2).
    """
    if losses.ndim != 2:
        message = "losses must be a matrix"
        raise ValueError(message)
    if not len(losses):
        return np.empty(0, np.int64)
    if not np.isfinite(losses).all():
        message = "dominance needs known values"
        raise ValueError(message)
    if losses.shape[1] == 1:
        kept = np.flatnonzero(losses[:, 0] == losses[:, 0].min())
    else:
        from moocore import is_nondominated

        kept = np.flatnonzero(is_nondominated(losses, keep_weakly=True))
    if ties is not None:
        kept = kept[np.lexsort((kept, *ties[kept].T[::-1]))]
    _, first = np.unique(losses[kept], axis=0, return_index=True)
    return np.sort(kept[first])


def spread(rows: Ints, losses: Floats, most: int) -> Ints:
    """At most `most` of these rows of a front, evenly spread along the first objective, in its order."""
    ordered = rows[np.lexsort(losses.T[::-1])] if losses.shape[1] else rows
    return ordered[np.unique(np.linspace(0, max(len(ordered) - 1, 0), min(most, len(ordered))).astype(np.int64))]
