"""A workbook that was reckoned, held against the case that it was written from."""

import math
from collections.abc import Iterator, Sequence
from typing import Any

from openpyxl import Workbook

from planner.export.xlsx.case.months import FIRST, HEADER
from planner.export.xlsx.case.summary import ROWS
from planner.outcome.business_case import Case, OptionResult
from planner.outcome.case_words import category_words

NEAR = 1e-9
LEAST_RATE = -1 + 1e-13
"""A rate that is lower is not compared: hardly a float lies between it and the loss of all."""
Compared = tuple[str, Any, Any]
"""What, in the workbook, in the case."""


def differences(book: Workbook, case: Case) -> list[str]:
    """What differs by more than 1e-9 of it; texts stand where the case has no number."""
    told = []
    for what, there, here in compared(book, case):
        if isinstance(there, int | float) and isinstance(here, int | float):
            same = math.isclose(there, here, rel_tol=NEAR, abs_tol=1e-9)
        else:
            same = there == here if isinstance(here, str) else here is None and not isinstance(there, int | float)
        if not same:
            told.append(f"{what}: {there!r} in the workbook, {here!r} in the case")
    return told


def compared(book: Workbook, case: Case) -> Iterator[Compared]:
    """Every figure of the case that a formula of the workbook says too."""
    for place, option in enumerate(case.options):
        summary = {key: summary_cell(book, words, place) for key, words in ROWS.items()}
        for key, here in figures(option):
            yield f"{option.name} {key}", summary[key], here
        yield from by_month(book, case, option)
    yield "cheapest", summary_cell(book, "Option of the least present cost", 0), case.cheapest or "unknown"
    if case.decision is not None:
        saved = case.decision.saved_usd.value
        yield "saved", summary_cell(book, "Saved by building", 0), saved
        said = summary_cell(book, "Choice", 0)
        none = "unknown" if saved is None else "neither: both are worth the same"
        yield "choice", said, case.decision.choice or none


def figures(option: OptionResult) -> Iterator[tuple[str, float | None]]:
    """Figures of the summary."""
    yield "parity", option.parity.value
    yield "cost", option.cost_usd.value
    yield "as_is", option.cost_as_is_usd.value
    yield "present_cost", option.present_cost_usd.value
    yield "first_year", option.first_year_usd.value
    yield "present_income", option.present_income_usd.value
    yield "net_present", option.net_present_usd.value
    yield "score", option.weighted_score
    told: dict[str, float | None] = dict.fromkeys(
        ("npv", "roi", "payback", "discounted_payback", "break_even", "irr", "index"), None
    )
    if (returns := option.returns) is not None:
        rate = returns.irr_per_year
        told |= {
            "npv": returns.npv_usd.value, "roi": returns.roi_percent.value, "payback": returns.payback_months.value,
            "discounted_payback": returns.discounted_payback_months.value, "break_even": returns.break_even_month,
            "irr": rate, "index": returns.profitability_index,
        }  # fmt: skip
        if rate is not None and rate < LEAST_RATE:
            del told["irr"]
    yield from told.items()


def by_month(book: Workbook, case: Case, option: OptionResult) -> Iterator[Compared]:
    """Flows and unit costs of each month."""
    name = option.name
    for category, costs in option.costs_by_month_usd.items():
        yield from series(
            f"{name} {category}", row(book, name, f"All of {category_words(category)}", case.months), costs
        )
        total = next((one.usd.value for one in option.breakdown if one.category == category), sum(
            usd or 0.0 for usd in costs) if None not in costs else None)  # fmt: skip
        yield (
            f"{name} {category} in all",
            summary_cell(book, category_words(category), case.options.index(option)),
            total,
        )
    income = option.income_by_month_usd
    yield from series(f"{name} income", row(book, name, "Own income", case.months), income)
    if option.returns is not None:
        start = labelled(book, "Returns", f"{name} against {option.returns.against}".removesuffix(" against "))
        for place, flows in ((1, option.returns.net_usd), (3, option.returns.cumulative_usd)):
            yield from series(f"{name} returns", cells(book, "Returns", start + place, case.months), flows)
    units = option.units
    start = labelled(book, "Unit economics", name)
    told = {
        "Cost of a prediction": units.usd_per_prediction, "Cost of a user": units.usd_per_user,
        "Cost of a dollar of revenue": units.usd_per_revenue_usd, "Margin, share of revenue": units.margin_share,
        "Margin of a user": units.margin_usd_per_user,
    }  # fmt: skip
    for words, here in told.items():
        at = find(book, "Unit economics", words, start)
        if at and any(value is not None for value in here):
            yield from series(f"{name} {words}", cells(book, "Unit economics", at, case.months)[1:], here)


def series(what: str, there: Sequence[Any], here: Sequence[float | None]) -> Iterator[Compared]:
    """Months of a row."""
    for month, (a, b) in enumerate(zip(there, here, strict=True)):
        yield f"{what}, month {month}", a, b


def summary_cell(book: Workbook, words: str, option: int) -> Any:
    """A figure of the summary; None where it has no such row."""
    at = find(book, "Summary", words, 0)
    return None if at == 0 else book["Summary"].cell(at, 2 + option).value


def row(book: Workbook, sheet: str, words: str, months: int) -> list[Any]:
    """The months of a row of a sheet."""
    return cells(book, sheet, find(book, sheet, words, 0), months)


def cells(book: Workbook, sheet: str, at: int, months: int) -> list[Any]:
    """Month 0 and those after it."""
    return [book[sheet].cell(at, FIRST + month).value for month in range(months + 1)]


def labelled(book: Workbook, sheet: str, words: str) -> int:
    """The row of a heading; it has to be there."""
    at = find(book, sheet, words, HEADER)
    assert at, f"{sheet} has no {words}"
    return at


def find(book: Workbook, sheet: str, words: str, after: int) -> int:
    """The first row after this one whose first cell says so, before the next heading; 0 where none does."""
    page = book[sheet]
    return next((at for at in range(after + 1, page.max_row + 1) if page.cell(at, 1).value == words), 0)
