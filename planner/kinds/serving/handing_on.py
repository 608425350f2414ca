"""What a cascade makes of latency: who is handed on waits for the whole answer of the smaller model first.

A request takes longer than a1 + a2 only if its first answer takes longer than a1, or if it is handed on and the larger
model takes longer than a2: P(L > a1 + a2) <= P(L1 > a1) + e*P(L2 > a2), whatever the two have to do with each other.
Half of what a level leaves goes to each, so that the sums are bounds, not estimates.
"""

from collections.abc import Mapping
from typing import Final

FIRST_SHARE: Final = 0.5
"""Part of the time that a target allows which the smaller model may take [E]."""
_LEAST_LEVEL: Final = 0.01


def first_level(level: float) -> float:
    """Level at which the smaller model's latency counts, of a level over all requests."""
    return 1.0 - (1.0 - level) / 2.0


def second_level(level: float, escalate: float) -> float:
    """The same of the larger model, among the requests that are handed on."""
    return max(1.0 - (1.0 - level) / (2.0 * escalate), _LEAST_LEVEL) if escalate > 0 else _LEAST_LEVEL


Targets = dict[tuple[str, float], float]


def first_targets(targets: Mapping[tuple[str, float], float]) -> Targets:
    """Seconds for the whole answer of the smaller model: no token of it is shown before it is judged."""
    found: Targets = {}
    for (figure, level), seconds in targets.items():
        if figure in ("ttft", "total"):
            key = ("total", first_level(level))
            found[key] = min(found.get(key, seconds), FIRST_SHARE * seconds)
    return found


def second_targets(targets: Mapping[tuple[str, float], float], escalate: float) -> Targets:
    """What is left for the larger model, in the order of the targets; tokens follow each other as they were to."""
    found: Targets = {}
    for (figure, level), seconds in targets.items():
        if figure == "itl":
            found[figure, level] = seconds
        else:
            key = (figure, second_level(level, escalate))
            found[key] = min(found.get(key, seconds), (1.0 - FIRST_SHARE) * seconds)
    return found
