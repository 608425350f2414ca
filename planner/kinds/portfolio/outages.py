"""What would change if a provider, or a region of it, were down."""

from collections.abc import Callable, Mapping, Sequence
from time import monotonic
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
from planner.kinds.portfolio.stopped import followers_free, kept, sunk_of
from planner.kinds.portfolio.thinning import thinned
from planner.outcome.portfolio import Change, JobPlan, OutageEffect
from planner.units import duration, usd

LEFT_OUT: Final = "left out"


def outage_effects(
    problem: Problem, solved: Solved, jobs: Sequence[JobPlan], until: float, progress: Callable[[str], None]
) -> list[OutageEffect]:
    """The effect of each outage that the scenario names; none without a schedule to compare with.

    Until then, by the monotonic clock: each takes its part of what is left at most.
    """
    if not problem.outages or solved.schedule.status in (Status.INFEASIBLE, Status.NOTHING_FOUND):
        return []
    done_usd = sum(job.run.cost_usd for job in jobs if job.status == "done" and job.run is not None)
    found = []
    for i, place in enumerate(problem.outages):
        progress(f"plans without {place_words(place)}")
        now = monotonic()
        mine = now + max(until - now, 0.0) / (len(problem.outages) - i)
        found.append(_effect(problem, solved, place, mine, done_usd))
    return found


def _effect(problem: Problem, solved: Solved, place: Place, until: float, done_usd: float) -> OutageEffect:
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
    sunk = sunk_of(problem, hit)
    rest = kept(problem, solved, place, sunk)
    after = _solve(problem, rest, place, until)
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
    sunk_usd = sum(usd for months in sunk.values() for usd in months.values())
    more = after.cost_usd + sunk_usd - schedule.cost_usd
    late_after = sum(of.late_hours for of in after.placed)
    parts = [f"{_count(len(moved), 'job changes', 'jobs change')}"]
    if lost:
        parts.append(f"{_count(len(lost), 'job no longer runs', 'jobs no longer run')} ({', '.join(lost)})")
    parts.append(f"the whole costs {usd(abs(more))} {'more' if more >= 0 else 'less'}")
    worth = _worth_usd(after, rest) - sunk_usd - _worth_usd(schedule, solved.full)
    parts.append(f"the schedule is worth {_by(worth)}")
    if abs(late_after - late) > 1e-9:
        parts.append(f"jobs are late by {duration(late_after)} in all, not {duration(late)}")
    return OutageEffect(
        provider=place.provider, region=place.region, feasible=not required,
        cost_usd=after.cost_usd + sunk_usd + done_usd, more_cost_usd=more, late_hours=late_after, lost=lost,
        moved=moved, gap=known(after.bound.gap),
        text=f"Without {words} {', '.join(parts)}.",
    )  # fmt: skip


def _worth_usd(schedule: Schedule, instance: Instance) -> float:
    """The objective without what jobs earn by staying, which is not the same with an outage."""
    planned = {job.name for job in instance.jobs if job.planned is not None}
    stay = sum(of.job in planned and not of.moved for of in schedule.placed)
    return schedule.objective_usd - instance.weights.stays_usd * stay


def _solve(problem: Problem, rest: Instance, place: Place, until: float) -> Schedule:
    """The schedule without the place: of few configurations of each job, of all where these are proven not to do."""
    solver = problem.scenario.solver
    full = followers_free(without(rest, place.provider, place.region))
    few = thinned(full, solver.configurations, problem.groups)
    found = solve(few.instance, until - monotonic(), solver.gap, solver.seed)
    if few.cut and found.status is Status.INFEASIBLE and fits(full):
        return solve(full, until - monotonic(), solver.gap, solver.seed)
    return found


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
    return f"{where}, from {horizon.told(placed.start_hours)}, {usd(placed.cost_usd)}"


def _by(more_usd: float) -> str:
    """`$12.00 less`; `the same` where that is what it looks like."""
    if usd(abs(more_usd)) == usd(0.0):
        return "the same"
    return f"{usd(abs(more_usd))} {'more' if more_usd > 0 else 'less'}"


def _count(number: int, one: str, many: str) -> str:
    return f"{number:,} {one if number == 1 else many}"
