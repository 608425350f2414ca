"""What a portfolio is planned from: jobs with their configurations, and what they share. Plain data, no arrays.

Hours count from `Instance.begins`. A start lies on a slot (a multiple of `slot_hours`), a finish anywhere. A run holds
what it takes from a pool in every slot that it touches, so pools are never exceeded, and may be used a little less than
they could. A run must end within the horizon.

The objective, in the caller's money, is maximised: over the jobs that run, the sum of

    priority x (value x value_usd + quality_usd x quality - lateness x late_usd_per_hour x hours late)
    - cost x cost_usd - carbon_usd_per_kg x carbon_kg + stays_usd if it is where it was planned
"""

import datetime
from collections.abc import Mapping
from dataclasses import dataclass, field

from planner.errors import InputError


@dataclass(frozen=True, slots=True, kw_only=True)
class Configuration:
    """One way to run a job. Cost and time are known; who offers one of unknown quality or emissions says 0 for them."""

    name: str
    hours: float
    fixed_usd: float = 0.0
    """What it costs whenever it runs."""
    varying_usd: float = 0.0
    """What it costs besides where its price curve is 1 throughout."""
    curve: str = ""
    """Name of the price curve that the varying part follows; empty for none."""
    quality: float = 0.0
    carbon_kg: float = 0.0
    takes: Mapping[str, float] = field(default_factory=dict)
    """Pool → units that it holds while it runs."""
    provider: str = ""
    region: str = ""


@dataclass(frozen=True, slots=True)
class Placement:
    """A configuration, by name, and its start in hours."""

    configuration: str
    start_hours: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Job:
    """A job that is to run once, in one of its configurations."""

    name: str
    configurations: tuple[Configuration, ...]
    team: str = ""
    required: bool = True
    """Must run; else it may be left out, with its value."""
    value_usd: float = 0.0
    priority: float = 1.0
    earliest_hours: float = 0.0
    deadline_hours: float | None = None
    hard: bool = False
    """The deadline may not be missed."""
    late_usd_per_hour: float = 0.0
    """What an hour after a soft deadline counts for, before `priority`."""
    blackouts: tuple[tuple[float, float], ...] = ()
    """(from, to) in hours: it does not run then."""
    planned: Placement | None = None
    """Where an earlier plan put it; staying there earns `Weights.stays_usd`."""
    fixed: Placement | None = None
    """Where it runs already: nothing of it is open, and blackouts come too late."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Pool:
    """Something that runs share: GPUs of a type at a provider and region, a quota."""

    name: str
    units: float
    changes: tuple[tuple[float, float], ...] = ()
    """(from hour, units from then on), in order of time."""
    closed: tuple[tuple[float, float], ...] = ()
    """(from, to) in hours: nothing may run in it then."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Budget:
    """The most that may be spent by a team (empty: by all) in a month (`2026-05`; empty: in the whole horizon)."""

    name: str
    limit_usd: float
    team: str = ""
    month: str = ""


@dataclass(frozen=True, slots=True)
class After:
    """`job` starts `lag_hours` or more after `first` has ended, and runs only if that one runs."""

    job: str
    first: str
    lag_hours: float = 0.0


@dataclass(frozen=True, slots=True)
class Exclusive:
    """Jobs of which no two run in the same slot."""

    name: str
    jobs: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Weights:
    """What counts for how much money; see the objective above."""

    value: float = 1.0
    quality_usd: float = 0.0
    lateness: float = 1.0
    cost: float = 1.0
    carbon_usd_per_kg: float = 0.0
    stays_usd: float = 0.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Instance:
    """All that is planned together."""

    jobs: tuple[Job, ...]
    begins: datetime.datetime
    """Hour 0: a full hour, in the zone that months, nights and weekends are told in."""
    horizon_hours: float
    slot_hours: float = 4.0
    pools: tuple[Pool, ...] = ()
    budgets: tuple[Budget, ...] = ()
    orders: tuple[After, ...] = ()
    exclusives: tuple[Exclusive, ...] = ()
    blackouts: tuple[tuple[float, float], ...] = ()
    """(from, to) in hours: nothing runs then."""
    curves: Mapping[str, tuple[float, ...]] = field(default_factory=dict)
    """Name → price factor by hour of the week, 168 from Monday's first hour on."""
    carbon_kg: float | None = None
    """The most that all may emit."""
    lateness_usd: float | None = None
    """The most that lateness may add up to, priority x late_usd_per_hour x hours late, for sweeps."""
    quality: float | None = None
    """The least that priority x quality must add up to, for sweeps."""
    weights: Weights = field(default_factory=Weights)


class UnfitInstanceError(InputError):
    """An instance that contradicts itself; the text tells everything that is wrong, one line each."""
