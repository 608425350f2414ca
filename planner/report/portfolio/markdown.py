"""summary.md of a portfolio: the headline, jobs, budgets, what is left out, and what is in conflict."""

from typing import Final

from planner.report.data.portfolio import PortfolioData
from planner.report.data.review_parts import Cell, Table
from planner.report.sections.markdown import assumptions, bullets, escape, table

JOBS: Final = 40
OUT: Final = 20
ROWS: Final = 12
"""Rows of the other tables; the report has them all."""


def portfolio_markdown(data: PortfolioData) -> str:
    """The summary as markdown; every name is escaped, so that none becomes a tag, an image or a cell of its own."""
    s = data.sentences
    blocks = [f"# {escape(data.title.name)}: portfolio", escape(data.headline.sentence)]
    blocks += [escape(told) for told in (" ".join(data.headline.details), s.carbon, data.money) if told]
    if data.conflict is not None:
        blocks += ["## What is in conflict", escape(s.conflict), *_table(data.conflict)]
    if data.jobs:
        blocks += ["## Jobs", f"{escape(data.period)}. {escape(s.gantt)}", *_jobs(data)]
    if data.out:
        rows = [tuple(map(escape, (one.name, one.team, one.state, one.why, one.value))) for one in data.out[:OUT]]
        blocks += ["## What does not run", table(("job", "team", "state", "why", "value"), rows, numbers=1),
                   *_left(len(data.out), len(rows))]  # fmt: skip
    for title, sentence, found in (
        ("Budgets", s.budgets, data.budgets), ("Quotas", s.quotas, data.quotas), ("Schedules", s.front, data.front),
        ("Approvals", s.approvals, data.approvals), ("What moved", s.moves, data.moves),
    ):  # fmt: skip
        if found is not None:
            blocks += [f"## {title}", *([escape(sentence)] if sentence else []), *_table(found)]
    if data.outages:
        lines = [f"{escape(one.name)}: {escape(one.text or one.more)}" for one in data.outages[:ROWS]]
        blocks += ["## If a provider is down", escape(s.outages), bullets(lines), *_left(len(data.outages), len(lines))]
    if data.shadow:
        blocks += ["## What more would be worth", escape(s.shadow),
                   bullets([escape(text) for text in data.shadow[:ROWS]])]  # fmt: skip
    if data.warnings:
        blocks += ["## Warnings", bullets([escape(text) for text in data.warnings])]
    told = [f"{escape(what)}: {escape(figure)}" for what, figure in data.solved]
    blocks += ["## How it was solved", bullets(told), *([escape(data.solved_note)] if data.solved_note else [])]
    blocks += assumptions(data.assumptions)
    blocks.append("<sub>" + escape("; ".join(f"{key} {value}" for key, value in data.title.origin)) + "</sub>")
    return "\n\n".join(blocks) + "\n"


def _jobs(data: PortfolioData) -> list[str]:
    rows = []
    for one in data.jobs[:JOBS]:
        standing = "" if one.standing == "planned" else f", {one.standing}"
        texts = (f"{one.name}{standing}", one.team, one.what, one.where, f"{one.start} to {one.end}")
        cost = f"{escape(one.cost.text)}<br><sub>{escape(one.cost.band)}</sub>" if one.cost.band else one.cost.text
        rows.append((*map(escape, texts), cost, escape(one.quality.text), escape(one.late or "no")))
    head = ("job", "team", "what", "where", "when", "cost", "quality q", "late")
    return [table(head, rows, numbers=3), *_left(len(data.jobs), len(rows))]


def _left(there: int, shown: int) -> list[str]:
    left = there - shown
    return [f"{left:,} more {'is' if left == 1 else 'are'} in the report."] if left > 0 else []


def _table(found: Table) -> list[str]:
    numbers = 0
    for column in reversed(found.columns):
        if not column.number:
            break
        numbers += 1
    rows = [tuple(map(_cell, row)) for row in found.rows[:ROWS]]
    return [table(tuple(escape(column.name) for column in found.columns), rows, numbers=numbers),
            *([escape(found.note)] if found.note else []), *_left(len(found.rows), len(rows))]  # fmt: skip


def _cell(cell: Cell) -> str:
    return f"{escape(cell.text)}<br><sub>{escape(cell.note)}</sub>" if cell.note else escape(cell.text)
