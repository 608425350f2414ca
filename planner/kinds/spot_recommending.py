"""Which deadline policy is recommended for a spot configuration, of those that were simulated for it."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np

from planner.catalog.rows import Floats
from planner.outcome import SpotPolicy
from planner.scenario.spot_policy import POLICIES

SAME_COST: Final = 0.005
"""Relative difference below which two policies cost, or take, the same."""
USUAL_CONFIDENCE: Final = 0.9
"""Probability of being in time that is asked for where the scenario does not say."""


@dataclass(frozen=True, slots=True)
class Told:
    """A policy of a configuration, with the cost in USD of the runs that it rests on."""

    row: SpotPolicy
    cost: Floats
    on_demand_cost: Floats
    """USD of the same runs on demand all the way; NaN where there is no such machine, or its price is unknown."""


def recommended(told: Sequence[Told], confidence: float, deadline: float) -> list[SpotPolicy]:
    """The policies of one configuration, the recommended one marked.

    Of those that meet the deadline with the confidence asked for, the cheapest; what costs the same within the noise of
    the simulation or half a percent is as cheap, and the fastest of them counts, then the simplest. On demand all the
    way is recommended in their place where it is that sure and costs less. Where nothing is that sure, nothing is
    recommended, and the likeliest is told.
    """
    known = [one for one in told if one.row.cost_usd is not None]
    if not known:
        return [one.row for one in told]
    able = [one for one in known if not np.isfinite(deadline) or (one.row.meets_deadline or 0.0) >= confidence]
    sure, held = told[0].row.on_demand_meets_deadline, told[0].on_demand_cost
    best, note, said, instead = None, "", "", False
    if able:
        least = min(able, key=lambda one: one.row.cost_usd or 0.0)
        best = _fastest([one for one in able if _as_cheap(one.cost, least.cost)])
    if sure is not None and sure >= confidence and (best is None or bool(np.mean(held) < np.mean(best.cost))):
        instead, said = True, "" if able else f"no policy on spot reaches {_percent(confidence)}"
    elif best is None:
        likeliest = max(known, key=lambda one: (one.row.meets_deadline or 0.0, -(one.row.cost_usd or 0.0)))
        none = f"likeliest, none reaches {_percent(confidence)}"
        if sure is not None and sure > (likeliest.row.meets_deadline or 0.0):
            said = none
        else:
            best, note = likeliest, none
    return [
        one.row.model_copy(
            update={
                "recommended": one is best and not note and not instead,
                "note": "; ".join(filter(None, (note, one.row.note))) if one is best else one.row.note,
                "on_demand_recommended": instead,
                "on_demand_note": said,
            }
        )
        for one in told
    ]


def _fastest(told: Sequence[Told]) -> Told:
    """Of those that take as long within half a percent, the simplest."""
    hours = [np.inf if one.row.hours is None else one.row.hours for one in told]
    as_fast = [one for one, h in zip(told, hours, strict=True) if h <= min(hours) * (1.0 + SAME_COST)]
    return min(as_fast, key=lambda one: POLICIES.index(one.row.policy))


def _percent(share: float) -> str:
    return f"{100 * share:.3g} %"


def _as_cheap(cost: Floats, least: Floats) -> bool:
    """Whether the mean difference is noise, or next to nothing; both saw the same random numbers."""
    difference = cost - least
    noise = 2.0 * float(np.std(difference)) / np.sqrt(len(difference))
    return bool(np.mean(difference) <= max(noise, SAME_COST * float(np.mean(least))))
