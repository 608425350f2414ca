"""What a report prints: plain frozen values, every one of them already formatted; templates only lay them out."""

from dataclasses import dataclass, field

from planner.report.advice_rows import Changes
from planner.report.convergence import Convergence
from planner.report.details_data import Details
from planner.report.drift_rows import DriftTable
from planner.report.executive_data import Executive
from planner.report.impact import ImpactTable
from planner.report.managed_rows import ManagedTable
from planner.report.model_performance_rows import Models
from planner.report.panel import Panel
from planner.report.spot_rows import PolicyRow
from planner.report.spread import RunLimits


@dataclass(frozen=True, slots=True)
class Figure:
    """One estimate as it is printed, with the numbers that charts and sorting need."""

    text: str
    band: str
    """The central 90 % band as printed; empty where none is known."""
    label: str
    """How far to trust it."""
    value: float | None
    low: float | None
    high: float | None

    @property
    def sort(self) -> str:
        """What tables sort by: six significant digits, empty where unknown."""
        return "" if self.value is None else f"{self.value:.6g}"


@dataclass(frozen=True, slots=True)
class Row:
    """One configuration as tables and charts show it."""

    id: str
    roles: tuple[str, ...]
    """Decisions this configuration is: cheapest, fastest, best, knee."""
    model: str
    method: str
    settings: str
    """Axis values, shortened."""
    machine: str
    offer: str
    tier: str
    price: str
    """Price of the machine, with the date and confidence of the price."""
    spot: str
    """What is known of preemption, and the rate at which on demand is cheaper; empty on demand."""
    cost: Figure
    hours: Figure
    quality: Figure
    memory: Figure
    carbon: Figure
    unknown: tuple[str, ...]
    timed: str = ""
    """What the start makes of the cost; empty where the price does not depend on the time."""

    @property
    def what(self) -> str:
        """The configuration in one phrase."""
        parts = (self.model, self.method, self.settings, self.machine, f"{self.offer} {self.tier}")
        return " · ".join(part for part in parts if part)


@dataclass(frozen=True, slots=True)
class Decision:
    """A configuration chosen for a reason."""

    name: str
    row: Row
    why: str


@dataclass(frozen=True, slots=True)
class NearRow:
    """A plan of another kind that is nearly as good as a decision."""

    decision: str
    kinds: str
    """In what it differs: `other provider and card`."""
    row: Row
    regret: str
    sure: str
    """How likely the decision is really better; empty where that is not one question."""
    text: str
    """The whole in one sentence."""
    on_front: bool


@dataclass(frozen=True, slots=True)
class Part:
    """One term of a stacked bar."""

    name: str
    text: str
    value: float
    share: str


@dataclass(frozen=True, slots=True)
class Bar:
    """One decision (or several that are the same configuration) as a stacked bar and as a table column."""

    id: str
    name: str
    """`cheapest`, or `cheapest, knee` where they coincide."""
    what: str
    parts: tuple[Part, ...]
    total: str
    total_value: float
    band: str
    note: str
    limit: float | None = None
    limit_text: str = ""
    low: float | None = None
    """The band of the total, as numbers."""
    high: float | None = None


@dataclass(frozen=True, slots=True)
class Work:
    """How the training of one decision runs."""

    name: str
    how: str
    steps: str
    tokens: str
    step: str
    speed: str
    utilisation: str
    step_parts: str


@dataclass(frozen=True, slots=True)
class ScalePoint:
    """A decision on one number of GPUs; empty where it does not run."""

    count: int
    region: str
    hours: str
    cost: str
    memory: str
    speed: str
    """How many times as fast as on the fewest GPUs."""
    share: str
    """The same as a share of ideal scaling."""
    remark: str
    own: bool
    feasible: bool
    hours_value: float | None
    cost_value: float | None
    hours_ideal: float | None
    cost_ideal: float | None


@dataclass(frozen=True, slots=True)
class Scale:
    """A decision over the numbers of GPUs that its provider offers."""

    name: str
    what: str
    counts: tuple[ScalePoint, ...]


@dataclass(frozen=True, slots=True)
class ClaimCell:
    """One claimed figure and ours."""

    claim: str
    ours: str
    ratio: str
    """Ours over the claim."""


@dataclass(frozen=True, slots=True)
class ClaimRow:
    """One job that another tool makes claims about."""

    job: str
    provider: str
    cells: tuple[ClaimCell, ...]
    note: str


@dataclass(frozen=True, slots=True)
class ClaimTable:
    """Jobs with claims of the same figures."""

    figures: tuple[str, ...]
    rows: tuple[ClaimRow, ...]


@dataclass(frozen=True, slots=True)
class Cut:
    """A constraint and what it cut."""

    name: str
    text: str
    cuts: str
    share: str
    alone: str


@dataclass(frozen=True, slots=True)
class Count:
    """A reason and how many combinations or offers it took out; `line` turns it off."""

    reason: str
    count: str
    share: str = ""
    line: str = ""


@dataclass(frozen=True, slots=True)
class Chance:
    """How likely one decision beats another, objective by objective."""

    a: str
    b: str
    chances: tuple[str, ...]
    """In the order of `ReportData.objectives`."""
    no_worse: str
    """Chance of being no worse on all of them at once; empty where nobody worked it out."""
    verdict: str


@dataclass(frozen=True, slots=True)
class Assumed:
    """Something the planner filled in."""

    key: str
    value: str
    tag: str
    evidence: str
    note: str


@dataclass(frozen=True, slots=True)
class Source:
    """Where facts come from."""

    what: str
    source: str
    as_of: str


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
