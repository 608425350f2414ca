"""Which points and rows a reader is shown of a long front: a stated rule, so that nobody mistakes them for the whole.

Kept are every decision, the best by each objective, and of the rest one point per cell of a grid over the objectives
(an epsilon-grid, Laumanns and others 2002), as fine as the room allows. The same front gives the same rows.
"""

from collections.abc import Sequence
from typing import TYPE_CHECKING, Final, TypeVar

from planner.report.data.rows import Point
from planner.report.names import plural

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

TABLE_ROWS: Final = 60
SCREEN_ROWS: Final = 300
"""Rows of the front that a screen shows until asked for all."""
CHART_POINTS: Final = 150
FRONT_POINTS: Final = 100
"""Of the chart's points, at most this many are front points; the rest are dominated ones."""
PANEL_POINTS: Final = 75
PANEL_FRONT_POINTS: Final = 50
"""The same of each small multiple, which has half the room."""
RULE: Final = "every decision, the best by each objective, then one point per cell of a grid over the objectives"
FINEST: Final = 2000
"""Cells along one objective at most."""

T = TypeVar("T")
P = TypeVar("P", bound=Point)


def spread(items: Sequence[T], limit: int) -> tuple[T, ...]:
    """At most `limit` items at even distances, the first and the last among them."""
    if len(items) <= limit:
        return tuple(items)
    if limit < 2:
        return tuple(items[:limit])
    return tuple(items[round(i * (len(items) - 1) / (limit - 1))] for i in range(limit))


def thin_front(rows: Sequence[P], limit: int, objectives: Sequence[str] = ("cost", "time", "quality")) -> tuple[P, ...]:
    """At most `limit` rows in their order, by the rule of this module; more only where there are more decisions."""
    if len(rows) <= limit:
        return tuple(rows)
    losses = _losses(rows, objectives)
    kept = [i for i, row in enumerate(rows) if row.roles]
    if losses.shape[1]:
        ends = [int(i) for i in losses.argmin(axis=0) if int(i) not in kept]
        kept += list(dict.fromkeys(ends))[: max(0, limit - len(kept))]
    taken = set(kept)
    others = [i for i in range(len(rows)) if i not in taken]
    room = max(0, limit - len(kept))
    cells = _cells(losses[others], room) if losses.shape[1] else spread(range(len(others)), room)
    return tuple(rows[i] for i in sorted({*kept, *(others[i] for i in cells)}))


def thin_cloud(cloud: Sequence[T], front_points: int, most: int = CHART_POINTS) -> tuple[T, ...]:
    """The dominated points for which the front leaves room."""
    return spread(cloud, max(0, most - front_points))


def thinning_texts(
    front: Sequence[Point], cloud: Sequence[tuple[float, float]], objectives: Sequence[str]
) -> tuple[str, str, str]:  # fmt: skip
    """What paper leaves out of chart and table, and a screen of the table at first; empty for nothing."""
    drawn = thin_front(front, FRONT_POINTS, objectives)
    dots = thin_cloud(cloud, len(drawn))
    paper = f"All {plural(len(front), 'front point')} and {plural(len(dots), 'dominated point')} drawn."
    if len(drawn) < len(front) or len(dots) < len(cloud):
        paper = (
            f"On paper at most {CHART_POINTS} points are drawn: {RULE} "
            f"({len(drawn):,} of {len(front):,} front points), then {len(dots):,} of the {len(cloud):,} sampled "
            "dominated ones."
        )
    table = ""
    if len(front) > TABLE_ROWS:
        table = (
            f"On paper the table has at most {TABLE_ROWS} of the {len(front):,} rows: {RULE}. "
            "The HTML report and plan.json have them all."
        )
    screen = ""
    if len(front) > SCREEN_ROWS:
        screen = f"Until you ask for all {len(front):,} rows, at most {SCREEN_ROWS} are shown: {RULE}."
    return paper, table, screen


def _losses(rows: Sequence[Point], objectives: Sequence[str]) -> "NDArray[np.float64]":
    """(n, objectives) from 0, the best, to 1; amounts on a log scale; what is unknown or does not vary is left out."""
    import numpy as np

    columns = []
    fields = {"cost": "cost", "time": "hours", "latency": "latency", "quality": "quality", "carbon": "carbon"}
    for name in objectives:
        if name not in fields:  # a plan may come from anywhere
            continue
        figures = [getattr(row, fields[name]).value for row in rows]
        column = np.array([np.nan if value is None else value for value in figures])
        with np.errstate(divide="ignore", invalid="ignore"):
            column = -column if name == "quality" else np.log(column)
        column[~np.isfinite(column)] = np.nan
        if np.isfinite(column).any() and np.nanmax(column) > np.nanmin(column):
            scaled = (column - np.nanmin(column)) / (np.nanmax(column) - np.nanmin(column))
            columns.append(np.nan_to_num(scaled, nan=1.0))
    return np.stack(columns, axis=1) if columns else np.empty((len(rows), 0))


def _cells(losses: "NDArray[np.float64]", room: int) -> list[int]:
    """One row per occupied cell of the finest grid that has no more cells than there is room."""
    best: list[int] = []
    if not room:
        return best
    fewest, most = 1, FINEST
    while fewest <= most:
        per_axis = (fewest + most) // 2
        found = _one_each(losses, per_axis)
        if len(found) <= room:
            best, fewest = found, per_axis + 1
        else:
            most = per_axis - 1
    return best


def _one_each(losses: "NDArray[np.float64]", per_axis: int) -> list[int]:
    """The row nearest to the ideal corner of every occupied cell; among equals the first."""
    import numpy as np

    cell = np.minimum((losses * per_axis).astype(np.int64), per_axis - 1)
    corner = (losses * per_axis - cell).sum(axis=1)
    order = np.lexsort((np.arange(len(losses)), corner))
    _, first = np.unique(cell[order], axis=0, return_index=True)
    return [int(i) for i in order[first]]
