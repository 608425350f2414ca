"""What a report of a portfolio shows: jobs as rows and as bars over time, budgets, quotas and schedules as marks."""

from dataclasses import dataclass
from typing import Literal

from planner.report.data.rows import Figure

Standing = Literal["planned", "running", "done"]


@dataclass(frozen=True, slots=True)
class JobRow:
    """A job that runs, as a line of the table."""

    id: str
    """`job-1`, in the order of the plan; what marks of charts lead to."""
    name: str
    team: str
    kind: str
    """`fine-tuning` or `serving`."""
    standing: Standing
    what: str
    """Model, method and settings."""
    where: str
    """Machines, provider and region."""
    provider: str
    start: str
    end: str
    start_hours: float
    """After the portfolio begins."""
    hours: Figure
    cost: Figure
    """In USD."""
    quality: Figure
    late: str
    """`26.0 h`; empty where it is in time or has no deadline."""
    late_hours: float
    deadline: str
    """Empty where it has none."""
    deadline_hours: float | None
    """After the portfolio begins; None where it has none, or that is no time."""
    hard: bool
    """Whether the deadline may not be missed."""
    approver: str
    """Empty where nobody has to approve it."""
    notes: tuple[str, ...] = ()
    """What it comes from and what it waits for, in words."""
    moved: bool = False
    before: str = ""
    """Where and when an earlier plan has it; empty where it has not moved, or that is not told."""


@dataclass(frozen=True, slots=True)
class OutRow:
    """A job that does not run, and why."""

    name: str
    team: str
    state: str
    """`left out` or `failed`."""
    why: str
    value: str
    passed_over: str
    """What took its configurations out, the most first; empty where nothing did."""


@dataclass(frozen=True, slots=True)
class TimeAxis:
    """The time that charts draw."""

    hours: float
    """That are drawn; from the begin of the portfolio on."""
    ticks: tuple[tuple[float, str], ...]
    """(hour, what it is called)."""
    title: str
    now: float | None = None
    closed: tuple[tuple[float, float, str], ...] = ()
    """(from, to, why): nothing runs then."""


@dataclass(frozen=True, slots=True)
class BudgetBullet:
    """A budget: what is spent and planned of it; shares of its limit."""

    name: str
    text: str
    """`$6,150 of $7,000`."""
    holds: str
    """With which probability it is kept."""
    used: float
    before: float
    """Of it, spent already."""
    held: float
    """What counts against it, with its margin."""
    over: bool


@dataclass(frozen=True, slots=True)
class QuotaSteps:
    """A quota over time: (hour, GPUs that are held, GPUs that may be), each where something changes."""

    name: str
    sentence: str
    points: tuple[tuple[float, float, float], ...]


@dataclass(frozen=True, slots=True)
class FrontDot:
    """A schedule of the portfolio's own front."""

    name: str
    """`planned`, or what was held: `lowest cost`."""
    cost_usd: float
    lateness_usd: float
    quality: float | None
    texts: tuple[str, str, str]
    """Cost, lateness and quality as printed."""
    chosen: bool


@dataclass(frozen=True, slots=True)
class Move:
    """A job that another schedule treats in another way."""

    job: str
    before: str
    after: str


@dataclass(frozen=True, slots=True)
class OutageRow:
    """What a schedule would be without a provider."""

    name: str
    """`AWS us-east-1`."""
    feasible: bool
    cost: str
    more: str
    late: str
    lost: str
    """How many, and the first by name; `none`."""
    moves: str
    text: str
    moved: tuple[Move, ...] = ()
    left_out: str = ""
    """How many moves are not listed; empty where all are."""
