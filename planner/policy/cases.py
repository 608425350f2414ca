"""Tests of policies as their owners write them: example jobs with the verdicts that are expected of them."""

from typing import Annotated, Final, Literal

from pydantic import Field, model_validator

from planner.catalog.managed_tuning import SERVICE
from planner.policy.documents import Day, SpendFigures
from planner.policy.figures import OF_SERVICES, figures
from planner.policy.rule_blocks import FigureName, Label, Limit
from planner.policy.serving_figures import TOPICS
from planner.scenario.blocks import Block, FileName, Metadata, Name, Slug
from planner.scenario.tiers import Tier

RuleName = Annotated[str, Field(min_length=1, max_length=200)]
_OF_MACHINES: Final = ("region", "country", "tier", "gpu", "gpus", "nodes", "stack")
_OF_SIDES: Final = ("front", "feasible")
"""Figures of a plan that chooses no machine, beside those of its service."""


class ExampleJob(Block):
    """A job by its figures; what is left out is unknown."""

    metadata: Metadata = Metadata(name="example")
    figures: dict[FigureName, Limit] = Field(default_factory=dict, max_length=200)
    """Figure → value, as limits are written: {cost_usd: $120, hours: 5 h}."""
    state: Literal["feasible", "infeasible", "unreadable"] = "feasible"
    """Whether anything is feasible, and whether the scenario can be read at all."""
    provider: Name = "aws"
    region: Name = "us-east-1"
    country: Annotated[str, Field(max_length=2)] = "US"
    """Two-letter code; empty is unknown."""
    tier: Tier = "on_demand"
    service: Name = "vm"
    """How it is rented; tuning-api is a managed fine-tuning service, which has no machine and tells no time."""
    gpu: Name = "h100-sxm"
    gpus: Annotated[int, Field(ge=1, le=1024)] = 1
    """GPUs in a node."""
    nodes: Annotated[int, Field(ge=1, le=4096)] = 1
    model: Name = "llama-3.1-8b"
    method: Name = "lora"
    stack: Name = "hf-trainer"
    labels: dict[Literal["cost_usd", "hours", "quality", "carbon_kg", "memory_gib"], Label] = Field(
        default_factory=dict
    )
    """What figures rest on: {hours: extrapolated}; left out, calibrated."""
    price_confidence: Literal["low", "medium", "high"] = "high"
    within_noise: list[Literal["cost_usd", "hours", "quality", "carbon_kg"]] = Field(default_factory=list)
    """Figures whose change the bands cannot tell from none."""
    lock: Literal["current", "stale-scenario", "other-catalog", "edited", "missing"] | None = None
    """State of its lock."""
    lock_as_of: Day | None = None
    """Date of the lock's prices."""

    @property
    def managed(self) -> bool:
        """Whether it is a job at a managed fine-tuning service."""
        return self.service == SERVICE

    @model_validator(mode="after")
    def _no_machine(self) -> "ExampleJob":
        known = figures()
        served = [name for name in self.figures if name in known and known[name].topic in TOPICS.values()]
        if served:
            message = f"an example job tunes a model and has no {', '.join(served)}; name a plan of what is served"
            raise ValueError(message)
        if not self.managed:
            return self
        told: list[str] = [name for name in _OF_MACHINES if name in self.model_fields_set]
        told += [f"labels.{name}" for name in self.labels if name != "quality"]
        told += [
            f"figures.{name}"
            for name in self.figures
            if name in known and not known[name].change and name not in {*OF_SERVICES, *_OF_SIDES}
        ]
        message = f"a managed service ({SERVICE}) tells nothing of {', '.join(told)}; leave that out" if told else ""
        if "provider" not in self.model_fields_set:
            message = f"name the provider of the managed service ({SERVICE})"
        if message:
            raise ValueError(message)
        return self


class Expected(Block):
    """What should come of a case."""

    result: Literal["pass", "warn", "deny"]
    """The verdict that counts."""
    rules: dict[RuleName, Literal["pass", "info", "warn", "deny", "excepted", "none"]] = Field(
        default_factory=dict, max_length=500
    )
    """By rule or budget, as `name` or `policy/name`: the worst verdict; none where the rule does not judge the case."""


class Case(Block):
    """One example with what should come of it."""

    name: Slug
    """Short name of the case."""
    plan: FileName | None = None
    """A plan.json, or the check.json of a change, by its path from this file."""
    job: ExampleJob | None = None
    """A job by its figures, instead of a plan."""
    base: FileName | None = None
    """plan.json of the job before the change; left out, the job is new, and exceptions and approvals by its name do not
    count."""
    base_job: ExampleJob | None = None
    """The job before the change by its figures; without metadata, with that of the job."""
    path: FileName | None = None
    """Path of the scenario, for rules that go by it."""
    today: Day
    """Day on which it is judged."""
    spend: Annotated[list[SpendFigures], Field(max_length=100)] | None = None
    """What was spent; left out, what the committed files say."""
    approval_required: bool | None = None
    """As `planner check --approval-required`."""
    expect: Expected

    @model_validator(mode="after")
    def _one_job(self) -> "Case":
        message = ""
        if (self.plan is None) == (self.job is None):
            message = "give either plan or job"
        elif self.base is not None and self.base_job is not None:
            message = "give either base or base_job"
        if message:
            raise ValueError(message)
        return self


class PolicyTest(Block):
    """Examples that all policies of the folder are held against by `planner policy test`."""

    api_version: Literal["planner/v1"]
    """Version of the format."""
    kind: Literal["PolicyTest"]
    """What this file is."""
    cases: Annotated[list[Case], Field(min_length=1, max_length=1000)]
    """The examples."""
