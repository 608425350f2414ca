"""What a review holds spend against: budgets, unit costs with targets, and how odd is odd."""

from typing import Annotated, Literal

from pydantic import Field, model_validator

from planner.scenario.blocks import Block, Slug
from planner.scenario.quantities import Confidence, Level, Money, Spent
from planner.scenario.spend_rules import Dimension, Where

LEVELS = (0.5, 0.75, 0.8, 0.9, 1.0, 1.1)
Unit = Literal[
    "request", "1k_tokens", "user", "sample", "epoch", "accuracy_point", "gpu_hour", "run", "user_action",
]  # fmt: skip
"""What a unit cost is the cost of one of."""


class SpendBudget(Block):
    """An amount that a month, quarter or year of spend is held against."""

    name: Slug
    """Short name."""
    where: Where | None = None
    """Whose spend counts: {team: research}, {model: "llama-*"}; left out, all."""
    amount: Money
    """The amount of a period, such as $20,000."""
    period: Literal["month", "quarter", "year"] = "month"
    """How long it lasts."""
    levels: Annotated[list[Level], Field(min_length=1, max_length=20)] = Field(default_factory=lambda: list(LEVELS))
    """Levels to tell of when they are reached, or are forecast to be: 0.8 or 80 %."""


class Kpi(Block):
    """A cost of one unit, with what it should be."""

    name: Slug
    """Short name."""
    per: Unit
    """request, 1k_tokens, user, user_action (a conversation), sample, epoch, accuracy_point, run or gpu_hour."""
    where: Where | None = None
    """What counts, cost and units alike: {model: support-bot}; left out, all that has such units."""
    target: Spent | None = None
    """What it should be at most."""
    warn: Spent | None = None
    """Above the target it is a warning, above this it is over; left out, above the target it is over."""

    @model_validator(mode="after")
    def _in_order(self) -> "Kpi":
        if self.target is not None and self.warn is not None and self.warn < self.target:
            message = "a warning starts at the target or above it"
            raise ValueError(message)
        return self


class Anomalies(Block):
    """What counts as unusual."""

    by: Annotated[list[Dimension], Field(min_length=1, max_length=4)] = Field(default=["team", "service"])
    """Series that are looked at, by these dimensions or columns of the bill together; totals always are."""
    sensitivity: Annotated[float, Field(ge=1, le=20)] = 3.5
    """Least distance from the usual, as a modified z-score (0.6745 of the deviations' median, Iglewicz and Hoaglin);
    less finds more."""
    least: Spent = 10.0
    """Least amount above or below the usual that is told, such as $10."""
    least_ratio: Annotated[float, Field(ge=0, le=100)] = 0.25
    """Least share of the usual that it is off by."""


class ForecastOf(Block):
    """How far ahead is looked."""

    days: Annotated[int, Field(ge=7, le=400)] = 90
    """Days after the last one."""
    level: Confidence = 0.9
    """Of the band."""
    by: Dimension = "team"
    """Dimension that is forecast value by value, beside the total."""
