"""The preemption rate at which a spot machine costs as much as the same machine on demand (DESIGN rule 5)."""

import math
from collections.abc import Callable

import numpy as np

from planner.catalog.rate_plans import FLAT
from planner.catalog.rows import Offers
from planner.estimate.rate_plans import Stretch, timed_usd
from planner.estimate.spot import best_interval_hours, expected_billed_hours
from planner.kinds.evaluate import Picked
from planner.kinds.on_demand_twin import on_demand_twin
from planner.kinds.problem import Problem

MOST_PER_HOUR = 50.0
"""No machine that is lost more often than this is worth renting at any price."""
_HALVINGS = 40


def break_even_per_hour(problem: Problem, picked: Picked, k: int) -> float | None:
    """Break-even rate of picked spot combination `k`; None where the machine is not offered on demand, or never."""
    o, twin = (
        int(picked.offer[k]),
        on_demand_twin(problem.space.market.offers, problem.facts.catalog.offers, int(picked.offer[k])),
    )
    if twin is None:
        return None
    offers, known = problem.space.market.offers, problem.facts.catalog.offers
    ratio = float(offers.price_usd_per_hour[o] / known.price_usd_per_hour[twin])
    spot_at_price, twin_at_price = _at_price(offers, o), _at_price(known, twin)
    hours = picked.joined.timing.hours
    part = {name: float(np.broadcast_to(getattr(hours, name), hours.train.shape)[0, k]) for name in _PARTS}
    sessions = float(picked.joined.timing.sessions[0, k])
    restart = (part["boot"] + part["image"] + part["weights"] + part["warmup"]) / sessions
    fixed = restart * sessions + part["data"] + part["upload"]
    work, saving = part["train"] + part["evaluate"], part["checkpoints"]
    save = float(picked.joined.timing.save_hours[0, k])
    asked = float(picked.block.recipes.number("train.checkpoint_interval_hours")[picked.recipe[k]])
    on_demand = fixed + work + saving

    def excess(rate: float) -> float:
        interval = best_interval_hours(np.asarray(rate), np.asarray(save)) if math.isnan(asked) else np.asarray(asked)
        billed = expected_billed_hours(
            np.asarray(work), interval, np.asarray(save), np.asarray(restart), np.asarray(rate)
        )
        return spot_at_price(float(fixed + billed)) * ratio - twin_at_price(on_demand)

    if excess(1e-6) >= 0:
        return 0.0
    if excess(MOST_PER_HOUR) <= 0:
        return None
    low, high = math.log(1e-6), math.log(MOST_PER_HOUR)
    for _ in range(_HALVINGS):
        middle = 0.5 * (low + high)
        low, high = (middle, high) if excess(math.exp(middle)) < 0 else (low, middle)
    return math.exp(0.5 * (low + high))


_PARTS = ("boot", "image", "weights", "warmup", "data", "upload", "train", "evaluate", "checkpoints")


def _at_price(offers: Offers, o: int) -> Callable[[float], float]:
    """Hours at an offer's price that cost as much as billed ones: fewer or more where that depends on the time."""
    if offers.rate[o] == FLAT:
        return lambda hours: hours
    return lambda hours: float(
        timed_usd([Stretch(np.array([[hours]]), np.ones(1), offers.rate[[o]])], offers.terms)[0, 0]
    )
