"""The rules of a policy as people write them. A field's docstring is what users read in hints, editors, the schema."""

from typing import Annotated, Any, Literal

from pydantic import Field, StringConstraints, WithJsonSchema, model_validator

from planner.policy.figures import figures
from planner.scenario.blocks import Block, Name, Slug
from planner.scenario.tiers import Tier

Severity = Literal["deny", "warn", "info"]
Unknown = Literal["deny", "warn", "pass"]
Label = Literal["prior", "extrapolated", "calibrated"]
Pattern = Annotated[str, StringConstraints(min_length=1, max_length=200)]
Patterns = Pattern | Annotated[list[Pattern], Field(min_length=1, max_length=200)]
Allowed = Annotated[list[Pattern], Field(min_length=1, max_length=500)]
Limit = float | Annotated[str, StringConstraints(min_length=1, max_length=40)]
"""A number, or text in the figure's own unit."""
FigureName = Annotated[
    str, StringConstraints(max_length=100), WithJsonSchema({"type": "string", "enum": list(figures())})
]


class Scope(Block):
    """Scenarios that something is for; all that is written must fit. Names may have wildcards: `ml-*`.

    A changed scenario is one of them where it fits as it is now or as it was before the change.
    """

    name: Patterns | None = None
    """Names of scenarios (metadata.name)."""
    path: Patterns | None = None
    """Paths of scenarios from the repository's root: `scenarios/production/*`."""
    team: Patterns | None = None
    """Teams; a scenario without one fits none."""
    cost_centre: Patterns | None = None
    """Cost centres; a scenario without one fits none."""
    labels: dict[Name, Patterns] = Field(default_factory=dict, max_length=50)
    """Labels and their values: {data-class: special-*}."""
    kind: Annotated[list[Literal["FineTune", "Serving"]], Field(min_length=1, max_length=2)] | None = None
    """Kinds of scenarios: [FineTune] for what tunes a model, [Serving] for what serves one."""


class Allow(Block):
    """What may be chosen; names may have wildcards, and an unknown value is none of them."""

    providers: Allowed | None = None
    """Providers: [aws, gcp]."""
    regions: Allowed | None = None
    """Regions, alone or behind their provider: [eu-*, gcp/europe-*]."""
    countries: Allowed | None = None
    """Countries of the region, as two-letter codes: [DE, FR]."""
    tiers: Annotated[list[Tier], Field(min_length=1)] | None = None
    """Ways to rent: on_demand, spot, reserved_1y, reserved_3y, savings_1y, savings_3y."""
    services: Allowed | None = None
    """How it is rented: vm (plain machines), sagemaker, vertex, azureml, spaces, tuning-api (managed fine-tuning)."""
    gpus: Allowed | None = None
    """GPUs by id; a family needs a star: [l40s, h100*]."""
    models: Allowed | None = None
    """Models by id: [qwen*, llama-3.1-8b]."""
    methods: Allowed | None = None
    """Methods: [lora, qlora]."""
    stacks: Allowed | None = None
    """Training stacks: [hf-trainer]."""
    teams: Allowed | None = None
    """Teams that there are: [ml-platform, care]. A scenario without a team, or of any other, is refused."""
    cost_centres: Allowed | None = None
    """Cost centres that there are; a scenario without one, or of any other, is refused."""

    @model_validator(mode="after")
    def _something(self) -> "Allow":
        if not self.model_fields_set:
            message = (
                "name what is allowed: providers, regions, countries, tiers, services, gpus, models, methods, teams or "
                "cost_centres"
            )
            raise ValueError(message)
        return self


class Confidence(Block):
    """The least that estimates must rest on.

    prior: believed; extrapolated: from jobs unlike this one; calibrated: measured on jobs like it.
    """

    cost_usd: Label | None = None
    """A cost, of a job or of a month of what is served, rests on the speed behind it; where part of its price is a
    default it is at most extrapolated."""
    hours: Label | None = None
    """Time, by the speed behind it."""
    quality: Label | None = None
    """Quality; calibrated needs evaluations of your own."""
    carbon_kg: Label | None = None
    """Emissions rest on the speed behind them; with a world average of the grid they are at most extrapolated."""
    memory_gib: Label | None = None
    """Memory."""
    price: Literal["low", "medium", "high"] | None = None
    """Confidence in the price of the machine."""

    @model_validator(mode="after")
    def _something(self) -> "Confidence":
        if not self.model_fields_set:
            message = "name a figure and the least label it must have: {hours: calibrated}"
            raise ValueError(message)
        return self


class Rule(Block):
    """One rule: a limit on a figure, a list of what is allowed, a least confidence, or what a change may not do."""

    name: Slug
    """Short name, for messages and exceptions."""
    where: Scope | None = None
    """Scenarios that the rule is for; left out, all."""
    severity: Severity = "deny"
    """What a breach is: deny, warn or info."""
    figure: FigureName | None = None
    """Figure of the plan or of the change that is limited: cost_usd, cost_usd_hi, hours, quality, carbon_kg,
    gpu_hours, memory_gib.total, margin, delta.cost_usd, delta_percent.cost_usd …; of what is served
    cost_usd_per_month, latency_s, quality, carbon_kg_per_month, delta.cost_usd_per_month …"""
    max_: Limit | None = Field(default=None, alias="max")
    """Most that the figure may be, in its unit: $500, 12 h, 20 %."""
    min_: Limit | None = Field(default=None, alias="min")
    """Least that the figure may be."""
    unknown: Unknown | None = None
    """What an unknown figure is: deny, warn or pass; left out, as bad as a breach."""
    ignore_noise: bool = False
    """Changes only: whether one that the bands cannot tell from none breaks no limit."""
    unless_worse: bool = False
    """Whether what broke the limit before the change already, and is not made worse by it, is told and not a breach.
    Not for changes (delta.…), which are judged by themselves."""
    allow: Allow | None = None
    """What may be chosen, and for whom."""
    confidence: Confidence | None = None
    """The least that estimates must rest on."""
    forbid: Annotated[
        list[Literal["flipped", "flipped_within_noise", "within_noise"]],
        Field(min_length=1, max_length=3, json_schema_extra={"uniqueItems": True}),
    ] | None = None  # fmt: skip
    """What a change may not do: flipped (another model, method or machine is chosen), flipped_within_noise (the same,
    though no figure moves by more than the bands can tell), within_noise (nothing moves by more than that)."""
    requires: Annotated[
        list[Literal["team", "owner", "cost_centre"]],
        Field(min_length=1, max_length=3, json_schema_extra={"uniqueItems": True}),
    ] | None = None  # fmt: skip
    """Keys of its metadata that a scenario must have."""

    @model_validator(mode="after")
    def _one_check(self) -> "Rule":
        given = [name for name in ("figure", "allow", "confidence", "forbid", "requires") if getattr(self, name)]
        limits = self.max_ is not None or self.min_ is not None
        message = ""
        if len(given) != 1:
            written = f"; it has {', '.join(given)}" if given else ""
            message = f"a rule has one of figure, allow, confidence, forbid and requires{written}"
        elif given != ["figure"] and (limits or self.unknown is not None or self.ignore_noise or self.unless_worse):
            message = "max, min, unknown, ignore_noise and unless_worse go with figure"
        elif given == ["figure"] and not limits:
            message = "a figure needs a limit: max or min"
        if message:
            raise ValueError(message)
        return self

    def limits(self) -> dict[str, Any]:
        """The limits that are written, by key."""
        return {key: value for key, value in (("max", self.max_), ("min", self.min_)) if value is not None}
