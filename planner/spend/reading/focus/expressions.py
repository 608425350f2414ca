"""Columns of a file as SQL: text, amounts and times, whatever types a file has them in."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from planner.scenario.spend_rules import Told
from planner.spend.reading.focus.columns import (
    AMOUNTS,
    BILLING_START,
    OBJECTS,
    OTHER_NUMBERS,
    QUANTITIES,
    TEXTS,
    TIMES,
)
from planner.spend.reading.focus.files import BillFile

AMOUNT: Final = "DECIMAL(30, 12)"
"""Amounts as the bill has them, in its currency; what it has after the twelfth decimal is rounded."""
MOST_AMOUNT: Final = "1000000000000"
MOST_QUANTITY: Final = "1000000000000000"
FIRST, LAST = "2000-01-01", "2100-12-31"
"""Times before or after are none of a bill."""
CONTROL: Final = r"'[\x00-\x1f\x7f-\x9f\x{200b}-\x{200f}\x{2028}-\x{202e}\x{2066}-\x{2069}\x{feff}]'"
"""Signs that drive terminals or hide, as a pattern in SQL."""
LONGEST_DAYS: Final = 400
"""Longest period of a charge."""
_TIMES_AS_THEY_ARE: Final = ("TIMESTAMP", "TIMESTAMP WITH TIME ZONE", "DATE", "TIMESTAMP_NS", "TIMESTAMP_MS",
                             "TIMESTAMP_S")  # fmt: skip


@dataclass(frozen=True, slots=True)
class Check:
    """What a row may be refused for."""

    column: str
    bad: str
    """Condition over the columns of `rows_of`."""
    reason: str
    value: str
    """Column of `raw` that is shown."""


@dataclass(frozen=True, slots=True)
class Expressions:
    """A file's columns by what they are read as."""

    texts: Mapping[str, str]
    """Of TEXTS, and `told0` … for columns that dimensions are told by: VARCHAR, NULL where there is none."""
    numbers: Mapping[str, str]
    times: Mapping[str, str]
    raw: Mapping[str, str]
    """Of numbers and times: as they stand in the file."""
    billing_raw: str
    """Start of the billing period as the file has it."""
    billing_start: str
    """As a time, of a column `billing_raw`."""
    others: tuple[str, ...]
    """The other columns that tell whether two rows are the same, sorted by name."""


def expressions(file: BillFile, told: tuple[str, ...], shared: frozenset[str]) -> Expressions:
    """The columns of a file; `told` are those that dimensions ask for, `shared` lower-case names all files have."""
    texts = {name: _text(file, file.header.place(columns), name in OBJECTS) for name, columns in TEXTS.items()}
    texts |= {f"told{place}": _text(file, file.header.place((name,))) for place, name in enumerate(told)}
    numbers, raw, times = {}, {}, {}
    for name, column in {**AMOUNTS, **QUANTITIES}.items():
        raw[name] = _text(file, place := file.header.place((column,)))
        numbers[name] = _cast(file, place, AMOUNT)
    place = file.header.place((BILLING_START,))
    billing = ("NULL::VARCHAR", "VARCHAR") if place is None else (f"c{place}", file.types[place])
    billed = _as_time("billing_raw", billing[1])
    billed = f"CASE WHEN {billed} BETWEEN TIMESTAMP '{FIRST}' AND TIMESTAMP '{LAST}' THEN {billed} END"
    for name, column in TIMES.items():
        raw[name] = _text(file, place := file.header.place((column,)))
        times[name] = _time(file, place)
    return Expressions(texts, numbers, times, raw, billing[0], billed, _others(file, shared))


def told_columns(told: Mapping[str, Told]) -> dict[str, tuple[str, ...]]:
    """Dimension → columns that may tell it, the likeliest first."""
    return {name: tuple(how.columns) if how.columns or how.tags else (name, f"x_{name}") for name, how in told.items()}


def _possible(name: str) -> str:
    return f"\"{name}\" BETWEEN TIMESTAMP '{FIRST}' AND TIMESTAMP '{LAST}'"


