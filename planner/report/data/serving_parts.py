"""What a report of a serving plan shows beside its configurations: load, curves, break-evens, levers, floors."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class ReplicaSteps:
    """Replicas of one decision by hour of the week."""

    name: str
    replicas: tuple[int, ...]
    """Of each of the 168 hours, from Monday 00:00 UTC."""


@dataclass(frozen=True, slots=True)
class TrafficData:
    """What is asked of the model."""

    facts: tuple[tuple[str, str], ...] = ()
    """(what, value), the unknown among them."""
    source: str = ""
    requests_per_s: tuple[float, ...] = ()
    """Mean of each of the 168 hours of the week, from Monday 00:00 UTC."""
    steps: tuple[ReplicaSteps, ...] = ()
    notes: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class CurvePoint:
    """Latencies at one load, in seconds; None where unknown."""

    load: float
    """Share of what a replica can do within the targets."""
    requests_per_s: float
    ttft: float | None
    itl: float | None
    total: float | None


@dataclass(frozen=True, slots=True)
class Curve:
    """Latency of one replica of a decision against its load."""

    name: str
    points: tuple[CurvePoint, ...]
    planned: float | None = None
    """Load of a replica in the busiest hour; None where unknown."""


@dataclass(frozen=True, slots=True)
class TargetLine:
    """A latency target."""

    latency: str
    """`ttft`, `itl`, `total`."""
    share: str
    """`p50`, `p95`, `p99`."""
    seconds: float
    text: str
    """`p95 target 2 s`."""


@dataclass(frozen=True, slots=True)
class CostLinePoints:
    """Cost of one way over the volume."""

    id: str
    name: str
    rented: bool
    points: tuple[tuple[float, float], ...]
    """(requests a month, USD a month), where it is known."""


@dataclass(frozen=True, slots=True)
class CrossPoint:
    """Where a rented way and an API cost the same."""

    requests: float
    usd: float
    text: str


@dataclass(frozen=True, slots=True)
class BreakEvenRow:
    """One rented way against one API."""

    rented_id: str
    rented: str
    api_id: str
    api: str
    volume: str
    """Requests a month from which renting is cheaper; `every volume looked at` or `nowhere within the curve` where
    there is no crossing."""
    text: str


@dataclass(frozen=True, slots=True)
class BreakEven:
    """Renting against an API, over the volume."""

    lines: tuple[CostLinePoints, ...] = ()
    crossings: tuple[CrossPoint, ...] = ()
    rows: tuple[BreakEvenRow, ...] = ()
    now: float | None = None
    """Requests a month of this traffic."""
    now_text: str = ""


@dataclass(frozen=True, slots=True)
class LeverRow:
    """What one lever does to a decision, or to several that are one configuration."""

    decisions: tuple[str, ...]
    decision: str
    """All of them."""
    lever: str
    pulled: bool
    saving: str
    """Of a month; `costs $5 more` where it saves nothing."""
    saving_usd: float | None
    latency: str
    quality: str
    upfront: str
    payback: str
    text: str


@dataclass(frozen=True, slots=True)
class ReservationRow:
    """How many machines of a decision are worth a commitment."""

    decision: str
    tier: str
    machines: str
    saving: str
    text: str


@dataclass(frozen=True, slots=True)
class FloorRow:
    """A target below what is physically there."""

    target: str
    asked: str
    floor: str
    what: str
