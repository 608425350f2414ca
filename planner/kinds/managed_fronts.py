"""The fronts that managed jobs join: over what is known of them, against all that can be rented (DESIGN rule 2).

Exact: whatever is best over some of the objectives is, in its figures, among the projections of what is best over all
of them; so the front of machines, and the fronts of those with an unknown objective, are all that a job must be held
against, though they are few and the space is large.
"""

from collections.abc import Sequence
from dataclasses import dataclass, fields, replace
from typing import Final

import numpy as np
from scipy.special import ndtri

from planner.catalog.rows import Bools, Floats, Ints
from planner.choose.decide import Decision, Points, decide
from planner.choose.pareto import front_rows
from planner.kinds.limited import base_points
from planner.kinds.limits import TOGETHER, Limit
from planner.kinds.managed_jobs import Jobs, job_points, managed_jobs
from planner.kinds.managed_missed import Missed, nearest
from planner.kinds.problem import Problem

NO_TIME: Final = "no managed service tells how long a job takes"
NO_CARBON: Final = "no managed service tells what a job emits"
MOST_ALIKE: Final = 24
"""Jobs of one price, model and method that are kept where an unknown figure leaves them all undecided."""
UNTOLD: Final = {
    "constraints.deadline": f"{NO_TIME}, so it cannot be shown to be kept",
    "constraints.max_carbon": f"{NO_CARBON}, so it cannot be shown to be kept",
}


@dataclass(frozen=True, slots=True)
class Kept:
    """Managed jobs worth a look: of every price, model and method those that no other of the same beats."""

    groups: tuple[Jobs, ...]
    group: Ints
    row: Ints
    points: Points
    covered: int
    feasible: int
    broken: dict[str, int]
    missed: dict[str, Missed]
    """Limit → the job that comes nearest to it, of those that it alone cuts."""
    lost: dict[str, dict[str, Missed]]
    """Provider none of whose jobs keeps to the limits → the same of its own jobs."""

    def __len__(self) -> int:
        """Number of jobs kept."""
        return len(self.group)

    def known(self, objectives: Sequence[str]) -> list[tuple[str, ...]]:
        """Objectives that are known, per job, in the scenario's order."""
        finite = {name: np.isfinite(self.points.figure(name)) for name in objectives}
        return [tuple(name for name in objectives if finite[name][i]) for i in range(len(self))]


@dataclass(frozen=True, slots=True)
class Joint:
    """A front of machines and managed jobs over some objectives; numbers below `machines` are rows of machines."""

    objectives: tuple[str, ...]
    machines: int
    contenders: Ints
    """All that know these objectives: places among the machines, then among the jobs."""
    losses: Floats
    """(contenders, objectives), minimised."""
    members: Ints
    """Places in `contenders` that nothing beats, cheapest first."""
    decisions: tuple[Decision, ...]
    """Points of these are places in `members`."""


def keep_jobs(problem: Problem) -> Kept:
    """Price all jobs, hold them against the limits, and keep what may matter."""
    groups: list[Jobs] = []
    kept_group: list[Ints] = []
    kept_row: list[Ints] = []
    broken = {limit.name: 0 for limit in problem.limits}
    missed: dict[str, Missed] = {}
    covered = feasible = 0
    lost: dict[str, dict[str, Missed]] = {price.provider: {} for price in problem.space.tuning.prices}
    for jobs in managed_jobs(problem):
        passes: Bools = np.ones(len(jobs), bool)
        hits = {limit.name: _broken(problem, jobs, limit) for limit in problem.limits}
        for name, hit in hits.items():
            broken[name] += int((hit & passes).sum())
            passes &= ~hit
        if not feasible and not passes.any():
            missed = nearest(problem, jobs, hits, missed)
        who = jobs.price.provider
        if passes.any():
            lost.pop(who, None)
        elif who in lost:
            lost[who] = nearest(problem, jobs, hits, lost[who])
        covered, feasible = covered + len(jobs), feasible + int(passes.sum())
        rows = _local_fronts(problem, jobs, np.flatnonzero(passes))
        kept_group.append(np.full(len(rows), len(groups)))
        kept_row.append(rows)
        groups.append(jobs)
    group = np.concatenate([np.empty(0, np.int64), *kept_group])
    row = np.concatenate([np.empty(0, np.int64), *kept_row])
    first = (len(problem.facts.catalog.gpus) + 1) * 10**9
    points = job_points(problem, groups, group, row, first)
    told = {name: count for name, count in broken.items() if count}
    return Kept(tuple(groups), group, row, points, covered, feasible, told, {} if feasible else missed, lost)


def _broken(problem: Problem, jobs: Jobs, limit: Limit) -> Bools:
    """Jobs that break a limit; what is unknown of them breaks nothing."""
    bounded = {one.name: one for one in problem.limits}
    with np.errstate(invalid="ignore"):
        match limit.name:
            case "quality.floor.q":
                return np.asarray(jobs.quality.q < limit.value)
            case "quality.floor.points":
                points = base_points(problem, np.maximum(jobs.recipes.model, 0))
                return np.asarray((points < limit.value) & (jobs.recipes.model >= 0))
            case "constraints.max_cost":
                z = 0.0 if limit.confidence is None else float(ndtri(limit.confidence))
                return np.asarray(jobs.cost_usd(z) > limit.value)
            case name if name == TOGETHER and not set(UNTOLD) & set(bounded):
                cost = bounded["constraints.max_cost"]
                return np.asarray(jobs.cost_usd(float(ndtri(limit.value))) > cost.value)
    return np.zeros(len(jobs), bool)


