"""Which deadline policy is recommended for a spot configuration, of those that were simulated for it."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np

from planner.catalog.rows import Floats
from planner.outcome import SpotPolicy
from planner.scenario.spot_policy import POLICIES

SAME_COST: Final = 0.005
"""Relative difference in cost below which two policies cost the same."""


@dataclass(frozen=True, slots=True)
class Told:
    """A policy of a configuration, with the cost in USD of the runs that it rests on."""

    row: SpotPolicy
    cost: Floats


def recommended(told: Sequence[Told], confidence: float, deadline: float) -> list[SpotPolicy]:
    """The policies of one configuration, the recommended one marked.

    Of those that meet the deadline with the confidence asked for, the cheapest; what costs the same within the noise of
    the simulation or half a percent is as cheap, and the surest of them counts, then the simplest. Where none meets it,
    the surest.
    """
    known = [one for one in told if one.row.cost_usd is not None]
    if not known:
        return [one.row for one in told]
    able = [one for one in known if not np.isfinite(deadline) or (one.row.meets_deadline or 0.0) >= confidence]
    if able:
        least = min(able, key=lambda one: one.row.cost_usd or 0.0)
        best = max((one for one in able if _as_cheap(one.cost, least.cost)), key=lambda one: _sureness(one.row))
    else:
        best = max(known, key=lambda one: _sureness(one.row))
    asked = f"none meets the deadline with {100 * confidence:.3g} % confidence; this one is the surest"
    return [
        one.row.model_copy(
            update={"recommended": one is best, "note": asked if one is best and not able else one.row.note}
        )
        for one in told
    ]


def _sureness(row: SpotPolicy) -> tuple[float, int]:
    return round(row.meets_deadline or 0.0, 2), -POLICIES.index(row.policy)


def _as_cheap(cost: Floats, least: Floats) -> bool:
    """Whether the mean difference is noise, or next to nothing; both saw the same random numbers."""
    difference = cost - least
    noise = 2.0 * float(np.std(difference)) / np.sqrt(len(difference))
    return bool(np.mean(difference) <= max(noise, SAME_COST * float(np.mean(least))))
