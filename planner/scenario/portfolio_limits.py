"""What jobs of a portfolio share: teams with budgets, quotas, resources of which there is one, outages to think of."""

from typing import Annotated

from pydantic import Field, model_validator

from planner.scenario.blocks import Block, Name, Slug
from planner.scenario.moments import Moment
from planner.scenario.portfolio_jobs import Span
from planner.scenario.quantities import Share, Spent, Weight
from planner.scenario.tiers import Tier

MonthName = Annotated[str, Field(pattern=r"^\d{4}-(0[1-9]|1[0-2])$")]


class JobBudget(Block):
    """The most that a month, or the whole portfolio, may cost."""

    amount: Spent
    """Such as $20,000."""
    month: MonthName | None = None
    """The one month that it is for, such as 2026-12; left out, each month by itself."""
    whole: bool = False
    """For all months together, instead of for each."""

    @model_validator(mode="after")
    def _one(self) -> "JobBudget":
        if self.whole and self.month is not None:
            message = "a budget for all months together names no month"
            raise ValueError(message)
        return self


class Team(Block):
    """A team: what it may spend, and what its jobs count against those of others."""

    name: Name
    weight: Weight = 1.0
    """What its jobs count against those of other teams."""
    budgets: Annotated[list[JobBudget], Field(max_length=100)] = Field(default_factory=list)


class QuotaChange(Block):
    """A quota that changes."""

    begins: Moment
    gpus: Annotated[int, Field(ge=0, le=1_000_000)]
    """GPUs from then on."""


class Quota(Block):
    """GPUs that jobs may hold at a time: of a provider, region, type and way to rent; what is left out is any."""

    gpus: Annotated[int, Field(ge=0, le=1_000_000)]
    """How many at a time."""
    provider: Name | None = Field(default=None, json_schema_extra={"x-catalog": "providers"})
    region: Name | None = None
    gpu: Name | None = None
    """GPU id or family (h100: every variant)."""
    tier: Tier | None = None
    """on_demand, spot or a commitment."""
    changes: Annotated[list[QuotaChange], Field(max_length=100)] = Field(default_factory=list)
    """When it grows or shrinks, in order of time."""
    closed: Annotated[list[Span], Field(max_length=100)] = Field(default_factory=list)
    """Times at which nothing may run in it."""


class OnlyOne(Block):
    """A resource that only one of some jobs can use at a time: a licence, a test environment, a person."""

    name: Slug
    jobs: Annotated[list[Slug], Field(min_length=2, max_length=1000)]


class Outage(Block):
    """A provider, or a region of it, that could be down: the plan says what would change."""

    provider: Name = Field(json_schema_extra={"x-catalog": "sellers"})
    region: Name | None = None


class SpotRules(Block):
    """When a job may run on machines that can be taken away."""

    least_saving: Share | None = None
    """Only where it costs at least so much less than the cheapest on-demand configuration of the job that is no worse
    in quality, such as 40 %."""
    least_slack: Share | None = None
    """Only where the deadline leaves at least so much of the run's time over, such as 50 %; without a
    deadline they may."""


class Solver(Block):
    """How long, and how near to the best."""

    time_limit: Annotated[float, Field(gt=0, le=3600)] = 60.0
    """Seconds that the schedule may take, all attempts at it together. What explains it (shadow prices, the front, all
    outages, a conflict) may take as long again. Plans of the jobs come before; a step that has begun is finished."""
    gap: Annotated[float, Field(ge=0, le=1)] = 0.01
    """Proven distance to the best that is near enough: 0.01 is one percent."""
    slot_hours: Annotated[float, Field(ge=0.25, le=168)] = 4.0
    """Starts lie on multiples of it."""
    configurations: Annotated[int, Field(ge=1, le=200)] = 12
    """Configurations of a job that are considered, at most: the cheapest, fastest and best of every place, and what
    lies between them."""
    seed: Annotated[int, Field(ge=0, le=2**31 - 1)] = 1
    front: Annotated[int, Field(ge=0, le=20)] = 4
    """Schedules of the portfolio's own front (cost, lateness, quality), by each figure; 0 for none, 1 counts as 2."""


class Objective(Block):
    """What counts for how much money: the schedule has the largest sum of value less cost less lateness."""

    quality_point: Spent = 0.0
    """What a point of quality (0.01 q) of a job is worth, before its priority, such as $20."""
    carbon_tonne: Spent = 0.0
    """What a tonne of CO2e costs."""
    late_per_day: Spent = 100.0
    """What a day after a deadline costs, before priority, where the job does not say so itself."""
