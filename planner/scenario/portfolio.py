"""The kind `Portfolio`: which configuration for each of many jobs, and when, under what they share."""

from typing import Annotated, Literal

from pydantic import Field

from planner.scenario.blocks import Block, Code, FileName, Metadata, Name
from planner.scenario.composition import Composable
from planner.scenario.moments import Moment
from planner.scenario.portfolio_jobs import PortfolioJob, Running, Span
from planner.scenario.portfolio_limits import (
    JobBudget,
    Objective,
    OnlyOne,
    Outage,
    Quota,
    Solver,
    SpotRules,
    Team,
)
from planner.scenario.quantities import Confidence, Hours, Kilograms
from planner.scenario.time_rates import MOST_TIME_RATES, TimeRate


class Governed(Block):
    """Whose approval a schedule needs."""

    policies: FileName = "policies"
    """Folder with the policies, by its path from the repository's root."""


class Portfolio(Composable):
    """Plan many jobs together: one configuration and one start for each, under budgets, quotas, deadlines and order."""

    api_version: Literal["planner/v1"]
    """Version of the scenario format."""
    kind: Literal["Portfolio"]
    """Which question the scenario asks."""
    metadata: Metadata
    begins: Moment
    """First day or hour: nothing starts before."""
    horizon: Annotated[Hours, Field(le=26_304)]
    """How long is planned, such as 4 weeks; at most three years. Every run ends within it."""
    time_zone: Name = "UTC"
    """Time zone that months, days and nights are counted in, as Europe/Berlin."""
    currency: Code | None = None
    """Currency in which money is shown beside USD."""
    jobs: Annotated[list[PortfolioJob], Field(min_length=1, max_length=2000)]
    """What is planned together, each a FineTune or Serving scenario by its file or inline."""
    teams: Annotated[list[Team], Field(max_length=200)] = Field(default_factory=list)
    """Weights and budgets of teams; a team that is not listed has weight 1 and no budget of its own."""
    budgets: Annotated[list[JobBudget], Field(max_length=100)] = Field(default_factory=list)
    """Budgets for all teams together."""
    budget_confidence: Confidence | None = None
    """Probability with which budgets are to hold, such as 90 %: costs count at a margin that their bands ask for.
    Left out, estimates count as they are, and the plan says how likely each budget holds."""
    quotas: Annotated[list[Quota], Field(max_length=200)] = Field(default_factory=list)
    """GPUs that may be held at a time."""
    only_one: Annotated[list[OnlyOne], Field(max_length=200)] = Field(default_factory=list)
    """Resources that only one of some jobs can use at a time."""
    blackouts: Annotated[list[Span], Field(max_length=200)] = Field(default_factory=list)
    """Times at which nothing runs."""
    time_rates: Annotated[list[TimeRate], Field(max_length=MOST_TIME_RATES)] = Field(default_factory=list)
    """What hours at night, at weekends or at other times of the week cost against the price of an offer; starts are
    chosen by them. A machine whose scenario or overlay has such rates of its own keeps its mean cost."""
    spot: SpotRules = SpotRules()
    """When spot machines are taken that a job's scenario allows."""
    residency: Annotated[list[Name], Field(min_length=1)] | None = None
    """Countries that data of all jobs may lie in, as two-letter codes, or groups of them: [DE, FR], [EU]. What has no
    known country lies in none; a job's scenario may be stricter."""
    max_carbon: Kilograms | None = None
    """Most that all jobs together may emit."""
    outages: Annotated[list[Outage], Field(max_length=20)] = Field(default_factory=list)
    """Providers or regions for which the plan says what would change if they were down."""
    objective: Objective = Objective()
    running: Running | None = None
    """Where the portfolio stands, if it runs already."""
    approvals: Governed | None = None
    """Policies that say who approves which amount; left out, those of `policies/` where there are any."""
    solver: Solver = Solver()
    templates: FileName | None = None
    """Folder with report templates of your own, by its path from here."""
