"""Which points and rows a paper report keeps: a stated rule, so that nobody mistakes the picture for the whole."""

from collections.abc import Sequence
from typing import Final, TypeVar

from planner.report.data import Row

TABLE_ROWS: Final = 60
CHART_POINTS: Final = 150
FRONT_POINTS: Final = 100
"""Of the chart's points, at most this many are front points; the rest are dominated ones."""

T = TypeVar("T")


def spread(items: Sequence[T], limit: int) -> tuple[T, ...]:
    """At most `limit` items at even distances, the first and the last among them."""
    if len(items) <= limit:
        return tuple(items)
    if limit < 2:
        return tuple(items[:limit])
    return tuple(items[round(i * (len(items) - 1) / (limit - 1))] for i in range(limit))


def thin_front(rows: Sequence[Row], limit: int) -> tuple[Row, ...]:
    """At most `limit` rows in their order: every decision, then an even spread along the front."""
    if len(rows) <= limit:
        return tuple(rows)
    chosen = [i for i, row in enumerate(rows) if row.roles]
    others = [i for i, row in enumerate(rows) if not row.roles]
    kept = sorted({*chosen, *spread(others, max(0, limit - len(chosen)))})
    return tuple(rows[i] for i in kept)


def thin_cloud(cloud: Sequence[T], front_points: int) -> tuple[T, ...]:
    """The dominated points for which the front leaves room."""
    return spread(cloud, max(0, CHART_POINTS - front_points))
