"""Runs against their plans."""

from typing import Final

from planner.outcome.configuration import Figure, Frozen

CALIBRATION_FILE: Final = "runs-for-calibration.csv"
"""Beside the review's plan.json: what `planner calibrate` learns from its runs."""


class TermError(Frozen):
    """A figure of plans against what came, over the runs that have both."""

    term: str
    """cost_usd, hours, tokens_per_s_per_gpu, gpu_hours, memory_gib, quality."""
    runs: int
    median_ape: Figure
    """Median absolute error over what came."""
    bias: Figure
    """Mean of ln(came / planned)."""
    coverage: Figure
    """Share of runs within the plan's band; null without bands."""


class MatchedRun(Frozen):
    """A run and the configuration that it followed."""

    run: str
    plan: str
    configuration: str
    matched_by: str
    """scenario, or model, method and machine."""
    model: str
    machine: str
    planned_usd: Figure
    planned_lo_usd: Figure
    planned_hi_usd: Figure
    actual_usd: Figure
    planned_hours: Figure
    actual_hours: Figure
    planned_quality: Figure
    actual_quality: Figure
    why: str
    """What makes most of the difference: price, time, preemption, epochs; in words."""


class AgainstPlans(Frozen):
    """Plans against what came."""

    plans: int
    matched: list[MatchedRun]
    unmatched: list[str]
    """Runs without a plan."""
    terms: list[TermError]
    planned_usd: Figure
    actual_usd: Figure
    note: str
    """How `planner calibrate` takes these runs."""
