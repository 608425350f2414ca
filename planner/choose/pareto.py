"""Dominance on a loss matrix: every column is minimised; maximised objectives come in negated."""

import numpy as np

from planner.catalog.rows import Floats, Ints


def front_rows(losses: Floats) -> Ints:
    """Rows (ascending) of the undominated points of (n, k) `losses`; of equal points the first row is kept.

    All values must be finite: unknown objectives are sorted out before (DESIGN rule 2).
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
        return np.array([int(np.argmin(losses[:, 0]))])
    from moocore import is_nondominated

    kept = np.flatnonzero(is_nondominated(losses, keep_weakly=True))
    _, first = np.unique(losses[kept], axis=0, return_index=True)
    return np.sort(kept[first])
