"""The preemption rate at which a spot machine costs as much as the same machine on demand (DESIGN rule 5)."""

import math

import numpy as np

from planner.estimate.duration import Hours
from planner.estimate.spot import best_interval_hours, expected_billed_hours
from planner.kinds.evaluate import Evaluated, Problem

MOST_PER_HOUR = 50.0
"""No machine that is lost more often than this is worth renting at any price."""


def break_even_per_hour(problem: Problem, evaluated: Evaluated, r: int, o: int) -> float | None:
    """Break-even rate of recipe `r` on spot offer `o`; None where the machine is not offered on demand, or never."""
    ratio = _price_ratio(problem, o)
    if ratio is None:
        return None
    hours = evaluated.joined.timing.hours
    restart = sum(_part(hours, name, r, o) for name in ("boot", "image", "weights", "warmup"))
    fixed = restart + _part(hours, "data", r, o) + _part(hours, "upload", r, o)
    work = _part(hours, "train", r, o) + _part(hours, "evaluate", r, o)
    saving = _part(hours, "checkpoints", r, o)
    save = saving / max(math.ceil(float(evaluated.recipes.number("train.epochs")[r])), 1)

    def excess(rate: float) -> float:
        interval = best_interval_hours(np.asarray(rate), np.asarray(save))
        billed = expected_billed_hours(
            np.asarray(work), interval, np.asarray(save), np.asarray(restart), np.asarray(rate)
        )
        return float((fixed + billed) * ratio - (fixed + work + saving))

    if excess(1e-6) >= 0:
        return 0.0
    if excess(MOST_PER_HOUR) <= 0:
        return None
    from scipy.optimize import brentq

    return float(brentq(excess, 1e-6, MOST_PER_HOUR, xtol=1e-6))


def _part(hours: Hours, name: str, r: int, o: int) -> float:
    return float(getattr(hours, name)[r, o])


def _price_ratio(problem: Problem, o: int) -> float | None:
    """Spot price over the on-demand price of the same machine, provider and region."""
    offers, known = problem.space.market.offers, problem.facts.catalog.offers
    same_place = (known.provider == offers.provider[o]) & (known.region == offers.region[o])
    twin = np.flatnonzero(~known.spot & same_place & (known.instance == offers.instance[o]))
    return float(offers.price_usd_per_hour[o] / known.price_usd_per_hour[twin[0]]) if len(twin) else None
