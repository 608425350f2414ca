"""What the start of a run makes of its cost, where the price of an offer depends on the time."""

import datetime as dt

import numpy as np

from planner.catalog.rate_plans import FLAT, Monthly, RatePlan, Weekly
from planner.catalog.rows import Floats
from planner.estimate.rate_plans import SAME, extremes, worst_month_lead_hours
from planner.kinds.evaluate import Picked
from planner.outcome import TimedPrice
from planner.scenario.time_rates import BEST, DAYS
from planner.units import duration

_MONTH = "the first of a month"


def timed_price(picked: Picked, k: int) -> TimedPrice | None:
    """What rates do to the price of picked combination `k`; None where they change nothing, from whatever start."""
    joined = picked.joined
    stretches = [x.take(np.array([k])) for x in joined.stretches]
    stretches = [x for x in stretches if x.hours[0, 0] > 0]
    rates = joined.offers.terms.rates
    timed = [(rates[int(x.rate[0])], x.hours) for x in stretches if x.rate[0] != FLAT]
    if not timed:
        return None
    plans = [plan for plan, _ in timed]
    found, start = extremes(stretches, joined.offers.terms), joined.offers.terms.start
    compute, total = float(joined.cost.compute[0, k]), float(joined.cost.total[0, k])
    again = 1.0 + float(np.broadcast_to(joined.expected_reruns, joined.hours.shape)[0, k])
    flat = float(sum(x.flat_usd[0, 0] for x in stretches))
    if max(abs(compute - flat), float(found.most_usd[0, 0] - found.least_usd[0, 0])) <= SAME * flat:
        return None

    def at(usd: Floats) -> float | None:
        cost = total + (float(usd[0, 0]) - compute) * again
        return None if np.isnan(cost) else cost

    best = _start(plans, float(found.least_start[0, 0]), _MONTH)
    return TimedPrice(
        plan="; ".join(dict.fromkeys(plan.words for plan in plans)),
        source="; ".join(dict.fromkeys(plan.source for plan in plans)),
        start="" if start is None else best if start == BEST else _given(start),
        taken="mean" if start is None else "best" if start == BEST else "given",
        billed_hours=float(joined.billed_hours[0, k]),
        share_off=None if np.isnan(flat) or flat <= 0 else 1.0 - compute / flat,
        best_start=best,
        best_cost_usd=at(found.least_usd),
        worst_start=_start(plans, float(found.most_start[0, 0]), _before_the_end(*timed[-1])),
        worst_cost_usd=at(found.most_usd),
    )


def _start(plans: list[RatePlan], since: float, of_month: str) -> str:
    """A start in words: of weekly rates the time of the week, of monthly ones the day of the month."""
    weekly = any(isinstance(plan, Weekly) for plan in plans)
    monthly = not all(isinstance(plan, Weekly) for plan in plans)
    minute = round(since * 60.0) % (len(DAYS) * 1440)
    day, rest = divmod(minute, 1440)
    found = [f"{DAYS[day]} {rest // 60:02d}:{rest % 60:02d} UTC"] if weekly else []
    return ", ".join([*found, *([of_month] if monthly else [])])


def _before_the_end(plan: RatePlan, hours: Floats) -> str:
    """The worst start for monthly rates."""
    lead = float(worst_month_lead_hours(plan, hours)[0, 0]) if isinstance(plan, Monthly) else 0.0
    return f"{duration(lead)} before the end of a month"


def _given(start: dt.datetime) -> str:
    return start.strftime("%Y-%m-%d %H:%M UTC")
