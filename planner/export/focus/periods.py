"""Amounts cut at billing months or days, so that they add up exactly."""

import datetime
from collections.abc import Sequence
from decimal import ROUND_HALF_EVEN, Context, Decimal
from typing import Final

from planner.errors import InputError
from planner.export.asked import Periods
from planner.export.focus.columns import DECIMALS

MOST: Final = Decimal(10) ** 18
"""Largest amount or quantity that is written."""
_STEP: Final = Decimal(1).scaleb(-DECIMALS)
_EXACT: Final = Context(prec=60, rounding=ROUND_HALF_EVEN)


def decimal(value: float | Decimal) -> Decimal:
    """A figure as a decimal of nine places; raises InputError for what no bill can hold."""
    exact = value if isinstance(value, Decimal) else Decimal(repr(value))
    if not exact.is_finite() or abs(exact) > MOST:
        message = f"{value} is no amount that a bill can hold; plan the scenario again"
        raise InputError(message)
    return _EXACT.quantize(exact, _STEP)


def apportion(total: float | Decimal, weights: Sequence[float | Decimal]) -> list[Decimal]:
    """`total` in the ratio of the weights, in decimals that add up to exactly `decimal(total)`.

    Running sums are rounded, so that no part is off by more than one unit of the last place.
    """
    exact = [weight if isinstance(weight, Decimal) else Decimal(repr(weight)) for weight in weights]
    whole = decimal(total)
    every = sum(exact, Decimal())
    if not every:
        return [whole, *[Decimal(0)] * (len(exact) - 1)]
    parts, before, reached = [], Decimal(0), Decimal(0)
    for weight in exact:
        reached += weight
        now = _EXACT.quantize(_EXACT.divide(_EXACT.multiply(whole, reached), every), _STEP)
        parts.append(now - before)
        before = now
    return parts


def midnight(day: datetime.date, zone: datetime.tzinfo = datetime.UTC) -> datetime.datetime:
    """The start of a day there, in UTC."""
    return datetime.datetime.combine(day, datetime.time(), zone).astimezone(datetime.UTC)


def month_of(moment: datetime.datetime, zone: datetime.tzinfo) -> tuple[datetime.datetime, datetime.datetime]:
    """Start and end of the month there, in UTC; the end is not in it."""
    first = moment.astimezone(zone).date().replace(day=1)
    return midnight(first, zone), midnight(a_month_later(first), zone)


def a_month_later(day: datetime.date) -> datetime.date:
    """The same day of the next month, or its last where it has no such day."""
    first = (day.replace(day=1) + datetime.timedelta(days=32)).replace(day=1)
    last = ((first + datetime.timedelta(days=32)).replace(day=1) - datetime.timedelta(days=1)).day
    return first.replace(day=min(day.day, last))


def pieces(
    start: datetime.datetime, end: datetime.datetime, periods: Periods, zone: datetime.tzinfo
) -> list[tuple[datetime.datetime, datetime.datetime]]:
    """The time from start to end, cut wherever a month or day begins there; at least a second of it."""
    end = max(end, start + datetime.timedelta(seconds=1))
    cut, at = [], start
    while at < end:
        tomorrow = midnight(at.astimezone(zone).date() + datetime.timedelta(days=1), zone)
        following = month_of(at, zone)[1] if periods == "month" else tomorrow
        cut.append((at, min(following, end)))
        at = following
    return cut
