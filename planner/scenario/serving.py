"""The kind `Serving`: on which machines, or by which API, to serve a model's traffic within a latency."""

from typing import Annotated, Literal

from pydantic import Field, model_validator

from planner.scenario.blocks import Block, Code, FileName, Metadata, ModelQuery, Name, Quality, Tax
from planner.scenario.composition import Composable
from planner.scenario.hardware import Hardware
from planner.scenario.levers import Levers, Replicas
from planner.scenario.own_models import ModelConfig, ModelDefinition
from planner.scenario.quantities import Count, Kilograms, Money, Seconds
from planner.scenario.traffic import Latency, Traffic

ServingObjective = Literal["cost", "latency", "quality", "carbon"]
Precision = Literal["bf16", "fp8", "int8", "int4"]
SERVING_OBJECTIVES: tuple[ServingObjective, ...] = ("cost", "latency", "quality")


class OwnApi(Block):
    """A model behind an API, with what a price list does not say."""

    model: Name
    """The model as `planner list apis` names it: gpt-4o-mini, or anthropic/claude-haiku-4-5."""
    ttft: Seconds | None = None
    """Its p95 time to the first token, as you measured it."""
    itl: Seconds | None = None
    """Its p95 time between two tokens, as you measured it."""
    requests_per_minute: Count | None = None
    """Most requests a minute that your account allows."""
    tokens_per_minute: Count | None = None
    """Most tokens a minute that your account allows, in and out."""
    budget_per_day: Money | None = None
    """Most that a day may cost, such as $50."""
    quality: Annotated[float, Field(ge=0, le=100)] | None = None
    """Score on the scenario's benchmark, in its points, where the catalog has none."""


class ServingConstraints(Block):
    """Limits on what is served."""

    max_cost_per_month: Money | None = None
    """Most a month may cost, such as $5000."""
    max_carbon: Kilograms | None = None
    """Most kilograms of CO2-equivalent a month."""
    max_replicas: Annotated[int, Field(ge=1, le=100_000)] | None = None
    """Most replicas in the busiest hour."""


class Trained(Block):
    """A fine-tuning scenario whose chosen model is served."""

    scenario: FileName
    """The scenario (kind: FineTune), by its path from here."""
    decision: Name = "knee"
    """Which of its decisions is served: knee, cheapest, fastest, best."""
    runs_per_month: Annotated[float, Field(ge=0, le=1000)] = 1.0
    """How often the model is tuned again; the monthly cost has so many runs in it."""


class Serving(Composable):
    """Serve a language model: rented machines and APIs in one grid, by cost, latency and quality."""

    api_version: Literal["planner/v1"]
    """Version of the scenario format."""
    kind: Literal["Serving"]
    """Which question the scenario asks."""
    metadata: Metadata
    models: Annotated[list[Name | ModelQuery | ModelDefinition | ModelConfig], Field(max_length=500)] = Field(
        default_factory=list
    )
    """Models to serve on rented machines: catalog ids, `where:` with requirements, or your own."""
    apis: Annotated[list[Name | OwnApi], Field(max_length=500)] = Field(default_factory=list)
    """Models behind an API to consider: names of `planner list apis`, with wildcards (anthropic/*); a variant that a
    provider tuned and serves is openai/ft:gpt-4o-mini."""
    fine_tune: Trained | None = None
    """Serve what a fine-tuning scenario chooses; its cost joins the monthly one."""
    traffic: Traffic
    latency: Latency = Latency()
    """How fast answers must come, in the busiest hour; left out, only the load must be met."""
    engines: Annotated[list[Name], Field(min_length=1)] = Field(
        default=["vllm"], json_schema_extra={"x-catalog-items": "engines"}
    )
    """Serving engines to consider."""
    precisions: Annotated[list[Precision], Field(min_length=1, json_schema_extra={"uniqueItems": True})] = Field(
        default=["bf16"]
    )
    """Precisions to consider; fp8, int8 and int4 cost some quality, with a band."""
    replicas: Replicas = Replicas()
    levers: Levers = Levers()
    hardware: Hardware = Hardware()
    """Which machines may be rented; a machine's GPUs share one copy of the model, or hold several."""
    quality: Quality = Quality()
    constraints: ServingConstraints = ServingConstraints()
    overlays: Annotated[list[FileName], Field(max_length=20, json_schema_extra={"uniqueItems": True})] = Field(
        default_factory=list
    )
    """Files with providers, cards, models and private prices of your own (`kind: CatalogOverlay`)."""
    templates: FileName | None = None
    """Folder with report templates of your own, by its path from here."""
    currency: Code | None = None
    """Currency in which money is shown beside USD."""
    tax: Tax | None = None
    """A tax on the bill, such as VAT; left out, none is counted."""
    objectives: Annotated[list[ServingObjective], Field(min_length=1, json_schema_extra={"uniqueItems": True})] = Field(
        default_factory=lambda: list(SERVING_OBJECTIVES)
    )
    """What to trade off: cost, latency, quality, carbon."""

    @model_validator(mode="after")
    def _something_to_serve(self) -> "Serving":
        if not self.models and not self.apis and self.fine_tune is None:
            message = "name at least one of models, apis and fine_tune"
            raise ValueError(message)
        return self
