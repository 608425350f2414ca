"""Spend by month and by day."""

import datetime
from typing import Any, Final

from planner.outcome.review.attribution import DayTotal, MonthTotal
from planner.spend.attribution.whole import whole_months
from planner.spend.months import Month
from planner.spend.store import Store

MOST_DAYS: Final = 731
"""Two years, one of them a leap year."""


def month_totals(store: Store) -> list[MonthTotal]:
    """Every month with charges, oldest first.

    Credits are charges of the category Credit or Refund, or the class Correction, that are below zero, as billed. List
    cost is null where a charge has none.
    """
    teams = _by_team(store, "date_trunc('month', day)::DATE")
    rows = store.rows(
        """
        SELECT date_trunc('month', day)::DATE AS month, count(DISTINCT day),
               coalesce(sum(billed_usd), 0)::DOUBLE, coalesce(sum(effective_usd), 0)::DOUBLE,
               CASE WHEN count(list_usd) = count(*) THEN sum(list_usd)::DOUBLE END,
               coalesce(sum(billed_usd) FILTER (
                   billed_usd < 0 AND (lower(category) IN ('credit', 'refund') OR lower(class) = 'correction')
               ), 0)::DOUBLE,
               coalesce(sum(effective_usd) FILTER (lower(commitment_status) = 'unused'), 0)::DOUBLE
        FROM allocated GROUP BY month ORDER BY month"""
    )
    whole = whole_months(store, [Month.of(first) for first, *_ in rows])
    return [
        MonthTotal(
            month=str(Month.of(first)), days=days, whole=Month.of(first) in whole, billed_usd=billed,
            effective_usd=effective, list_usd=listed, credits_usd=credits_, commitment_unused_usd=unused,
            by_team=teams[first],
        )
        for first, days, billed, effective, listed, credits_, unused in rows
    ]  # fmt: skip


def day_totals(store: Store) -> list[DayTotal]:
    """Every day from the first with charges to the last, at most the last MOST_DAYS; oldest first."""
    first, last = store.rows("SELECT min(day), max(day) FROM allocated")[0]
    if first is None:
        return []
    first = max(first, last - datetime.timedelta(days=MOST_DAYS - 1))
    teams = _by_team(store, "day")
    sums = dict(store.rows("SELECT day, coalesce(sum(effective_usd), 0)::DOUBLE FROM allocated GROUP BY day"))
    days = [first + datetime.timedelta(days=n) for n in range((last - first).days + 1)]
    return [DayTotal(day=day.isoformat(), effective_usd=sums.get(day, 0.0), by_team=teams.get(day, {})) for day in days]


def _by_team(store: Store, when: str) -> dict[Any, dict[str, float]]:
    """Month or day → team → effective cost."""
    found: dict[Any, dict[str, float]] = {}
    for at, team, amount in store.rows(
        f"SELECT {when} AS place, team, coalesce(sum(effective_usd), 0)::DOUBLE FROM allocated "
        "GROUP BY ALL ORDER BY place, team"
    ):
        found.setdefault(at, {})[team] = amount
    return found
