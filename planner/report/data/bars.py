"""Where memory, money and time of the decisions go, and how they run."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Part:
    """One term of a stacked bar."""

    name: str
    text: str
    value: float
    share: str


@dataclass(frozen=True, slots=True)
class Bar:
    """One decision (or several that are the same configuration) as a stacked bar and as a table column."""

    id: str
    name: str
    """`cheapest`, or `cheapest, knee` where they coincide."""
    what: str
    parts: tuple[Part, ...]
    total: str
    total_value: float
    band: str
    note: str
    limit: float | None = None
    limit_text: str = ""
    low: float | None = None
    """The band of the total, as numbers."""
    high: float | None = None


@dataclass(frozen=True, slots=True)
class Work:
    """How the training of one decision runs."""

    name: str
    how: str
    steps: str
    tokens: str
    step: str
    speed: str
    utilisation: str
    step_parts: str


@dataclass(frozen=True, slots=True)
class ScalePoint:
    """A decision on one number of GPUs; empty where it does not run."""

    count: int
    region: str
    hours: str
    cost: str
    memory: str
    speed: str
    """How many times as fast as on the fewest GPUs."""
    share: str
    """The same as a share of ideal scaling."""
    remark: str
    own: bool
    feasible: bool
    hours_value: float | None
    cost_value: float | None
    hours_ideal: float | None
    cost_ideal: float | None


@dataclass(frozen=True, slots=True)
class Scale:
    """A decision over the numbers of GPUs that its provider offers."""

    name: str
    what: str
    counts: tuple[ScalePoint, ...]
