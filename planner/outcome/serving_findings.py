"""What a serving plan says beside its configurations: the load, levers, break-evens, floors."""

from pydantic import Field

from planner.outcome.configuration import Figure, Frozen
from planner.outcome.serving_configuration import Latencies


class TrafficSummary(Frozen):
    """What is asked of the model."""

    source: str
    """`scenario`, or the log by its path."""
    requests_per_month: Figure
    mean_requests_per_s: Figure
    peak_requests_per_s: Figure
    """In the busiest hour."""
    requests_per_s: list[float]
    """Mean of each of the 168 hours of the week, from Monday 00:00 UTC."""
    burstiness: Figure
    """Squared coefficient of variation of the time between two requests; 1 is a Poisson stream."""
    input_tokens_mean: Figure
    input_tokens_p95: Figure
    output_tokens_mean: Figure
    output_tokens_p95: Figure
    shared_prefix_tokens: Figure
    turns_mean: Figure
    repeat_share: Figure
    """Share of requests that repeat an earlier one word for word; null where nobody counted."""
    active_users: Figure
    notes: list[str] = Field(default_factory=list)
    """What was filled in, left out or looked odd."""


class LeverEffect(Frozen):
    """What one lever does to a decision: the same configuration with it and without it, both evaluated.

    Beside the levers of a scenario: quantisation, spot, reservation, and replicas that follow the load.
    """

    decision: str
    lever: str
    with_id: str
    without_id: str
    pulled: bool
    """Whether the decision has it."""
    saving_usd_per_month: Figure
    """Cost without less cost with it; negative where it costs more."""
    latency_change_s: Figure
    quality_change: Figure
    upfront_usd: Figure
    payback_months: Figure
    """Upfront cost over the saving of a month; null where there is none, or it never pays back."""
    roi_12_months: Figure = None
    """(Savings of 12 months less the upfront cost) over the upfront cost, undiscounted; null without one."""
    text: str


class Crossover(Frozen):
    """From which volume on renting is cheaper than an API."""

    rented: str
    """Id of the configuration on machines."""
    api: str
    """Id of the one by an API."""
    requests_per_month: Figure
    """Volume at which both cost the same; null where they never do within the curve."""
    volumes: list[float]
    """Requests a month, of the curve."""
    rented_usd: list[Figure]
    api_usd: list[Figure]
    text: str


class LatencyCurve(Frozen):
    """Latency of one replica of a decision against its load."""

    decision: str
    loads: list[float]
    """Share of what it can do within the targets."""
    requests_per_s: list[float]
    ttft_p95_s: list[Figure]
    itl_p95_s: list[Figure]
    total_p95_s: list[Figure]


class Simulation(Frozen):
    """A decision run as a discrete-event simulation of arrivals and continuous batching."""

    decision: str
    requests: int
    """Requests that were counted."""
    seed: int
    latencies: Latencies
    worst_ratio: float
    """The farthest p95 of the law from the simulated one, as a factor."""
    agrees: bool
    """Whether that is within the band that the law is known to."""
    replaces: bool
    """Whether the law does not hold at this load, so that the configuration has the simulated latencies."""
    text: str


class ReplicaHours(Frozen):
    """Replicas of a decision by hour of the week."""

    decision: str
    replicas: list[int]
    """Of each of the 168 hours, from Monday 00:00 UTC."""


class Reservation(Frozen):
    """How many machines of a decision are worth a commitment."""

    decision: str
    tier: str
    machines: int
    saving_usd_per_month: Figure
    text: str


class Floor(Frozen):
    """The least latency that is physically there, where a target lies below it."""

    target: str
    """`ttft p95` …"""
    target_s: float
    floor_s: float
    what: str
    """The configuration that comes nearest."""


class PartialFront(Frozen):
    """A front over fewer objectives, of configurations that do not know all of them."""

    objectives: list[str]
    ids: list[str]
