"""How old the prices are that the decisions rest on, in one sentence."""

from planner.catalog.ages import earliest_day
from planner.outcome import Plan
from planner.report.names import clean

_RENEW = "planner prices refresh records new ones"


def price_ages_sentence(plan: Plan) -> str:
    """`Prices: catalog of 2026-11-22; those of the decisions are 3 to 325 days old then. …`; empty without decisions.

    Ages are those at the catalog's date, or the lock's, never today's; a partial date counts as its earliest day.
    """
    chosen = [c for id_ in dict.fromkeys(plan.decisions.values()) if (c := plan.configuration(id_)) is not None]
    dates = [c.offer.as_of for c in chosen if c.offer.as_of]
    if not dates:
        return ""
    lock = plan.lock
    as_of, what = (plan.catalog.as_of, "catalog") if lock is None else (lock.as_of, f"lock {clean(lock.file)}")
    days = [max(0, (earliest_day(as_of) - earliest_day(date)).days) for date in dates]
    low, high = min(days), max(days)
    old = f"{low} to {high} days" if low < high else f"{high} day{'' if high == 1 else 's'}"
    vague = any(date.count("-") < 2 for date in dates)
    counted = ", a year or month without a day counted from its first" if vague else ""
    return f"Prices: {what} of {as_of}; those of the decisions are {old} old then{counted}. {_RENEW}."
