"""What to relax when nothing is feasible."""

from collections.abc import Callable, Mapping

import numpy as np

from planner.choose.exact import Found
from planner.kinds.limits import Limit
from planner.outcome import Relaxation
from planner.units import duration, kilograms, usd

_WORDS: Mapping[str, Callable[[float], str]] = {
    "usd": usd,
    "hours": duration,
    "share": lambda value: f"{value:.1%}",
    "points": lambda value: f"{value:g} points",
    "q": lambda value: f"q {value:.3f}",
    "kg": kilograms,
}
_STEP = {"usd": 0.01, "hours": 0.1, "share": 0.001, "points": 0.01, "q": 0.001, "kg": 0.1}


def relaxations(limits: tuple[Limit, ...], found: Found) -> list[Relaxation]:
    """Every limit that alone stands in the way, with the value that lets something through; smallest change first."""
    named = []
    for limit in limits:
        if limit.name not in found.relaxed:
            continue
        needed = _rounded(found.relaxed[limit.name][0], limit)
        words = _WORDS[limit.unit]
        verb = "raise" if limit.upper else "lower"
        named.append(
            Relaxation(
                constraint=limit.name,
                limit=limit.value,
                needed=needed,
                unit=limit.unit,
                change=abs(needed - limit.value) / max(abs(limit.value), 1e-9),
                text=f"{verb} {limit.name} from {words(limit.value)} to {words(needed)}",
            )
        )
    return sorted(named, key=lambda relaxation: relaxation.change)


def _rounded(value: float, limit: Limit) -> float:
    """A needed value rounded to the side that still lets the combination through."""
    step = _STEP[limit.unit]
    steps = np.ceil(value / step - 1e-9) if limit.upper else np.floor(value / step + 1e-9)
    return round(float(steps * step), 6)
