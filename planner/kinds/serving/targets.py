"""Latency targets of a scenario as one list."""

from planner.scenario.serving import Serving
from planner.scenario.traffic import Target

LEVELS = {"p50": 0.50, "p95": 0.95, "p99": 0.99}
DEFAULT_LEVEL = "p95"
"""Of a target that is one number."""


def targets_of(scenario: Serving) -> dict[tuple[str, float], float]:
    """(figure, level) → seconds; figures are ttft, itl and total."""
    found: dict[tuple[str, float], float] = {}
    for figure in ("ttft", "itl", "total"):
        written: Target | float | None = getattr(scenario.latency, figure)
        if written is None:
            continue
        by_level = written.model_dump() if isinstance(written, Target) else {DEFAULT_LEVEL: written}
        found |= {(figure, LEVELS[name]): seconds for name, seconds in by_level.items() if seconds is not None}
    return found


def target_name(figure: str, level: float) -> str:
    """`ttft p95`."""
    return f"{figure} p{100 * level:.0f}"
