"""What a schedule uses of everything that jobs share, and what more of it would be worth."""

from pydantic import Field

from planner.outcome.configuration import Figure, Frozen


class BudgetLine(Frozen):
    """A budget, and what is spent of it."""

    name: str
    """In words: research in 2026-12; all teams, the whole portfolio."""
    team: str
    """Empty for all."""
    month: str
    """Empty for the whole portfolio."""
    limit_usd: float
    spent_usd: float
    """What is planned, and what was spent already."""
    spent_before_usd: float = 0.0
    """Of it, by jobs that are done or failed."""
    held_usd: float
    """What counts against the limit: with a margin where budgets are to hold with a probability, else what is spent."""
    holds: Figure
    """Probability that it is kept, from the bands of the costs; null where these are unknown."""
    worth_per_usd: Figure = None
    """What $1 more would be worth, from the relaxation; 0 where it does not bind, null where not computed."""


class TeamMonth(Frozen):
    """What a team spends in a month."""

    team: str
    """Empty for jobs of no team."""
    month: str
    spent_usd: float
    limit_usd: Figure = None
    """The month's budget of the team; null where it has none."""


class QuotaUse(Frozen):
    """A quota, and what is held of it over time."""

    name: str
    """In words: h100-sxm at aws us-east-1."""
    provider: str
    region: str
    gpu: str
    tier: str
    used: list[float]
    """GPUs held in each slot."""
    units: list[float]
    """GPUs that may be held in each slot."""
    peak: float
    mean_share: Figure
    """Of what may be held over the horizon, the part that is; null where nothing may."""
    worth_per_gpu_hour_usd: Figure = None
    """What one more GPU for an hour would be worth, from the relaxation, on the mean over the hours in which it binds;
    0 where it never does."""
    worth_per_gpu_usd: Figure = None
    """The same for one more GPU all the time."""
    bound_hours: Figure = None
    """Hours in which all are taken, or in which more would be worth something in the relaxation; 0 where more is worth
    nothing at any time."""


class ShadowWords(Frozen):
    """What shadow prices say, each in a sentence, the largest first."""

    label: str
    """What they are: from the linear relaxation, at the margin, not a promise."""
    sentences: list[str] = Field(default_factory=list)
