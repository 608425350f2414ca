"""What a change does: two sides of every scenario, and the way from one to the other."""

from collections.abc import Mapping
from typing import Final, Literal

from pydantic import Field

from planner.outcome.configuration import Configuration, Figure, Frozen
from planner.outcome.managed import ManagedJob
from planner.outcome.plan import Metadata
from planner.outcome.serving_configuration import ServingConfiguration

FIGURES = ("cost_usd", "hours", "quality", "carbon_kg")
"""The figures of a FineTune whose changes are split, by the names that configurations give them."""
SERVING_FIGURES = ("cost_usd_per_month", "latency_s", "quality", "carbon_kg_per_month")
"""The same of a Serving."""
FIGURES_OF: Final[Mapping[str, tuple[str, ...]]] = {"FineTune": FIGURES, "Serving": SERVING_FIGURES}
"""Kind of scenario → its figures, the cost first."""
Choice = Configuration | ManagedJob | ServingConfiguration
"""What a side would run: a job on machines, a job at a managed service, or a way to serve."""

Change = Literal["added", "changed", "removed", "unchanged"]


class Place(Frozen):
    """Where something is written, lines and columns counted from 1."""

    file: str
    """Path from the repository's root."""
    line: int
    column: int = 1


class Revision(Frozen):
    """One of the two sides."""

    name: str
    """As the user named it: `origin/main`, a folder, a file; `working tree` for what lies there now."""
    commit: str = ""
    """The commit it stands for; empty outside git and for the working tree."""


class Delta(Frozen):
    """The way of one figure from base to head. The parts that are known add up to `total`."""

    before: Figure
    """By the base's lock where it has one, else by this planner; null where the scenario was added or has no front."""
    after: Figure
    planner: Figure
    """This planner on the base's scenario and prices, less the figure in the base's lock; null without a lock."""
    prices: Figure
    """The same on the head's prices, less that."""
    scenario: Figure
    """The head's scenario on the head's prices, less that: the rest."""
    total: Figure
    """`after` less `before`."""
    chance_higher: Figure = None
    """Probability that the figure is really higher at the head, errors that both sides share cancelled."""
    within_noise: bool = False
    """Whether the bands cannot tell the two sides apart."""


class Side(Frozen):
    """One scenario on one side: what would be run, and how safe that choice is."""

    scenario_digest: str
    catalog_as_of: str
    prices: str
    """Where prices come from, in words: the catalog of a date, a lock."""
    planner: str
    """Version that made the figures."""
    decision: str
    """Which decision of the plan is meant: knee, cheapest, fastest, best, greenest."""
    configuration: Configuration | None
    """What that decision chose of machines; null where none is feasible."""
    service: ManagedJob | None = None
    """The cheapest job at a managed service that breaks no limit known of it; null where none is, or none is in play.
    Where no machine is chosen this is what the side chooses, whatever the decision.
    """
    serving: ServingConfiguration | None = None
    """What the decision of a Serving chose; null for other kinds, and where nothing is feasible."""
    choice: str = ""
    """Model, method and machine, or service, in a few words: what makes a decision the same decision."""
    margin: Figure = None
    """How far the next choice is behind, as a share (0.09 is 9 %)."""
    margin_of: str = ""
    """What the margin is measured in: cost, time, latency, quality, carbon or trade-off."""
    rival: str = ""
    """The next choice, in words."""
    front: int = 0
    """Points on the front."""
    feasible: int = 0
    problems: list[str] = Field(default_factory=list)
    """Why the scenario could not be read or planned on this side, each as `file:line:col: message`."""

    @property
    def chosen(self) -> Choice | None:
        """What would be run: the decision among machines, or else the cheapest service; None where nothing is."""
        return self.serving or self.configuration or self.service


class Edit(Frozen):
    """One key of a scenario that the change wrote, altered or took away."""

    key: str
    """Dotted path: `train.epochs`, `methods[1].lora.rank`."""
    before: str
    """As YAML on one line; empty where it was not written."""
    after: str
    place: Place
    """In the head; of a key that was taken away the nearest key around it."""
    effect_usd: Figure = None
    """Cost of the head, less that of the head with only this edit taken back; null where not computed."""


