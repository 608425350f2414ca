"""What is unusual, and where it goes from here."""

from typing import Literal

from planner.outcome.configuration import Figure, Frozen


class Anomaly(Frozen):
    """Days on which a series was unlike what it usually is."""

    series: dict[str, str]
    """Dimension or column → value; empty for the total."""
    first_day: str
    last_day: str
    kind: Literal["spike", "drop", "level", "leak"]
    """spike and drop: some days; level: since then; leak: slowly more and more."""
    actual_usd: float
    """Over these days."""
    expected_usd: float
    ratio: Figure
    score: float
    """Largest modified z-score of these days."""
    in_month: bool
    """Whether any of these days is in the month under review."""
    causes: list[str]
    """What makes most of the difference: resources, runs, models; in words."""
    text: str
    """training in research, 3.1 times the usual on 14 October, from run rsch-0412."""


class ModelScore(Frozen):
    """How a model of forecasts did, by rolling origin."""

    model: str
    mase: Figure
    """Mean absolute error over that of the seasonal naive; below 1 is better."""
    wape: Figure
    """Sum of absolute errors over the sum of what came."""
    coverage: Figure
    """Share of what came that lay in the band."""
    chosen: bool


class ForecastDay(Frozen):
    """A day to come."""

    day: str
    usd: float
    lo_usd: Figure
    hi_usd: Figure


class ForecastMonth(Frozen):
    """A month: what is spent in it so far plus the forecast of its other days."""

    month: str
    usd: float
    lo_usd: Figure
    hi_usd: Figure
    spent_usd: float


class SpendForecast(Frozen):
    """Where a series goes."""

    dimension: str
    value: str
    """Empty for the total, which has no dimension, and for what is unattributed."""
    model: str
    """Seasonal naive unless another was better."""
    level: float
    days_seen: int
    scores: list[ModelScore]
    days: list[ForecastDay]
    """Of the total only; of others empty."""
    months: list[ForecastMonth]
    note: str
    """Why there is none, or what makes it doubtful."""
