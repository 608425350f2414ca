"""The cases made by hand, and what their reports print, each made once for all tests of a process."""

from functools import cache
from typing import Final

from planner.outcome.business_case import Case
from planner.report.business_case.page import case_data
from planner.report.data.business_case import CaseData
from planner.report.data.business_case_parts import CaseTable
from tests.report.business_case.made_case import (
    alone_case,
    certain_case,
    crowded_case,
    hostile_case,
    made_case,
    undefined_case,
    unknown_case,
)

CASES: Final = {
    "made": made_case, "alone": alone_case, "certain": certain_case, "undefined": undefined_case,
    "unknown": unknown_case, "crowded": crowded_case, "hostile": hostile_case,
}  # fmt: skip


@cache
def case_of(name: str) -> Case:
    """One of them."""
    return CASES[name]()


@cache
def data_of(name: str) -> CaseData:
    """What its report prints."""
    return case_data(case_of(name))


def table_of(data: CaseData, name: str) -> CaseTable:
    """A table of any section."""
    return next(table for section in data.sections for table in section.tables if table.id == name)


def texts_of(table: CaseTable) -> dict[str, list[str]]:
    """First cell of each row → the others."""
    return {row.cells[0].text: [cell.text for cell in row.cells[1:]] for row in table.rows}