class FrontMove(Frozen):
    """What moved on the front, by id of the configuration."""

    gone: int
    new: int
    stayed: int
    before_usd: list[Figure] = Field(default_factory=list)
    """Costs on the base's front, cheapest first."""
    after_usd: list[Figure] = Field(default_factory=list)
    figures: list[str] = Field(default_factory=lambda: ["cost_usd", "hours"])
    """What the two numbers of a point are; of a Serving cost_usd_per_month and latency_s."""
    before_points: list[list[Figure]] = Field(default_factory=list)
    """Cost and time of the base's front, cheapest first, thinned to at most 60."""
    after_points: list[list[Figure]] = Field(default_factory=list)


class LockState(Frozen):
    """What stands of a scenario's lock at the head."""

    file: str
    """Path of the lock, also where there is none."""
    state: Literal["current", "stale-scenario", "other-catalog", "edited", "missing"]
    """stale-scenario: made for another text of the scenario; other-catalog: for other prices than today's; edited:
    its digest does not fit what it says."""
    as_of: str
    """Date of its prices, YYYY-MM-DD; empty where there is no lock."""
    text: str
    """The state in words."""


class ScenarioDifference(Frozen):
    """One scenario in base and head."""

    path: str
    """At the head; of a removed scenario at the base."""
    name: str
    kind: str = "FineTune"
    """At the head; of a removed scenario at the base, and where neither can be read that of a fine-tuning."""
    kind_before: str = ""
    """At the base, where that is another."""
    metadata: Metadata | None = None
    """Of the head; of a removed scenario of the base; null where neither can be read."""
    metadata_before: Metadata | None = None
    """Of the base, where it has the scenario and it can be read: whose it was, and what it was called."""
    change: Change
    moved_from: str = ""
    """Its path at the base, where that is another."""
    renamed_from: str = ""
    """Its name at the base, where that is another."""
    before: Side | None
    after: Side | None
    flipped: bool | None = None
    """Whether another model, method or machine is chosen; null where one side chooses nothing."""
    sentence: str = ""
    """The decision in one sentence: `still lora on 2x l40s, margin 9 % → 2 %`."""
    delta: dict[str, Delta] = Field(default_factory=dict)
    """By figure, of what each side chooses: cost_usd, hours, quality, carbon_kg; of a Serving cost_usd_per_month,
    latency_s, quality, carbon_kg_per_month."""
    service: Delta | None = None
    """Cost of the cheapest managed service, whether it is chosen or not; null where neither side has one."""
    edits: list[Edit] = Field(default_factory=list)
    front: FrontMove | None = None
    notes: list[str] = Field(default_factory=list)
    """What a reader must know of how this was made: a lock that was not used, and why."""
    lock: LockState | None = None
    """Of the head; null where nobody looked."""


class Total(Frozen):
    """A sum over scenarios; those without a known figure are counted apart and never as zero."""

    scenarios: int
    unknown: int = 0
    """Scenarios whose cost is unknown on a side where they exist."""
    delta: dict[str, Delta] = Field(default_factory=dict)
    """By figure: cost_usd, hours, carbon_kg, and where a Serving is among them cost_usd_per_month and
    carbon_kg_per_month (quality and latency have no sum). `before` and `after` are the sums of what is known on
    that side (0 where nothing is there, null where none of what is there is known, `before` null without a base); the
    parts and `total` are sums over the scenarios that are known on both, and null where any is not.
    """


class Totals(Frozen):
    """Sums over what was added, changed and removed; what is the same on both sides is in `everything` only."""

    all: Total
    teams: dict[str, Total] = Field(default_factory=dict)
    cost_centres: dict[str, Total] = Field(default_factory=dict)
    everything: Total | None = None
    """The same with unchanged scenarios, where they were asked for; null elsewhere."""


class TrustNote(Frozen):
    """Something the change brings that would judge it: a policy, an exception, a budget, a lock."""

    file: str
    what: Literal["policy", "exception", "approval", "spend", "lock", "policy-test"]
    change: Literal["added", "changed", "removed"]
    text: str
    """What was changed, in words, and what is used instead."""
    allowed: bool
    """Whether the base's own policy lets a change bring this along."""
    place: Place | None = None


class Difference(Frozen):
    """What a change does to all scenarios it touches."""

    api_version: Literal["planner/v1"] = "planner/v1"
    kind: Literal["Difference"] = "Difference"
    base: Revision
    head: Revision
    planner: str
    """Version that compared them."""
    scenarios: list[ScenarioDifference]
    """Those that were added, changed or removed; unchanged ones only where they were asked for."""
    unchanged: int = 0
    """Scenarios that are the same on both sides, listed or not."""
    totals: Totals
    trust: list[TrustNote] = Field(default_factory=list)
    warnings: list[str] = Field(default_factory=list)
