"""What paper shows of long tables of a case; the page has them all."""

from dataclasses import replace
from typing import Final

from planner.report.data.business_case import CaseData
from planner.report.data.business_case_parts import CaseSection, CaseTable
from planner.report.names import plural

ROWS: Final = 30
OPTIONS: Final = 3
"""Options whose own tables are printed."""


def on_paper(data: CaseData) -> CaseData:
    """The same with tables that paper has room for; each tells what it leaves out."""
    return replace(data, sections=tuple(_section(one) for one in data.sections))


def _section(one: CaseSection) -> CaseSection:
    options = list(dict.fromkeys(table.option for table in one.tables if table.option))
    printed = [table for table in one.tables if not table.screen_only]
    kept = tuple(_table(table) for table in printed if not table.option or table.option in options[:OPTIONS])
    steps = ("Finer steps than these stand on the page.",) if len(printed) < len(one.tables) else ()
    left = len(options) - OPTIONS
    told = (f"Tables of {plural(left, 'more option')} stand on the page.",) if left > 0 else ()
    return replace(one, tables=kept, points=(*one.points, *steps, *told))


def _table(table: CaseTable) -> CaseTable:
    most = table.paper_rows or ROWS
    left = len(table.rows) - most
    if left <= 0:
        return table
    told = f"On paper {most} of {len(table.rows):,} rows are printed."
    return replace(table, rows=table.rows[:most], note=f"{table.note} {told}".strip())
