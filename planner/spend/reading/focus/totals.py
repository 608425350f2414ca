"""What was read of a bill, set aside and kept: counts, sums by currency that must agree, and what is worth knowing."""

from collections.abc import Sequence
from decimal import Decimal
from typing import Final

from planner.outcome.review.sources import CurrencyTotal, SourceRead
from planner.scenario.spend_rules import Told
from planner.source.excerpt import quoted
from planner.source.words import either
from planner.spend.reading.focus.columns import MISSED
from planner.spend.reading.focus.expressions import told_columns
from planner.spend.reading.focus.files import BillFile
from planner.spend.reading.focus.overlaps import STATUSES
from planner.spend.store import Store

_MOST_TAGS: Final = 8


def source_read(store: Store, name: str, files: Sequence[BillFile], *, spread_by_hour: bool,
                told: dict[str, Told]) -> SourceRead:  # fmt: skip
    """The bill, told; sums are exact in its currencies until they are given as floats."""
    counts = dict(store.rows("SELECT status, sum(rows)::BIGINT FROM focus_rows.summed GROUP BY status"))
    faults = store.rows("SELECT count(*) FROM focus.faults")[0][0]
    first, last = store.rows("SELECT min(day), max(day) FROM focus_rows.daily WHERE day < ?", [store.as_of])[0]
    return SourceRead(
        name=name,
        kind="focus",
        files=len(files),
        rows=sum(counts.values()) + faults,
        kept=counts.get("kept", 0),
        duplicate=counts.get("duplicate", 0),
        replaced=counts.get("replaced", 0),
        future=counts.get("future", 0),
        rejected=counts.get("rejected", 0) + faults,
        first_day=str(first or ""),
        last_day=str(last or ""),
        version=max(file.header.version() for file in files),
        totals=_totals(store),
        notes=[
            *_missing(files),
            *_untold(store, files, told),
            *_oddities(store, counts),
            *(["charges for several hours are spread evenly over them: what is used by the hour is not known"]
              if spread_by_hour else []),
        ],
    )  # fmt: skip


def _totals(store: Store) -> list[CurrencyTotal]:
    """By currency; the days of a charge that are still to come count as future, though its row is kept."""
    sums: dict[str, dict[str, Decimal]] = {}
    for currency, status, amount in store.rows(
        "SELECT k.currency, s.status, sum(s.billed) FROM focus_rows.summed s JOIN focus.known k USING (kind) "
        "WHERE k.rate IS NOT NULL GROUP BY ALL"
    ):
        sums.setdefault(currency, dict.fromkeys(STATUSES, Decimal(0)))[status] += amount or Decimal(0)
    read = {currency: sum(parts.values(), Decimal(0)) for currency, parts in sums.items()}
    ahead = dict(
        store.rows(
            "SELECT k.currency, sum(d.billed) FROM focus_rows.daily d JOIN focus.known k USING (kind) "
            "WHERE d.day >= ? GROUP BY ALL",
            [store.as_of],
        )
    )
    kept = dict(
        store.rows(
            "SELECT k.currency, sum(d.billed) FROM focus_rows.daily d JOIN focus.known k USING (kind) "
            "WHERE d.day < ? GROUP BY ALL",
            [store.as_of],
        )
    )
    rates = dict(store.rows("SELECT currency, rate FROM focus.rates"))
    return [
        CurrencyTotal(
            currency=currency,
            usd_per_unit=rates[currency],
            read=float(read[currency]),
            kept=float(kept.get(currency, Decimal(0))),
            duplicate=float(parts["duplicate"]),
            replaced=float(parts["replaced"]),
            future=float(parts["future"] + ahead.get(currency, Decimal(0))),
            rejected=float(parts["rejected"]),
        )
        for currency, parts in sorted(sums.items())
    ]


def _missing(files: Sequence[BillFile]) -> list[str]:
    notes = []
    for column, effect in MISSED.items():
        without = [file for file in files if not file.header.has(column)]
        if without:
            where = "" if len(without) == len(files) else f" in {_some([file.shown for file in without])}"
            notes.append(f"no column {column}{where}: {effect}")
    return notes


def _untold(store: Store, files: Sequence[BillFile], told: dict[str, Told]) -> list[str]:
    notes = []
    columns = told_columns(told)
    for place, name in enumerate(store.dimensions):
        how = told[name]
        if not (how.tags or how.columns) and name != "team":
            continue
        absent = [c for c in how.columns if not any(file.header.place((c,)) is not None for file in files)]
        if absent:
            notes.append(f"no file has a column {either(absent)}, which should tell the {name}")
        known = f"SELECT count(*) FROM focus.told_of t JOIN focus_rows.summed s USING (kind) WHERE t.dim{place} <> ''"
        if not store.rows(known)[0][0]:
            tags = list(how.tags) or ([] if how.columns else [name])
            ways = [f"a tag {either(tags)}"] if tags else []
            ways += [f"a column {either(columns[name])}"] if how.columns else []
            notes.append(f"no row tells the {name}: none has {' or '.join(ways)}{_tags_there(store) if tags else ''}")
    return notes


def _tags_there(store: Store) -> str:
    """The keys of tags on most kinds of charges, for who looks for the right one."""
    keys = [
        key
        for (key,) in store.rows(
            "SELECT key FROM focus.tags_values WHERE value <> '' GROUP BY key ORDER BY count(*) DESC, key LIMIT ?",
            [_MOST_TAGS + 1],
        )
    ]
    more = ", …" if len(keys) > _MOST_TAGS else ""
    return f"; tags there are: {', '.join(map(quoted, keys[:_MOST_TAGS]))}{more}" if keys else "; no row has a tag"


def _oddities(store: Store, counts: dict[str, int]) -> list[str]:
    negative, broken, several = store.rows(
        "SELECT coalesce(sum(negative) FILTER (status = 'kept'), 0)::BIGINT, "
        "coalesce(sum(tags_broken) FILTER (status = 'kept'), 0)::BIGINT, "
        "coalesce(sum(rows) FILTER (status = 'kept' AND span > 1), 0)::BIGINT FROM focus_rows.summed"
    )[0]
    unpriced = store.rows(
        "SELECT k.currency, sum(s.rows)::BIGINT, sum(s.billed)::DOUBLE FROM focus_rows.summed s "
        "JOIN focus.known k USING (kind) WHERE k.rate IS NULL AND k.currency <> '' GROUP BY 1 ORDER BY 1 LIMIT 10"
    )
    notes = [
        f"{code} has no rate: {_count(rows)} of {amount or 0.0:,.2f} {code} left out; "
        "say under `rates:` how many USD one of it is"
        for code, rows, amount in unpriced
    ]
    if negative:
        notes.append(f"usage below zero that is no correction counts as it is: {_count(negative)}")
    if broken:
        notes.append(f"tags that are no JSON object count as none: {_count(broken)}")
    if several:
        notes.append(f"charges for several days are spread evenly over them: {_count(several)}")
    if not counts.get("kept"):
        notes.append("no row is left to count")
    return notes


def _count(rows: int) -> str:
    return f"{rows:,} row{'' if rows == 1 else 's'}"


def _some(names: list[str]) -> str:
    return names[0] if len(names) == 1 else f"{names[0]} and {len(names) - 1} more"
