"""How safe a decision is: how far the best point of another choice is behind on what the decision goes by."""

from dataclasses import dataclass
from typing import Final

import numpy as np

from planner.catalog.rows import Ints
from planner.choose.decide import Decision, Points, first_by

_LEAST: Final = "trade-off"
"""Scores of a knee at or below zero are no trade-off at all."""


@dataclass(frozen=True, slots=True)
class Margin:
    """The next choice, and how far behind it is."""

    share: float
    """Of the decision's own figure: 0.09 is 9 %."""
    of: str
    """cost, time, quality, carbon, trade-off or closeness."""
    rival: int
    """Point of the front."""


def margin(points: Points, decision: Decision, choice: Ints) -> Margin | None:
    """The margin of a decision over the best point of another `choice` (a code per point); None where all are one.

    Cheapest, fastest, greenest: how much more the rival costs, takes or emits. Best: how much more the cheapest rival
    of equal quality costs, or where there is none, how much less quality the next choice has. Knee: how much worse its
    trade-off is. Of the others, how much worse the best rival that stands for choice is on what they go by.
    """
    own, score = decision.point, decision.score
    if score is None:
        return None
    others = np.flatnonzero((choice != choice[own]) & np.isfinite(score))
    if not len(others):
        return None
    if decision.name == "best":
        return _of_best(points, decision, choice, others)
    rival = int(others[first_by(score[others])])
    behind = min(score[rival], 0.0) - score[own] if decision.of == _LEAST else score[rival] - score[own]
    return _known(behind, abs(score[own]), decision.of, rival)


def rivals(decision: Decision, choice: Ints, most: int) -> list[int]:
    """The best point of each of the next choices on what the decision goes by, at most so many, nearest first."""
    if decision.score is None:
        return []
    found: dict[int, int] = {}
    for point in np.argsort(decision.score, kind="stable").tolist():
        if len(found) == most or not np.isfinite(decision.score[point]):
            break
        if choice[point] != choice[decision.point]:
            found.setdefault(int(choice[point]), point)
    return list(found.values())


def _of_best(points: Points, decision: Decision, choice: Ints, others: Ints) -> Margin | None:
    own = decision.point
    peers = decision.within_noise[choice[decision.within_noise] != choice[own]]
    if len(peers):
        rival = int(peers[first_by(points.cost_usd[peers])])
        return _known(points.cost_usd[rival] - points.cost_usd[own], points.cost_usd[own], "cost", rival)
    rival = int(others[first_by(-points.quality[others])])
    return _known(points.quality[own] - points.quality[rival], points.quality[own], "quality", rival)


def _known(behind: float, own: float, of: str, rival: int) -> Margin | None:
    """The margin; None where it is no number. A rival that is ahead within the noise is not behind at all."""
    share = float(behind) / float(own) if own > 0 else np.nan
    return Margin(max(share, 0.0), of, rival) if np.isfinite(share) else None
