"""The summary of a review of spend for a terminal: aligned, wrapped to a width, without colour."""

from collections.abc import Sequence
from typing import Final

from planner.report.data.review import ReviewData
from planner.report.data.review_parts import ReviewSection, Table
from planner.report.sections.text import GAP, LEAST_WIDTH, aligned, columns, wrap

ROWS: Final = 8
SHOWN: Final[dict[str, tuple[str, ...]]] = {
    "attribution": ("by-team",), "budget": ("budgets",), "kpis": ("unit-costs",), "anomalies": ("anomalies",),
    "forecast": ("forecast-months",), "recommendations": ("advice",),
}  # fmt: skip
"""Part → tables of it that a terminal shows; of others their sentences."""
KEPT: Final[dict[str, tuple[str, ...]]] = {
    "by-team": ("Team", "Effective cost", "Share", "Change"),
    "budgets": ("Budget", "Amount", "Spent", "Used", "Forecast at the end", "Stands"),
    "unit-costs": ("Unit cost", "A unit costs", "Target", "Trend", "Stands"),
    "anomalies": ("No.", "Difference", "What, and why"),
    "advice": ("Saves a month", "Confidence", "Change"),
}
"""Columns that a terminal has room for; of other tables all."""
SAID: Final = ("drivers", "model", "prices", "plans", "health")
"""Parts of which a terminal shows the sentences alone."""


def review_text(data: ReviewData, width: int = 100) -> str:
    """The headline, then each part in a few lines of at most `width` columns."""
    width = max(width, LEAST_WIDTH)
    blocks = [wrap(f"{data.title.name}: {data.headline.sentence}", width)]
    if data.headline.figures:
        rows = [(what, figure, remark) for what, figure, remark in data.headline.figures]
        blocks.append(_fitted(rows, width))
    blocks += [wrap(text, width) for text in (data.money,) if text]
    for section in data.sections:
        blocks += _section(section, width)
    if data.warnings:
        blocks.append("\n".join(wrap(f"warning: {warning}", width, "  ") for warning in data.warnings))
    blocks.append(wrap(f"{data.basis}", width))
    return "\n\n".join(blocks) + "\n"


def _fitted(rows: Sequence[tuple[str, ...]], width: int, right: tuple[int, ...] = ()) -> str:
    """In columns where the last has room, else a block for each row."""
    last = len(rows[0]) - 1
    lead = sum(max(columns(row[i]) for row in rows) for i in range(last)) + len(GAP) * last
    if width - lead >= 24:
        return aligned(rows, width, right=right)
    return "\n".join(wrap(", ".join(filter(None, row)), width, "  ") for row in rows)


def _section(section: ReviewSection, width: int) -> list[str]:
    if section.id == "summary" and section.says:
        return []
    lines = [wrap(f"{section.title}: {section.lead}", width)]
    names = SHOWN.get(section.id, ())
    lines += [_table(table, width) for table in section.tables if table.id in names]
    return ["\n".join(lines)] if section.id in SHOWN or section.id in SAID or not section.says else []


def _table(table: Table, width: int) -> str:
    """A few rows, the column with most words last, so that it wraps."""
    names = [column.name for column in table.columns]
    kept = [names.index(name) for name in KEPT.get(table.id, tuple(names))]
    rows = [tuple(row[at].text for at in kept) for row in table.rows[:ROWS]]
    head = tuple("" if place == 0 and not rows else names[at] for place, at in enumerate(kept))
    right = tuple(place for place, at in enumerate(kept) if table.columns[at].number)
    told = _fitted([head, *rows], width, right)
    left = len(table.rows) - ROWS
    return f"{told}\n{left:,} more in the report." if left > 0 else told
