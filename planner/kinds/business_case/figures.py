"""Columns as figures of an outcome: unknown and infinite ones are null, draws become bands."""

import math

import numpy as np

from planner.catalog.rows import Floats
from planner.estimate.finance.uncertainty import spread_of
from planner.outcome.business_case import Banded
from planner.outcome.configuration import Figure

_NOISE = 1e-12
"""Draws that differ by no more than this, beside their size, are the same."""


def figure(value: float | Floats) -> Figure:
    """A number, or the one that a column holds; None where it is unknown or infinite."""
    found = float(value) if isinstance(value, float) else float(np.ravel(value)[0])
    return found if math.isfinite(found) else None


def listed(column: Floats) -> list[Figure]:
    """(months,) figures of a series."""
    return [figure(value) for value in column.tolist()]


def banded(middle: float | Floats, drawn: Floats | None) -> Banded:
    """A figure with its band; none where no draw moves it."""
    value = figure(middle)
    if drawn is None or len(drawn) == 1 or not _moves(drawn):
        return Banded(value=value)
    spread = spread_of(drawn)
    return Banded(value=value, lo=figure(spread.low), hi=figure(spread.high), mean=figure(spread.mean))


def _moves(drawn: Floats) -> bool:
    low, high = float(drawn.min()), float(drawn.max())
    if not (math.isfinite(low) and math.isfinite(high)):
        return low != high
    return high - low > _NOISE * max(abs(low), abs(high))
