"""Managed fine-tuning services of a plan: jobs without a machine, whose time nobody tells, and the fronts they join."""

from typing import Any

from pydantic import Field

from planner.outcome.configuration import Figure, Frozen
from planner.outcome.findings import Relaxation


class ManagedCost(Frozen):
    """USD by part; all that is known but `tax` adds up to the job's cost."""

    training: Figure
    """What one run is charged: tokens times price, at least the minimum."""
    storage: Figure
    """Keeping the tuned model for its first month; null where no fee is stated, nor that there is none."""
    reruns: Figure
    """Expected re-runs, each charged again."""
    tax: Figure = None
    """On top of the cost, and no part of it; null where the scenario names none."""


class Serving(Frozen):
    """What the tuned model costs to serve; no part of the cost of the job. Null is unknown, never free."""

    hosting_usd_per_hour: Figure
    """Of the deployment it needs; 0 where serving is billed by token alone."""
    hosting_usd_per_month: Figure
    """The same for 730 hours."""
    input_usd_per_mtok: Figure
    output_usd_per_mtok: Figure
    cached_input_usd_per_mtok: Figure
    input_uplift: Figure
    """Input price over that of the untuned model at the same service: 1 is no uplift."""
    output_uplift: Figure


class ManagedJob(Frozen):
    """One job at a managed service."""

    id: str
    provider: str
    model: str
    """Catalog id, or the id of a model that only services have."""
    offered: str
    """Model or size bracket, as the provider prints it."""
    method: dict[str, Any]
    """Name and options; the name is `undisclosed` where the service does not say how it trains."""
    axes: dict[str, Any]
    """Value of every axis of the scenario that means anything to the service."""
    usd_per_mtok: Figure
    """Price per million tokens trained; null where hours are billed."""
    usd_per_hour: Figure
    minimum_usd: Figure
    billed_tokens: float
    """Training tokens times epochs, and evaluated ones where the service bills them."""
    cost_usd: Figure
    cost_usd_lo: Figure
    cost_usd_hi: Figure
    cost_usd_label: str
    cost_usd_at_least: bool = False
    """Whether a minimum or a fee for keeping the model is not known and so not counted: the cost is this or more."""
    cost_parts: ManagedCost
    hours: Figure
    """Always null: no service tells how long a job takes."""
    hours_label: str
    quality: Figure
    quality_lo: Figure
    quality_hi: Figure
    quality_label: str
    serving: Serving
    as_of: str
    confidence: str
    """high, medium or low: of the price."""
    source: str
    notes: str
    unknown: list[str]
    """Objectives and limits that cannot be told, and why."""
    on_front: bool
    """Whether it is on a front of `fronts`."""
    beaten_by: str = ""
    """Id of a configuration or job that is no worse on every objective known of this one, and better on one."""


class ManagedFront(Frozen):
    """The front over the objectives that are known of some managed jobs: of them and all that can be rented."""

    objectives: list[str]
    members: list[str]
    """Ids of configurations and managed jobs, cheapest first (best first without a cost)."""
    beaten: list[str]
    """Ids of points of the plan's front that a managed job beats on these objectives; they may be better on others."""
    decisions: dict[str, str]
    """Name → id, of a configuration or a managed job."""
    rules: dict[str, str]
    """Name of a decision → why it is that one."""
    complete: bool
    """Whether these are all objectives of the scenario, so that this is its front, managed jobs and machines."""


class Managed(Frozen):
    """What managed fine-tuning services offer for the scenario."""

    jobs: list[ManagedJob]
    """The best by what is known of them, for each provider, model and method; those of the fronts are all there, and
    the cheapest. A brief plan, made for comparing, has these alone.
    """
    fronts: list[ManagedFront]
    """Empty in a brief plan."""
    covered: int
    """Jobs that were priced: prices times models times the settings that matter to them."""
    feasible: int
    """Of these, those that break no limit that is known of them."""
    broken: dict[str, int] = Field(default_factory=dict)
    """Limit → jobs that break it, by the first one."""
    untold: dict[str, str] = Field(default_factory=dict)
    """Limit of the scenario that no managed job can be shown to keep → why."""
    sampled: list[str] = Field(default_factory=list)
    """Prices with more settings than are priced: which, of how many, and how many were; evenly spread."""
    relaxations: list[Relaxation] = Field(default_factory=list)
    """Where no job keeps to the limits: each limit that alone stands in the way of one, and what would let it in."""
    lost: dict[str, str] = Field(default_factory=dict)
    """Provider none of whose jobs keeps to the limits → what would let one of them in."""

    def job(self, id_: str) -> ManagedJob | None:
        """The job with this id."""
        return next((job for job in self.jobs if job.id == id_), None)
