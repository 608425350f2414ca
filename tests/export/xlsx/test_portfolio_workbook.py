"""The workbook of a portfolio: where and when each job runs, and sums over that as formulas."""

import re
from collections.abc import Callable, Mapping
from typing import Any

import pytest
from openpyxl import Workbook

from planner.errors import InputError
from planner.export.xlsx.portfolio.sheets import portfolio_sheets
from planner.outcome.portfolio import PortfolioPlan
from tests.export.asking import exported
from tests.export.xlsx.office import opened
from tests.report.portfolio.made_portfolio import PLANS

MAKERS: Mapping[str, Callable[[], PortfolioPlan]] = PLANS


def book_of(plan: PortfolioPlan) -> Workbook:
    (content,) = exported("xlsx", plan).files.values()
    return opened(content)


@pytest.fixture(scope="module")
def rich() -> Workbook:
    return book_of(MAKERS["rich"]())


def column(book: Workbook, sheet: str, name: str) -> list[Any]:
    """Cells under a heading, of rows that have a first one."""
    page = book[sheet]
    place = next(cell.column for cell in page[3] if cell.value == name)
    return [page.cell(row, place).value for row in range(4, page.max_row + 1) if page.cell(row, 1).value]


def test_the_schedule_has_every_job_as_it_is_planned(rich: Workbook) -> None:
    plan = MAKERS["rich"]()
    jobs = plan.jobs
    assert column(rich, "Schedule", "Job") == [*(job.name for job in jobs), "All"]
    assert column(rich, "Schedule", "Status")[:-1] == [job.status for job in jobs]
    assert column(rich, "Schedule", "Start")[:-1] == [job.run.start if job.run else None for job in jobs]
    assert column(rich, "Schedule", "Cost")[:-1] == [job.run.cost_usd if job.run else None for job in jobs]
    assert column(rich, "Schedule", "Cost")[-1] == f"=SUM(L4:L{3 + len(jobs)})"


def test_sums_are_formulas(rich: Workbook) -> None:
    totals = [row[1].value for row in rich["Summary"].iter_rows(min_row=4, max_row=15)]
    assert all(str(value).startswith("=IFERROR(") for value in totals)
    for name in ("Planned", "Spent", "Left", "Used"):
        assert all(str(value).startswith("=") for value in column(rich, "Budgets", name)), name
    assert all(str(value).startswith(("=", "0")) for value in column(rich, "Months", "2026-12")[:8])
    assert column(rich, "Quotas", "Peak") == [f"=MAX(H{row}:FS{row})" for row in range(4, 10)]


def test_months_of_a_job_are_parts_of_its_cost() -> None:
    plan = MAKERS["rich"]()
    book = book_of(plan)
    for row, job in zip(book["Months"].iter_rows(min_row=4, values_only=True), plan.jobs, strict=False):
        parts = [float(str(value).rsplit("*", 1)[1]) for value in row[3:] if str(value).startswith("=")]
        assert sum(parts) == pytest.approx(1.0 if job.run else 0.0), job.name


def test_approvals_say_who_and_whether_they_are_open(rich: Workbook) -> None:
    asked = [(job.name, job.approval.approver) for job in MAKERS["rich"]().jobs if job.approval]
    there = list(zip(column(rich, "Approvals", "Job"), column(rich, "Approvals", "Approver"), strict=True))
    assert there[:-1] == asked
    assert rich["Approvals"].cell(4 + len(asked), 2).value == f'=COUNTIF(I4:I{3 + len(asked)},"open")'


@pytest.mark.parametrize("name", ["minimal", "infeasible", "nothing", "hostile"])
def test_others_are_written_too(name: str) -> None:
    book = book_of(MAKERS[name]())
    assert book.sheetnames == ["Summary", "Schedule", "Budgets", "Months", "Quotas", "Approvals", "Notes"]
    for page in book:
        for row in page.iter_rows():
            for cell in row:
                assert not (cell.data_type == "s" and re.match(r"[=+@\t\r-]", str(cell.value)))
                assert not re.search("[\u202e\x1b]", str(cell.value))


def test_more_slots_than_columns_are_refused() -> None:
    plan = MAKERS["rich"]()
    long = plan.quotas[0].model_copy(update={"used": [1.0] * 16_380})
    with pytest.raises(InputError, match="16,380 slots or 2 months: more than the columns of a sheet"):
        portfolio_sheets(plan.model_copy(update={"quotas": [long]}))
