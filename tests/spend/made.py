"""Reviews' tables filled by hand, for tests of what reads them."""

import datetime
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from typing import Any

from planner.scenario.spend_rules import DIMENSIONS
from planner.spend.store import Store, open_store

AS_OF = datetime.date(2026, 11, 1)


@contextmanager
def made(
    tables: Mapping[str, Iterable[Mapping[str, Any]]] | None = None, dimensions: tuple[str, ...] = DIMENSIONS,
    time_zone: str = "UTC", as_of: datetime.date = AS_OF,
) -> Iterator[Store]:  # fmt: skip
    """A store with these rows: table → rows by column. Text that a row leaves out is '', a number NULL."""
    with open_store(dimensions, time_zone, as_of) as store:
        for table, rows in (tables or {}).items():
            fill(store, table, rows)
        yield store


def fill(store: Store, table: str, rows: Iterable[Mapping[str, Any]]) -> None:
    """Add rows to a table."""
    columns = {name: kind for name, kind, *_ in store.rows(f"DESCRIBE {table}")}
    made_rows = []
    for row in rows:
        unknown = set(row) - set(columns)
        assert not unknown, f"{table} has no {unknown}"
        made_rows.append([row.get(name, "" if kind == "VARCHAR" else None) for name, kind in columns.items()])
    row_sign = f"({', '.join('?' * len(columns))})"
    for start in range(0, len(made_rows), 200):  # row by row each would be a transaction of its own
        some = made_rows[start : start + 200]
        store.connection.execute(
            f"INSERT INTO {table} VALUES {', '.join([row_sign] * len(some))}", [value for row in some for value in row]
        )


def charge(day: str | datetime.date, usd: float, **others: Any) -> dict[str, Any]:
    """A row of `cells` or `allocated`: an amount that is billed and effective alike."""
    return {"day": day, "billed_usd": usd, "effective_usd": usd, "list_usd": usd, "category": "Usage"} | others
