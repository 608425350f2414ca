"""summary.md of a review of spend: the headline, then its parts, every table as a table."""

from typing import Final

from planner.report.data.review import ReviewData
from planner.report.data.review_parts import Cell, ReviewSection, Table
from planner.report.names import plural
from planner.report.sections.markdown import bullets, escape, in_parts

ROWS: Final = 12
"""Rows of a table; the report has them all."""
FOLDED: Final = 6
"""Statements that a summary has."""


def review_markdown(data: ReviewData) -> str:
    """The summary as markdown; every name is escaped, so that none becomes a tag, an image or a cell of its own."""
    return in_parts(
        data, f"spend in {data.period}", (block for section in data.sections for block in _section(section))
    )


def _section(section: ReviewSection) -> list[str]:
    blocks = [f"## {escape(section.title)}", *([escape(section.lead)] if section.lead else [])]
    folded = [table for table in section.tables if table.folded]
    shown = [table for table in section.tables if not table.folded or table in folded[:FOLDED]]
    for table in shown:
        if len(shown) > 1:
            blocks.append(f"### {escape(table.title)}")
        blocks.append(_table(table))
        left = len(table.rows) - ROWS
        more = f"{plural(left, 'more row')} {'is' if left == 1 else 'are'} in the report." if left > 0 else ""
        notes = [escape(table.note), more]
        blocks += [" ".join(filter(None, notes))] if any(notes) else []
    if len(folded) > FOLDED:
        left = len(folded) - FOLDED
        blocks.append(f"{plural(left, 'more statement')} {'is' if left == 1 else 'are'} in the report.")
    return [*blocks, *([bullets([escape(text) for text in section.points])] if section.points else [])]


def _table(table: Table) -> str:
    if any(column.wide for column in table.columns):
        return "\n".join(_block(table, row) for row in table.rows)
    rules = ["---:" if column.number else "---" for column in table.columns]
    head = [escape(column.name) for column in table.columns]
    rows = [[_cell(one) for one in row] for row in table.rows[:ROWS]]
    total = [[f"**{_cell(one)}**" if one.text else "" for one in table.total]] if table.total else []
    return "\n".join(f"| {' | '.join(cells)} |" for cells in (head, rules, *rows, *total))


def _block(table: Table, row: tuple[Cell, ...]) -> str:
    """A row with sentences: what it is and its figures, then the sentences, each on its line."""
    cells = list(zip(table.columns, row, strict=True))[1:]
    figures = [f"{escape(column.name)}: {_beside(one)}" for column, one in cells if not column.wide]
    lines = [f"- **{escape(row[0].text)}** {'; '.join(figures)}"]
    lines += [f"  - {escape(column.name)}: {_cell(one)}" for column, one in cells if column.wide]
    return "\n".join(lines)


def _beside(cell: Cell) -> str:
    return f"{escape(cell.text)} ({escape(cell.note)})" if cell.note else escape(cell.text)


def _cell(cell: Cell) -> str:
    return f"{escape(cell.text)}<br><sub>{escape(cell.note)}</sub>" if cell.note else escape(cell.text)
