"""A FineTune question ready to be evaluated, and the points off its grid that a search tried."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

import numpy as np

from planner.catalog.rows import Floats, Ints
from planner.estimate.baseline import Baseline
from planner.estimate.lengths import Lengths
from planner.estimate.pairs import Facts
from planner.kinds.limits import Limit
from planner.scenario.blocks import Labour, Tax
from planner.space.resolve import Space


@dataclass(frozen=True, slots=True)
class Archive:
    """Points off the grid: a combination of the grid, and what its continuous axes are moved to."""

    combination: Ints
    values: Mapping[str, Floats]
    """Axis by dotted path → the value in force."""

    def take(self, points: Ints) -> "Archive":
        """Some of the points."""
        return Archive(self.combination[points], {path: column[points] for path, column in self.values.items()})

    def batches(self, size: int) -> "Iterator[Archive]":
        """All points, some at a time."""
        for start in range(0, len(self.combination), size):
            yield self.take(np.arange(start, min(start + size, len(self.combination))))


@dataclass(frozen=True, slots=True)
class Problem:
    """A FineTune question ready to be evaluated: nothing in it depends on the chunk."""

    space: Space
    facts: Facts
    lengths: Lengths
    baseline: Baseline
    limits: tuple[Limit, ...]
    margin: float
    objectives: tuple[str, ...]
    labour: Labour | None = None
    """What people cost; beside every figure, inside none."""
    tax: Tax | None = None
    """A tax on the bill; beside every figure, inside none."""
    archive: Archive | None = None
    """Points numbered after the combinations of the grid, where a continuous space was sampled."""

    @property
    def offers(self) -> int:
        """Number of offers every recipe meets."""
        return len(self.space.market.offers)
