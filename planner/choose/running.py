"""What a walk through a space keeps: the front of all rows seen so far, and a fair sample of the rest."""

from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from planner.catalog.rows import Floats, Ints
from planner.choose.pareto import front_rows

CLOUD_POINTS = 400
"""Dominated feasible points kept for charts: those with the smallest hash of their row, so a fair sample."""


@dataclass(slots=True)
class Running:
    """The front of all rows seen so far."""

    objectives: int
    rows: Ints = field(default_factory=lambda: np.empty(0, np.int64))
    losses: Floats = field(init=False)
    ties: Floats = field(default_factory=lambda: np.empty((0, 2)))

    def __post_init__(self) -> None:
        self.losses = np.empty((0, self.objectives))

    def merge(self, rows: Ints, losses: Floats, ties: Floats) -> None:
        """Keep the front of what is kept and what comes; among equals the cheapest, then fastest, then first row."""
        rows, losses = np.concatenate([self.rows, rows]), np.concatenate([self.losses, losses])
        ties = np.concatenate([self.ties, ties])
        nothing_known = self.objectives == 0
        order = np.column_stack([ties, rows])
        kept = np.lexsort(order.T[::-1])[:1] if nothing_known else front_rows(losses, order)
        self.rows, self.losses, self.ties = rows[kept], losses[kept], ties[kept]


class Sample:
    """A fixed-size fair sample: the rows with the smallest multiplicative hash (Knuth)."""

    def __init__(self, objectives: int) -> None:
        self.rows = np.empty(0, np.int64)
        self.losses = np.empty((0, objectives))
        self._largest = np.iinfo(np.uint64).max

    def add(self, rows: Ints, losses: Floats) -> None:
        """Offer rows to the sample."""
        near = np.flatnonzero(_hash(rows) <= self._largest)
        rows = np.concatenate([self.rows, rows[near]])
        losses = np.concatenate([self.losses, losses[near]])
        kept = np.argsort(_hash(rows), kind="stable")[:CLOUD_POINTS]
        self.rows, self.losses = rows[kept], losses[kept]
        if len(self.rows) == CLOUD_POINTS:
            self._largest = int(_hash(self.rows[-1:])[0])


def _hash(rows: Ints) -> NDArray[np.uint64]:
    return (rows.astype(np.uint64) * np.uint64(0x9E3779B97F4A7C15)) >> np.uint64(20)
