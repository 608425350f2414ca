"""Spread of estimates, as standard deviations of ln (DOMAIN 12), and the 90 % bands made from them."""

from typing import Final

import numpy as np

from planner.catalog.rows import Floats
from planner.units import Z90

TOKENS_SD: Final = 0.15
"""Token counts that were typed in or estimated from bytes, not counted with a tokenizer (DOMAIN 12)."""
TOKENISED_SD: Final = 0.03
"""Token counts made with a tokenizer (DOMAIN 12)."""
OVERHEAD_SD: Final = 0.35
"""Start-up, evaluation and saving, against engineering defaults [E]."""
MEMORY_SD: Final = 0.08
"""Memory before calibration (DOMAIN 12: +-8 %)."""
CARBON_SD: Final = 0.25
"""Power and grid intensity together [E]."""
PRICE_SD: Final = {"high": 0.02, "medium": 0.10, "low": 0.25, "quoted": 0.35}
"""List prices by confidence [E]."""


def combined(*sds: Floats | float) -> Floats:
    """Independent spreads on ln add in squares."""
    total: Floats = np.zeros(())
    for sd in sds:
        total = total + np.square(sd)
    return np.sqrt(total)


def band(value: Floats | float, sd: Floats | float) -> tuple[Floats, Floats]:
    """Central 90 % band of a lognormal figure with median `value`."""
    return np.asarray(value * np.exp(-Z90 * np.asarray(sd))), np.asarray(value * np.exp(Z90 * np.asarray(sd)))
