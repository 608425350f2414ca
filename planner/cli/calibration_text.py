"""What `planner calibrate` prints: what changed, run by run, and how far off each way of predicting was."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from planner.calibrate.laying import changes
from planner.units import significant

if TYPE_CHECKING:
    from planner.calibrate.comparison import Compared, Prediction, Summary
    from planner.calibrate.overlay import Overlay

COMPARED = (
    "run", "figure", "of", "actual", "published", "ratio", "band", "overlay", "ratio", "band",
    "left out", "ratio", "band",
)  # fmt: skip
LEGEND = (
    "ratio: actual / predicted; error: predicted / actual - 1; bias: mean of ln(actual / predicted), below 0 where "
    "predictions are too high"
)
SUMMARY = ("figure", "predicted", "runs", "median error", "bias", "in the 90 % band")


def summary_text(overlay: Overlay, summaries: Sequence[Summary]) -> str:
    """What the overlay changes, and the accuracy before and after."""
    head = f"calibrated with {_runs(overlay.runs.used)} of yours" + (
        f", {_runs(overlay.runs.left_out)} left out" if overlay.runs.left_out else ""
    )
    told = [(f"  {c.key}", c.value, c.note) for c in changes(overlay)]
    rows = [SUMMARY, *map(_summary, summaries)]
    parts = [head, _aligned(told)]
    if summaries:
        parts += ["", _aligned(rows, right=(2, 3, 4, 5)), LEGEND]
    return "\n".join(parts)


def comparison_table(compared: Sequence[Compared]) -> str:
    """Every run, aligned; `out` marks an actual outside the 90 % band."""
    return _aligned([COMPARED, *map(_compared, compared)], right=(3, 4, 5, 7, 8, 10, 11))


def markdown(overlay: Overlay, compared: Sequence[Compared], summaries: Sequence[Summary]) -> str:
    """The same as markdown tables."""
    blocks = [
        f"Calibrated with {_runs(overlay.runs.used)} of yours.",
        _table(("figure", "before and after", "from"), [(c.key, c.value, c.note) for c in changes(overlay)]),
    ]
    if summaries:
        blocks += [_table(SUMMARY, [_summary(one) for one in summaries]), LEGEND + "."]
    if compared:
        blocks.append(_table(COMPARED, [_compared(one) for one in compared]))
    return "\n\n".join(blocks)


def _compared(one: Compared) -> tuple[str, ...]:
    cells = [cell for way in ("before", "after", "left_out") for cell in _way(one, one.ways.get(way))]
    return (one.run.row.place, one.quantity, one.group, significant(one.actual), *cells)


def _way(one: Compared, p: Prediction | None) -> tuple[str, str, str]:
    if p is None:
        return "", "", ""
    return significant(p.value), f"{one.actual / p.value:.2f}", "in" if p.inside else "out"


def _summary(one: Summary) -> tuple[str, ...]:
    from planner.calibrate.comparison import WAYS

    return (
        one.quantity,
        WAYS[one.way],
        f"{one.runs:,}",
        f"{100 * one.median_ape:.1f} %",
        f"{one.bias:+.3f}",
        f"{100 * one.coverage:.0f} %",
    )


def _runs(count: int) -> str:
    return f"{count:,} run{'' if count == 1 else 's'}"


def _aligned(rows: Sequence[tuple[str, ...]], right: tuple[int, ...] = ()) -> str:
    sizes = [max(len(row[i]) for row in rows) for i in range(len(rows[0]))] if rows else []
    lines = (
        "  ".join(
            cell.rjust(n) if i in right else cell.ljust(n) for i, (cell, n) in enumerate(zip(row, sizes, strict=True))
        )
        for row in rows
    )
    return "\n".join(line.rstrip() for line in lines)


def _table(head: tuple[str, ...], rows: Sequence[tuple[str, ...]]) -> str:
    from planner.report.sections.markdown import escape

    told = [head, ("---",) * len(head), *(tuple(escape(cell) for cell in row) for row in rows)]
    return "\n".join(f"| {' | '.join(row)} |" for row in told)
