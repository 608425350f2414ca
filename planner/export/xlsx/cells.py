"""Cells and sheets of a workbook before they are written, and how they point at each other."""

import math
import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Final, Literal

from openpyxl.utils import get_column_letter, quote_sheetname

from planner.errors import InputError
from planner.hosts.plain import plain
from planner.spend.sheets import inert

Style = Literal[
    "text", "title", "header", "note", "input", "input_share", "input_count", "money", "share", "count", "whole",
    "tenth", "total", "drawn", "drawn_share", "drawn_tenth",
]  # fmt: skip
MOST_COLUMNS: Final = 16_384
MOST_ROWS: Final = 1_048_576
"""Of a sheet: Excel specifications and limits, Microsoft."""
LONGEST_TEXT: Final = 2_000
_ESCAPE: Final = re.compile(r"_(?=x[0-9A-Fa-f]{4}_)")
UNKNOWN: Final = "unknown"


@dataclass(frozen=True, slots=True)
class Cell:
    """What stands in a cell: a formula, a number, or text that is never one."""

    value: float | str
    style: Style = "text"
    is_formula: bool = False


def text(value: str, style: Style = "text") -> Cell:
    """Foreign text as text: on one line, without control characters, no formula, no escape of OOXML (18.4.12)."""
    return Cell(_ESCAPE.sub("_x005F_", inert(plain(value, LONGEST_TEXT))), style)


def formula(value: str, style: Style = "money") -> Cell:
    """A formula, given without its equals sign."""
    return Cell(f"={value}", style, is_formula=True)


def number(value: float | None, style: Style = "drawn") -> Cell:
    """A number that is no formula's result; `unknown` where it is."""
    return text(UNKNOWN, style) if value is None or not math.isfinite(value) else Cell(value, style)


def given(value: float | None, style: Style = "input") -> Cell:
    """A number to be changed by whoever reads it; #N/A where it is unknown, so that all that rests on it is too."""
    return formula("NA()", style) if value is None or not math.isfinite(value) else Cell(value, style)


def literal(value: float) -> str:
    """A number within a formula, whose exponent is an upper-case E there."""
    return repr(value).upper()


def or_unknown(value: str) -> str:
    """A formula that says `unknown` where it rests on what is."""
    return f'IFERROR({value},"{UNKNOWN}")'


@dataclass(frozen=True, slots=True)
class Lines:
    """A chart of rows over the months."""

    title: str
    months: "Row"
    rows: Sequence[tuple[str, "Row"]]
    """Name and values of each."""
    row: int
    """Where it stands."""


@dataclass(frozen=True, slots=True)
class Row:
    """A stretch of a row, in order to be pointed at."""

    sheet: str
    row: int
    first: int
    last: int

    def __str__(self) -> str:
        """All of it, in a formula of any sheet."""
        return f"{quote_sheetname(self.sheet)}!${letter(self.first)}${self.row}:${letter(self.last)}${self.row}"

    def at(self, place: int) -> str:
        """The cell so many to the right of its first, in a formula of any sheet."""
        return f"{quote_sheetname(self.sheet)}!{letter(self.first + place)}${self.row}"

    def own(self, place: int) -> str:
        """The same in a formula of its own sheet."""
        return f"{letter(self.first + place)}{self.row}"

    @property
    def span(self) -> str:
        """All of it, in a formula of its own sheet."""
        return f"{letter(self.first)}{self.row}:{letter(self.last)}{self.row}"


def letter(column: int) -> str:
    """What a sheet calls its column; the first is 1."""
    return get_column_letter(column)


def down(column: int, first: int, last: int) -> str:
    """A stretch of a column, in a formula of its own sheet."""
    return f"{letter(column)}{first}:{letter(column)}{last}"


def point(sheet: str, row: int, column: int) -> str:
    """A cell, in a formula of any sheet."""
    return f"{quote_sheetname(sheet)}!${letter(column)}${row}"


@dataclass(slots=True)
class Sheet:
    """A sheet that grows downwards."""

    title: str
    widths: Sequence[int] = ()
    """Of the first columns, in characters."""
    frozen: tuple[int, int] = (1, 1)
    """Row and column of the first cell that scrolls."""
    rows: list[list[Cell | None]] = field(default_factory=list)
    charts: list[Lines] = field(default_factory=list)

    @property
    def next(self) -> int:
        """Number of the row that is added next."""
        return len(self.rows) + 1

    def add(self, *cells: Cell | None) -> int:
        """Add a row; its number. Raises InputError beyond what a sheet holds."""
        if len(cells) > MOST_COLUMNS or len(self.rows) >= MOST_ROWS:
            message = (
                f"the sheet {self.title} would need more than the {MOST_COLUMNS:,} columns or {MOST_ROWS:,} rows that "
                "a workbook has; plan a shorter horizon"
            )
            raise InputError(message)
        self.rows.append(list(cells))
        return len(self.rows)

    def head(self, title: str, *notes: str) -> None:
        """Begin with a title, and what should be known."""
        self.add(text(title, "title"))
        for note in notes:
            self.add(text(note, "note"))

    def header(self, *names: str) -> int:
        """A row of headings; its number."""
        return self.add(*(text(name, "header") for name in names))

    def point(self, row: int, column: int) -> str:
        """A cell of it, in a formula of any sheet."""
        return point(self.title, row, column)
