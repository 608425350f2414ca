"""Variables of a sampled search: what a point is made of, and which points are beside it."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

from planner.catalog.rows import Bools, Floats

MOST_CHOICES = 1000
"""Choices up to which codes are told to the sampler as such; longer lists as whole numbers."""


@dataclass(frozen=True, slots=True)
class Variable:
    """One variable of the search: any number between two ends, a whole one, or the code of a choice."""

    name: str
    low: float
    high: float
    whole: bool = False
    choice: bool = False
    """Whole numbers that stand for choices: nothing lies between two of them."""

    @property
    def free(self) -> bool:
        """Whether there is anything to choose."""
        return self.high > self.low


class Tried(Protocol):
    """A space that points are tried in; (n, variables) points in the order of its variables."""

    @property
    def variables(self) -> Sequence[Variable]:
        """What a point is made of."""
        ...

    def canonical(self, points: Floats) -> Floats:
        """The same points, written alike where they are the same: two rows are equal exactly when the points are."""
        ...

    def fresh(self, points: Floats) -> Bools:
        """Which canonical points would count as evaluations if they were tried now: none that was counted before."""
        ...

    def evaluate(self, points: Floats) -> tuple[Floats, Floats]:
        """(n, objectives) losses, NaN unknown, and (n, limits) violations, above 0 broken, of canonical points.

        It is asked for no point twice.
        """
        ...
