"""How sure a saving is: the bootstrap over runs or weeks, and a word for it."""

from typing import Final

import numpy as np

from planner.catalog.rows import Floats
from planner.spend.advice.found import TRUSTS, Trust
from planner.units import Z90

SEED: Final = 20261101
DRAWS: Final = 2000
FEWEST: Final = 3
"""Runs or weeks below which nothing is said about the spread."""
MANY: Final = 2000
"""From so many on the sum is taken as normal: what resampling them would give."""


def band_usd(savings_usd: Floats) -> tuple[float | None, float | None]:
    """The 90 % band of the sum: percentiles of sums of resampled parts (Efron 1979, the percentile bootstrap).

    The generator is seeded, so that a review is the same every time. (None, None) for fewer than `FEWEST` parts.
    """
    number = len(savings_usd)
    if number < FEWEST:
        return None, None
    if number >= MANY:
        half = Z90 * float(savings_usd.std()) * np.sqrt(number)
        return float(savings_usd.sum() - half), float(savings_usd.sum() + half)
    draws = np.random.default_rng(SEED).multinomial(number, np.full(number, 1.0 / number), DRAWS) @ savings_usd
    low, high = np.percentile(draws, (5.0, 95.0)).tolist()
    return low, high


def confidence(savings_usd: Floats, at_most: Trust = "high") -> Trust:
    """high: 12 parts or more and at least half of the saving is left at the band's lower end; medium: 4 and any is."""
    low, _ = band_usd(savings_usd)
    number, total = len(savings_usd), float(savings_usd.sum())
    word: Trust = "low"
    if low is not None and number >= 4 and low > 0.0:
        word = "high" if number >= 12 and low >= 0.5 * total else "medium"
    return min(word, at_most, key=TRUSTS.index)
