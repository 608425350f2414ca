"""Where a portfolio stands that runs already: what has started, is done or failed, and where the rest was planned."""

import datetime as dt
import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace

from planner.choose.portfolio.instance import Instance, Job, Placement
from planner.choose.portfolio.rerun import Ended, State, rest
from planner.errors import InputError
from planner.kinds.portfolio.choices import Choices
from planner.kinds.portfolio.committed import with_committed
from planner.kinds.portfolio.horizon import Horizon
from planner.kinds.portfolio.options import Option, of_earlier
from planner.outcome.portfolio import JobPlan, PortfolioPlan
from planner.scenario.moments import moment_in
from planner.scenario.portfolio import Portfolio
from planner.scenario.portfolio_jobs import JobState, PortfolioJob


@dataclass(frozen=True, slots=True, kw_only=True)
class Past:
    """What became of a job that has started or ended."""

    status: str
    """started, done or failed."""
    start_hours: float
    end_hours: float
    """Of one that has ended."""
    spent_usd: float = 0.0
    by_month_usd: Mapping[str, float] = field(default_factory=dict)
    option: Option | None = None
    """What it runs or ran in; None where nobody says."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """A portfolio's state, by job."""

    past: Mapping[str, Past] = field(default_factory=dict)
    planned: Mapping[str, Placement] = field(default_factory=dict)
    """Where the earlier plan has what is still to come."""
    earlier: Mapping[str, JobPlan] = field(default_factory=dict)
    """All jobs of the earlier plan."""

    def of(self, status: str) -> dict[str, Past]:
        """Jobs in a state."""
        return {name: past for name, past in self.past.items() if past.status == status}


def states_of(scenario: Portfolio) -> dict[str, JobState]:
    """The states that a scenario tells, by job.

    Raises:
        InputError: a state of a job that there is not, or two of one.
    """
    if scenario.running is None:
        return {}
    known = {job.name for job in scenario.jobs}
    problems, found = [], dict[str, JobState]()
    for state in scenario.running.jobs:
        if state.job not in known:
            problems.append(f"running.jobs: there is no job {state.job}")
        if state.job in found:
            problems.append(f"running.jobs: job {state.job} is told twice")
        found[state.job] = state
    if problems:
        raise InputError("\n".join(problems))
    return found


def earlier_jobs(earlier: PortfolioPlan | None) -> dict[str, JobPlan]:
    """Jobs of an earlier plan by name."""
    return {} if earlier is None else {job.name: job for job in earlier.jobs}


def standing_of(
    scenario: Portfolio,
    earlier: PortfolioPlan | None,
    choices: Mapping[str, Choices],
    horizon: Horizon,
    out: frozenset[str] = frozenset(),
) -> Standing:
    """Look up what runs, and where the rest was planned; of jobs that are `out` nothing need be known.

    Raises:
        InputError: a job that runs without a start or a configuration that anyone knows; all of them at once.
    """
    states, before = states_of(scenario), earlier_jobs(earlier)
    problems: list[str] = []
    past: dict[str, Past] = {}
    for name, state in states.items():
        found = _past(state, before.get(name), choices.get(name, Choices()), horizon)
        if isinstance(found, str):
            problems += [] if name in out else [found]
        else:
            past[name] = found
    if problems:
        raise InputError("\n".join(problems))
    planned = {
        job.name: Placement(job.chosen.id, start)
        for job in before.values()
        if job.chosen is not None and job.run is not None and job.name not in past
        and (start := _hour(job.run.start, horizon)) >= 0
    }  # fmt: skip
    return Standing(past=past, planned=planned, earlier=before)


