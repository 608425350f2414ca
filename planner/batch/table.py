"""The table at the end of a batch: what became of each scenario."""

from collections.abc import Sequence
from typing import Final

from planner.batch.result import Done
from planner.errors import ExitCode, worst
from planner.report.sections.rows import quality_text
from planner.report.sections.text import GAP, aligned, columns, wrap
from planner.source.excerpt import visible

WORDS: Final = {ExitCode.OK: "planned", ExitCode.INFEASIBLE: "infeasible"}
"""What a scenario's exit code is called; every other one is a failure."""
FAILED: Final = "failed"
LEAST_REASON: Final = 30
"""Columns that a reason needs to be readable beside the rest."""
HEAD: Final = ("name", "result", "decision", "cost", "time", "q", "took", "scenario")


def table(done: Sequence[Done], width: int) -> str:
    """One line per scenario with the figures of the recommended decision, then why others have none, and a count."""
    rows = [HEAD, *map(_row, done)]
    lead = sum(max(columns(row[i]) for row in rows) for i in range(len(HEAD) - 1)) + len(GAP) * (len(HEAD) - 1)
    if width - lead >= LEAST_REASON:
        lines = [aligned(rows, width, right=(3, 4, 5, 6))]
    else:
        lines = [wrap(_sentence(row), width, "  ") for row in rows[1:]]
    # Scenarios that clash are told so once.
    lines += dict.fromkeys(wrap(_reason(one), width, "  ") for one in done if one.reason)
    return "\n".join([*lines, wrap(_count(done), width)]) + "\n"


def _row(one: Done) -> tuple[str, ...]:
    best, figures = one.pick, ("", "", "", "")
    if best is not None:
        figures = (best.decision, best.cost, best.time, quality_text(best.quality))
    return (
        one.name or visible(one.path.name),
        WORDS.get(one.code, FAILED),
        *figures,
        f"{one.seconds:.1f} s",
        visible(str(one.path)),
    )


def _sentence(row: tuple[str, ...]) -> str:
    name, result, decision, cost, time, quality, took, path = row
    figures = f", {decision} {cost} in {time} at q {quality}" if cost else ""
    return f"{name} ({path}): {result}{figures}; took {took}"


def _reason(one: Done) -> str:
    """Why a scenario has no front; a problem of a file names it already."""
    named = one.reason.startswith(str(one.path))
    return visible(one.reason if named else f"{one.name or one.path}: {one.reason}")


def _count(done: Sequence[Done]) -> str:
    results = [WORDS.get(one.code, FAILED) for one in done]
    parts = [f"{results.count(word)} {word}" for word in (*WORDS.values(), FAILED) if word in results]
    code = worst(one.code for one in done)
    return f"{', '.join(parts)}; exit code {int(code)}"
