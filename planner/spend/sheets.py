"""Cells of CSV files as a spreadsheet opens them."""

from typing import Final

_FORMULA: Final = ("=", "+", "-", "@", "\t", "\r")


def inert(cell: str) -> str:
    """The cell, which no spreadsheet takes for a formula."""
    return f"'{cell}" if cell.startswith(_FORMULA) else cell
