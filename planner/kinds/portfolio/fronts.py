"""The portfolio's own front: other schedules, by cost, lateness and quality."""

from collections.abc import Callable, Sequence
from time import monotonic
from typing import Final

import numpy as np

from planner.choose.pareto import front_rows
from planner.choose.portfolio.schedule import Schedule
from planner.choose.portfolio.sweep import Held, sweep
from planner.kinds.portfolio.options import known
from planner.kinds.portfolio.problem import Problem
from planner.kinds.portfolio.solving import Solved
from planner.kinds.portfolio.sums import mean_quality
from planner.outcome.portfolio import FrontSchedule, JobPlan

SHARE: Final = 0.5
"""Of the time left that all schedules of the front may take where outages are asked about too; else all of it."""
GAPS: Final = 2.0
"""Gap of these schedules against that of the plan's own: what is held costs a little, seldom within the same gap."""
WORDS: Final = {Held.COST: "cost", Held.LATENESS: "lateness", Held.QUALITY: "quality"}


def own_front(
    problem: Problem, solved: Solved, jobs: Sequence[JobPlan], until: float, progress: Callable[[str], None]
) -> list[FrontSchedule]:
    """Schedules by each figure held at some levels, cheapest first, those that others are no worse than left out.

    The plan's own is always among them. Jobs that are done count in all of them. Until then, by the monotonic clock.
    """
    solver = problem.scenario.solver
    if not solver.front or not solved.schedule.placed:
        return []
    steps = max(solver.front, 2)
    held = [Held.COST]
    if any(job.late_usd_per_hour for job in solved.instance.jobs):
        held.append(Held.LATENESS)
    if any(c.quality for job in solved.instance.jobs for c in job.configurations):
        held.append(Held.QUALITY)
    left_s = (SHARE if problem.outages else 1.0) * max(until - monotonic(), 0.0)
    done = [job for job in jobs if job.status == "done" and job.run is not None]
    found = [("", solved.schedule)]
    end = monotonic() + left_s
    for i, figure in enumerate(held):
        progress(f"sweeps {WORDS[figure]}")
        now = monotonic()
        mine = now + max(end - now, 0.0) / (len(held) - i)
        swept = sweep(solved.instance, figure, solved.schedule, mine, steps, GAPS * solver.gap, solver.seed)
        found += [(WORDS[figure], step.schedule) for step in swept]
    told = [_told(problem, name, schedule, done) for name, schedule in found]
    losses = np.array([[s.cost_usd, s.lateness_usd, -schedule.quality, -s.value_usd]
                       for s, (_, schedule) in zip(told, found, strict=True)]).round(6)  # fmt: skip
    kept = front_rows(losses).tolist()
    same = {i for i in kept if i and (losses[i] == losses[0]).all()}
    rows = sorted({0, *kept} - same)
    return sorted((told[i] for i in rows), key=lambda s: (s.cost_usd, s.lateness_usd, not s.chosen, s.held))


def _told(problem: Problem, held: str, schedule: Schedule, done: Sequence[JobPlan]) -> FrontSchedule:
    qualities = [
        (problem.priority[of.job], known(problem.by_name[of.job, of.configuration].quality)) for of in schedule.placed
    ]
    past = [(job, job.run) for job in done if job.run is not None]
    qualities += [(job.priority, run.quality) for job, run in past]
    values = [problem.written[of.job].value or 0.0 for of in schedule.placed]
    return FrontSchedule(
        held=held, cost_usd=schedule.cost_usd + sum(run.cost_usd for _, run in past),
        lateness_usd=schedule.lateness_usd
        + sum(job.priority * job.late_usd_per_day / 24.0 * run.late_hours for job, run in past),
        quality=mean_quality(qualities), value_usd=sum(values) + sum(job.value_usd or 0.0 for job, _ in past),
        runs=len(schedule.placed) + len(past), objective_usd=schedule.objective_usd,
        gap=known(schedule.bound.gap), chosen=held == "",
    )  # fmt: skip
