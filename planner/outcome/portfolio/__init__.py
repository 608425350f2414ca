"""The types of a plan of the kind Portfolio: kinds/portfolio fills them, reports and exports read them."""

from planner.outcome.portfolio.jobs import Approval, Chosen, JobPlan, Run
from planner.outcome.portfolio.plan import Calendar, PortfolioPlan
from planner.outcome.portfolio.schedule import (
    Change,
    ConflictPart,
    ConflictSet,
    FrontSchedule,
    OutageEffect,
    Proof,
    Totals,
)
from planner.outcome.portfolio.use import BudgetLine, QuotaUse, ShadowWords, TeamMonth

__all__ = [
    "Approval", "BudgetLine", "Calendar", "Change", "Chosen", "ConflictPart", "ConflictSet", "FrontSchedule", "JobPlan",
    "OutageEffect", "PortfolioPlan", "Proof", "QuotaUse", "Run", "ShadowWords", "TeamMonth", "Totals",
]  # fmt: skip
