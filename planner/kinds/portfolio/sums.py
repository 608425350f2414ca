"""Sums over what runs: the totals of a plan, and what teams spend in months."""

from collections.abc import Mapping, Sequence

from planner.kinds.portfolio.chances import costs_of
from planner.kinds.portfolio.options import known
from planner.kinds.portfolio.problem import Problem
from planner.kinds.portfolio.shared import month_limits
from planner.outcome.configuration import Figure
from planner.outcome.portfolio import JobPlan, TeamMonth, Totals


def totals(problem: Problem, jobs: Sequence[JobPlan]) -> Totals:
    """Sums over jobs that run, have started or are done."""
    ran = [(job, job.run, job.chosen) for job in jobs if job.run is not None]
    low, high = costs_of([
        (run.cost_usd, _sigma(problem, job))
        for job, run, _ in ran
        if job.status != "done"
    ]).band_usd(problem.scenario.solver.seed)  # fmt: skip
    done = sum(run.cost_usd for job, run, _ in ran if job.status == "done")
    last = max(ran, key=lambda of: of[1].start_hours + of[1].hours, default=None)
    emitted = [run.carbon_kg for _, run, _ in ran]
    return Totals(
        jobs=len(jobs), runs=len(ran), left_out=sum(job.status == "left out" for job in jobs),
        failed=sum(job.status == "failed" for job in jobs), cost_usd=sum(run.cost_usd for _, run, _ in ran),
        cost_usd_lo=known(done + low), cost_usd_hi=known(done + high),
        value_usd=sum(job.value_usd or 0.0 for job, _, _ in ran),
        late_jobs=sum(run.late_hours > 0 for _, run, _ in ran),
        late_hours=sum(run.late_hours for _, run, _ in ran),
        lateness_usd=sum(job.priority * job.late_usd_per_day / 24.0 * run.late_hours for job, run, _ in ran),
        quality=mean_quality([(job.priority, run.quality) for job, run, _ in ran]),
        carbon_kg=None if None in emitted else sum(kg for kg in emitted if kg is not None),
        gpu_hours=sum(run.hours * chosen.gpus for _, run, chosen in ran if chosen is not None),
        finish="" if last is None else last[1].end, moved=sum(run.moved for _, run, _ in ran),
    )  # fmt: skip


def mean_quality(found: Sequence[tuple[float, Figure]]) -> Figure:
    """Mean of the qualities that are known, by weight; evenly where nothing weighs."""
    some = [(weight, quality) for weight, quality in found if quality is not None]
    whole = sum(weight for weight, _ in some)
    if not some:
        return None
    if whole <= 0:
        return sum(quality for _, quality in some) / len(some)
    return sum(weight * quality for weight, quality in some) / whole


def team_months(problem: Problem, jobs: Sequence[JobPlan]) -> list[TeamMonth]:
    """What each team spends in each month, failed attempts among it; months of nothing without a budget left out."""
    spent: dict[tuple[str, str], float] = {}

    def add(team: str, by_month: Mapping[str, float]) -> None:
        for month, usd in by_month.items():
            spent[team, month] = spent.get((team, month), 0.0) + usd

    for job in jobs:
        if job.run is not None:
            add(job.team, job.run.cost_by_month_usd)
    for name, past in problem.standing.of("failed").items():
        add(problem.teams[name], past.by_month_usd)
    limits = month_limits([budget for budget in problem.budgets if budget.team])
    return [
        TeamMonth(team=team, month=month, spent_usd=spent.get((team, month), 0.0), limit_usd=limits.get((team, month)))
        for team, month in sorted({*spent, *limits})
        if spent.get((team, month)) or (team, month) in limits
    ]


def _sigma(problem: Problem, job: JobPlan) -> float:
    """Deviation of ln cost of what a job was planned in."""
    return float("nan") if job.chosen is None else problem.by_name[job.name, job.chosen.id].sigma
