"""What makes an odd event: the resources, runs, models and services that differ from before, in words."""

import datetime
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from planner.spend.anomalies.cube import USED, Key
from planner.spend.conditions import quoted
from planner.spend.store import Store
from planner.units import share_text

WHERE: Final = ("team", "project", "model", "tenant", "service")
"""Columns that tell where an event is, the broadest first."""
WHAT: Final = ("run", "resource_name", "resource", "sku", "meter")
"""Columns that tell what it is, the likeliest to be acted on first."""
OWNERS: Final = ("team", "project", "tenant")
"""Columns that tell whose it is."""
_SOURCES: Final = ("run", "resource_name", "resource")
_MOST_OF: Final = 0.8
_PART: Final = 0.25
"""Least share of the difference that is named."""
_NAMED: Final = 3
_BESIDE: Final = 2
_CAUSES: Final = 6
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
    """The parts in words, those that the series itself says left out: run rsch-0412: $1,234 more (81 %).

    Parts of the same money are told together: run rsch-0412 (sku p5.48xlarge): $1,234 more (81 %).
    """
    said = {name for name, _ in key}
    same: dict[tuple[float, bool], list[Part]] = {}
    seen: set[str] = set()
    for part in (*[p for p in parts if p.column in WHAT], *[p for p in parts if p.column in WHERE]):
        if part.column not in said and part.value and part.value not in seen:
            seen.add(part.value)
            same.setdefault((round(part.usd, 2), part.new), []).append(part)
    return [_cause(found) for found in list(same.values())[:_CAUSES]]


def _cause(found: Sequence[Part]) -> str:
    first, by = found[0], dict[str, str]()
    for part in found:
        by.setdefault(_called(part.column), f"{_called(part.column)} {part.value}")
    names = list(by.values())[:_NAMED]
    also = f" ({', '.join(names[1:])})" if len(names) > 1 else ""
    more = f"{money(abs(first.usd))} {'more' if first.usd > 0.0 else 'less'}"
    return f"{names[0]}{also}: {more} ({share_text(first.share)}{', new' if first.new else ''})"


def subject(key: Key) -> str:
    """What is odd, as a sentence names it: OpenAI API for model m7 in team support; all spend."""
    any_told = any(value for _, value in key)
    told = {name: _valued(name, value) for name, value in key if value or not any_told}
    owners = " and ".join(told[name] for name in OWNERS if name in told)
    model = told.get("model", "")
    others = [told[name] for name, _ in key if name in told and name not in (*OWNERS, "model")]
    what = f"{', '.join(others)} for {model}" if others and model else ", ".join(others) or model
    if what:
        within = "for" if owners.startswith("tenant") else "in"
        return f"{what} {within} {owners}" if owners else what
    return f"spend of {owners}" if owners else "all spend"


def source(parts: Sequence[Part], key: Key) -> str:
    """The run or resource that makes most of it, and whose it is: run r7 (team research, model m7); empty for none."""
    known = {name for name, _ in key}
    what = next((p for p in parts if p.column in _SOURCES and p.share >= 0.5 and p.value), None)
    beside = [
        _valued(part.column, part.value) for part in parts
        if part.column in WHERE and part.column not in known and part.share >= _MOST_OF and part.value
    ]  # fmt: skip
    if what is None:
        return ", ".join(beside[:_BESIDE])
    whose = f" ({', '.join(beside[:_BESIDE])})" if beside else ""
    return f"{_called(what.column)} {what.value}{whose}"


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


def _valued(column: str, value: str) -> str:
    """`team research`, `no team`; a service by its name alone."""
    if not value:
        return f"no {_called(column)}"
    return value if column == "service" else f"{_called(column)} {value}"


def _called(column: str) -> str:
    return "resource" if column == "resource_name" else column.replace("_", " ")
