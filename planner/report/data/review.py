"""What a report of a review of spend prints: frozen values, all formatted; templates only lay them out."""

from dataclasses import dataclass, field
from typing import Final

from planner.report.data.executive import KeyFigure, Told
from planner.report.data.report_data import Headline, Title
from planner.report.data.review_charts import ReviewCharts
from planner.report.data.review_parts import Meeting, ReviewSection, Table
from planner.report.data.tables import Assumed, Source

SECTIONS: Final = (
    "summary", "attribution", "budget", "drivers", "anomalies", "forecast", "recommendations", "agenda", "kpis",
    "model", "prices", "plans", "health",
)  # fmt: skip
"""Parts of the report that can be asked for, in the order of the page: what was spent, by whom, against which budget,
what is odd, where it goes, what to change and who decides; then what that rests on."""


@dataclass(frozen=True, slots=True)
class ReviewExecutive:
    """One page for a director."""

    answer: str = ""
    """What it cost, against the month before, and where it is heading."""
    figures: tuple[KeyFigure, ...] = ()
    facts: tuple[Told, ...] = ()
    """The three facts that matter."""
    teams: Table | None = None
    budgets: Table | None = None
    budgets_note: str = ""
    odd: tuple[Told, ...] = ()
    odd_note: str = ""
    """That nothing was odd, or how much more there is."""
    changes: tuple[Told, ...] = ()
    """What to change, with its dollars a month."""
    changes_note: str = ""
    risks: tuple[Told, ...] = ()
    """What may go wrong, and how far the figures can be trusted."""
    trend: str = ""
    """What the chart of months shows."""


@dataclass(frozen=True, slots=True)
class ReviewAgenda:
    """The agenda of each review, filled with this period's facts."""

    lead: str = ""
    decisions: Table | None = None
    """Decisions to take, those about most money first."""
    meetings: tuple[Meeting, ...] = ()


@dataclass(frozen=True, slots=True)
class ReviewData:
    """All that a report of one review prints."""

    title: Title
    feasible: bool
    """Whether there is a month with charges to show."""
    headline: Headline
    period: str
    """`October 2026`, with what is missing of it."""
    sections: tuple[ReviewSection, ...]
    """Those that were asked for, or all that have something to say, in order."""
    charts: ReviewCharts
    executive: ReviewExecutive
    agenda: ReviewAgenda
    assumptions: tuple[Assumed, ...]
    sources: tuple[Source, ...]
    warnings: tuple[str, ...]
    labels: tuple[tuple[str, str], ...] = ()
    money: str = ""
    """The month in the scenario's own currency; empty where it names none."""
    basis: str = ""
    """What cost is meant, and how days are counted."""
    command: str = ""
    """How this is printed again with other parts."""
    left_out: tuple[str, ...] = field(default_factory=tuple)
    """Parts that were not asked for, or have nothing to say."""
