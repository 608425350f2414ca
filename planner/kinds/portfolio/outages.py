"""What would change if a provider, or a region of it, were down."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from typing import Final

from planner.choose.portfolio.instance import Instance
from planner.choose.portfolio.outage import without
from planner.choose.portfolio.schedule import Placed, Schedule, Status
from planner.choose.portfolio.solve import solve
from planner.kinds.portfolio.horizon import Horizon
from planner.kinds.portfolio.inputs import Place
from planner.kinds.portfolio.options import known
from planner.kinds.portfolio.places import lies_in, place_words
from planner.kinds.portfolio.problem import Problem
from planner.kinds.portfolio.solving import Solved, fits
from planner.kinds.portfolio.thinning import thinned
from planner.outcome.portfolio import Change, JobPlan, OutageEffect
from planner.units import duration, usd

SHARE: Final = 0.5
"""Of the solver's time limit that one outage may take; all of them together take no more than the limit."""
LEFT_OUT: Final = "left out"


def outage_effects(
    problem: Problem, solved: Solved, jobs: Sequence[JobPlan], progress: Callable[[str], None]
) -> list[OutageEffect]:
    """The effect of each outage that the scenario names; none without a schedule to compare with."""
    if not problem.outages or solved.schedule.status in (Status.INFEASIBLE, Status.NOTHING_FOUND):
        return []
    done_usd = sum(job.run.cost_usd for job in jobs if job.status == "done" and job.run is not None)
    each_s = problem.scenario.solver.time_limit * min(SHARE, 1.0 / len(problem.outages))
    found = []
    for place in problem.outages:
        progress(f"plans without {place_words(place)}")
        found.append(_effect(problem, solved, place, each_s, done_usd))
    return found


def _effect(problem: Problem, solved: Solved, place: Place, limit_s: float, done_usd: float) -> OutageEffect:
    schedule, words = solved.schedule, place_words(place)
    hit = [of for of in schedule.placed if lies_in(place, problem.by_name[of.job, of.configuration].chosen)]
    late = sum(of.late_hours for of in schedule.placed)
    if not hit:
        # The same schedule is possible still, and fewer choices make none better.
        return OutageEffect(
            provider=place.provider, region=place.region, feasible=True, cost_usd=schedule.cost_usd + done_usd,
            more_cost_usd=0.0, late_hours=late, gap=known(schedule.bound.gap),
            text=f"Without {words} nothing changes: no job runs there.",
        )  # fmt: skip
    after = _solve(problem, solved, place, limit_s)
    if after.status in (Status.INFEASIBLE, Status.NOTHING_FOUND):
        why = "no schedule keeps all constraints" if after.status is Status.INFEASIBLE else "none was found in the time"
        return OutageEffect(
            provider=place.provider, region=place.region, feasible=False, cost_usd=None, more_cost_usd=None,
            late_hours=None, text=f"Without {words} {why}; {_count(len(hit), 'job runs', 'jobs run')} there.",
        )  # fmt: skip
    runs, ran = {of.job: of for of in after.placed}, {of.job: of for of in schedule.placed}
    lost = [of.job for of in schedule.placed if of.job not in runs]
    required = [name for name in lost if not problem.written[name].optional]
    moved = _moved(problem, ran, runs)
    more = after.cost_usd - schedule.cost_usd
    late_after = sum(of.late_hours for of in after.placed)
    parts = [f"{_count(len(moved), 'job changes', 'jobs change')}"]
    if lost:
        parts.append(f"{_count(len(lost), 'job no longer runs', 'jobs no longer run')} ({', '.join(lost)})")
    parts.append(f"the whole costs {usd(abs(more))} {'more' if more >= 0 else 'less'}")
    if abs(late_after - late) > 1e-9:
        parts.append(f"jobs are late by {duration(late_after)} in all, not {duration(late)}")
    return OutageEffect(
        provider=place.provider, region=place.region, feasible=not required, cost_usd=after.cost_usd + done_usd,
        more_cost_usd=more, late_hours=late_after, lost=lost, moved=moved, gap=known(after.bound.gap),
        text=f"Without {words} {', '.join(parts)}.",
    )  # fmt: skip


def _solve(problem: Problem, solved: Solved, place: Place, limit_s: float) -> Schedule:
    """The schedule without the place: of few configurations of each job, of all where these are proven not to do."""
    solver = problem.scenario.solver
    full = _followers_free(without(solved.full, place.provider, place.region))
    few = thinned(full, solver.configurations, problem.groups)
    found = solve(few.instance, limit_s, solver.gap, solver.seed)
    if few.cut and found.status is Status.INFEASIBLE and fits(full):
        return solve(full, limit_s, solver.gap, solver.seed)
    return found


def _followers_free(instance: Instance) -> Instance:
    """Jobs that wait for one that has nothing left are lost with it, and need not run either."""
    lost = {job.name for job in instance.jobs if not job.configurations}
    while more := {after.job for after in instance.orders if after.first in lost} - lost:
        lost |= more
    jobs = tuple(replace(job, required=False) if job.name in lost else job for job in instance.jobs)
    return replace(instance, jobs=jobs)


def _moved(problem: Problem, before: Mapping[str, Placed], after: Mapping[str, Placed]) -> list[Change]:
    """Jobs that run in another way, at another time, or only then, in the order of the scenario."""
    found = []
    for written in problem.scenario.jobs:
        was, now = before.get(written.name), after.get(written.name)
        if now is None or (was and (was.configuration, was.start_hours) == (now.configuration, now.start_hours)):
            continue
        found.append(Change(job=written.name, before=_words(problem, was), after=_words(problem, now)))
    return found


def _words(problem: Problem, placed: Placed | None) -> str:
    if placed is None:
        return LEFT_OUT
    return placed_words(problem.by_name[placed.job, placed.configuration].chosen.where, placed, problem.horizon)


def placed_words(where: str, placed: Placed, horizon: Horizon) -> str:
    """`1x h100-sxm at lambda us-west-3, on demand, from 2026-12-03 08:00, $12.30`."""
    start = horizon.shown(placed.start_hours)[:16].replace("T", " ")
    return f"{where}, from {start}, {usd(placed.cost_usd)}"


def _count(number: int, one: str, many: str) -> str:
    return f"{number:,} {one if number == 1 else many}"
