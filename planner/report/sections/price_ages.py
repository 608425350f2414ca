"""How old the prices are that the decisions rest on, in one sentence."""

import datetime as dt

from planner.outcome import Plan
from planner.report.names import clean
from planner.units import earliest_day

_RENEW = "planner prices refresh records new ones"


def price_ages_sentence(plan: Plan) -> str:
    """`Prices: catalog of 2026-11-22; those of the decisions are 3 to 325 days old then. …`; empty without dates.

    Ages are those at the catalog's date, or the lock's, never today's; a partial date counts as its earliest day.
    """
    chosen = [c for id_ in dict.fromkeys(plan.decisions.values()) if (c := plan.configuration(id_)) is not None]
    dates = [(date, day) for c in chosen if (day := day_of(date := c.offer.as_of)) is not None]
    lock = plan.lock
    as_of, what = (plan.catalog.as_of, "catalog") if lock is None else (lock.as_of, f"lock {clean(lock.file)}")
    today = day_of(as_of)
    if not dates or today is None:
        return ""
    days = [max(0, (today - day).days) for _, day in dates]
    low, high = min(days), max(days)
    old = f"{low} to {high} days" if low < high else f"{high} day{'' if high == 1 else 's'}"
    vague = any(date.count("-") < 2 for date, _ in dates)
    counted = ", a year or month without a day counted from its first" if vague else ""
    return f"Prices: {what} of {clean(as_of)}; those of the decisions are {old} old then{counted}. {_RENEW}."


def day_of(date: str) -> dt.date | None:
    """The earliest day that a full or partial ISO date can mean; None for what is none, as a foreign plan may have."""
    try:
        return earliest_day(date)
    except (ValueError, OverflowError):
        return None
