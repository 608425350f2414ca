"""What a report of several plans prints: plain frozen values, formatted as in `data`; templates only lay them out."""

from dataclasses import dataclass, field
from typing import Literal

from planner.report.data.cost_centre import CostReport
from planner.report.data.report_data import Headline, Title
from planner.report.data.rows import Figure, Row

State = Literal["planned", "infeasible", "failed"]


@dataclass(frozen=True, slots=True)
class Member:
    """One plan among several, with the decision that is shown of it; or a scenario that has none."""

    id: str
    """`plan-1`, in the order in which they were named."""
    name: str
    team: str
    """Empty where the plan names none, as the cost centre is."""
    cost_centre: str
    model: str
    """Of what is shown."""
    scenario: str
    """Path of the scenario, shortened."""
    state: State
    reason: str
    """In one line why no decision is shown; empty where one is."""
    decision: str
    """What the shown configuration is called, such as `knee`; `service` where a managed one is the answer."""
    what: str
    """It in one phrase."""
    cost: Figure
    hours: Figure
    quality: Figure
    carbon: Figure
    cost_at_least: bool = False
    """Whether its cost is a lower bound; the text of it says so too."""
    monthly: bool = False
    """Whether it is of what is served and paid by the month, so that it is part of no sum."""
    number: str = ""
    """Its number, where there are too many plans for a chart to name them; else empty."""
    link: str = ""
    """Relative address of the plan's own report, fit for a page; empty where there is none."""
    facts: tuple[tuple[str, str], ...] = ()
    """What plans may differ in: (what, value), the same ones in the same order for every plan with a decision."""
    yardstick: str = ""
    """What quality is measured by; plans with different ones do not compare in it."""
    tokens: float | None = None
    """Tokens of data that the shown configuration trains on, padding left out."""
    as_of: str = ""
    """Date of the plan's catalog."""
    planner: str = ""
    decisions: tuple[Row, ...] = ()
    """All decisions, those that coincide once, with their names as `roles`."""


@dataclass(frozen=True, slots=True)
class Sum:
    """Plans of one team, one cost centre, one model, or all of them together."""

    name: str
    plans: str
    cost: str
    """Of the plans whose cost is known; `at least …` where one of them is a lower bound."""
    cost_value: float
    unknown: str
    """How many others there are; empty where there is none."""
    hours: str
    """Wall-clock time if they ran one after another; `at least …` where that of a decision is unknown."""
    share: str
    """Of the known cost of all."""


@dataclass(frozen=True, slots=True)
class Standing:
    """How one plan stands on one objective among the others."""

    gap: str
    """`lowest`, or by how much it is behind."""
    sure: str
    """How likely it is really behind: the bands may not tell them apart."""
    first: bool


@dataclass(frozen=True, slots=True)
class Block:
    """What some plans differ in, side by side."""

    heads: tuple[str, ...]
    rows: tuple[tuple[str, tuple[str, ...]], ...]
    """(what, its value for each plan)."""


@dataclass(frozen=True, slots=True)
class Compared:
    """Several plans held against each other; empty where there are too many for that, or only one."""

    lead: str = ""
    """Who is first on what, in one sentence."""
    objectives: tuple[str, ...] = ()
    standings: tuple[tuple[Standing, ...], ...] = ()
    """Of each plan in order, on each objective."""
    verdicts: tuple[str, ...] = ()
    """Who is first on what, and whether the bands tell it from the next: a sentence for each objective."""
    differing: tuple[Block, ...] = ()
    same: str = ""
    """What is the same for all."""
    caveats: tuple[str, ...] = ()
    """What makes the plans hard to compare."""


@dataclass(frozen=True, slots=True)
class CollectionSentences:
    """What tables and charts show, computed from their data."""

    decisions: str = ""
    """What the chart of all decisions shows."""
    legend: str = ""
    """How it is read."""
    totals: str = ""
    paper: str = ""
    """The rule by which paper shows a part; empty on a screen, and where it shows all."""


@dataclass(frozen=True, slots=True)
class Collection:
    """All that a report of several plans prints."""

    title: Title
    feasible: bool
    """Whether any plan has a decision to show."""
    headline: Headline
    labels: tuple[tuple[str, str], ...]
    """Labels that all plans have in common."""
    members: tuple[Member, ...]
    has_carbon: bool
    total: Sum
    teams: tuple[Sum, ...]
    cost_centres: tuple[Sum, ...]
    models: tuple[Sum, ...]
    compared: Compared = field(default_factory=Compared)
    spend: CostReport = field(default_factory=CostReport)
    """Budgets and actual spend; empty where the template does not ask for them."""
    warnings: tuple[str, ...] = ()
    sentences: CollectionSentences = field(default_factory=CollectionSentences)
