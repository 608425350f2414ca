"""Fewer configurations of a job for the solver: the best of every place by each figure, and what is far from these."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np

from planner.catalog.rows import Floats
from planner.choose.portfolio.grid import build
from planner.choose.portfolio.instance import Configuration, Instance, Job

_ALWAYS = 3
"""Of the figures by which a group has a best one, the first ones, whose best is kept whatever the room."""
Groups = Mapping[str, Mapping[str, tuple[bool, ...]]]
"""Job → configuration → the places that quotas and outages distinguish in which it lies."""


@dataclass(frozen=True, slots=True)
class Thinned:
    """The instance with fewer configurations."""

    instance: Instance
    cut: bool
    """Whether any was left out that could run."""


def thinned(instance: Instance, most: int, groups: Groups) -> Thinned:
    """At most `most` configurations of each job, more where its places ask for more.

    Kept always: of each place group the cheapest, the fastest and the best, and what an earlier plan has the job in. As
    far as there is room, of each group the one that is worth most by the objective, that holds least and that emits
    least; then the one that is farthest from all that are kept, in ln cost, ln time and quality, each scaled to its
    range over the job's; the first of equal ones. What cannot run even alone is only kept where nothing can.
    """
    jobs, cut = [], False
    for job in instance.jobs:
        if job.fixed is not None or len(job.configurations) <= 1:
            jobs.append(job)
            continue
        kept, left_out = _of_job(instance, job, most, groups.get(job.name, {}))
        cut |= left_out
        jobs.append(replace(job, configurations=kept))
    return Thinned(replace(instance, jobs=tuple(jobs)), cut)


def _of_job(
    instance: Instance, job: Job, most: int, groups: Mapping[str, tuple[bool, ...]]
) -> tuple[tuple[Configuration, ...], bool]:
    grid = build(replace(instance, jobs=(job,), orders=(), exclusives=(), quality=None))
    runs = np.flatnonzero(grid.allowed.any(axis=1)).tolist()
    cut = bool(runs)
    rows = runs or list(range(len(job.configurations)))
    if len(rows) <= most:
        return tuple(job.configurations[r] for r in rows), False
    worth = np.where(np.isfinite(grid.worth), grid.worth, -np.inf).max(axis=1)
    figures = _figures(job.configurations, instance.curves)
    planned = "" if job.planned is None else job.planned.configuration
    kept = [r for r in rows if job.configurations[r].name == planned]
    for number, by in enumerate((figures.cost, figures.hours, -figures.quality, -worth, figures.held, figures.carbon)):
        for group in _grouped(rows, job.configurations, groups):
            best = min(group, key=lambda r: (by[r], figures.cost[r], figures.hours[r], -figures.quality[r], r))
            if best not in kept and (number < _ALWAYS or len(kept) < most):
                kept.append(best)
    _spread(kept, rows, figures, most)
    return tuple(job.configurations[r] for r in sorted(kept)), cut and len(kept) < len(rows)


@dataclass(frozen=True, slots=True)
class _Figures:
    """(R,) arrays of a job's configurations."""

    cost: Floats
    hours: Floats
    quality: Floats
    held: Floats
    carbon: Floats


def _figures(configurations: Sequence[Configuration], curves: Mapping[str, Sequence[float]]) -> _Figures:
    factor = {name: float(np.mean(curve)) for name, curve in curves.items()} | {"": 1.0}
    return _Figures(
        np.array([c.fixed_usd + c.varying_usd * factor[c.curve] for c in configurations], float),
        np.array([c.hours for c in configurations], float),
        np.array([c.quality for c in configurations], float),
        np.array([max(c.takes.values(), default=0.0) for c in configurations], float),
        np.array([c.carbon_kg for c in configurations], float),
    )


def _grouped(
    rows: Sequence[int], configurations: Sequence[Configuration], groups: Mapping[str, tuple[bool, ...]]
) -> list[list[int]]:
    found: dict[tuple[bool, ...], list[int]] = {}
    for r in rows:
        found.setdefault(groups.get(configurations[r].name, ()), []).append(r)
    return list(found.values())


def _spread(kept: list[int], rows: Sequence[int], figures: _Figures, most: int) -> None:
    """Add the farthest, one after the other."""
    axes = [np.log(np.maximum(figures.cost, 1e-9)), np.log(figures.hours), figures.quality]
    at = np.stack([_scaled(axis[list(rows)]) for axis in axes], axis=1)
    place = {r: k for k, r in enumerate(rows)}
    near = np.full(len(rows), np.inf)
    for r in kept:
        near = np.minimum(near, np.linalg.norm(at - at[place[r]], axis=1))
    while len(kept) < most:
        k = int(np.argmax(near))
        if near[k] <= 0:
            return
        kept.append(rows[k])
        near = np.minimum(near, np.linalg.norm(at - at[k], axis=1))


def _scaled(values: Floats) -> Floats:
    low, high = float(values.min()), float(values.max())
    return np.zeros(len(values)) if high <= low else (values - low) / (high - low)
