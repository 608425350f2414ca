"""A whole plan of the kind Portfolio."""

from typing import Literal

from pydantic import Field

from planner.outcome.configuration import Figure, Frozen
from planner.outcome.findings import Assumption, Source
from planner.outcome.plan import PlanHead
from planner.outcome.portfolio.jobs import JobPlan
from planner.outcome.portfolio.schedule import ConflictSet, FrontSchedule, OutageEffect, Proof, Totals
from planner.outcome.portfolio.use import BudgetLine, QuotaUse, ShadowWords, TeamMonth


class Calendar(Frozen):
    """The time that is planned."""

    begins: str
    """As 2026-12-01T00:00:00+01:00."""
    ends: str
    time_zone: str
    horizon_hours: float
    now: str = ""
    """Where the portfolio runs already: nothing else starts before."""
    months: list[str]
    """2026-12 …; those that the horizon touches."""
    closed: list[list[str]] = Field(default_factory=list)
    """[from, until, why] of the blackouts of all jobs."""


class PortfolioPlan(PlanHead):
    """Which configuration for each job, and when: what is chosen, what that uses of everything, and how sure it is.

    Money is in USD.
    """

    kind: Literal["Portfolio"]
    calendar: Calendar
    jobs: list[JobPlan]
    """Those that run in order of start, then those that do not, as written."""
    totals: Totals
    proof: Proof
    budgets: list[BudgetLine]
    team_months: list[TeamMonth]
    """By team, then month; months without spend of a team without a budget are left out."""
    quotas: list[QuotaUse]
    carbon_limit_kg: Figure = None
    shadow: ShadowWords
    front: list[FrontSchedule]
    """The portfolio's own front, cheapest first; empty where it was not asked for, or nothing runs."""
    outages: list[OutageEffect]
    conflict: ConflictSet | None = None
    """What cannot be kept together, where there is no schedule."""
    assumptions: list[Assumption]
    warnings: list[str]
    sources: list[Source]
