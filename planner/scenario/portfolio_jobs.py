"""The jobs of a portfolio: what each asks for, what it is worth, and when it may run."""

from typing import Annotated, Any, Literal

from pydantic import Field, model_validator

from planner.scenario.blocks import Block, FileName, Name, Question, Slug
from planner.scenario.moments import Moment
from planner.scenario.quantities import Hours, Money, Spent, Weight


class After(Block):
    """A job that has to end before another starts."""

    job: Slug
    """Name of the job that comes first."""
    lag: Hours | None = None
    """Least time between its end and the start, such as 2 h; left out, none."""


class Span(Block):
    """A stretch of time, from and until."""

    begins: Moment
    ends: Moment
    why: Question | None = None
    """What happens then, on one line."""


class PortfolioJob(Block):
    """One job: a FineTune or Serving scenario, by its file or written here; what it is worth, and when it may run."""

    name: Slug
    """Short name, once in the portfolio."""
    scenario: FileName | None = None
    """File of a FineTune or Serving scenario, by its path from here."""
    inline: Annotated[dict[str, Any], Field(max_length=100)] | None = None
    """The scenario itself, instead of a file: its own keys, `kind` among them."""
    variant: Annotated[list[Name], Field(max_length=20)] = Field(default_factory=list)
    """Named overrides of the scenario that are laid on it, in order."""
    change: Annotated[dict[Name, Any], Field(max_length=50)] = Field(default_factory=dict)
    """Values of the scenario that differ here, by their dotted path: {train.epochs: 2}."""
    team: Name | None = None
    """Team whose budget pays; left out, that of the scenario, else that of the portfolio."""
    runs_for: Hours | None = None
    """Of a Serving scenario: how long the service is up; left out, until the portfolio ends. A FineTune scenario says
    itself how long it takes."""
    optional: bool = False
    """May be left out. Needs a `value`."""
    value: Money | None = None
    """What it is worth to you that the job runs, such as $5000."""
    urgency: Weight = 1.0
    """How urgent it is against others: 2 counts twice."""
    impact: Weight = 1.0
    """What it means for the business against others: 2 counts twice. Priority is team weight x urgency x impact."""
    earliest: Moment | None = None
    """Does not start before."""
    deadline: Moment | None = None
    """Is to be done by then."""
    hard: bool = False
    """The deadline may not be missed; else each hour late counts `late_per_day`."""
    late_per_day: Spent | None = None
    """What a day after the deadline costs you, such as $500; left out, the portfolio's."""
    after: Annotated[list[Slug | After], Field(max_length=100)] = Field(default_factory=list)
    """Jobs that have to end before it starts."""
    blackouts: Annotated[list[Span], Field(max_length=100)] = Field(default_factory=list)
    """Times at which it does not run."""

    @model_validator(mode="after")
    def _whole(self) -> "PortfolioJob":
        if (self.scenario is None) == (self.inline is None):
            message = "give either scenario, a file, or inline, the scenario itself"
            raise ValueError(message)
        if self.optional and self.value is None:
            message = "an optional job needs a value; without one it would never run"
            raise ValueError(message)
        if (self.hard or self.late_per_day is not None) and self.deadline is None:
            message = "hard and late_per_day are about a deadline, and there is none"
            raise ValueError(message)
        if self.hard and self.late_per_day is not None:
            message = "a hard deadline is never missed; leave out late_per_day, or hard"
            raise ValueError(message)
        return self

    def firsts(self) -> list[After]:
        """What `after` names, each with its lag."""
        return [After(job=one) if isinstance(one, str) else one for one in self.after]


class JobState(Block):
    """How far a job is, in a portfolio that runs already."""

    job: Slug
    status: Literal["started", "done", "failed"]
    """started: it runs, and stays where it is; done; failed: it is planned again, what it cost stays spent."""
    configuration: Name | None = None
    """Configuration that it runs in: its id, or a decision of the job's own plan, such as cheapest; left out, that of
    the earlier plan. Needed where there is none."""
    start: Moment | None = None
    """When it started; left out, as the earlier plan says."""
    end: Moment | None = None
    """When it ended; needed of jobs that are done or failed."""
    spent: Spent | None = None
    """What it cost, of jobs that are done or failed; counts in the months that it ran in, evenly."""

    @model_validator(mode="after")
    def _whole(self) -> "JobState":
        if self.status == "started" and (self.end is not None or self.spent is not None):
            message = "a job that has started has no end yet; what it costs is planned"
            raise ValueError(message)
        if self.status != "started" and (self.end is None or self.spent is None):
            message = f"a {self.status} job needs its end, and what was spent"
            raise ValueError(message)
        return self


class Running(Block):
    """Where a portfolio stands that runs already: the rest is planned, and moves as little as pays."""

    now: Moment
    """Nothing else starts before."""
    plan: FileName | None = None
    """plan.json of the portfolio as it was planned, by its path from here, or the folder of it."""
    jobs: Annotated[list[JobState], Field(max_length=2000)] = Field(default_factory=list)
    """Jobs that have started, are done or failed; all others are still to come."""
    moving_costs: Spent = 100.0
    """What it costs you to move a job off its place in the earlier plan, such as $100: more, and less moves."""
