"""Managed jobs that one limit alone cuts: what it would have to be for the nearest of them to come in."""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from scipy.special import ndtri

from planner.catalog.rows import Bools, Floats
from planner.kinds.limited import base_points
from planner.kinds.limits import TOGETHER, Limit
from planner.kinds.managed_jobs import Jobs
from planner.kinds.problem import Problem
from planner.kinds.relaxations import weaker
from planner.outcome import Relaxation

_COST = "constraints.max_cost"


@dataclass(frozen=True, slots=True)
class Missed:
    """A job that is cut by one limit alone, and the value at which that limit would not."""

    needed: float
    """In the limit's own unit."""
    provider: str
    model: str


def nearest(
    problem: Problem, jobs: Jobs, hits: Mapping[str, Bools], found: Mapping[str, Missed]
) -> dict[str, Missed]:  # fmt: skip
    """What was `found` before with these jobs beside it; `hits` has, per limit, which of the jobs break it.

    The confidence in all limits together bounds nothing else of a job than its cost: a larger budget cures both.
    """
    nearer = dict(found)
    for limit in problem.limits:
        figure = _figure(problem, jobs, limit, hits)
        if figure is None:
            continue
        of_cost = {_COST, TOGETHER} if limit.name == _COST else {limit.name}
        others = [hit for name, hit in hits.items() if name not in of_cost]
        mine = np.logical_or.reduce([hits[name] for name in of_cost if name in hits])
        rows = np.flatnonzero(mine & ~np.logical_or.reduce([np.zeros(len(jobs), bool), *others]) & np.isfinite(figure))
        if not len(rows):
            continue
        at = int(rows[np.argmin(figure[rows]) if limit.upper else np.argmax(figure[rows])])
        value, known = float(figure[at]), nearer.get(limit.name)
        if known is None or (value < known.needed if limit.upper else value > known.needed):
            nearer[limit.name] = Missed(value, jobs.price.provider, jobs.models[at])
    return nearer


def _figure(problem: Problem, jobs: Jobs, limit: Limit, hits: Mapping[str, Bools]) -> Floats | None:
    """What a limit bounds of every job; None for a limit that bounds nothing that is known of jobs."""
    match limit.name:
        case "quality.floor.q":
            return jobs.quality.q
        case "quality.floor.points":
            points = base_points(problem, np.maximum(jobs.recipes.model, 0))
            return np.asarray(np.where(jobs.recipes.model >= 0, points, np.nan))
        case name if name == _COST:
            z = [0.0 if limit.confidence is None else float(ndtri(limit.confidence))]
            z += [float(ndtri(one.value)) for one in problem.limits if one.name == TOGETHER and hits[TOGETHER].any()]
            return jobs.cost_usd(max(z))
    return None


def managed_relaxations(problem: Problem, missed: Mapping[str, Missed]) -> list[Relaxation]:
    """Every limit that alone keeps a managed job out, with the value that lets one in; the smallest change first."""
    named = []
    for limit in problem.limits:
        one = missed.get(limit.name)
        told = None if one is None else weaker(limit, {limit.name: (one.needed, 1)})
        if one is not None and told is not None:
            named.append(told.model_copy(update={"text": f"{told.text}: {one.provider} then tunes {one.model}"}))
    return sorted(named, key=lambda told: (told.change or 0.0, told.constraint))


def lost_services(problem: Problem, lost: Mapping[str, Mapping[str, Missed]]) -> dict[str, str]:
    """Providers that nothing is left of, and what would let one of their jobs in, in words."""
    told = {}
    for provider, missed in lost.items():
        ways = [way.text for way in managed_relaxations(problem, missed)]
        told[provider] = " or ".join(ways) if ways else "no limit alone keeps its jobs out"
    return told
