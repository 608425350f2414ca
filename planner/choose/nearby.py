"""The best combination of another kind that is nearly as good as a chosen one; arrays in, rows out."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np

from planner.catalog.rows import Bools, Floats, Ints
from planner.choose.exact import Chunk


@dataclass(frozen=True, slots=True)
class Anchor:
    """A chosen combination, and what counts as near to it; losses as the search has them, smaller being better."""

    losses: Floats
    """(objectives,)"""
    most: Floats
    """(objectives,) the largest loss that is still near."""
    by: int | None
    """Objective whose smallest loss is the best; None for the smallest of the largest losses, relative to its own."""

    @staticmethod
    def within(losses: Floats, near: float, by: int | None, most: Floats) -> "Anchor":
        """What is at most the share `near` worse than `losses` on every objective, and not beyond `most`."""
        return Anchor(losses, np.minimum(losses + near * np.abs(losses), most), by)

    def worse(self, losses: Floats) -> Floats:
        """(n, objectives) by what share of the anchor's own figure these losses are worse; below 0 where better."""
        return (losses - self.losses) / np.maximum(np.abs(self.losses), 1e-12)


Differs = Callable[[int, Ints], Mapping[str, Bools]]
"""Place of an anchor, rows → kind of difference → which of the rows differ from the anchor in it."""


@dataclass(slots=True)
class Nearest:
    """The best row so far for every anchor and kind; among equals the cheapest, then fastest, then first."""

    anchors: Sequence[Anchor]
    differs: Differs
    best: dict[tuple[int, str], tuple[float, float, float, int]] = field(default_factory=dict)
    """(place of the anchor, kind) → what the best goes by, its cost, its time, its row."""

    def look(self, chunk: Chunk) -> None:
        """Take in some combinations; those that something stops, a limit cuts, or of unknown figures do not count."""
        passes: Bools = chunk.stop == 0
        for broken in chunk.broken.values():
            passes = passes & ~broken
        rows = np.flatnonzero(passes)
        losses = chunk.losses[rows]
        for i, anchor in enumerate(self.anchors):
            # An unknown loss is within nothing.
            near = np.flatnonzero((losses <= anchor.most).all(axis=1))
            if not len(near):
                continue
            mine, at = losses[near], rows[near]
            goes_by = anchor.worse(mine).max(axis=1) if anchor.by is None else mine[:, anchor.by]
            for kind, differs in self.differs(i, chunk.row[at]).items():
                self._keep((i, kind), chunk, at[differs], goes_by[differs])

    def _keep(self, key: tuple[int, str], chunk: Chunk, at: Ints, goes_by: Floats) -> None:
        if not len(at):
            return
        first = int(np.lexsort((chunk.row[at], *chunk.ties[at].T[::-1], goes_by))[0])
        cost, hours = chunk.ties[at[first]].tolist()
        found = float(goes_by[first]), cost, hours, int(chunk.row[at[first]])
        self.best[key] = min(self.best.get(key, found), found)
