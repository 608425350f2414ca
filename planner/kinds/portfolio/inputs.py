"""What a portfolio is planned from, beside its scenario: its jobs, and a function that plans one of them."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal

from planner.outcome import AnyPlan, Reference


@dataclass(frozen=True, slots=True)
class Place:
    """Machines of a quota, or of a provider that could be down; what is empty is any."""

    provider: str = ""
    region: str = ""
    gpus: tuple[str, ...] = ()
    """Ids of cards."""
    tier: str = ""


@dataclass(frozen=True, slots=True)
class JobInput:
    """A job as it was read."""

    name: str
    reference: Reference
    """Its scenario, as plans name it."""
    kind: Literal["FineTune", "Serving"]
    team: str
    """That of the job, else of its scenario, else of the portfolio; empty where none says so."""
    failure: str = ""
    """Why its scenario cannot be planned, in words; empty where it can."""


PlanJob = Callable[[int, tuple[Place, ...]], AnyPlan]
"""Plans job `i`, as written, without any machine of these places; a brief plan. Raises PlannerError where it fails."""
