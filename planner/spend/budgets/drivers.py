"""What makes most of a budget's spend, and what grew, in words."""

import datetime
from collections.abc import Mapping
from typing import Any, Final

from planner.spend.budgets.period import Period
from planner.spend.columns import texts
from planner.spend.conditions import condition, quoted
from planner.spend.store import Store
from planner.units import share_text, usd

_COLUMNS: Final = {"team": "team", "service": "service", "model": "model", "resource": "resource"}
"""Column of `allocated` → what it is called."""
LEAST: Final = 0.05
"""Share of the spend below which nothing is told."""
MOST_GROWN: Final = 2


def drivers_of(
    store: Store, where: Mapping[str, str | list[str]] | None, period: Period, until: datetime.date
) -> list[str]:
    """Sentences on a period up to `until`: the largest team, service, model and resource, then what grew most.

    Growth is against as many days from the start of the period before, where these have charges.
    """
    columns = texts(store, "allocated")
    asked, values = condition(where, columns)
    before_end = min(period.before + (until - period.start), period.start)
    days = [period.start, until, period.before, before_end]
    now = "coalesce(sum(effective_usd) FILTER (day >= ? AND day < ?), 0)::DOUBLE"
    spent, known = store.rows(
        f"SELECT {now}, (SELECT count(*) > 0 FROM allocated WHERE day >= ? AND day < ?) FROM allocated WHERE {asked}",
        [*days, *values],
    )[0]
    if spent <= 0:
        return []
    made: list[str] = []
    grown: list[tuple[float, str]] = []
    for column, name in _COLUMNS.items():
        if column not in columns or column in (where or {}):
            continue
        rows = store.rows(
            f"SELECT {quoted(column)} AS value, {now}, {now} FROM allocated "
            f"WHERE {asked} AND {quoted(column)} <> '' GROUP BY 1 ORDER BY 2 DESC, 1",
            [*days, *values],
        )
        made += [f"{name} {value} {usd(own)} ({share_text(own / spent)})" for value, own, _ in rows[:1]
                 if own >= LEAST * spent]  # fmt: skip
        if known:
            grown += [
                _grown(name, row, (until - period.start).days) for row in rows if row[1] - row[2] >= LEAST * spent
            ]
    # A model on one resource of its own grew with it: that is told once.
    told: dict[float, str] = {}
    for growth, text in sorted(grown, key=_by_growth):
        told.setdefault(round(growth, 2), text)
    return made + list(told.values())[:MOST_GROWN]


def _by_growth(one: tuple[float, str]) -> tuple[float, str]:
    return -one[0], one[1]


def _grown(name: str, row: tuple[Any, ...], days: int) -> tuple[float, str]:
    """Growth in USD, and the sentence on it."""
    value, now, before = row
    if before <= 0:
        return now - before, f"{name} {value} is new: {usd(now)}"
    over = f"the first {days} days of the period before" if days > 1 else "the first day of the period before"
    return now - before, f"{name} {value} grew by {usd(now - before)} ({share_text(now / before - 1)}) against {over}"
