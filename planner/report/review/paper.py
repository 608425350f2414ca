"""What paper shows of long tables of a review; the page has them all."""

from dataclasses import replace
from typing import Final

from planner.report.data.review import ReviewData
from planner.report.data.review_parts import ReviewSection, Table

ROWS: Final = 24
FOLDED: Final = 8
"""Statements that are printed."""


def on_paper(data: ReviewData) -> ReviewData:
    """The same with tables that paper has room for; each tells what it leaves out."""
    return replace(data, sections=tuple(_section(one) for one in data.sections))


def _section(one: ReviewSection) -> ReviewSection:
    folded = [table for table in one.tables if table.folded]
    kept = tuple(_table(table) for table in one.tables if not table.folded or table in folded[:FOLDED])
    left = len(folded) - FOLDED
    told = (f"On paper {FOLDED} of {len(folded):,} statements are printed.",) if left > 0 else ()
    return replace(one, tables=kept, points=(*one.points, *told))


def _table(table: Table) -> Table:
    left = len(table.rows) - ROWS
    if left <= 0:
        return table
    told = f"On paper {ROWS} of {len(table.rows):,} rows are printed."
    return replace(table, rows=table.rows[:ROWS], note=f"{table.note} {told}".strip())
