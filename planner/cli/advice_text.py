"""What `planner explain` says of changes to the configuration that it explains."""

from __future__ import annotations

from typing import TYPE_CHECKING

from planner.report.data.advice_rows import changes_of
from planner.report.sections.text import advice_line

if TYPE_CHECKING:
    from planner.outcome import Configuration, Plan


def change_lines(plan: Plan, c: Configuration) -> list[str]:
    """The advice on a configuration, with what to do and what may go wrong; nothing where there is none."""
    mine = [one for one in plan.advice if one.configuration == c.id]
    if not mine:
        return []
    lines = ["", "what would change it, each alone and everything else kept"]
    for row in changes_of(plan.model_copy(update={"advice": mine})).advice:
        lines.append(f"  {advice_line(row)}")
        lines += [f"    {step}" for step in row.steps]
        lines.append(f"    risk: {row.risk}")
    return lines
