"""`planner export xlsx`: a business case or a portfolio as a workbook."""

import datetime
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Final

from planner.errors import InputError, SetupError
from planner.export.asked import Asked, Given, Made
from planner.hosts.plain import plain
from planner.outcome.business_case import Case
from planner.outcome.portfolio import PortfolioPlan

if TYPE_CHECKING:
    from planner.export.xlsx.cells import Sheet

MISSING: Final = "writing a workbook needs openpyxl: pip install 'finetune-planner[xlsx]'"
FILES: Final[Mapping[str, str]] = {"BusinessCase": "business-case.xlsx", "Portfolio": "portfolio.xlsx"}


def export(given: Sequence[Given], _asked: Asked) -> Made:
    """One workbook of one plan; SetupError without openpyxl, InputError for another kind or what is too large.

    It is the same, byte for byte, for the same plan: its date is the catalog's.
    """
    if len(given) != 1:
        message = f"this target takes one plan, not {len(given)}"
        raise InputError(message)
    file, plan = given[0].file, given[0].outcome
    if not isinstance(plan, Case | PortfolioPlan):
        message = f"{file}: of the kind {plain(plan.kind)}; this target takes one of the kind BusinessCase or Portfolio"
        raise InputError(message)
    try:
        from planner.export.xlsx.book import workbook
    except ImportError as error:
        raise SetupError(MISSING) from error
    try:
        sheets, names = _sheets(plan)
    except InputError as error:
        message = f"{file}: {error}"
        raise InputError(message) from error
    title = plain(f"{plan.kind} {plan.metadata.name}", 200)
    return Made({FILES[plan.kind]: workbook(sheets, names, title=title, day=_day(given[0]))})


def _sheets(plan: Case | PortfolioPlan) -> "tuple[list[Sheet], dict[str, str]]":
    from planner.export.xlsx.case.sheets import case_sheets
    from planner.export.xlsx.portfolio.sheets import portfolio_sheets

    return case_sheets(plan) if isinstance(plan, Case) else (portfolio_sheets(plan), {})


def _day(given: Given) -> datetime.date:
    try:
        return datetime.date.fromisoformat(given.outcome.catalog.as_of)
    except ValueError as error:
        message = f"{given.file}: no plan of this version: the catalog's date is {plain(str(error))}; plan it again"
        raise InputError(message) from error
