"""What a report of a business case prints: frozen values, all formatted; templates only lay them out."""

from dataclasses import dataclass

from planner.report.data.business_case_charts import CaseCharts
from planner.report.data.business_case_parts import CaseSection, CaseTable
from planner.report.data.executive import KeyFigure, NextStep, Told
from planner.report.data.report_data import Headline, Title
from planner.report.data.tables import Assumed, Source


@dataclass(frozen=True, slots=True)
class CaseExecutive:
    """One page for who decides about the money."""

    question: str = ""
    """What is decided, in words."""
    answer: str = ""
    figures: tuple[KeyFigure, ...] = ()
    cumulative: str = ""
    """What the chart shows."""
    options: CaseTable | None = None
    """The options beside each other."""
    flows: CaseTable | None = None
    """Cash flow by year."""
    inputs: CaseTable | None = None
    """Those that the answer hangs on, with what they do to it, and their sources."""
    risks: tuple[Told, ...] = ()
    """Other courses of the world, and what may go wrong."""
    steps: tuple[NextStep, ...] = ()
    points: float = 8.0
    """Size of the text on paper: the largest of a few at which the page is one sheet."""


@dataclass(frozen=True, slots=True)
class CaseData:
    """All that a report of one business case prints."""

    title: Title
    feasible: bool
    """Whether a cost of any option is known."""
    headline: Headline
    horizon: str
    """`36 months`."""
    sections: tuple[CaseSection, ...]
    charts: CaseCharts
    executive: CaseExecutive
    assumptions: tuple[Assumed, ...]
    """What the planner filled in; what the case puts in stands in the section `inputs`."""
    sources: tuple[Source, ...]
    warnings: tuple[str, ...]
    labels: tuple[tuple[str, str], ...] = ()
    money: str = ""
    """Costs of the options in the scenario's own currency; empty where it names none."""
    basis: str = ""
    """How money is counted."""
    command: str = ""
    """How the case is reckoned again; empty where its scenario is no file."""
