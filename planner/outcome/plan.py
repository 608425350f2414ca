"""A whole plan: the one document that everything downstream reads."""

from typing import Literal

from pydantic import Field

from planner.outcome.advice import Advice
from planner.outcome.allowed import Allowed
from planner.outcome.alternatives import Alternatives
from planner.outcome.configuration import Configuration, Figure, Frozen
from planner.outcome.findings import (
    Assumption,
    Claim,
    Constraint,
    DecisionNote,
    Pairing,
    Relaxation,
    Removal,
    ScalingPoint,
    Search,
    Source,
)
from planner.outcome.impact import Impact
from planner.outcome.managed import Managed, ManagedJob
from planner.outcome.sensitivity import Sensitivity
from planner.outcome.spot_policy import SpotPolicy


class Reference(Frozen):
    """The scenario as it was read."""

    path: str
    digest: str
    """SHA-256 of the file; of several files and changes, of their digests in order."""
    extends: list[str] = Field(default_factory=list)
    """Files it builds on, in the order in which they count."""
    changes: list[str] = Field(default_factory=list)
    """What the command line laid on it: `--override cheap`, `--set train.epochs=2`."""


class CatalogReference(Frozen):
    """The catalog snapshot the plan rests on."""

    as_of: str
    digest: str


class CalibrationReference(Frozen):
    """A user's own runs that figures of the catalog were refitted to."""

    file: str
    digest: str
    """SHA-256 of the overlay file."""
    runs: int
    first: str = ""
    """Earliest date of a run; empty where none is dated."""
    last: str = ""


class OverlayReference(Frozen):
    """A catalog overlay: providers, cards, models and prices of the user's own."""

    name: str
    file: str
    digest: str
    """SHA-256 of the file."""


class CurrencyReference(Frozen):
    """The currency that money is shown in beside USD; all figures of a plan stay in USD."""

    code: str
    """ISO 4217 code."""
    usd_per_unit: float
    """USD for one unit."""
    as_of: str
    """Date of the rate."""
    source: str


class LockReference(Frozen):
    """A lock whose prices the plan was made with, instead of the catalog's."""

    file: str
    digest: str
    """SHA-256 of the lock file."""
    as_of: str
    """Date of the catalog that the lock's prices were taken from."""
    catalog_digest: str
    """Digest of that catalog."""
    offers: int
    """Offers whose price or availability differs from today's catalog."""
    services: int | None = None
    """Prices of managed services that differ from it; null where the lock has none, so that the catalog's count."""
    apis: int | None = None
    """The same of models behind an API."""


class PlannerReference(Frozen):
    """The planner that made the plan."""

    version: str


class Metadata(Frozen):
    """Who and what the scenario is for."""

    name: str
    team: str | None = None
    owner: str | None = None
    cost_centre: str | None = None
    question: str | None = None
    """What the scenario asks, in its author's words."""
    labels: dict[str, str] = Field(default_factory=dict)


class PlanHead(Frozen):
    """What plans of all kinds start with: who asked, what it rests on, and whose prices count."""

    api_version: Literal["planner/v1"]
    kind: str
    metadata: Metadata
    scenario: Reference
    catalog: CatalogReference
    planner: PlannerReference
    calibration: CalibrationReference | None = None
    """The overlay on the catalog, where there is one; what it changed stands among the assumptions."""
    lock: LockReference | None = None
    """The lock whose prices count, where there is one and its catalog is another than today's."""
    overlays: list[OverlayReference] = Field(default_factory=list)
    """Catalog overlays, in the order in which they count; `catalog.digest` covers them."""
    currency: CurrencyReference | None = None
    """The scenario's own currency, where it names one."""
    tax_name: str = ""
    """What the tax of `cost_parts.tax` is called; empty where the scenario names none."""


class Plan(PlanHead):
    """A whole plan: the one document that everything downstream reads."""

    kind: Literal["FineTune"]
    allowed: Allowed | None = None
    """Where the scenario lets machines stand; null where it names no provider, region, country or rule."""
    search: Search
    objectives: list[str]
    front: list[Configuration]
    """Every undominated configuration, cheapest first."""
    beside: list[Configuration]
    """Best configurations among those with an unknown objective."""
    managed: Managed | None = None
    """Managed fine-tuning services, where the scenario asks for them: no machine, no time, fronts of their own."""
    decisions: dict[str, str]
    """`cheapest`, `fastest`, `best`, `knee`, and what `decide:` asks for: the id of a front point."""
    decision_notes: dict[str, DecisionNote]
    """A note for each, and for those asked for that no point is."""
    pairings: list[Pairing]
    alternatives: Alternatives = Alternatives()
    """Near-optimal plans of another kind than the decisions; they need not lie on the front."""
    advice: list[Advice] = Field(default_factory=list)
    """Changes worth making, the largest saving first; of a plan without anything feasible, what frees memory."""
    advice_notes: list[str] = Field(default_factory=list)
    """Advice on what no figure of the plan stands for, such as the data loader."""
    sensitivity: Sensitivity | None = None
    """How the default decision moves with price, speed, preemption, tokens and gain; null where there is none."""
    impact: Impact | None = None
    """How each axis moves the default decision; null where there is no decision or no axis, and in a brief plan."""
    spot_policies: list[SpotPolicy] = Field(default_factory=list)
    """Ways to run spot configurations of the front against the deadline; those of a configuration stand together."""
    scaling: list[ScalingPoint] = Field(default_factory=list)
    """How cost and time of each decision change with the number of GPUs, where the provider offers several."""
    reference: list[Claim] = Field(default_factory=list)
    """Claims of another tool about jobs of a method and size that the scenario considers; empty where it has none."""
    reference_assumed: str = ""
    """What our estimates of those jobs fill in where the claims are silent."""
    feasible: int
    """Combinations that nothing stops and no limit cuts, with every objective known."""
    unknown: int = 0
    """The same with an unknown objective; covered = feasible + unknown + all of `infeasible`."""
    infeasible: dict[str, int]
    """Why combinations were cut, by the first reason met."""
    constraints: list[Constraint]
    removed: list[Removal]
    """What was left out before the search, and how to have it in."""
    unpriced_spot: dict[str, int] = Field(default_factory=dict)
    """Offers in play on demand for which no spot price is known, by provider."""
    inactive_axes: list[str]
    """Axes that move no quality estimate, so that their cheapest value wins by construction."""
    relaxations: list[Relaxation]
    assumptions: list[Assumption]
    warnings: list[str]
    sources: list[Source]
    cloud: list[list[Figure]] = Field(default_factory=list)
    """A fixed-size sample of dominated feasible combinations, for charts: values of the objectives in order."""

    def configuration(self, id_: str) -> Configuration | None:
        """The front, beside or alternative configuration with this id (or a unique prefix of it)."""
        found = [c for c in (*self.front, *self.beside, *self.alternatives.configurations) if c.id.startswith(id_)]
        return found[0] if len(found) == 1 else None

    @property
    def cheapest_service(self) -> ManagedJob | None:
        """The job at a managed service that costs least, of those of which cost or quality is an objective and known.

        One of unknown cost only where all are; None where there is none.
        """
        jobs = [] if self.managed is None else self.managed.jobs
        told = [job for job in jobs if ("cost" in self.objectives and job.cost_usd is not None)
                or ("quality" in self.objectives and job.quality is not None)]  # fmt: skip
        return min(told, key=lambda job: (job.cost_usd is None, job.cost_usd or 0.0, job.id), default=None)
