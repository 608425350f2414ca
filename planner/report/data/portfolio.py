"""What a report of a portfolio prints: frozen values, all formatted; templates only lay them out."""

from dataclasses import dataclass, field

from planner.report.data.executive import KeyFigure, NextStep, Told
from planner.report.data.portfolio_parts import (
    BudgetBullet,
    FrontDot,
    JobRow,
    OutageRow,
    OutRow,
    QuotaSteps,
    TimeAxis,
)
from planner.report.data.report_data import Headline, Title
from planner.report.data.review_parts import Table
from planner.report.data.tables import Assumed, Source


@dataclass(frozen=True, slots=True)
class PortfolioSentences:
    """What charts and tables show, computed from their data; empty where there is nothing to show."""

    jobs: str = ""
    jobs_left: str = ""
    """How many jobs paper leaves out of the table, and by which rule; empty on a screen."""
    gantt: str = ""
    gantt_legend: str = ""
    """How to read its marks."""
    gantt_screen: str = ""
    """How many jobs a screen leaves out of the chart, and by which rule."""
    gantt_paper: str = ""
    gantt_small: str = ""
    """The same of paper, and of the chart of the executive page."""
    out: str = ""
    budgets: str = ""
    budgets_chart: str = ""
    """How many of the budgets are drawn; empty where all are."""
    budgets_legend: str = ""
    """How to read its marks."""
    months: str = ""
    quotas: str = ""
    quotas_chart: str = ""
    """How many of the quotas are drawn; empty where all are."""
    shadow: str = ""
    """What shadow prices are, and are not."""
    front: str = ""
    front_legend: str = ""
    """How to read its marks."""
    outages: str = ""
    conflict: str = ""
    approvals: str = ""
    moves: str = ""
    carbon: str = ""


@dataclass(frozen=True, slots=True)
class PortfolioExecutive:
    """One page for who decides."""

    question: str = ""
    searched: str = ""
    """How much was compared to answer it."""
    answer: str = ""
    sure: tuple[str, ...] = ()
    figures: tuple[KeyFigure, ...] = ()
    budgets: Table | None = None
    budgets_note: str = ""
    issues: tuple[Told, ...] = ()
    """What is left out, failed or late; where there is no schedule, what is in conflict."""
    issues_title: str = ""
    issues_note: str = ""
    outages: tuple[Told, ...] = ()
    outages_note: str = ""
    approvals: tuple[Told, ...] = ()
    approvals_note: str = ""
    steps: tuple[NextStep, ...] = ()


@dataclass(frozen=True, slots=True)
class PortfolioData:
    """All that a report of one portfolio prints."""

    title: Title
    feasible: bool
    """Whether any job runs, so that there is something to draw."""
    headline: Headline
    period: str
    """`2026-12-01 00:00 to 2026-12-29 00:00, Europe/Berlin`."""
    jobs: tuple[JobRow, ...]
    """Those that run, in order of start."""
    out: tuple[OutRow, ...]
    """Those that do not, as written."""
    axis: TimeAxis
    budgets: Table | None
    bullets: tuple[BudgetBullet, ...]
    """The tightest first, as in the table."""
    months: Table | None
    quotas: Table | None
    steps: tuple[QuotaSteps, ...]
    """Of the quotas that are drawn."""
    shadow: tuple[str, ...]
    front: Table | None
    dots: tuple[FrontDot, ...]
    outages: tuple[OutageRow, ...]
    conflict: Table | None
    approvals: Table | None
    moves: Table | None
    solved: tuple[tuple[str, str], ...]
    """(what, figure) of how the schedule was found."""
    solved_note: str
    """What the proof is about."""
    assumptions: tuple[Assumed, ...]
    sources: tuple[Source, ...]
    warnings: tuple[str, ...]
    labels: tuple[tuple[str, str], ...] = ()
    money: str = ""
    """The sums in the scenario's own currency; empty where it names none."""
    command: str = ""
    """The command that made the plan; empty where its words cannot be typed."""
    sentences: PortfolioSentences = field(default_factory=PortfolioSentences)
    executive: PortfolioExecutive = field(default_factory=PortfolioExecutive)
