"""What sections of a business case are made of: tables with sums among their rows, lists and figures, all formatted."""

from dataclasses import dataclass
from typing import Literal

from planner.report.data.review_parts import Cell, Column, Figure

LineKind = Literal["", "head", "sum"]
"""What a row of a table is: a plain one, the heading of those that follow, or a sum of those before."""


@dataclass(frozen=True, slots=True)
class Line:
    """A row of a table; a heading has one cell."""

    cells: tuple[Cell, ...]
    kind: LineKind = ""


@dataclass(frozen=True, slots=True)
class CaseTable:
    """A table; every row but a heading has as many cells as there are columns, and the first names it."""

    id: str
    """What styles and links know it by."""
    title: str
    """What it shows; its heading where a section has several."""
    columns: tuple[Column, ...]
    rows: tuple[Line, ...]
    note: str = ""
    """How to read it, and what it leaves out."""
    folded: bool = False
    """Whether a screen shows it only when asked."""
    brief: str = ""
    """What it comes to, for who does not unfold it."""
    option: str = ""
    """Option that it is of; empty where it is of several."""
    screen_only: bool = False
    """Whether paper leaves it out."""
    paper_rows: int = 0
    """How many of its rows paper has; 0 for the usual number."""


@dataclass(frozen=True, slots=True)
class CaseSection:
    """A part of the report."""

    id: str
    """What links know it by."""
    title: str
    lead: str
    """What is to be known of it, in sentences."""
    figures: tuple[Figure, ...] = ()
    tables: tuple[CaseTable, ...] = ()
    points: tuple[str, ...] = ()
    """Sentences of a list."""
