"""Where the names of decisions go on the front chart, so that they cover neither each other nor a point."""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final, Literal

GLYPH: Final = 6.6
"""Mean width of a bold 11-pixel letter."""
LINE: Final = 14.0


@dataclass(frozen=True, slots=True)
class Placed:
    """A label's offset from its point, in pixels."""

    dx: float
    dy: float
    align: Literal["left", "center", "right"]


CHOICES: Final = (
    Placed(12, -9, "left"), Placed(-12, -9, "right"), Placed(12, 10, "left"), Placed(-12, 10, "right"),
    Placed(0, -18, "center"), Placed(0, 19, "center"), Placed(12, -24, "left"), Placed(-12, 26, "right"),
)  # fmt: skip

Box = tuple[float, float, float, float]


def place(
    marks: Sequence[tuple[float, float, str]],
    points: Sequence[tuple[float, float]],
    *,
    size: tuple[float, float],
    log: bool,
) -> list[Placed]:
    """The first choice for each mark (x, y, name) whose box hits the fewest labels and points and stays inside."""
    if not marks:
        return []
    xs, ys = _pixels([p[0] for p in points], size[0], log=log), _pixels([p[1] for p in points], size[1], log=log)
    spots = [(x, size[1] - y) for x, y in zip(xs, ys, strict=True)]
    at = dict(zip(points, spots, strict=True))
    taken: list[Box] = []
    found = []
    for x, y, name in marks:
        centre = at[(x, y)]
        boxes = [_box(centre, name, choice) for choice in CHOICES]
        cost = [_clash(box, taken, spots, size) for box in boxes]
        best = cost.index(min(cost))
        taken.append(boxes[best])
        found.append(CHOICES[best])
    return found


def _pixels(values: Sequence[float], width: float, *, log: bool) -> list[float]:
    scaled = [math.log(v) if log else v for v in values]
    low, span = min(scaled), max(scaled) - min(scaled)
    return [24 + (v - low) / (span or 1.0) * (width - 48) for v in scaled]


def _box(centre: tuple[float, float], name: str, choice: Placed) -> Box:
    width = GLYPH * len(name)
    left = {"left": 0.0, "center": -width / 2, "right": -width}[choice.align]
    x, y = centre[0] + choice.dx + left, centre[1] + choice.dy
    return x, y - LINE / 2, x + width, y + LINE / 2


def _clash(box: Box, taken: Sequence[Box], spots: Sequence[tuple[float, float]], size: tuple[float, float]) -> float:
    labels = sum(box[0] < b[2] and b[0] < box[2] and box[1] < b[3] and b[1] < box[3] for b in taken)
    covered = sum(box[0] - 4 < x < box[2] + 4 and box[1] - 4 < y < box[3] + 4 for x, y in spots)
    outside = box[0] < 0 or box[2] > size[0] or box[1] < 0 or box[3] > size[1]
    return 100.0 * labels + 1000.0 * outside + covered
