"""How requests spread over a week: named shapes, or weights of a day's or a week's hours."""

from collections.abc import Mapping, Sequence
from functools import cache
from pathlib import Path
from types import MappingProxyType
from typing import Final

import numpy as np

from planner.catalog.rows import Floats
from planner.source import read_document
from planner.traffic.traffic import week
from planner.units import HOURS_PER_WEEK

_FILE: Final = Path(__file__).with_name("shapes.yaml")
_HOURS_OF_A_DAY: Final = 24
SHAPES: Final = ("flat", "daytime", "office_hours")
"""Names of the shapes, as a scenario writes them."""


@cache
def _named() -> Mapping[str, Floats]:
    shapes = {}
    for name, row in read_document(_FILE, "planner/traffic/shapes.yaml").data.items():
        days = [*[row["weekday"]] * 5, *[row["weekend"]] * 2]
        shapes[name] = week(np.concatenate(days))
    return MappingProxyType(shapes)


def weekly_weights(shape: str | Sequence[float]) -> Floats:
    """Weights of the 168 hours of a week with a mean of 1, Monday 00:00 UTC first.

    `shape` is a name, or 24 weights (every day alike), or 168. Raises ValueError for anything else.
    """
    if isinstance(shape, str):
        if shape not in _named():
            message = f"no shape {shape!r}; shapes: {', '.join(_named())}, or 24 or {HOURS_PER_WEEK} weights"
            raise ValueError(message)
        weights = _named()[shape]
    else:
        if len(shape) not in (_HOURS_OF_A_DAY, HOURS_PER_WEEK):
            message = f"a shape has {_HOURS_OF_A_DAY} or {HOURS_PER_WEEK} weights, not {len(shape)}"
            raise ValueError(message)
        weights = week(np.resize(np.array(shape, dtype=np.float64), HOURS_PER_WEEK))
    if not (np.isfinite(weights).all() and (weights >= 0).all() and weights.sum() > 0):
        message = "weights of a shape are numbers of at least 0, and not all of them are 0"
        raise ValueError(message)
    scaled: Floats = weights / weights.mean()
    return scaled


def sharpened(weights: Floats, peak_to_mean: float) -> Floats:
    """The weights, (168,), raised to the power that puts their highest at `peak_to_mean` times their mean.

    A power keeps the order of the hours and what is 0. The highest weight over the mean grows with the power, from 1
    to 168 over the number of highest hours; beyond what can be reached the weights stay as they are.
    """
    weights = weights / weights.max()
    highest = HOURS_PER_WEEK / float((weights == 1.0).sum())
    if not 1.0 < peak_to_mean < highest:
        return weights / weights.mean() if peak_to_mean > 1.0 else np.ones(HOURS_PER_WEEK)
    low, high = 0.0, 1.0
    while 1.0 / (weights**high).mean() < peak_to_mean:
        high *= 2
    for _ in range(60):
        power = (low + high) / 2
        low, high = (power, high) if 1.0 / (weights**power).mean() < peak_to_mean else (low, power)
    raised: Floats = weights**high
    scaled: Floats = raised / raised.mean()
    return scaled
