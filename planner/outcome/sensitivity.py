"""How a decision moves with what it rests on, and from where on another one would be right."""

from typing import Literal

from pydantic import Field

from planner.outcome.configuration import Figure, Frozen


class Flip(Frozen):
    """Where an input makes another configuration the decision."""

    factor: float = Field(gt=0.0)
    """Factor on the input, nearest to 1 on its side, from which on the decision is another."""
    becomes: str
    """Id of that configuration."""
    text: str
    """The same in words."""


class Sway(Frozen):
    """One input at both ends of its 90 % band, and where the decision flips.

    The inner choices of a run (micro-batch, checkpointing, sharing) are kept under another speed and chosen anew under
    another number of tokens.
    """

    input: Literal["price", "speed", "preemption", "tokens", "gain"]
    what: str
    """What is moved, in words; everything else stays."""
    low_factor: float
    """Factor at the lower end of the band."""
    high_factor: float
    cost_usd_low: Figure
    """Cost of the decided configuration at the lower end."""
    cost_usd_high: Figure
    hours_low: Figure
    hours_high: Figure
    quality_low: Figure
    quality_high: Figure
    flips_below: Flip | None
    """The flip at a factor under 1; null where there is none down to `least_factor`."""
    flips_above: Flip | None
    """The flip at a factor over 1; null where there is none up to `most_factor`."""


class Sensitivity(Frozen):
    """One decision under changed inputs, held against the front and its nearest rivals."""

    decision: str
    configuration: str
    cost_usd: Figure
    hours: Figure
    quality: Figure
    least_factor: float
    most_factor: float
    """How far each input was moved in search of a flip."""
    points: int
    """Configurations that were estimated again."""
    note: str
    """Which these are, and what was left out."""
    inputs: list[Sway]
    """The input that moves the cost most comes first."""
