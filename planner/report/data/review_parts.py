"""What sections of a review are made of: tables, lists and figures, every value of them formatted."""

from dataclasses import dataclass
from typing import Literal

Tone = Literal["", "good", "warn", "bad"]
"""What a colour may say beside the words; never alone."""


@dataclass(frozen=True, slots=True)
class Column:
    """A column of a table."""

    name: str
    number: bool = False
    """Whether it is set flush right."""
    wide: bool = False
    """Whether it is sentences. Where a table has such columns, each row is a block: figures, then these at full width.
    """


@dataclass(frozen=True, slots=True)
class Cell:
    """A value of a table."""

    text: str
    note: str = ""
    """Small print under it."""
    tone: Tone = ""


@dataclass(frozen=True, slots=True)
class Table:
    """A table; every row has as many cells as there are columns, and the first names it."""

    id: str
    """What styles and links know it by."""
    title: str
    """What it shows; its heading where a section has several."""
    columns: tuple[Column, ...]
    rows: tuple[tuple[Cell, ...], ...]
    total: tuple[Cell, ...] = ()
    """The sum under the rows; empty where there is none."""
    note: str = ""
    """How to read it, and what it leaves out."""
    folded: bool = False
    """Whether a screen shows it only when asked."""
    brief: str = ""
    """What it comes to, for who does not unfold it."""


@dataclass(frozen=True, slots=True)
class Figure:
    """A chart of the section: its name, what it shows, and how to read it."""

    chart: str
    sentence: str
    caption: str = ""


@dataclass(frozen=True, slots=True)
class ReviewSection:
    """A part of the report."""

    id: str
    """The name by which `sections` of a scenario and `--sections` ask for it."""
    title: str
    lead: str
    """What is to be known of it, in sentences; why there is nothing, where there is nothing."""
    says: bool
    """Whether it has something to say."""
    figures: tuple[Figure, ...] = ()
    tables: tuple[Table, ...] = ()
    points: tuple[str, ...] = ()
    """Sentences of a list."""


@dataclass(frozen=True, slots=True)
class Topic:
    """A point of an agenda."""

    topic: str
    facts: str
    """This period's numbers."""
    decision: str
    """What has to be decided, as a question."""
    who: str
    """Who answers."""


@dataclass(frozen=True, slots=True)
class Meeting:
    """The review of a week, month or quarter."""

    id: Literal["weekly", "monthly", "quarterly"]
    title: str
    for_whom: str
    topics: tuple[Topic, ...]
    nothing: str = ""
    """What is said where no topic has anything to decide."""