def untold_limits(limits: Sequence[Limit]) -> dict[str, str]:
    """Limits of the scenario that no managed job can be shown to keep, and why."""
    found = {limit.name: UNTOLD[limit.name] for limit in limits if limit.name in UNTOLD}
    together = {limit.name for limit in limits} & {TOGETHER}
    return found | (dict.fromkeys(together, "it bounds figures that no managed service tells") if found else {})


def _local_fronts(problem: Problem, jobs: Jobs, rows: Ints) -> Ints:
    """Of some jobs of one price and method those that no other on the same model beats.

    Where cost or quality is an objective and unknown, none is beaten by another: the cheapest of all settings stay.
    The cheapest stays too where cost is no objective: what a change does to cost is asked of every plan.
    """
    figures = {"cost": jobs.cost_usd(), "quality": -jobs.quality.q}
    kept = []
    for model in np.unique(jobs.recipes.model[rows]).tolist():
        mine = rows[jobs.recipes.model[rows] == model]
        known = [
            figures[name][mine] for name in problem.objectives
            if name in figures and np.isfinite(figures[name][mine]).all()
        ]  # fmt: skip
        ties = np.nan_to_num(np.stack([figures["cost"][mine], figures["quality"][mine]], axis=1), nan=np.inf)
        losses = np.stack(known, axis=1) if known else np.zeros((len(mine), 1))
        asked = len({"cost", "quality"} & set(problem.objectives))
        if len(known) < asked:
            kept.append(mine[np.lexsort(ties.T[::-1])[:MOST_ALIKE]])
        else:
            kept.append(mine[front_rows(losses, ties)])
        if "cost" not in problem.objectives:
            kept.append(mine[np.argsort(ties[:, 0], kind="stable")[:1]])
    return np.unique(np.concatenate([np.empty(0, np.int64), *kept]))


def join_fronts(objectives: Sequence[str], machines: Points | None, kept: Kept) -> list[Joint]:
    """A front for every set of objectives that is all that is known of some job, the most objectives first."""
    patterns = {known for known in kept.known(objectives) if known}
    points = kept.points if machines is None else joined(machines, kept.points)
    first = 0 if machines is None else len(machines)
    order = sorted(patterns, key=lambda known: (-len(known), [objectives.index(name) for name in known]))
    return [_front(known, points, first) for known in order]


def _front(objectives: tuple[str, ...], points: Points, machines: int) -> Joint:
    losses = np.stack([points.loss(name) for name in objectives], axis=1)
    contenders = np.flatnonzero(np.isfinite(losses).all(axis=1))
    losses = losses[contenders]
    # Of equals one is kept: a machine before a job, whose time nobody tells.
    cost, hours = points.cost_usd[contenders], points.hours[contenders]
    ties = np.nan_to_num(np.stack([cost, hours], axis=1), nan=np.inf)
    members = front_rows(losses, ties)
    members = members[np.lexsort((members, *losses[members].T[::-1]))]
    chosen = decide(_known(taken(points, contenders[members])), objectives)
    return Joint(objectives, machines, contenders, losses, members, tuple(chosen))


def beaten_machines(joint: Joint, front: int) -> Ints:
    """Which of the first `front` machines a managed job beats on these objectives."""
    jobs = joint.losses[joint.contenders >= joint.machines]
    machines = np.flatnonzero(joint.contenders < front)
    hit = [place for place in machines.tolist() if _beats(jobs, joint.losses[place]).any()]
    return np.asarray(joint.contenders[np.array(hit, np.int64)])


def beaten_by(joint: Joint, contender: int) -> int | None:
    """The first member that beats a contender, as its place among the contenders; None where none does."""
    hits = np.flatnonzero(_beats(joint.losses[joint.members], joint.losses[contender]))
    return int(joint.members[hits[0]]) if len(hits) else None


def _beats(losses: Floats, one: Floats) -> Bools:
    """Which rows are no worse than one on every objective, and better on one."""
    return np.asarray((losses <= one).all(axis=1) & (losses < one).any(axis=1))


def joined(first: Points, second: Points) -> Points:
    """Two sets of points, one after the other."""
    names = [field.name for field in fields(Points)]
    return Points(**{name: np.concatenate([getattr(first, name), getattr(second, name)]) for name in names})


def taken(points: Points, rows: Ints) -> Points:
    """Some of the points, in this order."""
    return Points(**{field.name: getattr(points, field.name)[rows] for field in fields(Points)})


def _known(points: Points) -> Points:
    """The points with infinite time where it is unknown, so that it breaks ties last."""
    return replace(
        points, hours=np.nan_to_num(points.hours, nan=np.inf), quality=np.nan_to_num(points.quality, nan=-1.0)
    )
