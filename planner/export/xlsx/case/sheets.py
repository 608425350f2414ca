"""All sheets of a business case, in the order in which they are read."""

from typing import Final

from planner.errors import InputError
from planner.export.xlsx.case.amounts import TITLE as LINES
from planner.export.xlsx.case.amounts import lines_of
from planner.export.xlsx.case.drawn import TITLES, drawn_sheets
from planner.export.xlsx.case.factors import TITLE as FACTORS
from planner.export.xlsx.case.factors import factors_of
from planner.export.xlsx.case.flows import flows_of
from planner.export.xlsx.case.gains import TITLE as RETURNS
from planner.export.xlsx.case.gains import gains_of
from planner.export.xlsx.case.inputs import TITLE as INPUTS
from planner.export.xlsx.case.inputs import inputs_of
from planner.export.xlsx.case.months import FIRST, months_of
from planner.export.xlsx.case.months import TITLE as MONTHS
from planner.export.xlsx.case.summary import TITLE as SUMMARY
from planner.export.xlsx.case.summary import Whole, summary_of
from planner.export.xlsx.case.units import TITLE as UNITS
from planner.export.xlsx.case.units import units_of
from planner.export.xlsx.cells import MOST_COLUMNS, Sheet
from planner.export.xlsx.titles import sheet_titles
from planner.outcome.business_case import Case

TAKEN: Final = (SUMMARY, INPUTS, LINES, MONTHS, RETURNS, UNITS, FACTORS, *TITLES)
MOST_CELLS: Final = 400_000
"""Of flows by month: what a spreadsheet program still opens with ease."""


def case_sheets(case: Case) -> tuple[list[Sheet], dict[str, str]]:
    """The sheets, and cells by their names; raises InputError for a case beyond what a workbook holds."""
    _check(case)
    inputs, months = inputs_of(case), months_of(case)
    lines, placed = lines_of(case, inputs)
    titles = sheet_titles((option.name for option in case.options), TAKEN)
    flows = {
        option.name: flows_of(option, title, placed[option.name], inputs, months)
        for option, title in zip(case.options, titles, strict=True)
    }
    gains = gains_of(case, flows, months)
    factors, scores = factors_of(case)
    summary = summary_of(Whole(case, months, flows, gains, inputs.parity, scores))
    options = [one.sheet for one in flows.values()]
    sheets = [summary, inputs.sheet, lines, *options, gains.sheet, units_of(case, flows, months)]
    weighed = [] if factors is None else [factors]
    return [*sheets, *weighed, months.sheet, *drawn_sheets(case)], inputs.names


def _check(case: Case) -> None:
    columns = FIRST + case.months
    if not case.months >= 1 or columns > MOST_COLUMNS:
        message = f"a horizon of {case.months:,} months; a sheet holds 1 to {MOST_COLUMNS - FIRST:,}"
        raise InputError(message)
    names = [option.name for option in case.options]
    twice = next((name for name in names if names.count(name) > 1), None)
    if twice is not None or not names:
        message = "no plan of this version: it has no options, or two of one name; plan the scenario again"
        raise InputError(message)
    cells = sum(len(option.lines) + 12 for option in case.options) * (case.months + 1)
    if cells > MOST_CELLS:
        message = (
            f"{cells:,} cells of flows by month: a workbook of more than {MOST_CELLS:,} is not written, since hardly "
            "any spreadsheet program opens it; plan a shorter horizon, or fewer options"
        )
        raise InputError(message)
