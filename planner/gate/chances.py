"""How likely a figure of one plan is really above that of another, for every two of several plans."""

from collections.abc import Sequence

from planner.gate.deltas import chance_higher
from planner.outcome import FIGURES, Choice, Figure


def chances_of(chosen: Sequence[Choice | None]) -> dict[tuple[int, int, str], Figure]:
    """(place, later place, figure) → probability that the later one's is above; None where one is unknown."""
    return {
        (first, second, figure): chance_higher(chosen[first], chosen[second], figure)
        for first in range(len(chosen))
        for second in range(first + 1, len(chosen))
        for figure in FIGURES
    }
