"""Files → the table `staged`, a row each with what differs from row to row, and `kinds`, what many rows have in common.

A row's texts are hashed (64 bits) into its kind: of ten million rows a few thousand kinds are left, on which all that
is dear, such as tags and instance names, is worked out once. Rows whose numbers or times are wrong are marked bad.
"""

from collections.abc import Mapping, Sequence
from typing import Final

from planner.errors import InputError
from planner.spend.reading.focus.columns import TEXTS
from planner.spend.reading.focus.expressions import AMOUNT, CHECKS, Expressions, expressions
from planner.spend.reading.focus.files import BillFile, broken
from planner.spend.store import Store

ROWS: Final = "focus_rows"
"""Schema of the tables that have rows for rows; of large bills they lie in the review's folder."""
KINDS: Final = "focus"
"""Database in memory of those that have them for kinds; statements cost it less."""
SMALL: Final = 2**22
"""Bytes of files up to which the rows, too, stay in memory."""


def stage(store: Store, files: Sequence[BillFile], told: tuple[str, ...]) -> dict[int, Expressions]:
    """Fill `staged`, `kinds` and `faults` from all files; gives their expressions by number."""
    clear(store)
    small = sum(file.path.stat().st_size for file in files) <= SMALL
    store.connection.execute(f"ATTACH ':memory:' AS {ROWS}" if small else f"CREATE SCHEMA {ROWS}")
    store.connection.execute(f"ATTACH ':memory:' AS {KINDS}")
    texts = [*TEXTS, *(f"told{place}" for place in range(len(told)))]
    named = ", ".join(f'"{name}" VARCHAR' for name in texts)
    store.connection.execute(f"CREATE TABLE focus_rows.kinds (kind UBIGINT, {named}, billing_start TIMESTAMP)")
    store.connection.execute(
        "CREATE TABLE focus_rows.staged (file USMALLINT, kind UBIGINT, rest UBIGINT, "
        '"start" TIMESTAMP, "end" TIMESTAMP, '
        f"bad BOOLEAN, billed {AMOUNT}, effective {AMOUNT}, list {AMOUNT}, contracted {AMOUNT}, used {AMOUNT}, "
        f"priced {AMOUNT})"
    )
    store.connection.execute("CREATE TABLE focus.faults (file USMALLINT, line BIGINT, reason VARCHAR, value VARCHAR)")
    shared = frozenset.intersection(*(frozenset(n.strip().lower() for n in file.header.columns) for file in files))
    read = {file.number: expressions(file, told, shared) for file in files}
    for file in files:
        _stage(store, file, read[file.number], several=len(files) > 1)
    return read


def clear(store: Store) -> None:
    """Drop what reading made."""
    store.connection.execute(f"DROP SCHEMA IF EXISTS {ROWS} CASCADE")
    for database in (ROWS, KINDS):
        store.connection.execute(f"DETACH DATABASE IF EXISTS {database}")
    _forget_faults(store)


def rows_of(read: Expressions) -> str:
    """Columns that the checks ask for."""
    parts: Mapping[str, str] = {**read.numbers, **read.times, **{f"raw_{name}": sql for name, sql in read.raw.items()}}
    return ", ".join(f'{sql} AS "{name}"' for name, sql in parts.items())


def kind_of(read: Expressions) -> str:
    """A row's kind: the hash of its texts."""
    return f"hash({', '.join([*read.texts.values(), read.billing_raw])})"


def _stage(store: Store, file: BillFile, read: Expressions, *, several: bool) -> None:
    import duckdb  # an extra of its own

    relation, values = file.relation()
    kind = kind_of(read)
    columns = ", ".join(f'any_value({sql}) AS "{name}"' for name, sql in read.texts.items())
    kinds = (
        f"INSERT INTO focus_rows.kinds SELECT * REPLACE ({read.billing_start} AS billing_raw) FROM ("
        f"SELECT {kind} AS kind, {columns}, any_value({read.billing_raw}) AS billing_raw FROM {relation} GROUP BY 1) "
        "ANTI JOIN focus_rows.kinds USING (kind)"
    )
    bad = " OR ".join(f"coalesce({check.bad}, false)" for check in CHECKS)
    amounts = "billed, effective, list, contracted, used, priced"
    rest = f'hash("start", "end", {amounts}, other)' if several else "0::UBIGINT"
    other = f"hash({', '.join(read.others)})" if several and read.others else "0::UBIGINT"
    rows = (
        f'INSERT INTO focus_rows.staged SELECT {file.number}, kind, {rest}, "start", "end", {bad}, {amounts} '
        f"FROM (SELECT {kind} AS kind, {other} AS other, {rows_of(read)} FROM {relation})"
    )
    try:
        store.connection.execute(kinds, values)
        _forget_faults(store)
        store.connection.execute(rows, values)
    except (duckdb.Error, UnicodeError) as error:
        message = f"{file.shown}: {broken(file.path, error)}"
        raise InputError(message) from error
    if file.form != "parquet":
        store.connection.execute(
            "INSERT INTO focus.faults SELECT ?, line, any_value(error_type::VARCHAR), any_value(csv_line) "
            "FROM focus_faults GROUP BY line",
            [file.number],
        )
        _forget_faults(store)


def _forget_faults(store: Store) -> None:
    for table in ("focus_faults", "focus_scans"):
        store.connection.execute(f"DROP TABLE IF EXISTS {table}")
