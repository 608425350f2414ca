"""When it is told that samples are cut or that memory may not do, and how sure a configuration fits in its cards."""

import math
from statistics import NormalDist
from typing import Final

from planner.outcome.configuration import Memory
from planner.units import Z90

CUT_SHARE: Final = 0.05
"""Share of cut samples from which on they are told."""
MAY_NOT_FIT: Final = 0.1
"""Chance of running out of memory from which on it is told."""


def chance_of_no_fit(memory: Memory) -> float:
    """Probability that the job needs more than its card has, by the 90 % band of its estimate (ln-normal)."""
    sd = math.log(memory.total_hi / memory.total_lo) / (2.0 * Z90)
    middle = math.log(memory.total_hi * memory.total_lo) / 2.0
    return 1.0 - NormalDist(middle, sd).cdf(math.log(memory.usable))
