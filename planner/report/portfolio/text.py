"""The summary of a portfolio for a terminal: aligned, wrapped to a width, without colour."""

from collections.abc import Sequence
from typing import Final

from planner.report.data.portfolio import PortfolioData
from planner.report.data.review_parts import Table
from planner.report.sections.text import GAP, LEAST_WIDTH, aligned, columns, wrap

JOBS: Final = 20
OUT: Final = 6
ROWS: Final = 6
"""Budgets and outages that a terminal shows."""
LAST: Final = 24
"""Columns that the last of a table needs at least; with less each row is a block."""


def portfolio_text(data: PortfolioData, width: int = 100) -> str:
    """The headline, jobs, budgets, what is left out and what is in conflict, in lines of at most `width` columns."""
    width = max(width, LEAST_WIDTH)
    s = data.sentences
    blocks = [wrap(f"{data.title.name}: {data.headline.sentence}", width)]
    if data.headline.details:
        blocks.append(wrap(" ".join(data.headline.details), width))
    blocks += [wrap(told, width) for told in (s.carbon, data.money) if told]
    if data.conflict is not None:
        lines = [wrap(f"- {row[0].text}: {row[1].text}", width, "  ") for row in data.conflict.rows]
        blocks.append("\n".join([wrap(s.conflict, width), *lines]))
    if data.jobs:
        blocks.append(_jobs(data, width))
    if data.out:
        rows = [(one.name, one.state, one.why) for one in data.out[:OUT]]
        blocks.append("\n".join(["What does not run:", _fitted(rows, width), *_left(len(data.out), len(rows))]))
    if data.budgets is not None:
        blocks.append("\n".join([wrap(s.budgets, width), _budgets(data.budgets, width),
                                 *_left(len(data.budgets.rows), ROWS)]))  # fmt: skip
    if data.outages:
        lines = [wrap(f"- {one.name}: {one.text or one.more}", width, "  ") for one in data.outages[:ROWS]]
        blocks.append("\n".join(["If a provider is down:", *lines, *_left(len(data.outages), len(lines))]))
    blocks += [wrap(told, width) for told in (s.quotas, s.approvals, s.moves) if told]
    if data.shadow:
        blocks.append(wrap(f"{data.shadow[0].rstrip('.')}. {s.shadow}", width))
    if data.warnings:
        blocks.append("\n".join(wrap(f"warning: {warning}", width, "  ") for warning in data.warnings))
    return "\n\n".join(blocks) + "\n"


def _jobs(data: PortfolioData, width: int) -> str:
    """One line for each job where they fit, else a block for each."""
    head = ("", "from", "to", "cost", "q", "late", "where")
    rows = [
        (_name(one.name, one.standing), one.start, one.end, one.cost.text, one.quality.text, one.late or "no",
         one.where)
        for one in data.jobs[:JOBS]
    ]  # fmt: skip
    left = _left(len(data.jobs), len(rows))
    lead = sum(max(columns(row[i]) for row in (head, *rows)) + len(GAP) for i in range(len(head) - 1))
    if width - lead >= LAST:
        return "\n".join([aligned([head, *rows], width, right=(3, 4, 5)), *left])
    blocks = []
    for name, start, end, cost, quality, late, where in rows:
        told = f"{name}: {start} to {end}, {cost}, q {quality}{'' if late == 'no' else f', {late} late'}"
        blocks.append("\n".join(wrap(line, width, "  ") for line in (told, f"  {where}")))
    return "\n".join([*blocks, *left])


def _name(name: str, standing: str) -> str:
    return name if standing == "planned" else f"{name} ({standing})"


def _budgets(found: Table, width: int) -> str:
    """Budget, limit, what is planned, used and how likely it holds."""
    names = [column.name for column in found.columns]
    kept = [names.index(name) for name in ("Budget", "Limit", "Planned", "Used", "Holds with")]
    head = tuple(names[at].lower() if place else "" for place, at in enumerate(kept))
    rows = [tuple(row[at].text for at in kept) for row in found.rows[:ROWS]]
    if sum(max(columns(row[i]) for row in (head, *rows)) + len(GAP) for i in range(len(head))) <= width + len(GAP):
        return aligned([head, *rows], width, right=(1, 2, 3))
    return "\n".join(
        wrap(f"- {row[0]}: {row[2]} of {row[1]}, {row[3]} used, holds with {row[4]}", width, "  ") for row in rows
    )


def _fitted(rows: Sequence[tuple[str, ...]], width: int) -> str:
    """In columns where the last has room, else a line for each row."""
    last = len(rows[0]) - 1
    lead = sum(max(columns(row[i]) for row in rows) for i in range(last)) + len(GAP) * (last + 1)
    if width - lead >= LAST:
        return aligned(rows, width, right=(), indent=GAP)
    return "\n".join(wrap(f"- {', '.join(row[:last])}: {row[last]}", width, "  ") for row in rows)


def _left(there: int, shown: int) -> list[str]:
    return [f"{there - shown:,} more in the report."] if there > shown else []
