"""What to change: every saving is what the change would have saved on the history of the review."""

from typing import Literal

from pydantic import Field

from planner.outcome.configuration import Figure, Frozen

AdviceKind = Literal[
    "right_size", "spot", "reserve", "schedule", "early_stop", "epochs", "dataset", "cache", "auto_scale", "idle",
    "failed_runs", "cheaper_card",
]  # fmt: skip


class SpendAdvice(Frozen):
    """A change worth making."""

    kind: AdviceKind
    about: str
    """Whose: a model, team, resource or card."""
    text: str
    """What to do, in a sentence."""
    saving_usd: float
    """What it would have saved over the history that was looked at."""
    saving_lo_usd: Figure
    saving_hi_usd: Figure
    per_month_usd: float
    hours_saved: Figure
    confidence: Literal["high", "medium", "low"]
    steps: list[str]
    risk: str
    basis: str
    """How the saving was computed, and on which days and runs."""
    first_day: str
    last_day: str
    overlaps: list[str] = Field(default_factory=list)
    """Kinds of other advice that touch the same money, so that the savings do not add up."""


class Realised(Frozen):
    """Advice of an earlier review or plan against what came: savings realised against savings advised."""

    kind: str
    about: str
    advised_usd: float
    realised_usd: Figure
    text: str
