"""Unit costs, trends and what drove the change from one month to the next."""

from typing import Literal

from planner.outcome.configuration import Figure, Frozen


class UnitCost(Frozen):
    """What one unit costs in the month."""

    name: str
    per: str
    where: str
    cost_usd: Figure
    """Effective cost that counts."""
    units: Figure
    unit_cost_usd: Figure
    """cost / units; null where either is unknown."""
    before_usd: Figure
    """In the month before."""
    target_usd: Figure
    warn_usd: Figure
    status: Literal["ok", "warning", "over", "no_target", "unknown"]
    trend: "Trend | None"
    note: str
    """What is not in it, or why it is unknown."""


class Trend(Frozen):
    """Whether a series goes up or down: Mann-Kendall's test with Sen's slope, on weekly values."""

    direction: Literal["up", "down", "none"]
    """none where the p-value is 0.05 or more."""
    per_week: Figure
    """Sen's slope as a share of the median."""
    p_value: Figure
    weeks: int


class Efficiency(Frozen):
    """One score from 0 to 1, and its parts: their weighted geometric mean."""

    score: Figure
    formula: str
    parts: list["EfficiencyPart"]


class EfficiencyPart(Frozen):
    """A part of the score, from 0 to 1."""

    name: str
    value: Figure
    """null where nothing tells it; it is then left out of the score."""
    weight: float
    text: str


class ModelSummary(Frozen):
    """A model over the month (B5): what it cost, and what for."""

    model: str
    team: str
    training_usd: Figure
    serving_usd: Figure
    other_usd: Figure
    total_usd: float
    per_day_usd: Figure
    runs: int
    failed_runs: int
    cost_per_run_usd: Figure
    cost_per_sample_usd: Figure
    cost_per_epoch_usd: Figure
    cost_per_1k_requests_usd: Figure
    cost_per_1k_tokens_usd: Figure
    best_metric: str
    best_value: Figure
    cost_per_point_usd: Figure
    """Cost of the runs over what they gained on the metric since the first, in points of a hundred."""
    before_usd: Figure
    trend: Trend | None


class Driver(Frozen):
    """Part of the change from the month before, of a team, service or card."""

    what: str
    before_usd: float
    after_usd: float
    price_usd: Figure
    """Same quantity at the new price; null where the quantity is unknown."""
    volume_usd: Figure
    """More or less of everything, at the old prices."""
    mix_usd: Figure
    """Dearer or cheaper things in the same quantity."""
    other_usd: float
    """Without a quantity: new, gone, credits. The four make the change."""


class MonthChange(Frozen):
    """The month against the one before, of as many days where it is not over."""

    before: str
    after: str
    before_usd: float
    after_usd: float
    price_usd: float
    volume_usd: float
    mix_usd: float
    other_usd: float
    drivers: list[Driver]
    """By team and service, the largest change first."""
