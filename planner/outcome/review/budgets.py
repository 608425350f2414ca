"""Budgets: how much of each is used, and where the period ends at this rate."""

from typing import Literal

from planner.outcome.configuration import Figure, Frozen


class Crossing(Frozen):
    """A level of a budget."""

    level: float
    """Share of the amount."""
    reached_on: str
    """Day on which it was reached; empty where it was not."""
    forecast_on: str
    """Day on which the forecast reaches it within the period; empty where it does not."""


class BudgetStatus(Frozen):
    """A budget in its period."""

    name: str
    where: str
    """Whose spend counts, in words."""
    period: Literal["month", "quarter", "year"]
    start: str
    end: str
    """First day after the period."""
    amount_usd: float
    spent_usd: float
    """Effective cost since the start."""
    used: float
    """spent / amount."""
    elapsed: float
    """Share of the period that is over."""
    run_rate_usd: Figure
    """What the whole period costs if the mean day so far goes on; null before the first day is over."""
    forecast_usd: Figure
    """What is spent plus the forecast of the rest."""
    forecast_lo_usd: Figure
    forecast_hi_usd: Figure
    forecast_model: str
    chance_over: Figure
    """Chance that the period ends above the amount."""
    status: Literal["ok", "warning", "over", "forecast_over"]
    """over: spent more; forecast_over: expected to; warning: a level is reached that is the whole amount, or
    more than the share of the period that is over."""
    crossings: list[Crossing]
    drivers: list[str]
    """What makes most of it, in words."""
