"""How safe a decision is: how far the best point of another choice is behind on what the decision goes by."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from planner.catalog.rows import Ints
from planner.choose.decide import Decision, Points, first_by, knee_scores, scaled

_OF = {"cheapest": "cost", "fastest": "time", "greenest": "carbon"}


@dataclass(frozen=True, slots=True)
class Margin:
    """The next choice, and how far behind it is."""

    share: float
    """Of the decision's own figure: 0.09 is 9 %."""
    of: str
    """cost, time, quality, carbon or trade-off."""
    rival: int
    """Point of the front."""


def margin(points: Points, decision: Decision, objectives: Sequence[str], choice: Ints) -> Margin | None:
    """The margin of a decision over the best point of another `choice` (a code per point); None where all are one.

    Cheapest, fastest, greenest: how much more the rival costs, takes or emits. Best: how much more the cheapest rival
    of equal quality costs, or where there is none, how much less quality the next choice has. Knee: how much worse its
    trade-off is.
    """
    own = decision.point
    others = np.flatnonzero(choice != choice[own])
    if not len(others):
        return None
    if decision.name in _OF:
        of = _OF[decision.name]
        values = {"cost": points.cost_usd, "time": points.hours, "carbon": points.carbon_kg}[of]
        rival = int(others[first_by(values[others])])
        return _known(values[rival] - values[own], values[own], of, rival)
    if decision.name == "best":
        return _of_best(points, decision, choice, others)
    scores, _ = knee_scores(scaled(points, objectives))
    rival = int(others[first_by(-scores[others])])
    # A score at or below zero is no trade-off at all.
    return _known(scores[own] - max(scores[rival], 0.0), scores[own], "trade-off", rival)


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
