"""A pilot before the run: what choosing between two candidates after a small one would gain (DOMAIN 4.3 rule 6)."""

from collections.abc import Mapping, Sequence
from typing import Final

import numpy as np
from scipy.special import expit, ndtr, ndtri

from planner.choose.decide import SAME_QUALITY, Points, quality_gap
from planner.choose.measure import PILOT_LIMIT, PILOT_SHARE
from planner.kinds.advise.words import RISKS, steps_of
from planner.outcome import Configuration
from planner.outcome.advice import Advice
from planner.outcome.method_words import method_name
from planner.units import share_text, usd

ASKS: Final = ("best", "knee")
"""Decisions that quality decides, alone or beside cost and time."""
_DRAWS: Final = ndtri((np.arange(1001) + 0.5) / 1001)
"""Equally likely standard-normal values."""


def expected_regret(own_logit: float, ahead: float, sd: float) -> float:
    """Quality q that is lost, in the mean, by taking the own candidate unseen: E[max(0, q(rival) - q(own))].

    `ahead` is how far the rival's logit is above the own one, `sd` the spread of that difference. A pilot that ranks
    the two perfectly would save all of it; a real one saves less.
    """
    rival = expit(own_logit + ahead + sd * _DRAWS)
    return float(np.maximum(rival - expit(own_logit), 0.0).mean())


def pilots(points: Points, front: Sequence[Configuration], decisions: Mapping[str, int]) -> list[Advice]:
    """The pilot worth paying for before a decision that quality takes: one for each configuration, or none.

    The rival is the point of another model or method that would be regretted most. `decisions` are points
    of the front. Told where two small runs cost no more than a tenth of the run, and the mean regret is no less
    than what counts as the same quality.
    """
    found = []
    for own in dict.fromkeys(point for name, point in decisions.items() if name in ASKS):
        others = np.flatnonzero((points.model != points.model[own]) | (points.method != points.method[own]))
        if not len(others):
            continue
        behind, sd = quality_gap(points, own, others)
        start = float(points.quality_logit[own])
        regrets = np.array([expected_regret(start, -b, s) for b, s in zip(behind, sd, strict=True)])
        costs = PILOT_SHARE * (points.cost_usd[own] + points.cost_usd[others])
        regrets = np.where(costs <= PILOT_LIMIT * points.cost_usd[own], regrets, -1.0)
        best = int(np.argmax(regrets))
        if regrets[best] >= SAME_QUALITY:
            names = [name for name, point in decisions.items() if point == own]
            chance = float(ndtr(-behind[best] / sd[best]))
            found.append(
                _pilot(front[own], front[int(others[best])], float(costs[best]), float(regrets[best]), chance, names)
            )
    return found


def _pilot(
    c: Configuration, rival: Configuration, cost: float, regret: float, chance: float, names: list[str]
) -> Advice:
    own, other = (f"{one.model} by {method_name(one.method['name'])}" for one in (c, rival))
    change = (
        f"first train both {own} and {other} on 1/{round(1 / PILOT_SHARE)} of the data "
        f"(about {usd(cost)}): the second is the better one with {share_text(chance)} probability"
    )
    own_share = float(c.train.get("dataset_share", 1.0))
    settings = [f"dataset.share={own_share * PILOT_SHARE:g}"]
    if "dataset.share" in c.axes:
        settings = [f"axes.dataset.share=[{own_share * PILOT_SHARE:g}]"]
    return Advice(
        decisions=names,
        configuration=c.id,
        kind="pilot",
        change=change,
        settings=settings,
        becomes=rival.id,
        saves="quality",
        confidence=None,
        cost_usd=cost,
        cost_saved_usd=-cost,
        cost_saved_usd_lo=None,
        cost_saved_usd_hi=None,
        hours=None,
        hours_saved=None,
        hours_saved_lo=None,
        hours_saved_hi=None,
        quality=c.quality,
        quality_change=regret,
        quality_change_lo=0.0,
        quality_change_hi=None,
        memory_gib=None,
        memory_freed_gib=None,
        steps=steps_of("pilot", settings),
        risk=RISKS["pilot"],
    )
