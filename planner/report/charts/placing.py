"""Where the names of decisions go on a scatter, so that they cover neither each other nor a point."""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final, Literal

GLYPH: Final = 6.6
"""Mean width of a bold 11-pixel letter."""
LINE: Final = 14.0
PADDING: Final = 16.0
"""Pixels between the outermost value and the edge of the plot."""


@dataclass(frozen=True, slots=True)
class Placed:
    """A label's offset from its point, in pixels."""

    dx: float
    dy: float
    align: Literal["left", "center", "right"]


CHOICES: Final = (
    Placed(12, -9, "left"), Placed(-12, -9, "right"), Placed(12, 10, "left"), Placed(-12, 10, "right"),
    Placed(0, -18, "center"), Placed(0, 19, "center"), Placed(12, -24, "left"), Placed(-12, -24, "right"),
    Placed(12, 26, "left"), Placed(-12, 26, "right"), Placed(0, -34, "center"), Placed(0, 34, "center"),
)  # fmt: skip

Box = tuple[float, float, float, float]
Range = tuple[float, float]


def place(
    marks: Sequence[tuple[float, float, str]],
    points: Sequence[tuple[float, float]],
    *,
    size: tuple[float, float],
    log: bool | tuple[bool, bool],
    extent: tuple[Range, Range] | None = None,
    apart: bool = False,
) -> list[Placed]:
    """The first choice for each mark (x, y, name) whose box hits the fewest labels and points and stays inside.

    `log` tells of x and y whether their scale is logarithmic; `extent` is the lowest and highest x and y drawn, where
    that is more than the points. With `apart` no label is nearer to another mark than to its own, where that can be.
    """
    if not marks:
        return []
    logs = log if isinstance(log, tuple) else (log, log)
    ranges = extent or (_range([p[0] for p in points]), _range([p[1] for p in points]))

    def at(x: float, y: float) -> tuple[float, float]:
        across = _pixel(x, ranges[0], size[0], log=logs[0])
        return across, size[1] - _pixel(y, ranges[1], size[1], log=logs[1])

    spots = [at(*point) for point in points]
    taken: list[Box] = []
    found = []
    for x, y, name in marks:
        boxes = [_box(at(x, y), name, choice) for choice in CHOICES]
        cost = [_clash(box, taken, spots, size) for box in boxes]
        if apart:
            others = [at(*other[:2]) for other in marks if other[:2] != (x, y)]
            cost = [c + 100.0 * _astray(box, at(x, y), others) for c, box in zip(cost, boxes, strict=True)]
        best = cost.index(min(cost))
        taken.append(boxes[best])
        found.append(CHOICES[best])
    return found


def _range(values: Sequence[float]) -> Range:
    return min(values), max(values)


def _pixel(value: float, ends: Range, width: float, *, log: bool) -> float:
    low, high, v = (math.log(x) if log else x for x in (*ends, value))
    return PADDING + (v - low) / ((high - low) or 1.0) * (width - 2 * PADDING)


def _box(centre: tuple[float, float], name: str, choice: Placed) -> Box:
    width = GLYPH * len(name)
    left = {"left": 0.0, "center": -width / 2, "right": -width}[choice.align]
    x, y = centre[0] + choice.dx + left, centre[1] + choice.dy
    return x, y - LINE / 2, x + width, y + LINE / 2


def _astray(box: Box, own: tuple[float, float], others: Sequence[tuple[float, float]]) -> bool:
    """Whether another mark is about as near to the box as its own."""
    return any(_distance(box, other) < _distance(box, own) + LINE for other in others)


def _distance(box: Box, spot: tuple[float, float]) -> float:
    across = max(box[0] - spot[0], spot[0] - box[2], 0.0)
    return math.hypot(across, max(box[1] - spot[1], spot[1] - box[3], 0.0))


def _clash(box: Box, taken: Sequence[Box], spots: Sequence[tuple[float, float]], size: tuple[float, float]) -> float:
    labels = sum(box[0] < b[2] and b[0] < box[2] and box[1] < b[3] and b[1] < box[3] for b in taken)
    covered = sum(box[0] - 4 < x < box[2] + 4 and box[1] - 4 < y < box[3] + 4 for x, y in spots)
    outside = box[0] < 0 or box[2] > size[0] or box[1] < 0 or box[3] > size[1]
    return 100.0 * labels + 1000.0 * outside + min(covered, 50)
