"""A front before and after as a picture of plain characters, narrow enough for a phone."""

import math
from collections.abc import Callable, Sequence
from typing import Final

from planner.outcome import Figure, FrontMove
from planner.units import duration, seconds, usd

WIDTH: Final = 36
"""Most columns of the picture: what a phone shows of a code block without scrolling."""
HEIGHT: Final = 9
BARS: Final = "▁▂▃▄▅▆▇█"
_WIDE: Final = 8.0
"""Largest over smallest value from which on an axis is logarithmic."""
_FAR: Final = 1e15
"""No figure of a plan is that large; a file from outside may say so, and no axis is stretched for it."""

Point = tuple[float, float]


def front_picture(front: FrontMove) -> str:
    """Cost against time of both fronts, with legend and axes; empty where nothing is known of either."""
    before, after = known_points(front.before_points), known_points(front.after_points)
    if not before and not after:
        return ""
    costs, times = zip(*(before + after), strict=True)
    cost, time = axis_names(front)
    labels = _time(front, max(times)), _time(front, min(times))
    margin = max(map(len, labels))
    across, up = _axis(costs, WIDTH - margin - 2), _axis(times, HEIGHT)
    cells = [{(across(x), up(y)) for x, y in points} for points in (before, after)]
    rows = []
    for y in reversed(range(HEIGHT)):
        label = labels[0] if y == HEIGHT - 1 else labels[1] if y == 0 and labels[0] != labels[1] else ""
        dots = "".join(_mark((x, y), cells[0], cells[1]) for x in range(WIDTH - margin - 2))
        rows.append(f"{label:>{margin}} │{dots}".rstrip())
    low, high = _money(min(costs)), _money(max(costs))
    ends = f"{low}{high:>{WIDTH - margin - 2 - len(low)}}" if low != high else low
    log = [name for name, values in ((cost, costs), (time, times)) if is_wide(values)]
    note = [f"logarithmic: {' and '.join(log)}"] if log else []
    return "\n".join([
        time,
        *rows,
        f"{'':>{margin}} └{'─' * (WIDTH - margin - 2)}",
        f"{'':>{margin}}  {ends}",
        f"{cost:>{WIDTH}}",
        "○ before  ● after  ◉ both",
        *note,
    ])  # fmt: skip


def cost_sparks(front: FrontMove) -> str:
    """The costs on both fronts, cheapest first, as two rows of bars to one scale; empty without any."""
    rows = [
        (name, [cost for cost in costs if cost is not None and abs(cost) < _FAR])
        for name, costs in (("before", front.before_usd), ("after", front.after_usd))
    ]
    known = [cost for _, costs in rows for cost in costs]
    if not known:
        return ""
    level = _axis(known, len(BARS))
    told = [
        f"{name:<6} {''.join(BARS[level(cost)] for cost in _thinned(costs, WIDTH - 7))}"
        for name, costs in rows
        if costs
    ]
    return "\n".join([f"costs, {_money(min(known))} to {_money(max(known))}", *told])


def _money(cost: float) -> str:
    """Money in at most eleven characters, beyond ten million with its power of ten."""
    return usd(cost) if abs(cost) < 1e7 else f"${cost:.1e}"


def axis_names(front: FrontMove) -> tuple[str, str]:
    """What the two axes are called: `cost` and `time`, of what is served `cost per month` and `p95 latency`."""
    return ("cost per month", "p95 latency") if is_served(front) else ("cost", "time")


def is_served(front: FrontMove) -> bool:
    """Whether its points are a month's cost and a latency."""
    return front.figures[1:] == ["latency_s"]


def _time(front: FrontMove, value: float) -> str:
    """Time in at most ten characters."""
    served = is_served(front)
    told = seconds(value) if served else duration(value)
    return told if len(told) <= 10 else f"{value:.1e} {'s' if served else 'h'}"


def known_points(points: Sequence[Sequence[Figure]]) -> list[Point]:
    """Cost and time of the points of which both are known."""
    pairs = [(point[0], point[1]) for point in points if len(point) >= 2]
    return [(x, y) for x, y in pairs if x is not None and y is not None and abs(x) < _FAR and abs(y) < _FAR]


def is_wide(values: Sequence[float]) -> bool:
    """Whether values span so much that equal steps would crowd the small ones."""
    return min(values) > 0 and max(values) / min(values) >= _WIDE


def _axis(values: Sequence[float], cells: int) -> Callable[[float], int]:
    """Value → its cell, 0 to `cells` - 1."""
    scale = math.log if is_wide(values) else float
    low, high = scale(min(values)), scale(max(values))

    def cell(value: float) -> int:
        return round((scale(value) - low) / (high - low) * (cells - 1)) if high > low else (cells - 1) // 2

    return cell


def _mark(cell: tuple[int, int], before: set[tuple[int, int]], after: set[tuple[int, int]]) -> str:
    if cell in before:
        return "◉" if cell in after else "○"
    return "●" if cell in after else " "


def _thinned(values: list[float], most: int) -> list[float]:
    """At most so many of the values, first and last among them."""
    if len(values) <= most:
        return values
    return [values[round(i * (len(values) - 1) / (most - 1))] for i in range(most)]
