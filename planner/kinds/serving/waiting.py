"""Requests that can wait up to a day, moved into the hours in which least is asked."""

from functools import lru_cache
from typing import Final

import numpy as np

from planner.catalog.rows import Floats

DAY: Final = 24
"""Hours that a request waits at most: what batch interfaces of APIs promise."""
_HALVINGS: Final = 30


def waiting_moved(requests_per_s: Floats, share: float) -> Floats:
    """(168,) rates once a share of the requests of each hour waits, at most a day, for room below the lowest peak.

    First come, first served, up to a level that no hour exceeds unless what cannot wait does: the lowest at which
    nothing waits longer than a day, by bisection. The week repeats, and no request is served before it comes.
    """
    if not share > 0 or not requests_per_s.any():
        return requests_per_s
    return np.array(_moved(tuple(requests_per_s.tolist()), share))


@lru_cache(maxsize=8)
def _moved(rates: tuple[float, ...], share: float) -> tuple[float, ...]:
    """The same for tuples: every set of levers asks again."""
    requests_per_s = np.array(rates)
    kept, waiting = requests_per_s * (1.0 - share), requests_per_s * share
    low, high = 0.0, float(requests_per_s.max())
    for _ in range(_HALVINGS):
        level = (low + high) / 2.0
        low, high = (low, level) if _served(kept, waiting, level) is not None else (level, high)
    found = _served(kept, waiting, high)
    # At the highest rate of all nothing has to wait.
    return rates if found is None else tuple((kept + found).tolist())


def _served(kept: Floats, waiting: Floats, level: float) -> Floats | None:
    """Waiting requests served in each hour of the week at a level; None where one waits longer than a day."""
    hours = len(kept)
    room = np.maximum(level - kept, 0.0).tolist()
    comes = waiting.tolist()
    # What came in the last day: the most that may be left.
    recent = np.array([waiting[np.arange(h - DAY + 1, h + 1) % hours].sum() for h in range(hours)])
    most = (recent * (1.0 + 1e-12) + 1e-12).tolist()
    left = before = 0.0
    served = [0.0] * hours
    # What is left after one week is that of a week that repeats, unless more comes than there is room for.
    for hour in range(2 * hours):
        h = hour % hours
        before = left if hour == hours else before
        asked = left + comes[h]
        served[h] = min(asked, room[h])
        left = asked - served[h]
        if left > most[h]:
            return None
    return np.array(served) if left <= before + most[-1] * 1e-9 else None
