"""What all jobs may choose from under the portfolio's rules, and the jobs that have nothing to choose."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from graphlib import CycleError, TopologicalSorter

from planner.catalog.rows import Catalog
from planner.errors import InputError
from planner.kinds.portfolio.choices import Asked, Choices, choices, service_hours
from planner.kinds.portfolio.horizon import Horizon
from planner.kinds.portfolio.inputs import JobInput, Place, PlanJob
from planner.kinds.portfolio.instance_of import Out
from planner.kinds.portfolio.options import Option, of_earlier
from planner.kinds.portfolio.places import foreign_places
from planner.kinds.portfolio.rules import (
    Rule,
    band_rule,
    carbon_rule,
    emptied,
    kept,
    residency_rule,
    saving_rule,
    slack_rule,
)
from planner.outcome.portfolio import JobPlan
from planner.scenario.portfolio import Portfolio
from planner.scenario.portfolio_jobs import JobState, PortfolioJob
from planner.space.offers import countries_of


@dataclass(slots=True)
class Considered:
    """What each job may choose from."""

    choices: dict[str, Choices] = field(default_factory=dict)
    """Of jobs that were planned; those that are done and known need not be."""
    options: dict[str, tuple[Option, ...]] = field(default_factory=dict)
    """What the rules leave of it."""
    passed_over: dict[str, dict[str, int]] = field(default_factory=dict)
    out: dict[str, Out] = field(default_factory=dict)
    """Jobs that have nothing to choose."""
    service_hours: dict[str, float] = field(default_factory=dict)


def considered(
    scenario: Portfolio,
    jobs: Sequence[JobInput],
    plan_job: PlanJob,
    catalog: Catalog,
    horizon: Horizon,
    quotas: Sequence[Place],
    outages: Sequence[Place],
    states: Mapping[str, JobState],
    before: Mapping[str, JobPlan],
) -> Considered:
    """Plan every job, in an order in which each comes after what it waits for.

    Raises:
        InputError: jobs that wait for each other.
    """
    residency = scenario.residency
    asked = Asked(
        quotas=tuple(quotas), outages=tuple(outages),
        foreign=() if residency is None else foreign_places(residency, catalog),
        spot=scenario.spot.least_saving is not None or scenario.spot.least_slack is not None,
    )  # fmt: skip
    allowed = None if residency is None else countries_of(residency, catalog)
    found = Considered()
    soonest: dict[str, float] = {}
    for i in _in_order(scenario.jobs):
        written, job = scenario.jobs[i], jobs[i]
        state = states.get(written.name)
        earliest, waited = _earliest(written, horizon), _waited(written, horizon, soonest)
        if state is not None and state.status == "started":
            # What runs already is up since then, and not from now on.
            waited = _begun(state, before.get(written.name), horizon, waited)
        if job.kind == "Serving":
            found.service_hours[written.name] = service_hours(written.runs_for, waited, horizon.hours)
        if state is not None and state.status == "done" and state.end is not None:
            soonest[written.name] = horizon.hour(state.end)
        if state is not None and state.status == "done" and _is_known(state, before.get(written.name)):
            continue
        chosen = choices(i, job, found.service_hours.get(written.name, 0.0), plan_job, asked)
        found.choices[written.name] = chosen
        if state is None or state.status != "done":
            soonest[written.name] = waited + max((option.hours for option in chosen.options), default=0.0)
            _judge(scenario, written, chosen, _rules(scenario, written, chosen, horizon, earliest, allowed), found)
    return found


def _judge(
    scenario: Portfolio, written: PortfolioJob, chosen: Choices, rules: Sequence[Rule], found: Considered
) -> None:
    """Keep what the rules leave; a job without anything is out."""
    name = written.name
    options, counted = kept(chosen.options, rules)
    passed_over = Counter(chosen.passed_over) + counted
    found.options[name], found.passed_over[name] = options, dict(passed_over)
    if chosen.failure:
        found.out[name] = Out(failed=True, why=chosen.failure)
    elif not options:
        found.out[name] = Out(failed=not written.optional, why=emptied(passed_over))


def _rules(
    scenario: Portfolio,
    written: PortfolioJob,
    chosen: Choices,
    horizon: Horizon,
    earliest: float,
    allowed: frozenset[str] | None,
) -> list[Rule]:
    rules: list[Rule] = []
    options = chosen.options
    if allowed is not None and scenario.residency is not None:
        inside = residency_rule(allowed, ", ".join(scenario.residency))
        rules.append(inside)
        # What lies elsewhere is nothing to compare the price of spot machines with.
        options = tuple(option for option in options if not inside(option))
    if scenario.max_carbon is not None:
        rules.append(carbon_rule)
    if scenario.budget_confidence is not None:
        rules.append(band_rule)
    deadline = None if written.deadline is None else horizon.hour(written.deadline)
    rules += [saving_rule(scenario.spot, options), slack_rule(scenario.spot, earliest, deadline)]
    return rules


def _earliest(written: PortfolioJob, horizon: Horizon) -> float:
    """The first slot on which a job can start, if it waits for no other."""
    told = 0.0 if written.earliest is None else horizon.hour(written.earliest)
    return horizon.next_slot(max(told, horizon.now_hours or 0.0))


def _waited(written: PortfolioJob, horizon: Horizon, soonest: Mapping[str, float]) -> float:
    """The same once what it waits for is done, even in the longest that its configurations take from their start."""
    waits = [soonest.get(after.job, 0.0) + (after.lag or 0.0) for after in written.firsts()]
    return horizon.next_slot(max(_earliest(written, horizon), *waits, 0.0))


def _begun(state: JobState, before: JobPlan | None, horizon: Horizon, otherwise: float) -> float:
    """When a job started, as its state or the earlier plan says."""
    planned = None if before is None or before.run is None else before.run.start
    start = state.start or planned
    return otherwise if start is None else horizon.hour(start)


def _is_known(state: JobState, before: JobPlan | None) -> bool:
    """Whether the earlier plan says what a job ran in."""
    earlier = None if before is None else of_earlier(before)
    return earlier is not None and state.configuration in (None, earlier.name)


def _in_order(jobs: Sequence[PortfolioJob]) -> list[int]:
    """Places of the jobs, each after those that it waits for; otherwise as written."""
    place = {job.name: i for i, job in enumerate(jobs)}
    graph = {i: [place[after.job] for after in job.firsts() if after.job in place] for i, job in enumerate(jobs)}
    unknown = [f"jobs.{job.name}.after: there is no job {after.job}" for job in jobs for after in job.firsts()
               if after.job not in place]  # fmt: skip
    if unknown:
        raise InputError("\n".join(unknown))
    try:
        return list(TopologicalSorter(graph).static_order())
    except CycleError as error:
        circle = " after ".join(jobs[i].name for i in reversed(error.args[1]))
        msg = f"jobs wait for each other: {circle}\n  leave out one of these"
        raise InputError(msg) from None
