"""A whole review: the document that reports, exports and alerts read."""

from typing import Literal

from planner.outcome.findings import Assumption, Source
from planner.outcome.plan import PlanHead
from planner.outcome.review.advice import Realised, SpendAdvice
from planner.outcome.review.against_plan import AgainstPlans
from planner.outcome.review.attribution import Attributed, DayTotal, MonthTotal, Statement
from planner.outcome.review.budgets import BudgetStatus
from planner.outcome.review.kpis import Efficiency, ModelSummary, MonthChange, UnitCost
from planner.outcome.review.oddities import Anomaly, SpendForecast
from planner.outcome.review.operations import Operations
from planner.outcome.review.sources import Read


class Review(PlanHead):
    """A whole review.

    Money is in USD, days and months in the review's time zone; costs are effective costs (FOCUS EffectiveCost:
    amortised, net of discounts) unless `billed` stands in the name.
    """

    kind: Literal["SpendReview"]
    as_of: str
    """Nothing that starts on this day or later has happened yet."""
    time_zone: str
    month: str
    """Month under review, as 2026-10."""
    month_whole: bool
    """Whether it is over, and every bill covers it."""
    sections: list[str]
    """Parts that reports print, in order; empty for all."""
    read: Read
    months: list[MonthTotal]
    """Oldest first."""
    days: list[DayTotal]
    """Oldest first; at most two years."""
    attributed: list[Attributed]
    """A dimension each; team first."""
    statements: list[Statement]
    """Of the month: one for each team, the largest first, and one for what is unattributed."""
    budgets: list[BudgetStatus]
    unit_costs: list[UnitCost]
    efficiency: Efficiency
    models: list[ModelSummary]
    """The dearest first."""
    change: MonthChange | None
    """Null in the first month."""
    anomalies: list[Anomaly]
    """Newest first."""
    forecasts: list[SpendForecast]
    """The total first."""
    operations: Operations
    advice: list[SpendAdvice]
    """The largest saving a month first."""
    realised: list[Realised]
    against_plans: AgainstPlans | None
    """Null where no plan is named."""
    assumptions: list[Assumption]
    warnings: list[str]
    sources: list[Source]
