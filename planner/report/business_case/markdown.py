"""summary.md of a business case: the answer, the options, cash flow by year, what it hangs on, the notes."""

from typing import Final

from planner.report.data.business_case import CaseData
from planner.report.data.business_case_parts import CaseSection, CaseTable, Line
from planner.report.data.review_parts import Cell
from planner.report.names import plural
from planner.report.sections.markdown import bullets, escape, in_parts

ROWS: Final = 12
"""Rows of a table; the report has them all. Cash flows are whole."""
SHOWN: Final = {
    "options": ("options", "returns"), "decision": ("crossovers",),
    "cash-flow": ("cash-difference", "cash-1", "cash-2"),
    "sensitivity": ("swings",), "scenarios": ("scenarios",), "factors": ("factors",), "inputs": ("inputs",),
    "method": ("follows",),
}  # fmt: skip
"""Section → tables of it that a summary shows."""


def case_markdown(data: CaseData) -> str:
    """The summary as markdown; every name is escaped, so that none becomes a tag, an image or a cell of its own."""
    return in_parts(data, "business case", (block for section in data.sections for block in _section(section)))


def _section(section: CaseSection) -> list[str]:
    names = SHOWN.get(section.id, ())
    shown = [table for table in section.tables if table.id in names]
    if not shown:
        return []
    blocks = [f"## {escape(section.title)}", *([escape(section.lead)] if section.lead else [])]
    for table in shown:
        if len(shown) > 1:
            blocks.append(f"### {escape(table.title)}")
        most = len(table.rows) if table.id.startswith("cash-") else ROWS
        blocks.append(markdown_table(table, most))
        left = len(table.rows) - most
        more = f"{plural(left, 'more row')} {'is' if left == 1 else 'are'} in the report." if left > 0 else ""
        notes = [escape(table.note), more]
        blocks += [" ".join(filter(None, notes))] if any(notes) else []
    return [*blocks, *([bullets([escape(text) for text in section.points])]
                       if section.points and section.id == "options" else [])]  # fmt: skip


def markdown_table(table: CaseTable, most: int) -> str:
    """At most so many rows; sums are bold, headings stand alone in their row."""
    rules = ["---:" if column.number else "---" for column in table.columns]
    head = [escape(column.name) for column in table.columns]
    rows = [_row(row, len(table.columns)) for row in table.rows[:most]]
    return "\n".join(f"| {' | '.join(cells)} |" for cells in (head, rules, *rows))


def _row(row: Line, width: int) -> list[str]:
    if row.kind == "head":
        return [f"**{escape(row.cells[0].text)}**", *([""] * (width - 1))]
    cells = [_cell(one) for one in row.cells]
    return [f"**{cell}**" if cell else "" for cell in cells] if row.kind == "sum" else cells


def _cell(cell: Cell) -> str:
    return f"{escape(cell.text)}<br><sub>{escape(cell.note)}</sub>" if cell.note else escape(cell.text)
