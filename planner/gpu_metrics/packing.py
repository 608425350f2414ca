"""Work of several GPUs on fewer of another card."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from planner.catalog.rows import Floats


@dataclass(frozen=True, slots=True)
class Need:
    """What the work of one GPU takes of another card, as shares of what may be used of that; 0 to 1 fits alone."""

    memory: float
    compute: float
    bandwidth: float

    @property
    def row(self) -> Floats:
        """As a vector."""
        return np.array([self.memory, self.compute, self.bandwidth])

    def short_of(self) -> str:
        """What the card has too little of for this alone; empty where it fits."""
        named = (("memory", self.memory), ("compute", self.compute), ("bandwidth", self.bandwidth))
        return next((name for name, share in named if not share <= 1.0), "")


def bins(needs: Sequence[Need]) -> int:
    """Cards that hold all of them, each need whole on one card: first fit, the largest first.

    First-fit decreasing over vectors: no fewer than the optimum, so what it says to fit fits (for one dimension at
    most 11/9 of the optimum and 6/9 of a card more, Dósa 2007). Every need must fit alone.
    """
    open_: list[Floats] = []
    for need in sorted((one.row for one in needs), key=lambda row: -float(row.max())):
        at = next((i for i, used in enumerate(open_) if bool((used + need <= 1.0).all())), None)
        if at is None:
            open_.append(need.copy())
        else:
            open_[at] += need
    return len(open_)
