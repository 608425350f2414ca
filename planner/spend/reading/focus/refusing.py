"""Rows that were refused → the table `rejects`, with file, row, column, value and reason, every problem of a row."""

from collections.abc import Mapping, Sequence
from typing import Final

from planner.spend.reading.focus.expressions import CHECKS, CONTROL, Expressions
from planner.spend.reading.focus.files import BillFile
from planner.spend.reading.focus.staging import kind_of, rows_of
from planner.spend.store import Store

_WORDS: Final = {
    "MISSING COLUMNS": "has fewer columns than the first line",
    "TOO MANY COLUMNS": "has more columns than the first line",
    "UNQUOTED VALUE": "has a quote that does not end where the value does",
    "LINE SIZE OVER MAXIMUM": "is too long",
    "INVALID ENCODING": "is not UTF-8",
}
_SHOWN: Final = 80
"""Signs of a value that are kept."""


def refuse(store: Store, name: str, files: Sequence[BillFile], read: Mapping[int, Expressions]) -> None:
    """Record what is wrong with rows; files without a refused row are not read again."""
    found = store.rows(
        "SELECT DISTINCT file FROM focus_rows.staged s LEFT JOIN focus.refused r USING (kind) "
        "WHERE s.bad OR r.kind IS NOT NULL"
    )
    with_bad = {number for (number,) in found}
    for file in files:
        if file.number in with_bad:
            _again(store, name, file, read[file.number])
        words = " ".join(f"WHEN '{code}' THEN '{said}'" for code, said in _WORDS.items())
        store.connection.execute(
            f"INSERT INTO rejects SELECT ?, ?, line - 1, '', CASE reason {words} ELSE 'cannot be read' END, "
            f"{_clean('value')} FROM focus.faults WHERE file = ? ORDER BY line",
            [name, file.shown, file.number],
        )


def _again(store: Store, name: str, file: BillFile, read: Expressions) -> None:
    relation, values = file.relation()
    problems = ", ".join(
        f"CASE WHEN {check.bad} THEN {{'column': '{check.column}', 'reason': '{check.reason}', "
        f"'value': {check.value}}} END"
        for check in CHECKS
    )
    # Rows of a CSV that could not be taken apart are not among those numbered here, but stand between them.
    rows = "at_row + 1" if file.form == "parquet" else "row_number() OVER ()"
    text = (
        f"INSERT INTO rejects WITH numbered AS (SELECT {rows} AS place, {kind_of(read)} AS kind, {rows_of(read)} "
        f"FROM {relation}), wrong AS (SELECT place, unnest([{problems}]) AS problem FROM numbered "
        "UNION ALL SELECT place, {'column': r.\"column\", 'reason': r.reason, 'value': r.value} "
        "FROM numbered JOIN focus.refused r USING (kind)), "
        "between_ AS (SELECT line - 1 - row_number() OVER (ORDER BY line) AS before, "
        "row_number() OVER (ORDER BY line) AS so_many FROM focus.faults WHERE file = ?) "
        "SELECT ?, ?, place + coalesce(b.so_many, 0), problem.column, problem.reason, "
        f"{_clean('problem.value')} FROM (SELECT * FROM wrong WHERE problem IS NOT NULL) w "
        "ASOF LEFT JOIN (SELECT before, max(so_many) AS so_many FROM between_ GROUP BY before) b ON w.place > b.before "
        "ORDER BY 3, 4, 5"
    )
    store.connection.execute("SET threads = 1")
    store.connection.execute("SET preserve_insertion_order = true")
    try:
        store.connection.execute(text, [*values, file.number, name, file.shown])
    finally:
        store.connection.execute("SET preserve_insertion_order = false")
        store.connection.execute("RESET threads")


def _clean(value: str) -> str:
    return f"left(regexp_replace(coalesce({value}, ''), {CONTROL}, ' ', 'g'), {_SHOWN})"
