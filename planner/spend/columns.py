"""Columns of a review's tables that a condition can ask for."""

from planner.spend.store import Store


def texts(store: Store, table: str) -> list[str]:
    """Those with text, dimensions among them."""
    return [name for name, kind, *_ in store.rows(f"DESCRIBE {table}") if kind == "VARCHAR"]
