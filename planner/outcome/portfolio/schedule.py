"""How good a schedule is, what else there was, what stands in its way, and what an outage would do."""

from pydantic import Field

from planner.outcome.configuration import Figure, Frozen


class Proof(Frozen):
    """How the schedule was found, and how far it is from the best."""

    status: str
    """within the gap, time is up, infeasible, nothing found; or `nothing to plan`."""
    objective_usd: Figure
    """Value less cost less lateness, with priorities; null without a schedule."""
    bound_usd: Figure
    """No schedule is worth more; proven. Null where not even that is known."""
    gap: Figure
    """(bound - objective) / |objective|, proven; null without a schedule or bound."""
    asked_gap: float
    columns: int
    """Configurations x starts of the full model."""
    slot_hours: float
    slots: int
    seed: int
    note: str = ""
    """What the proof is about: the configurations that were considered, starts on slots."""


class Totals(Frozen):
    """Sums over what runs."""

    jobs: int
    runs: int
    left_out: int
    failed: int
    cost_usd: float
    cost_usd_lo: Figure
    cost_usd_hi: Figure
    """Band of the sum, with the errors that all jobs share."""
    value_usd: float
    """Of what runs, without priorities."""
    late_jobs: int
    late_hours: float
    lateness_usd: float
    """Priority x cost of an hour x hours late."""
    quality: Figure
    """Mean over the jobs that run and have one, weighted by priority; null where none has."""
    carbon_kg: Figure
    """Null where it is unknown of a job."""
    gpu_hours: float
    finish: str
    """When the last job ends; empty where nothing runs."""
    moved: int = 0
    """Jobs that an earlier plan has elsewhere or at another time."""


class FrontSchedule(Frozen):
    """A schedule of the portfolio's own front."""

    held: str
    """Figure that was held: cost, lateness, quality; empty for the schedule that the plan takes."""
    cost_usd: float
    lateness_usd: float
    quality: Figure
    """Mean over what runs, weighted by priority."""
    value_usd: float
    runs: int
    objective_usd: float
    gap: Figure
    """Proven, with the figure held; twice the gap asked of the plan's own is near enough."""
    chosen: bool = False
    """Whether it is the plan's own schedule."""


class Change(Frozen):
    """A job that another schedule treats in another way."""

    job: str
    before: str
    """In words."""
    after: str


class OutageEffect(Frozen):
    """What a schedule would be without a provider."""

    provider: str
    region: str
    """Empty for all of it."""
    feasible: bool
    """Whether all required jobs still run in time; false too where no schedule was found, which the text says."""
    cost_usd: Figure
    """Of the whole; what a job that runs there already has cost until now among it."""
    more_cost_usd: Figure
    late_hours: Figure
    lost: list[str] = Field(default_factory=list)
    """Jobs that no longer run."""
    moved: list[Change] = Field(default_factory=list)
    """Jobs that run otherwise; one that the outage does not touch moves only where that brings $1, or what moving costs
    in a portfolio that runs already."""
    gap: Figure = None
    text: str
    """In a sentence."""


class ConflictPart(Frozen):
    """A constraint that, with the others named, cannot be kept."""

    constraint: str
    """In words."""
    needed: Figure
    """What it would have to be for the others to be kept; null where it would have to go."""
    text: str
    """What frees it."""


class ConflictSet(Frozen):
    """The smallest set of constraints that cannot be kept together."""

    parts: list[ConflictPart]
    smallest: bool
    """Proven that none of them can be spared."""
