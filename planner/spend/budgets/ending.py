"""Where a period of spend ends: what is spent so far, and what simulated paths add to it."""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from planner.catalog.rows import Floats
from planner.spend.forecasting.outlook import Outlook

Forecaster = Callable[[Floats, np.datetime64, int, float], Outlook]
"""(values (D,), first day, days ahead H, level of the band) → the days to come."""


@dataclass(frozen=True, slots=True)
class Ending:
    """The end of a period, in USD; NaN where nothing tells it."""

    spent: float
    point: float
    lo: float
    hi: float
    chance_over: float
    """Chance that the period ends above the amount."""
    reached: Floats
    """(H,) what is spent by the end of each day that is left."""
    model: str
    """Empty where no day is left."""


def ending(
    spent: float, history: Floats, first_day: np.datetime64, left: int, amount: float, level: float,
    forecast: Forecaster,
) -> Ending:  # fmt: skip
    """The end of a period of which `left` days remain after `history` (D,), one value a day from `first_day`.

    Spent so far plus the forecast of the rest. The band is that of spent plus the sum of each simulated path, never a
    sum of bounds, and the chance is the share of paths that end above `amount` (DOMAIN 10). Days before the first
    charge are no history of it.
    """
    if left == 0:
        return Ending(spent, spent, spent, spent, float(spent > amount), np.zeros(0), "")
    charged = np.flatnonzero(history)
    begun = int(charged[0]) if len(charged) else len(history)
    found = forecast(history[begun:], first_day + begun, left, level)
    ends = spent + found.samples.sum(axis=1)
    lo, hi = np.quantile(ends, [(1 - level) / 2, (1 + level) / 2])
    reached = spent + np.cumsum(found.point)
    chance = float(np.mean(ends > amount)) if np.isfinite(ends).all() else float("nan")
    return Ending(spent, float(reached[-1]), float(lo), float(hi), chance, reached, found.model)
