"""Continuous axes: all values between two ends, and the few of them that the coarse pass tries."""

import math
from dataclasses import dataclass

import numpy as np

from planner.catalog.rows import Floats

DIGITS = 6
"""Significant digits of a continuous value: enough to optimise, few enough to write down."""


@dataclass(frozen=True, slots=True)
class Interval:
    """The values of a continuous axis."""

    low: float
    high: float
    step: float | None
    """Distance between values; None where any number will do."""

    @property
    def last(self) -> float:
        """Largest value that is reached."""
        return self.high if self.step is None else self.low + self.steps * self.step

    @property
    def steps(self) -> int:
        """Steps from the first to the last value; 0 without steps."""
        return 0 if self.step is None else math.floor((self.high - self.low) / self.step + 1e-9)

    def snap(self, values: Floats) -> Floats:
        """The nearest values the axis may take."""
        if self.step is not None:
            count = np.clip(np.round((values - self.low) / self.step), 0, self.steps)
            return np.round(self.low + count * self.step, 9)
        largest = max(abs(self.low), abs(self.high), 1e-12)
        decimals = DIGITS - math.ceil(math.log10(largest))
        return np.clip(np.round(values, decimals), self.low, self.high)

    def grid(self, count: int) -> list[float]:
        """At most `count` evenly spread values, both ends among them."""
        values = self.snap(np.linspace(self.low, self.last, count))
        return [float(value) for value in np.unique(values)]


def grid_size(intervals: int) -> int:
    """Values per continuous axis in the coarse pass: fewer where there are more axes to combine."""
    return 5 if intervals <= 2 else 4 if intervals == 3 else 3
