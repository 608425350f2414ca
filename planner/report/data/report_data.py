"""What a report prints: plain frozen values, every one of them already formatted; templates only lay them out."""

from dataclasses import dataclass, field

from planner.report.data.advice_rows import Changes
from planner.report.data.bars import Bar, Scale, Work
from planner.report.data.convergence import Convergence
from planner.report.data.details import Details
from planner.report.data.drift import DriftTable
from planner.report.data.executive import Executive
from planner.report.data.impact import ImpactTable
from planner.report.data.managed_rows import ManagedTable
from planner.report.data.models import Models
from planner.report.data.panel import Panel
from planner.report.data.rows import Decision, NearRow, Row
from planner.report.data.spot_rows import PolicyRow
from planner.report.data.spread import RunLimits
from planner.report.data.tables import Assumed, Chance, ClaimTable, Count, Cut, Source


@dataclass(frozen=True, slots=True)
class Title:
    """The title block."""

    name: str
    running: str
    """The name, cut to fit a page header."""
    facts: tuple[tuple[str, str], ...]
    origin: tuple[tuple[str, str], ...]
    author: str
    footer: str
    """Scenario, catalog and planner with their digests, in one line."""
    as_of: str
    question: str = ""
    """What the scenario asks, in its author's words; empty where it does not say."""


@dataclass(frozen=True, slots=True)
class Headline:
    """What a reader in a hurry takes away."""

    sentence: str
    details: tuple[str, ...]
    figures: tuple[tuple[str, str, str], ...]
    """(what, figure, band or remark) of the recommended configuration."""
    caveat: str = ""
    """The one of the details without which the sentence says too much; empty where there is none."""


@dataclass(frozen=True, slots=True)
class Sentences:
    """What each chart shows, computed from its data."""

    front: str = ""
    sampled: str = ""
    """That the front was sampled and is not proven; empty where it is."""
    quality: str = ""
    """How far to trust the quality of the decisions."""
    memory: str = ""
    memory_note: str = ""
    """How to read the frames and lines of the memory chart."""
    cost: str = ""
    cost_note: str = ""
    time: str = ""
    scaling: str = ""
    claims: str = ""
    constraints: str = ""
    removed: str = ""
    unpriced: str = ""
    """Offers in play whose spot price nobody knows, by provider."""
    beside: str = ""
    unknown: str = ""
    """How many combinations have an unknown objective; empty where none has."""
    chances: str = ""
    near: str = ""
    """What plans of another kind were looked for, and where there are none; empty where none were."""
    inactive: str = ""
    panels: str = ""
    """How to read the small multiples of the front."""
    panels_paper: str = ""
    spot_cost: str = ""
    spot_time: str = ""
    paper: str = ""
    """The rule by which a paper report is thinned, with counts."""
    paper_table: str = ""
    screen_table: str = ""
    """The rule by which a screen shows a long front first; empty where it shows all."""


@dataclass(frozen=True, slots=True)
class ReportData:
    """All that a report of one plan prints."""

    title: Title
    feasible: bool
    headline: Headline
    objectives: tuple[str, ...]
    decisions: tuple[Decision, ...]
    front: tuple[Row, ...]
    beside: tuple[Row, ...]
    cloud: tuple[tuple[float, float], ...]
    """(cost in USD, hours) of a sample of dominated combinations."""
    memory: tuple[Bar, ...]
    cost: tuple[Bar, ...]
    time: tuple[Bar, ...]
    work: tuple[Work, ...]
    scaling: tuple[Scale, ...]
    claims: tuple[ClaimTable, ...]
    constraints: tuple[Cut, ...]
    infeasible: tuple[Count, ...]
    removed: tuple[Count, ...]
    relaxations: tuple[str, ...]
    pairings: tuple[Chance, ...]
    assumptions: tuple[Assumed, ...]
    inactive_axes: tuple[str, ...]
    sources: tuple[Source, ...]
    warnings: tuple[str, ...]
    has_carbon: bool
    first_shown: tuple[str, ...] = ()
    """Ids of the front points that a screen shows first; empty where it shows all."""
    undefined: tuple[str, ...] = ()
    """Decisions that were asked for and that no configuration is."""
    near: tuple[NearRow, ...] = ()
    labels: tuple[tuple[str, str], ...] = ()
    changes: Changes = field(default_factory=Changes)
    """What would change the plan: advice, and what its default decision rests on."""
    spot_policies: tuple[PolicyRow, ...] = ()
    """Ways to run the decisions that are on spot machines."""
    run_limits: RunLimits = field(default_factory=RunLimits)
    """Budget and deadline, as lines of charts."""
    panels: tuple[Panel, ...] = ()
    """The front over the other pairs of its objectives."""
    managed: ManagedTable = field(default_factory=ManagedTable)
    """Managed fine-tuning services, where the scenario asks for them."""
    money: str = ""
    """What the decisions cost in the scenario's own currency, and the tax on them; empty where it names neither."""
    in_time: str = ""
    """How likely the default decision meets the deadline; empty without one."""
    price_ages: str = ""
    """How old the prices are that the decisions rest on."""
    calibrated: str = ""
    """What the figures were refitted to; empty where they stand as published."""
    convergence: Convergence = field(default_factory=Convergence)
    """How a sampled search converged, or that an exact one need not."""
    impact: ImpactTable = field(default_factory=ImpactTable)
    """How each swept setting moves the default decision."""
    models: Models = field(default_factory=Models)
    """Quality against cost across models."""
    drifts: tuple[DriftTable, ...] = ()
    """What moved since a baseline and since the previous plan, where they were given."""
    sentences: Sentences = field(default_factory=Sentences)
    details: Details = field(default_factory=Details)
    """Where memory, money and time of each point go, and how to plan it alone."""
    executive: Executive = field(default_factory=Executive)
    """The whole on one page, for who decides."""
