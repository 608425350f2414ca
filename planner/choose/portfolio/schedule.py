"""What a solved portfolio is: who runs what and when, what was left out, and what it comes to."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum


class Status(StrEnum):
    """How far a solution is proven."""

    WITHIN_GAP = "within the gap"
    """No schedule is better by more than the gap that was asked for."""
    TIME_UP = "time is up"
    """A schedule was found; the gap is what it is."""
    INFEASIBLE = "infeasible"
    """Proven: no schedule keeps all constraints."""
    NOTHING_FOUND = "nothing found"
    """Neither a schedule nor a proof that there is none."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Placed:
    """A job that runs."""

    job: str
    configuration: str
    start_hours: float
    finish_hours: float
    cost_usd: float
    cost_by_month_usd: Mapping[str, float]
    quality: float
    late_hours: float
    moved: bool
    """Elsewhere than planned before."""
    worth_usd: float
    """What it adds to the objective."""
    waits_for: str = ""
    """What keeps it from starting a slot earlier, the others staying; empty where nothing does."""


@dataclass(frozen=True, slots=True)
class LeftOut:
    """An optional job that does not run, and why."""

    job: str
    why: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Bound:
    """How good a schedule could be at most; proven, whatever was thinned out on the way."""

    objective_usd: float
    """No schedule is worth more; infinite where not even that is known."""
    gap: float
    """(bound - objective) / |objective|; NaN without a schedule."""
    columns: int
    """Configurations x starts of the full model."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Schedule:
    """A solution."""

    status: Status
    objective_usd: float
    """NaN without a schedule."""
    bound: Bound
    placed: tuple[Placed, ...]
    """In order of start."""
    left_out: tuple[LeftOut, ...]
    cost_usd: float
    lateness_usd: float
    """Sum of priority x late_usd_per_hour x hours late."""
    quality: float
    """Sum of priority x quality."""
    value_usd: float
    """Sum of priority x value of what runs."""
