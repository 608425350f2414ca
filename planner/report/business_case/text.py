"""The summary of a business case for a terminal: aligned, wrapped to a width, without colour."""

from collections.abc import Iterator, Sequence
from typing import Final

from planner.report.data.business_case import CaseData
from planner.report.data.business_case_parts import CaseTable
from planner.report.names import shorten
from planner.report.sections.text import GAP, LEAST_WIDTH, aligned, columns, wrap

OPTIONS: Final = 8
SWINGS: Final = 3
WARNINGS: Final = 8
NAME: Final = 36
LONG_NAME: Final = 64
"""Characters of a name where the terminal is wide enough for it."""
COLUMNS: Final = {
    "options": ("Option", "Cost of ownership", "Present cost", "First year", "NPV by itself"),
    "returns": ("Option", "Net present value", "ROI", "Payback", "IRR"),
    "swings": ("Input", "Result at low", "Result at high", "Share of variance"),
}  # fmt: skip
"""Columns that a terminal has room for; of cash flows as many as fit, and the total."""


def case_text(data: CaseData, width: int = 100) -> str:
    """The answer, the options, the cash flow by year and what it hangs on, in lines of at most `width` columns."""
    width = max(width, LEAST_WIDTH)
    blocks = [wrap(f"{data.title.name}: {data.headline.sentence}", width)]
    if data.headline.details:
        blocks.append("\n".join(wrap(text, width) for text in data.headline.details))
    blocks += [wrap(data.money, width)] if data.money else []
    tables = {table.id: table for section in data.sections for table in section.tables}
    for name in ("options", "returns"):
        if name in tables:
            blocks.append(f"{wrap(tables[name].title, width)}\n{_picked(tables[name], OPTIONS, width)}")
    flow = tables.get("cash-difference") or tables.get("cash-1")
    if flow is not None:
        blocks.append(f"{wrap(flow.title, width)}\n{_flow(flow, width)}")
    if "swings" in tables:
        blocks.append(_picked(tables["swings"], SWINGS, width))
    notes = next((section.points for section in data.sections if section.id == "options"), ())
    if notes:
        blocks.append("\n".join(wrap(note, width, "  ") for note in notes[:4]))
    if data.warnings:
        blocks.append("\n".join(wrap(f"warning: {warning}", width, "  ") for warning in data.warnings[:WARNINGS]))
        left = len(data.warnings) - WARNINGS
        blocks += [f"{left} more warnings in the report."] if left > 0 else []
    blocks.append(wrap(data.basis, width))
    return "\n\n".join(blocks) + "\n"


def _picked(table: CaseTable, most: int, width: int) -> str:
    """A few columns of the first rows."""
    names = [column.name for column in table.columns]
    kept = [names.index(name) for name in COLUMNS[table.id]]
    head = tuple(names[at] for at in kept)
    full, short = (
        [head, *(tuple(shorten(row.cells[at].text, letters) for at in kept) for row in table.rows[:most])]
        for letters in (LONG_NAME, NAME)
    )
    told = _fitted(full if _width(full) <= width else short, width)
    left = len(table.rows) - most
    return f"{told}\n{left:,} more in the report." if left > 0 else told


def _fitted(rows: Sequence[tuple[str, ...]], width: int) -> str:
    """In columns, the numbers flush right, where they fit; else a block for each row."""
    if _width(rows) <= width:
        return _columns(rows, width)
    head, *others = rows
    return "\n".join(wrap(", ".join(_labelled(head, row)), width, "  ") for row in others)


def _width(rows: Sequence[tuple[str, ...]]) -> int:
    """Of all columns and what is between them."""
    return sum(max(columns(row[at]) for row in rows) for at in range(len(rows[0]))) + len(GAP) * (len(rows[0]) - 1)


def _columns(rows: Sequence[tuple[str, ...]], width: int) -> str:
    """All but the first flush right, the last too."""
    last = max(columns(row[-1]) for row in rows)
    padded = [(*row[:-1], f"{' ' * (last - columns(row[-1]))}{row[-1]}") for row in rows]
    return aligned(padded, width, right=tuple(range(1, len(rows[0]))))


def _labelled(head: Sequence[str], row: Sequence[str]) -> Iterator[str]:
    yield row[0]
    yield from (f"{name.lower()} {cell}" for name, cell in zip(head[1:], row[1:], strict=True) if cell)


def _flow(table: CaseTable, width: int) -> str:
    """Rows of the cash flow; columns from the left as far as there is room, and the total."""
    rows = [tuple(shorten(cell.text, NAME) for cell in row.cells) for row in table.rows if row.kind != "head"]
    head = tuple(column.name for column in table.columns)
    wide = [max(columns(row[at]) for row in (head, *rows)) for at in range(len(head))]
    room = width - wide[0] - len(GAP) - wide[-1]
    kept = [0]
    for at in range(1, len(head) - 1):
        room -= wide[at] + len(GAP)
        if room < 0:
            break
        kept.append(at)
    kept.append(len(head) - 1)
    told = [tuple(row[at] for at in kept) for row in (head, *rows)]
    if wide[0] + wide[-1] + len(GAP) > width:
        return "\n".join(wrap(f"{row[0]}: {row[-1]}", width, "  ") for row in rows)
    left = len(head) - len(kept)
    whole = _columns(told, width)
    return f"{whole}\n{left} more {'column' if left == 1 else 'columns'} in the report." if left else whole
