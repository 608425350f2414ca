"""What each swept setting does to a decision: the same job with that one setting at its other values."""

from typing import Any

from pydantic import Field

from planner.outcome.configuration import Figure, Frozen


class AxisTrial(Frozen):
    """A decision with one axis at one value: estimated again, everything else kept, on its own machine and offer."""

    axis: str
    """Dotted path: `train.epochs`."""
    value: Any
    own: bool
    """Whether this is the value that the decision has."""
    cost_usd: Figure
    """All figures are null where it does not run."""
    hours: Figure
    quality: Figure
    memory_gib: Figure
    """Of the fullest GPU; of the smallest attempt where nothing fits."""
    stopped_by: str = ""
    """What stops it, the limit it breaks, or the scenario's rules; empty where it may be run."""


class Impact(Frozen):
    """How the axes of a scenario move one decision, one axis at a time."""

    decision: str
    configuration: str
    """Its id."""
    trials: list[AxisTrial] = Field(default_factory=list)
    """In the order of the axes and of their values; of long axes an even spread, both ends and the own value in it."""
    left_out: list[str] = Field(default_factory=list)
    """Axes that do not apply to the decision's method."""
