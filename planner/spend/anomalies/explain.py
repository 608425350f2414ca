"""What makes an odd event: the resources, runs, models and services that differ from before, in words."""

import datetime
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from planner.spend.anomalies.cube import USED, Key
from planner.spend.conditions import quoted
from planner.spend.store import Store

WHERE: Final = ("team", "project", "model", "tenant", "service")
"""Columns that tell where an event is, the broadest first."""
WHAT: Final = ("run", "resource_name", "resource", "sku", "meter")
"""Columns that tell what it is, the likeliest to be acted on first."""
_MOST_OF: Final = 0.8
_PART: Final = 0.25
"""Least share of the difference that is named."""
_NAMED: Final = 3
_BEFORE: Final = 28
_LONGEST: Final = 28
"""Days that a long event is told by, its last."""


@dataclass(frozen=True, slots=True)
class Part:
    """A value of a column, and what it makes of a difference."""

    column: str
    value: str
    usd: float
    """More than before, over the event's days; below 0 less."""
    share: float
    new: bool
    """Whether it had nothing before."""


def parts_of(store: Store, key: Key, first: datetime.date, last: datetime.date) -> list[Part]:
    """Parts that make a quarter of the difference or more, column by column, the largest first.

    The mean day of the event (of a long one, its last four weeks) against that of the four weeks before it.
    """
    start = max(first, last - datetime.timedelta(days=_LONGEST - 1))
    before = first - datetime.timedelta(days=_BEFORE)
    columns = {name for (name, *_) in store.rows("DESCRIBE allocated")}
    asked = " AND ".join(f"coalesce({quoted(name)}, '') = ?" for name, _ in key) or "true"
    values = [value for _, value in key]
    days = (last - start).days + 1
    found = []
    for column in (*WHERE, *WHAT):
        if column not in columns:
            continue
        rows = store.rows(
            f"SELECT coalesce({quoted(column)}, ''), "
            "coalesce(sum(effective_usd) FILTER (day >= ?), 0)::DOUBLE, "
            "coalesce(sum(effective_usd) FILTER (day < ?), 0)::DOUBLE FROM allocated "
            f"WHERE {asked} AND {USED} AND day >= ? AND day <= ? AND (day < ? OR day >= ?) GROUP BY ALL",
            [start, first, *values, before, last, first, start],
        )
        differences = [(str(value), now - old * days / _BEFORE, old) for value, now, old in rows]
        whole = sum(usd for _, usd, _ in differences)
        if whole == 0.0:
            continue
        named = [
            Part(column, value, usd, usd / whole, old == 0.0) for value, usd, old in differences if usd / whole >= _PART
        ]
        found += sorted(named, key=lambda part: (-part.share, part.value))[:_NAMED]
    return found


def causes(parts: Sequence[Part], key: Key) -> list[str]:
    """The parts in words, those that the series itself says left out: run rsch-0412: $1,234 more (81 %)."""
    said = {name for name, _ in key}
    told: list[str] = []
    seen: set[str] = set()
    for part in (*[p for p in parts if p.column in WHAT], *[p for p in parts if p.column in WHERE]):
        if part.column in said or not part.value or part.value in seen:
            continue
        seen.add(part.value)
        more = "more" if part.usd > 0.0 else "less"
        new = ", new" if part.new else ""
        told.append(f"{_called(part.column)} {part.value}: {money(abs(part.usd))} {more} ({part.share:.0%}{new})")
    return told[:6]


def subject(parts: Sequence[Part], key: Key) -> str:
    """Where it is: model m7 in research; everything, where no one value makes most of it."""
    known = dict(key)
    any_told = any(value for _, value in key)
    where = [
        f"{_called(name)} {value}" if value else f"no {_called(name)}" for name, value in key if value or not any_told
    ]
    told = len(where)
    for part in parts:
        if part.column in WHERE and part.column not in known and part.share >= _MOST_OF and part.value:
            known[part.column] = part.value
            where.append(f"{_called(part.column)} {part.value}")
    if not told:
        return ", ".join(["all spend", *where])
    return " in ".join(filter(None, [", ".join(where[:told]), ", ".join(where[told:])]))


def source(parts: Sequence[Part]) -> str:
    """The run or resource that makes most of it; empty where none does."""
    for part in parts:
        if part.column in ("run", "resource_name", "resource") and part.share >= 0.5 and part.value:
            return f"{_called(part.column)} {part.value}"
    return ""


def money(usd: float) -> str:
    """$1,234, or with cents below $100."""
    return f"${usd:,.0f}" if abs(usd) >= 100.0 else f"${usd:,.2f}"


def period(first: datetime.date, last: datetime.date) -> str:
    """14 October 2026; 14–16 October 2026; 30 September–2 October 2026."""
    end = f"{last.day} {last:%B %Y}"
    if first == last:
        return end
    if (first.year, first.month) == (last.year, last.month):
        return f"{first.day}–{end}"
    if first.year == last.year:
        return f"{first.day} {first:%B}–{end}"
    return f"{first.day} {first:%B %Y}–{end}"


def _called(column: str) -> str:
    return "resource" if column == "resource_name" else column.replace("_", " ")
