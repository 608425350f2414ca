"""Small tables that Python works out, on their way to DuckDB."""

from collections.abc import Iterable, Mapping
from typing import Any

from planner.spend.store import Store


def made_table(store: Store, name: str, columns: Mapping[str, str], rows: Iterable[tuple[Any, ...]]) -> None:
    """Make the table `focus.name` of these columns, name → type, with these rows, or fill it anew."""
    values = list(zip(*rows, strict=True)) or [() for _ in columns]
    # A list for each column: one statement for each row takes a hundred times as long.
    picked = ", ".join(f"unnest(?::{type_}[]) AS {column}" for column, type_ in columns.items())
    store.connection.execute(
        f"CREATE OR REPLACE TABLE focus.{name} AS SELECT {picked}", [list(column) for column in values]
    )
