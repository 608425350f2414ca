"""Cost by volume, and the volume from which the dearer start is the cheaper one (DOMAIN 9.4, MISSION D8)."""

from dataclasses import dataclass
from typing import Final

import numpy as np

_SAME: Final = 1e-12
"""Costs this near to each other, beside their size, are the same."""


@dataclass(frozen=True, slots=True)
class CostLine:
    """A fixed cost and a price of each unit of volume; raises ValueError where one is unknown or infinite."""

    fixed_usd: float
    usd_per_unit: float

    def __post_init__(self) -> None:
        if not np.isfinite([self.fixed_usd, self.usd_per_unit]).all():
            message = "a cost line holds an unknown or infinite number, so nothing can be said about where it crosses"
            raise ValueError(message)

    def usd_at(self, volume: float) -> float:
        """F + a*n."""
        return self.fixed_usd + self.usd_per_unit * volume


@dataclass(frozen=True, slots=True)
class Crossover:
    """The volume at which the cheaper of two lines changes."""

    volume: float
    first_is_cheaper_after: bool


def crossover(first: CostLine, second: CostLine) -> Crossover | None:
    """V* = (F_1 - F_2)/(a_2 - a_1); against an API without a fixed part, fixed/(p_api - p_marginal) (DOMAIN 9.4).

    None where one of them is the cheaper, or as cheap, at all volumes from 0 on.
    """
    apart = first.fixed_usd - second.fixed_usd
    slope = first.usd_per_unit - second.usd_per_unit
    if abs(apart) <= _SAME * max(abs(first.fixed_usd), abs(second.fixed_usd)) or np.sign(apart) * np.sign(slope) >= 0.0:
        return None
    with np.errstate(over="ignore"):
        return Crossover(float(-np.float64(apart) / slope), slope < 0.0)
