"""What quantities are counted in, and what of: units and meters as bills write them, in the planner's words."""

import re
from dataclasses import dataclass
from typing import Final

from planner.spend.reading.focus.filling import made_table
from planner.spend.store import Store

_COUNTED: Final = re.compile(r"^(?:(?:per\s+)?([0-9][0-9,.]*)\s*)?(thousand|million|billion|k|m|b)?\s*([a-z].*)$")
_TIMES: Final = {"k": 1e3, "thousand": 1e3, "m": 1e6, "million": 1e6, "b": 1e9, "billion": 1e9}
_HOURS: Final = re.compile(
    r"^(?:(?:instance|vm|node|machine|virtual machine|compute|server)[ -]?)?"
    r"(hours?|hrs?|h|minutes?|mins?|seconds?|secs?|s)$"
)
_GPU_HOURS: Final = re.compile(r"^(?:gpu|accelerator|card)[ -]?(hours?|hrs?|h|minutes?|mins?|seconds?|secs?|s)$")
_HOUR_OF: Final = {"h": 1.0, "m": 1 / 60, "s": 1 / 3600}
_STORED: Final = re.compile(r"^([kmgtp]i?b|byte|gigabyte|gibibyte)s?[ -](?:mo|month|hour|hr|day)s?$")
MOST: Final = 1e9
"""Largest multiple of a unit that is taken for one, as in 1000000 Tokens."""
_WORDS: Final = re.compile(r"[^a-z]+")


@dataclass(frozen=True, slots=True)
class Unit:
    """A unit, and how many of it one of the bill's stands for."""

    name: str
    factor: float = 1.0
    of: str = ""
    """machine: an hour of a machine; gpu: an hour of one card."""


def unit_of(written: str) -> Unit:
    """`1M Tokens` is a million tokens, `Hrs` hours of a machine, `GPU-Seconds` hours of a card; others as written."""
    text = " ".join(written.lower().split())
    found = _COUNTED.match(text)
    if found is None:
        return Unit(text)
    number, scale, noun = found.groups()
    for whole in ((f"{scale or ''}{noun}", ""), (noun, scale or "")):
        unit = _named(whole[0])
        if unit is not None:
            many = _number(number) * _TIMES.get(whole[1], 1.0)
            if not 0 < many <= MOST:
                break
            return Unit(unit.name, unit.factor * many, unit.of)
    return Unit(text)


def meter_of(meter: str, unit: str, category: str, description: str) -> str:
    """Input tokens, output tokens, cached tokens, tokens, storage, egress; else the meter as written."""
    said = f" {_WORDS.sub(' ', f'{meter} {description}'.lower())} "
    if unit == "tokens" or " tokens " in f" {_WORDS.sub(' ', meter.lower())} ":
        kinds = (("cached tokens", (" cached ", " cache read ", " cache hit ")), ("output tokens", (" output ",
                 " completion ", " generated ")), ("input tokens", (" input ", " prompt ", " inputs ")))  # fmt: skip
        return next((name for name, words in kinds if any(word in said for word in words)), "tokens")
    if any(words in said for words in (" egress ", " data transfer out ", " outbound ", " datatransfer out ")):
        return "egress"
    if _STORED.match(unit) or (category.lower() == "storage" and unit in ("", "gb", "gib", "tb")):
        return "storage"
    return " ".join(meter.lower().split())


def fill_units(store: Store) -> None:
    """The tables `units` and `meters`, for all that kinds have."""
    units = store.rows("SELECT DISTINCT used_unit FROM focus.known UNION SELECT DISTINCT priced_unit FROM focus.known")
    known = [(text, unit_of(text)) for (text,) in units]
    made_table(
        store, "units", {"written": "VARCHAR", "name": "VARCHAR", "factor": "DOUBLE", "measured": "VARCHAR"},
        [(text, unit.name, unit.factor, unit.of) for text, unit in known],
    )  # fmt: skip
    # A description counts only where tokens are told apart or something is sent: all others have no part in it.
    store.connection.execute(
        "CREATE TABLE focus.metered AS SELECT DISTINCT k.kind, k.meter, "
        "CASE WHEN k.used_unit <> '' THEN u.name ELSE p.name END AS unit, k.service_category, "
        "CASE WHEN k.meter = '' AND regexp_matches(k.description, 'token|transfer|egress|outbound', 'i') "
        "THEN k.description ELSE '' END AS description "
        "FROM focus.known k JOIN focus.units u ON k.used_unit = u.written "
        "JOIN focus.units p ON k.priced_unit = p.written"
    )
    asked = ("meter", "unit", "service_category", "description")
    rows = store.rows(f"SELECT DISTINCT {', '.join(asked)} FROM focus.metered")
    made_table(store, "meters", dict.fromkeys((*asked, "told"), "VARCHAR"), [(*row, meter_of(*row)) for row in rows])


def _named(noun: str) -> Unit | None:
    if noun in ("token", "tokens"):
        return Unit("tokens")
    for pattern, of in ((_HOURS, "machine"), (_GPU_HOURS, "gpu")):
        if found := pattern.match(noun):
            return Unit("hours", _HOUR_OF[found[1][0]], of)
    return Unit("requests") if noun in ("request", "requests") else None


def _number(text: str | None) -> float:
    try:
        return float(text.replace(",", "")) if text else 1.0
    except ValueError:
        return 1.0
