"""What is to be bought: the machine hours of one configuration of a plan."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from planner.catalog.prices.row import Key
from planner.errors import InputError
from planner.outcome import Allowed, Configuration, Plan

_DEADLINE: Final = "constraints.deadline"


@dataclass(frozen=True, slots=True)
class Job:
    """Machine hours on one offer, and how long they can wait."""

    id: str
    key: Key
    gpu: str
    gpu_count: int
    """Cards in one machine."""
    machine_hours: float
    """Billed hours over all machines: the plan's compute cost over its price."""
    hours: float
    """Wall-clock time from request to finished artifact."""
    usd_per_hour: float
    """The plan's price of one machine."""
    as_of: str
    """Date of that price."""
    slack_hours: float | None
    """How much later than now it may start to keep the plan's deadline; None where the plan has none."""
    allowed: Allowed | None = None
    """Where the scenario lets it run; None where it names no places, or the plan does not say."""


def job(plan: Plan, configuration: Configuration) -> Job:
    """The job of a configuration; raises InputError where list prices do not tell what it costs.

    That is where the plan does not know its price, cost or time, and for shared runs, commitments, private prices and
    prices that depend on when it runs.
    """
    c, offer = configuration, configuration.offer
    if offer.spot_twin_usd_per_hour is not None:
        message = f"{c.id}: its work is shared between spot and on demand; ask for a configuration on one of them"
        raise InputError(message)
    if offer.commitment is not None:
        message = f"{c.id}: a commitment of years is not bought for one job; ask for a configuration without one"
        raise InputError(message)
    if offer.private:
        message = f"{c.id}: its price is your own ({offer.private}); a history of list prices says nothing about it"
        raise InputError(message)
    if offer.timed is not None:
        when = f"({offer.timed.plan}), and the plan tells the best start"
        message = f"{c.id}: what an hour costs depends on when it runs {when}; a history of list prices does not"
        raise InputError(message)
    price, compute, hours = offer.price_usd_per_hour, c.cost_parts.compute, c.hours
    if price is None or compute is None or hours is None or price <= 0 or compute <= 0:
        message = f"{c.id}: the plan knows no {'price' if not price else 'compute cost or time'} of it: nothing to buy"
        raise InputError(message)
    deadline = _deadline(plan)
    return Job(
        id=c.id,
        key=(offer.provider, offer.instance, offer.region, offer.tier),
        gpu=c.hardware.gpu,
        gpu_count=c.hardware.count,
        machine_hours=compute / price,
        hours=hours,
        usd_per_hour=price,
        as_of=offer.as_of,
        slack_hours=None if deadline is None else max(deadline - hours, 0.0),
        allowed=plan.allowed,
    )


def _deadline(plan: Plan) -> float | None:
    limits: Sequence[float] = [limit.limit for limit in plan.constraints if limit.name == _DEADLINE]
    return min(limits, default=None)
