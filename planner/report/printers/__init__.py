"""What prints an outcome, by its kind; the printer of a kind is loaded when one of its outcomes is printed.

A new kind has one module here, and its line in the table of `takes`.
"""

from importlib import import_module
from typing import TYPE_CHECKING

from planner.report.printers.printer import Asked, Paper, Printer
from planner.report.printers.takes import PRINTED, USUAL, WORDS, Printing, Takes

if TYPE_CHECKING:
    from planner.outcome.any_plan import Outcome
    from planner.report.data.printed import Single

__all__ = ["PRINTED", "USUAL", "WORDS", "Asked", "Paper", "Printer", "Takes", "printer_for", "printer_of", "printers"]


def printer_of(outcome: "Outcome") -> Printer:
    """What prints an outcome."""
    return _loaded(PRINTED[outcome.kind])


def printer_for(data: "Single") -> Printer:
    """What made the data of a report."""
    return next(_loaded(one) for one in PRINTED.values() if one.data_type == type(data).__name__)


def printers() -> tuple[Printer, ...]:
    """Those of all kinds."""
    return tuple(_loaded(one) for one in PRINTED.values())


def _loaded(printing: Printing) -> Printer:
    printer: Printer = import_module(f"{__name__}.{printing.module}").PRINTER
    return printer
