"""A portfolio as the solver takes it, and the jobs that cannot be part of it."""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from planner.choose.portfolio.instance import After, Budget, Configuration, Exclusive, Instance, Job, Pool, Weights
from planner.kinds.portfolio.horizon import Horizon
from planner.kinds.portfolio.inputs import JobInput
from planner.kinds.portfolio.options import Option
from planner.kinds.portfolio.places import Where
from planner.kinds.portfolio.rates import Rates
from planner.kinds.portfolio.rules import spot_end
from planner.kinds.portfolio.shared import Shared, ending_pool, takes
from planner.scenario.portfolio import Portfolio
from planner.scenario.portfolio_jobs import PortfolioJob

_POINTS = 100.0
"""Points of quality from 0 to 1."""
_KG_PER_TONNE = 1000.0
_HOURS_PER_DAY = 24.0


@dataclass(frozen=True, slots=True)
class Out:
    """A job that is not planned, and why."""

    failed: bool
    """Else it is optional, and left out."""
    why: str


def priority_of(job: PortfolioJob, team: str, scenario: Portfolio) -> float:
    """Team weight x urgency x impact; a team that is not listed weighs 1."""
    weight = next((listed.weight for listed in scenario.teams if listed.name == team), 1.0)
    return weight * job.urgency * job.impact


def late_per_day(job: PortfolioJob, scenario: Portfolio) -> float:
    """What a day after the deadline costs, before priority; 0 without a deadline that may be missed."""
    if job.deadline is None or job.hard:
        return 0.0
    return scenario.objective.late_per_day if job.late_per_day is None else job.late_per_day


def waiting_out(jobs: Sequence[PortfolioJob], out: Mapping[str, Out], ended: Sequence[str]) -> dict[str, Out]:
    """All jobs that cannot run: those known, and those that wait for one of them, and so on."""
    found = dict(out)
    while True:
        more = {}
        for job in jobs:
            if job.name in found or job.name in ended:
                continue
            firsts = [after.job for after in job.firsts() if after.job in found]
            if firsts:
                what = "cannot run" if found[firsts[0]].failed else "is left out"
                more[job.name] = Out(not job.optional, f"waits for {firsts[0]}, which {what}")
        if not more:
            return found
        found |= more


def instance_of(
    scenario: Portfolio,
    jobs: Sequence[JobInput],
    options: Mapping[str, Sequence[Option]],
    horizon: Horizon,
    rates: Rates,
    quotas: Sequence[Shared],
    budgets: Sequence[Budget],
    started: frozenset[str] = frozenset(),
) -> Instance:
    """The instance of all jobs that have options; `options` may name jobs without any, which only spent money.

    Of jobs that have `started` the machine is taken: no rule about spot machines holds any more.

    Raises:
        InputError: two of the portfolio's rates hold at one time.
    """
    pools = {of.pool.name: of.pool for of in quotas}
    where = Where([of.place for of in quotas])
    curves: dict[str, tuple[float, ...]] = {}
    made = []
    for written, job in zip(scenario.jobs, jobs, strict=True):
        if written.name not in options:
            continue
        deadline = None if written.deadline is None else horizon.hour(written.deadline)
        configurations = []
        for option in options[written.name]:
            curve = rates.curve_of(option)
            if curve and curve not in curves:
                curves[curve] = rates.curve(curve)
            held = takes(option, quotas, where)
            end = spot_end(option, scenario.spot, deadline)
            if end is not None and end < horizon.hours and written.name not in started:
                pool = _ending(end, horizon, pools)
                held[pool] = 1.0
            configurations.append(_configuration(option, curve, held))
        made.append(_job(scenario, written, job.team, tuple(configurations), horizon, deadline))
    names = {job.name for job in made}
    return Instance(
        jobs=tuple(made), begins=horizon.local, horizon_hours=horizon.hours, slot_hours=horizon.slot_hours,
        pools=tuple(pools.values()), budgets=tuple(budgets),
        orders=tuple(
            After(written.name, after.job, after.lag or 0.0)
            for written in scenario.jobs
            for after in written.firsts()
            if written.name in names and (after.job in names or after.job not in {job.name for job in scenario.jobs})
        ),
        exclusives=tuple(
            Exclusive(f"{one.name}, which only one can use", tuple(name for name in one.jobs if name in names))
            for one in scenario.only_one
        ),
        blackouts=horizon.spans(scenario.blackouts), curves=curves, carbon_kg=scenario.max_carbon,
        weights=Weights(
            quality_usd=scenario.objective.quality_point * _POINTS,
            carbon_usd_per_kg=scenario.objective.carbon_tonne / _KG_PER_TONNE,
        ),
    )  # fmt: skip


def _ending(end: float, horizon: Horizon, pools: dict[str, Pool]) -> str:
    """The pool of runs that have to end by an hour; one for each slot."""
    slot_end = end // horizon.slot_hours * horizon.slot_hours
    pool = ending_pool(slot_end, horizon)
    pools.setdefault(pool.name, pool)
    return pool.name


def _configuration(option: Option, curve: str, held: Mapping[str, float]) -> Configuration:
    """An option as the solver takes it: what is unknown adds nothing."""
    varying = option.varying_usd if curve else 0.0
    chosen = option.chosen
    return Configuration(
        name=option.name, hours=option.hours, fixed_usd=max(0.0, option.cost_usd - varying), varying_usd=varying,
        curve=curve, quality=_or_0(option.quality), carbon_kg=_or_0(option.carbon_kg), takes=held,
        provider=chosen.provider, region=chosen.region,
    )  # fmt: skip


def _job(
    scenario: Portfolio,
    written: PortfolioJob,
    team: str,
    configurations: tuple[Configuration, ...],
    horizon: Horizon,
    deadline: float | None,
) -> Job:
    earliest = 0.0 if written.earliest is None else max(0.0, horizon.hour(written.earliest))
    return Job(
        name=written.name, configurations=configurations, team=team,
        required=not written.optional and bool(configurations),
        value_usd=written.value or 0.0, priority=priority_of(written, team, scenario), earliest_hours=earliest,
        deadline_hours=deadline, hard=written.hard,
        late_usd_per_hour=late_per_day(written, scenario) / _HOURS_PER_DAY, blackouts=horizon.spans(written.blackouts),
    )  # fmt: skip


def with_margins(
    budgets: Sequence[Budget], spent_usd: Mapping[str, float], margins: Mapping[str, float]
) -> tuple[Budget, ...]:
    """Budgets of which what is left is smaller by a margin, so that estimates may be exceeded by it."""
    return tuple(
        replace(budget, limit_usd=before + (budget.limit_usd - before) / margins.get(budget.name, 1.0))
        if (before := spent_usd.get(budget.name, 0.0)) < budget.limit_usd
        else budget
        for budget in budgets
    )


def _or_0(value: float) -> float:
    """What an unknown quality or emission adds to the objective: nothing; the plan tells which are unknown."""
    return 0.0 if math.isnan(value) else value
