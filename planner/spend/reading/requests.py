"""Logs of requests → `usage` and `users`."""

from collections.abc import Sequence
from pathlib import Path
from typing import Final

from planner.errors import InputError
from planner.outcome.review.sources import SourceRead
from planner.scenario.spend_sources import Requests
from planner.source.excerpt import quoted
from planner.spend.reading.api_prices import api_prices, priced_as_model
from planner.spend.reading.context import Reading
from planner.spend.reading.layouts import FileLayout, layouts_of
from planner.spend.reading.moments import future_from, local_day
from planner.spend.reading.naming import Wanted, listed
from planner.spend.reading.refusals import Refusals
from planner.spend.reading.request_columns import COLUMNS, NEEDED
from planner.spend.reading.request_repeats import drop_same
from planner.spend.reading.request_rows import RequestRows
from planner.spend.reading.request_sums import Counts, add_usage, add_users, lay_names, names_of
from planner.spend.reading.spelling import plain_text, spelled
from planner.spend.store import Store

_UNPRINTABLE: Final = r"[^\p{L}\p{M}\p{N}\p{P}\p{S} ]"
"""Signs that a terminal might obey, for RE2."""


def read_requests(store: Store, reading: Reading, source: Requests, name: str, files: Sequence[Path]) -> SourceRead:
    """Add a log of requests, one row each or summed up by the hour or day, to `usage` and `users`.

    Cost is what is logged, else the catalog's price of the model, else NULL. Raises InvalidInput where a column that is
    needed is missing, InputError for a currency without a rate.
    """
    usd_per_unit = _rate(reading, source.currency)
    refusals = Refusals(name)
    layouts = layouts_of(reading, files, Wanted.of(COLUMNS, reading.told, source.columns), NEEDED, refusals)
    rows = RequestRows(store, refusals)
    try:
        for number, layout in enumerate(layouts):
            if ended := rows.read(number, layout):
                refusals.file(layout.shown, f"is not read to its end: {ended}")
        total = refusals.count + int(store.rows("SELECT count(*) FROM request_rows")[0][0])
        refusals.store(store)
        rejected = refusals.count + _refuse(store, name, layouts)
        future = _delete(store, "came >= ?", future_from(store))
        duplicate = drop_same(store)
        names = names_of(store)
        model = store.dimensions.index("model")
        prices = api_prices(reading.catalog, {one.values[model] for one in names})
        told = [reading.told.get(dimension) for dimension in store.dimensions]
        called = {
            one.who: (
                plain_text(one.deployment),
                *(spelled(plain_text(value), where) for value, where in zip(one.values, told, strict=True)),
            )
            for one in names
        }
        lay_names(store, names, called, prices)
        counts = add_usage(store, name, usd_per_unit, rows.known)
        add_users(store)
        first, last, kept = store.rows("SELECT min(came), max(came), count(*) FROM request_rows")[0]
        unpriced = sorted({one.values[model] for one in names if not one.deployment} - set(prices) - {""})
    finally:
        rows.drop()
    notes = _notes(rows, layouts, counts, [plain_text(one) for one in unpriced])
    if dated := priced_as_model(reading.catalog, prices):
        notes.append(f"snapshots that are priced as their model: {listed([plain_text(one) for one in dated])}")
    return SourceRead(
        name=name, kind="requests", files=len(files), rows=total, kept=kept, duplicate=duplicate, future=future,
        rejected=rejected, first_day="" if first is None else local_day(store, first).isoformat(),
        last_day="" if last is None else local_day(store, last).isoformat(), notes=notes,
    )  # fmt: skip


def _rate(reading: Reading, currency: str) -> float:
    rate = 1.0 if currency == "USD" else reading.usd_per_unit.get(currency)
    if rate is None:
        message = f"no rate is known for {currency}: say `rates: {{{currency}: USD for one}}`"
        raise InputError(message)
    return rate


def _refuse(store: Store, name: str, layouts: Sequence[FileLayout]) -> int:
    """Move the rows that cannot be used to `rejects`; how many."""
    for number, layout in enumerate(layouts):
        called = [plain_text(own) for own in layout.named.values()]
        store.connection.execute(
            """INSERT INTO rejects BY NAME SELECT ? AS source, ? AS file, row,
            coalesce(list_extract(?::VARCHAR[], list_position(?::VARCHAR[], wrong)), wrong) AS "column", reason,
            trim(regexp_replace(coalesce(value, ''), ?, ' ', 'g')) AS value
            FROM request_rows WHERE wrong IS NOT NULL AND file = ? ORDER BY row""",
            [name, plain_text(layout.shown), called, list(layout.named), _UNPRINTABLE, number],
        )
    return _delete(store, "wrong IS NOT NULL")


def _delete(store: Store, where: str, *values: object) -> int:
    (found,) = store.rows(f"SELECT count(*) FROM request_rows WHERE {where}", values)[0]
    if found:
        store.connection.execute(f"DELETE FROM request_rows WHERE {where}", list(values))
    return int(found)


def _notes(rows: RequestRows, layouts: Sequence[FileLayout], counts: Counts, unpriced: Sequence[str]) -> list[str]:
    notes = []
    if counts.by_catalog:
        free = f", {counts.failed_free:,} of them failed and so free" if counts.failed_free else ""
        have = "row has no cost and is" if counts.by_catalog == 1 else "rows have no cost and are"
        notes.append(f"{counts.by_catalog:,} {have} priced by the catalog{free}")
    if counts.on_bill == 1:
        notes.append("1 row is of a deployment and logs no cost: what that costs is on the bill")
    elif counts.on_bill:
        notes.append(f"{counts.on_bill:,} rows are of deployments and log no cost: what those cost is on the bill")
    if counts.unknown:
        named = f"; no single price for {listed(unpriced)}" if unpriced else ""
        notes.append(f"of {counts.unknown:,} row{'s' if counts.unknown > 1 else ''} the cost is unknown{named}")
    if "repeats" in rows.known and "repeated_tokens" not in rows.known:
        notes.append("tokens of repeats are unknown: they are taken to be as long as the others of their row")
    for name, what in (("prompt_hash", "repeats are"), ("user", "users are"), ("conversation", "conversations are")):
        if name not in rows.known and not (name == "prompt_hash" and "repeats" in rows.known):
            notes.append(f"no column {name}: {what} unknown")
    if rows.strange_statuses:
        notes.append(f"statuses that say neither ok nor failed, taken as ok: {listed(sorted(rows.strange_statuses))}")
    unread = sorted({column for layout in layouts for column in layout.unread})
    if unread:
        notes.append(f"columns that are not read: {listed(unread, quoted)}")
    return notes