def _past(state: JobState, before: JobPlan | None, choices: Choices, horizon: Horizon) -> Past | str:
    where = f"running.jobs: job {state.job}"
    run = None if before is None else before.run
    start = _time(state.start, horizon) if state.start is not None else None if run is None else _iso(run.start)
    option = _option(state, before, choices)
    if state.status == "started":
        if start is None:
            return f"{where} has started, and no plan says when\n  give its start"
        if option is None:
            asked = state.configuration or "one"
            return f"{where} runs in {asked}, which neither its plan nor an earlier one lists\n  give its configuration"
        hour = (start - horizon.begins).total_seconds() / 3600
        if hour < 0:
            return f"{where} started before the portfolio begins\n  give an earlier begins"
        return Past(status="started", start_hours=hour, end_hours=hour + option.hours, option=option)
    end = _time(state.end or "", horizon)
    spent = state.spent or 0.0
    start = end if start is None else min(start, end)
    return Past(
        status=state.status, start_hours=(start - horizon.begins).total_seconds() / 3600,
        end_hours=(end - horizon.begins).total_seconds() / 3600, spent_usd=spent,
        by_month_usd=horizon.by_month(start, end, spent), option=option,
    )  # fmt: skip


def _option(state: JobState, before: JobPlan | None, choices: Choices) -> Option | None:
    """The configuration that a job runs in: of its choices, else as the earlier plan had it.

    It may be named by a decision of the job's own plan.
    """
    earlier = None if before is None else of_earlier(before)
    if state.configuration is None:
        wanted = None if earlier is None else earlier.name
    else:
        wanted = choices.decisions.get(state.configuration, state.configuration)
    found = [option for option in choices.options if option.name == wanted]
    return found[0] if found else earlier if earlier is not None and earlier.name == wanted else None


def open_rest(instance: Instance, standing: Standing, scenario: Portfolio, horizon: Horizon) -> Instance:
    """What is left to plan of an instance; jobs that have nothing to choose from are gone.

    Raises:
        UnfitInstanceError: the state contradicts the instance.
    """
    if scenario.running is None:
        return replace(instance, jobs=tuple(job for job in instance.jobs if job.configurations))
    here = {job.name for job in instance.jobs}
    now = horizon.now_hours or 0.0

    def ended(status: str) -> dict[str, Ended]:
        return {name: Ended(p.end_hours, p.by_month_usd) for name, p in standing.of(status).items() if name in here}

    state = State(
        now_hours=now,
        started={
            name: Placement(past.option.name, past.start_hours)
            for name, past in standing.of("started").items()
            if past.option is not None and name in here
        },
        done=ended("done"), failed=ended("failed"),
        planned={name: placement for name, placement in standing.planned.items() if name in here},
    )  # fmt: skip
    left = rest(instance, state, scenario.running.moving_costs)
    written = {job.name: job for job in instance.jobs}
    jobs = tuple(_reopened(job, written[job.name], now) for job in left.jobs if job.configurations)
    names = {job.name for job in jobs}
    opened = replace(
        left, jobs=jobs, orders=tuple(of for of in left.orders if of.job in names and of.first in names),
        exclusives=tuple(replace(of, jobs=tuple(n for n in of.jobs if n in names)) for of in left.exclusives),
    )  # fmt: skip
    return with_committed(opened, emitted_kg(standing))


def _reopened(job: Job, written: Job, now: float) -> Job:
    """A job that has started as it stands should it stop: not before now, and not in its blackouts."""
    if job.fixed is None:
        return job
    return replace(job, earliest_hours=max(job.earliest_hours, now), blackouts=written.blackouts)


def emitted_kg(standing: Standing) -> float:
    """What done jobs emitted, as far as it is known."""
    emitted = [past.option.carbon_kg for past in standing.of("done").values() if past.option is not None]
    return sum(kg for kg in emitted if math.isfinite(kg))


def failed_spend(standing: Standing, jobs: Sequence[PortfolioJob]) -> float:
    """What attempts cost that failed."""
    failed = standing.of("failed")
    return sum(failed[job.name].spent_usd for job in jobs if job.name in failed)


def _time(written: str, horizon: Horizon) -> dt.datetime:
    return moment_in(written, horizon.zone)


def _iso(shown: str) -> dt.datetime:
    return dt.datetime.fromisoformat(shown)


def _hour(shown: str, horizon: Horizon) -> float:
    return (_iso(shown) - horizon.begins).total_seconds() / 3600
