"""What prints an outcome, by its kind; the printer of a kind is loaded when one of its outcomes is printed.

A new kind has one module here, and its line in the two tables.
"""

from collections.abc import Mapping
from importlib import import_module
from typing import Final

from planner.outcome.any_plan import Outcome
from planner.report.data.collection import Single
from planner.report.printers.printer import Asked, Paper, Printer
from planner.report.printers.takes import USUAL, WORDS, Takes

_MODULES: Final[Mapping[str, str]] = {
    "FineTune": "fine_tune",
    "Serving": "serving",
    "SpendReview": "review",
    "Portfolio": "portfolio",
    "BusinessCase": "business_case",
}
"""Kind of scenario → module of this package."""
_DATA: Final[Mapping[str, str]] = {
    "ReportData": "FineTune",
    "ServingData": "Serving",
    "ReviewData": "SpendReview",
    "PortfolioData": "Portfolio",
    "CaseData": "BusinessCase",
}
"""Type of a report's data → kind."""

__all__ = ["USUAL", "WORDS", "Asked", "Paper", "Printer", "Takes", "printer_for", "printer_of", "printers"]


def printer_of(outcome: Outcome) -> Printer:
    """What prints an outcome."""
    return _loaded(outcome.kind)


def printer_for(data: Single) -> Printer:
    """What made the data of a report."""
    return _loaded(_DATA[type(data).__name__])


def printers() -> tuple[Printer, ...]:
    """Those of all kinds."""
    return tuple(_loaded(kind) for kind in _MODULES)


def _loaded(kind: str) -> Printer:
    printer: Printer = import_module(f"{__name__}.{_MODULES[kind]}").PRINTER
    return printer
