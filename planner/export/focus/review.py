"""What a review of spend foresees to be charged."""

import datetime
from collections.abc import Sequence
from dataclasses import replace
from decimal import Decimal
from zoneinfo import ZoneInfo

from planner.errors import InputError
from planner.export.asked import Given
from planner.export.focus.charges import Charge
from planner.export.focus.periods import decimal, midnight
from planner.hosts.plain import plain
from planner.outcome.review import Review
from planner.outcome.review.oddities import ForecastMonth, SpendForecast
from planner.spend.months import Month


def review_charges(given: Given, review: Review) -> list[Charge]:
    """A charge for each value of the dimension that is forecast (team) and month; raises InputError without a forecast.

    Of a month that has begun only what is still to come is there, from the review's day on: with the bill's own rows
    it makes the month. Values are forecast one by one, and the total is too: what it has beyond them is an adjustment
    of nobody's, so that the rows of a month make the total.
    """
    total = next((one for one in review.forecasts if not one.dimension and one.months), None)
    parts = [one for one in review.forecasts if one.dimension and one.months]
    if total is None and not parts:
        notes = "; ".join(sorted({plain(one.note) for one in review.forecasts if one.note}))
        message = f"{given.file}: the review has no forecast{f' ({notes})' if notes else ''}"
        raise InputError(message)
    charges = [_charge(review, one, month) for one in parts for month in one.months]
    months = [] if total is None else [_charge(review, total, month) for month in total.months]
    return [*charges, *(rest for month in months for rest in _rest(month, charges))] if charges else months


def _rest(total: Charge, parts: Sequence[Charge]) -> list[Charge]:
    """What the total of a month has beyond its parts; nothing where they make it."""
    beyond = total.usd - sum((one.usd for one in parts if one.end == total.end), Decimal(0))
    if not beyond:
        return []
    told = "the forecast of the total less those of its parts"
    return [replace(total, usd=beyond, lo_usd=None, hi_usd=None, category="Adjustment", part="rest", description=told)]


def _charge(review: Review, series: SpendForecast, told: ForecastMonth) -> Charge:
    month, as_of = Month.parse(told.month), datetime.date.fromisoformat(review.as_of)
    begun = month.first < as_of < month.end
    spent = decimal(told.spent_usd)
    # The scenario's own team, owner and labels are of who asked, not of whose spend it is.
    tags = {series.dimension: series.value} if series.dimension and series.value else {}
    whose = f"{series.dimension} {series.value or 'unattributed'}" if series.dimension else "all spend"
    zone = ZoneInfo(review.time_zone)
    return Charge(
        part="forecast", usd=decimal(told.usd) - spent,
        lo_usd=None if told.lo_usd is None else decimal(told.lo_usd) - spent,
        hi_usd=None if told.hi_usd is None else decimal(told.hi_usd) - spent,
        start=midnight(as_of if begun else month.first, zone), end=midnight(month.end, zone), zone=zone,
        provider="forecast", service="Forecast", service_category="Other", tags=tags, pricing_category="Other",
        description=f"forecast of {whose} by {series.model}", sku="forecast", sku_price="forecast", meter="Forecast",
    )  # fmt: skip
