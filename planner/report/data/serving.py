"""What a report of a serving plan prints: frozen values, formatted as in `report_data`; templates lay them out."""

from dataclasses import dataclass, field

from planner.report.data.bars import Bar
from planner.report.data.details import Split
from planner.report.data.executive import CostOverview, KeyFigure, NextStep, OtherChoice, Told
from planner.report.data.panel import Panel
from planner.report.data.report_data import Headline, Title
from planner.report.data.serving_parts import (
    BreakEven,
    Curve,
    FloorRow,
    LeverRow,
    ReservationRow,
    TargetLine,
    TrafficData,
)
from planner.report.data.serving_rows import ServingDecision, ServingRow
from planner.report.data.tables import Assumed, Count, Cut, Source


@dataclass(frozen=True, slots=True)
class ServingSentences:
    """What charts and tables show, computed from their data."""

    front: str = ""
    sampled: str = ""
    """That the front was sampled and is not proven; empty where it is."""
    quality: str = ""
    """How far to trust the quality of the decisions."""
    load: str = ""
    replicas: str = ""
    ttft: str = ""
    itl: str = ""
    total: str = ""
    cost: str = ""
    cost_note: str = ""
    simulation: str = ""
    """How the law stands against the simulations; empty where none was run."""
    levers: str = ""
    break_even: str = ""
    capacity: str = ""
    reservations: str = ""
    floors: str = ""
    constraints: str = ""
    removed: str = ""
    beside: str = ""
    unknown: str = ""
    """How many combinations have an unknown objective; empty where none has."""
    paper: str = ""
    """The rule by which a paper report is thinned, with counts."""
    paper_table: str = ""
    screen_table: str = ""
    """The rule by which a screen shows a long front first; empty where it shows all."""


@dataclass(frozen=True, slots=True)
class ServingDetail:
    """Where the money of one configuration goes, how fast it answers and what its replicas do."""

    id: str
    splits: tuple[Split, ...]
    """In the order of `ServingDetails.titles`."""


@dataclass(frozen=True, slots=True)
class ServingDetails:
    """What a click on a point shows."""

    titles: tuple[str, ...] = ()
    terms: tuple[tuple[str, ...], ...] = ()
    """Names of the parts under each title."""
    command: str = ""
    """The command that made the plan, as a shell takes it; empty where its words cannot be typed."""
    configurations: tuple[ServingDetail, ...] = ()
    text: str = ""
    """By which rule they are fewer than the front holds; empty where they are all."""


@dataclass(frozen=True, slots=True)
class ServingExecutive:
    """One page for who decides."""

    question: str = ""
    searched: str = ""
    answer: str = ""
    sure: tuple[str, ...] = ()
    figures: tuple[KeyFigure, ...] = ()
    costs: CostOverview = field(default_factory=CostOverview)
    delivers: tuple[str, ...] = ()
    """How fast it answers, against the targets, and with how many replicas."""
    rent_or_api: tuple[str, ...] = ()
    others: tuple[OtherChoice, ...] = ()
    others_note: str = ""
    levers: tuple[Told, ...] = ()
    risks: tuple[Told, ...] = ()
    steps: tuple[NextStep, ...] = ()


@dataclass(frozen=True, slots=True)
class ServingData:
    """All that a report of one serving plan prints."""

    title: Title
    feasible: bool
    """Whether there is anything to show: a front, or something beside it."""
    headline: Headline
    objectives: tuple[str, ...]
    decisions: tuple[ServingDecision, ...]
    front: tuple[ServingRow, ...]
    beside: tuple[ServingRow, ...]
    cloud: tuple[tuple[float, float], ...]
    """(cost in USD a month, p95 latency in seconds) of a sample of dominated combinations."""
    panels: tuple[Panel, ...]
    """Cost against quality, where APIs of unknown latency take part."""
    has_carbon: bool
    has_users: bool
    traffic: TrafficData
    targets: tuple[TargetLine, ...]
    curves: tuple[Curve, ...]
    cost: tuple[Bar, ...]
    cost_terms: tuple[str, ...]
    """Names of the parts that some bar has."""
    levers: tuple[LeverRow, ...]
    break_even: BreakEven
    reservations: tuple[ReservationRow, ...]
    floors: tuple[FloorRow, ...]
    constraints: tuple[Cut, ...]
    infeasible: tuple[Count, ...]
    removed: tuple[Count, ...]
    relaxations: tuple[str, ...]
    assumptions: tuple[Assumed, ...]
    sources: tuple[Source, ...]
    warnings: tuple[str, ...]
    labels: tuple[tuple[str, str], ...] = ()
    first_shown: tuple[str, ...] = ()
    """Ids of the front points that a screen shows first; empty where it shows all."""
    undefined: tuple[str, ...] = ()
    """Decisions that were asked for and that no configuration is."""
    money: str = ""
    """What the decisions cost in the scenario's own currency, and the tax on them; empty where it names neither."""
    calibrated: str = ""
    sentences: ServingSentences = field(default_factory=ServingSentences)
    details: ServingDetails = field(default_factory=ServingDetails)
    executive: ServingExecutive = field(default_factory=ServingExecutive)
