"""What becomes of each job, as the outcome tells it."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

from planner.choose.portfolio.calendar import NEAR
from planner.choose.portfolio.schedule import Placed
from planner.choose.portfolio.schedule import Status as Solution
from planner.choose.portfolio.waiting import EARLIEST
from planner.kinds.portfolio.choices import Choices
from planner.kinds.portfolio.inputs import JobInput
from planner.kinds.portfolio.instance_of import late_per_day, priority_of
from planner.kinds.portfolio.options import Option, known
from planner.kinds.portfolio.problem import Problem
from planner.kinds.portfolio.rates import mean_cost
from planner.kinds.portfolio.running import Past
from planner.kinds.portfolio.solving import Solved
from planner.outcome.portfolio import JobPlan, Run
from planner.scenario.portfolio_jobs import PortfolioJob

Status = Literal["runs", "left out", "failed", "started", "done"]
NO_SCHEDULE = "no schedule keeps all constraints"
NOT_FOUND = "no schedule was found in the time"


@dataclass(frozen=True, slots=True)
class Told:
    """What one of the jobs came to."""

    status: Status
    option: Option | None = None
    run: Run | None = None
    why: str = ""
    waits_for: str = ""


def told_jobs(problem: Problem, solved: Solved | None, gathered: Mapping[str, Choices],
              passed_over: Mapping[str, Mapping[str, int]]) -> list[JobPlan]:  # fmt: skip
    """Those that run in order of start, then those that do not, as written."""
    placed = {} if solved is None else {of.job: of for of in solved.schedule.placed}
    left_out = {} if solved is None else {of.job: of.why for of in solved.schedule.left_out}
    considered = {} if solved is None else {job.name: len(job.configurations) for job in solved.instance.jobs}
    found = []
    for written, job in zip(problem.scenario.jobs, problem.jobs, strict=True):
        name = written.name
        told = _told(problem, written, placed.get(name), left_out, solved)
        choices = gathered.get(name, Choices())
        found.append(_plan(problem, written, job, told, choices, considered.get(name, 0), passed_over.get(name, {})))
    running = sorted((job for job in found if job.run is not None), key=_start)
    return [*running, *(job for job in found if job.run is None)]


def _start(job: JobPlan) -> tuple[float, str]:
    return (0.0 if job.run is None else job.run.start_hours, job.name)


def _told(
    problem: Problem, written: PortfolioJob, placed: Placed | None, left_out: Mapping[str, str], solved: Solved | None
) -> Told:
    name = written.name
    past = problem.standing.past.get(name)
    if past is not None and past.status == "done":
        return Told("done", past.option, _run_of_done(problem, written, past))
    if name in problem.out:
        out = problem.out[name]
        return Told("failed" if out.failed else "left out", why=out.why)
    if placed is not None:
        option = problem.by_name[name, placed.configuration]
        started = past is not None and past.status == "started"
        waits = _waits_for(problem, written, placed)
        return Told("started" if started else "runs", option, _run(problem, placed, option), waits_for=waits)
    if past is not None and past.status == "started" and past.option is not None:
        # It runs, whatever is planned around it.
        return Told("started", past.option, _run_as_is(problem, past, past.option))
    proven = solved is not None and solved.schedule.status is Solution.INFEASIBLE
    return Told("left out", why=left_out.get(name, NO_SCHEDULE if proven else NOT_FOUND))


def _run(problem: Problem, placed: Placed, option: Option) -> Run:
    curve = problem.rates.curve_of(option)
    cost = placed.cost_usd
    return Run(
        start=problem.horizon.shown(placed.start_hours), end=problem.horizon.shown(placed.finish_hours),
        start_hours=placed.start_hours, hours=option.hours, cost_usd=cost,
        cost_usd_lo=known(cost * option.low_share) if cost else 0.0,
        cost_usd_hi=known(cost * option.high_share) if cost else 0.0,
        mean_rate_cost_usd=mean_cost(option, problem.rates.curve(curve) if curve else None),
        cost_by_month_usd=dict(placed.cost_by_month_usd), quality=known(option.quality),
        carbon_kg=known(option.carbon_kg), late_hours=placed.late_hours, moved=placed.moved,
        before=_before(problem, placed.job) if placed.moved else "",
        worth_usd=placed.worth_usd,
    )  # fmt: skip


def _waits_for(problem: Problem, written: PortfolioJob, placed: Placed) -> str:
    """What it waits for; an earliest start that the scenario does not give is that of a portfolio that runs already."""
    horizon, slot = problem.horizon, placed.start_hours - problem.horizon.slot_hours
    own = written.earliest is not None and horizon.hour(written.earliest) > slot + NEAR
    told = "not before now" if (horizon.now_hours or 0.0) > slot else "after what is done"
    parts = placed.waits_for.split("; ")
    return "; ".join(told if part == EARLIEST and not own else part for part in parts)


def _before(problem: Problem, job: str) -> str:
    """Where and when the earlier plan has a job: `1x h100-sxm at aws us-east-1, on demand, 2026-12-04 08:00`."""
    earlier = problem.standing.earlier.get(job)
    if earlier is None or earlier.chosen is None or earlier.run is None:
        return ""
    return f"{earlier.chosen.where}, {earlier.run.start[:16].replace('T', ' ')}"


def _run_of_done(problem: Problem, written: PortfolioJob, past: Past) -> Run:
    """What a done job was: its cost is known, and what it adds is told as for the others."""
    scenario = problem.scenario
    deadline = None if written.deadline is None else problem.horizon.hour(written.deadline)
    late = 0.0 if deadline is None else max(0.0, past.end_hours - deadline)
    priority = priority_of(written, problem.teams[written.name], scenario)
    option = past.option
    quality = None if option is None else known(option.quality)
    points = 0.0 if quality is None else 100.0 * quality * scenario.objective.quality_point
    lateness = late * late_per_day(written, scenario) / 24.0
    carbon = None if option is None else known(option.carbon_kg)
    worth = priority * ((written.value or 0.0) + points - lateness) - past.spent_usd
    return Run(
        start=problem.horizon.shown(past.start_hours), end=problem.horizon.shown(past.end_hours),
        start_hours=past.start_hours, hours=past.end_hours - past.start_hours, cost_usd=past.spent_usd,
        cost_usd_lo=past.spent_usd, cost_usd_hi=past.spent_usd, mean_rate_cost_usd=past.spent_usd,
        cost_by_month_usd=dict(past.by_month_usd), quality=quality, carbon_kg=carbon, late_hours=late, moved=False,
        worth_usd=worth - (carbon or 0.0) * scenario.objective.carbon_tonne / 1000.0,
    )  # fmt: skip


def _run_as_is(problem: Problem, past: Past, option: Option) -> Run:
    """A started job where there is no schedule: as it was planned, at its mean cost."""
    curve = problem.rates.curve_of(option)
    cost = mean_cost(option, problem.rates.curve(curve) if curve else None)
    horizon = problem.horizon
    return Run(
        start=horizon.shown(past.start_hours), end=horizon.shown(past.end_hours), start_hours=past.start_hours,
        hours=option.hours, cost_usd=cost, cost_usd_lo=known(cost * option.low_share) if cost else 0.0,
        cost_usd_hi=known(cost * option.high_share) if cost else 0.0, mean_rate_cost_usd=cost,
        cost_by_month_usd=horizon.by_month(horizon.at(past.start_hours), horizon.at(past.end_hours), cost),
        quality=known(option.quality), carbon_kg=known(option.carbon_kg), late_hours=0.0, moved=False, worth_usd=-cost,
    )  # fmt: skip


def _plan(
    problem: Problem, written: PortfolioJob, job: JobInput, told: Told, choices: Choices, considered: int,
    passed_over: Mapping[str, int],
) -> JobPlan:  # fmt: skip
    scenario, horizon = problem.scenario, problem.horizon
    earlier = problem.standing.earlier.get(written.name)
    return JobPlan(
        name=written.name, team=job.team, scenario=job.reference, kind=job.kind, status=told.status,
        priority=priority_of(written, job.team, scenario), optional=written.optional, value_usd=written.value,
        earliest="" if written.earliest is None else horizon.shown(horizon.hour(written.earliest)),
        deadline="" if written.deadline is None else horizon.shown(horizon.hour(written.deadline)),
        hard=written.hard, late_usd_per_day=late_per_day(written, scenario),
        after=[after.job for after in written.firsts()],
        chosen=None if told.option is None or told.run is None else told.option.chosen, run=told.run, why=told.why,
        waits_for=told.waits_for,
        metadata=choices.metadata or (None if earlier is None else earlier.metadata),
        considered=considered, on_front=choices.on_front, passed_over=dict(sorted(passed_over.items())),
    )  # fmt: skip