CHECKS: Final = (
    *(
        check
        for name in ("billed", "effective")
        for check in (
            Check(AMOUNTS[name], f"raw_{name} IS NULL", "is empty", f"raw_{name}"),
            Check(AMOUNTS[name], f"raw_{name} IS NOT NULL AND {name} IS NULL", "is no amount", f"raw_{name}"),
        )
    ),
    *(
        Check(AMOUNTS[name], f"raw_{name} IS NOT NULL AND {name} IS NULL", "is no amount", f"raw_{name}")
        for name in ("list", "contracted")
    ),
    *(Check(AMOUNTS[name], f"abs({name}) > {MOST_AMOUNT}", "is more than 1e12", f"raw_{name}") for name in AMOUNTS),
    *(
        check
        for name, column in QUANTITIES.items()
        for check in (
            Check(column, f"raw_{name} IS NOT NULL AND {name} IS NULL", "is no number", f"raw_{name}"),
            Check(column, f"abs({name}) > {MOST_QUANTITY}", "is more than 1e15", f"raw_{name}"),
        )
    ),
    *(
        check
        for name, column in TIMES.items()
        for check in (
            Check(column, f"raw_{name} IS NULL", "is empty", f"raw_{name}"),
            Check(column, f'raw_{name} IS NOT NULL AND ("{name}" IS NULL OR NOT {_possible(name)})',
                  "is no time, as 2026-10-31T23:00:00Z", f"raw_{name}"),
        )
    ),
    Check("ChargePeriodEnd", f'"end" <= "start" AND {_possible("start")} AND {_possible("end")}',
          "is not after ChargePeriodStart", "raw_end"),
    Check("ChargePeriodEnd", f"date_diff('second', \"start\", \"end\") > {LONGEST_DAYS * 86400} "
          f"AND {_possible('start')} AND {_possible('end')}",
          f"is more than {LONGEST_DAYS} days after ChargePeriodStart", "raw_end"),
)  # fmt: skip
"""Checks of numbers and times, row by row; those of texts are in `kinds.py`."""


def _text(file: BillFile, place: int | None, as_object: bool = False) -> str:
    if place is None:
        return "NULL::VARCHAR"
    type_ = file.types[place]
    if type_ == "VARCHAR":
        return f"c{place}"
    if as_object and type_.startswith(("MAP", "STRUCT")) and not type_.endswith("[]"):
        return f"to_json(c{place})::VARCHAR"
    if as_object and type_.startswith("STRUCT") and type_.endswith("[]"):
        return f"to_json(map_from_entries(c{place}))::VARCHAR"
    return f"c{place}::VARCHAR"


def _cast(file: BillFile, place: int | None, type_: str) -> str:
    return f"NULL::{type_}" if place is None else f"TRY_CAST(c{place} AS {type_})"


def _time(file: BillFile, place: int | None) -> str:
    if place is None:
        return "NULL::TIMESTAMP"
    return _as_time(f"c{place}", file.types[place])


def _as_time(column: str, type_: str) -> str:
    # The session's zone is UTC, which is what times without one are in.
    as_it_is = type_ in _TIMES_AS_THEY_ARE
    return f"{column}::TIMESTAMP" if as_it_is else f"TRY_CAST({column}::VARCHAR AS TIMESTAMPTZ)::TIMESTAMP"


def _others(file: BillFile, shared: frozenset[str]) -> tuple[str, ...]:
    taken = {
        name.lower()
        for name in (*AMOUNTS.values(), *QUANTITIES.values(), *TIMES.values(), BILLING_START, "BillingPeriodEnd")
    }
    taken |= {name.lower() for names in TEXTS.values() for name in names}
    numbers = {name.lower() for name in OTHER_NUMBERS}
    found = {
        name.strip().lower(): _cast(file, place, "DOUBLE") if name.strip().lower() in numbers else _text(file, place)
        for place, name in enumerate(file.header.columns)
        if name.strip().lower() in shared - taken
    }
    return tuple(found[name] for name in sorted(found))
