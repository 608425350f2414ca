"""What to change where no way to serve is feasible: one limit by how much, or a latency target."""

import numpy as np

from planner.kinds.serving.capacity import BELOW_FLOOR, NO_ROOM
from planner.kinds.serving.problem import Problem
from planner.kinds.serving.table import Table
from planner.kinds.serving.targets import target_name
from planner.outcome import Relaxation
from planner.units import GIB, significant


def relaxations(problem: Problem, table: Table) -> list[Relaxation]:
    """For each limit that stands alone in the way of some way, the value that lets the nearest one in; then targets."""
    found = []
    alone = table.broken.sum(axis=0) == 1
    figures = table.figures
    for limit, cuts in zip(problem.limits, table.broken, strict=True):
        rows = np.flatnonzero(cuts & alone & table.runs)
        values = figures[limit.unit][rows]
        values = values[np.isfinite(values)]
        if not len(values):
            continue
        needed = float(values.min() if limit.upper else values.max())
        change = needed / limit.value - 1.0 if limit.value else None
        verb = "raise" if limit.upper else "lower"
        text = f"{verb} {limit.name} from {significant(limit.value, 4)} to {significant(needed, 4)} {limit.unit}"
        found.append(
            Relaxation(
                constraint=limit.name, limit=limit.value, needed=needed, unit=limit.unit, change=change, text=text
            )
        )
    return sorted(found, key=lambda one: abs(one.change or 0.0)) + _targets(problem) + _memory(problem)


def _memory(problem: Problem) -> list[Relaxation]:
    """The memory that the smallest model needs, where no machine that is allowed holds one."""
    capacities = problem.capacities
    if not len(capacities.reason) or (capacities.reason != capacities.reasons.index(NO_ROOM)).any():
        return []
    x = capacities.replicas.x
    has = x.gpus * x.memory_bytes / GIB
    # One request of mean length has to fit beside the weights too.
    needs = (x.weight_bytes + x.kv_bytes * (capacities.replicas.sent + capacities.replicas.answer)) / GIB
    nearest = int(np.argmin(needs / has))
    model = problem.catalog.models[int(capacities.replicas.grid.model[nearest])].id
    needed, largest = float(needs[nearest]), float(has[nearest])
    text = (
        f"{model} needs {needed:,.0f} GiB with one request; of the machines allowed the largest group of GPUs has "
        f"{largest:,.0f} GiB: allow larger ones under hardware, or a smaller precision"
    )
    return [
        Relaxation(
            constraint="hardware", limit=largest, needed=needed, unit="GiB", change=needed / largest - 1.0, text=text
        )
    ]


def _targets(problem: Problem) -> list[Relaxation]:
    """Targets that keep every kind of replica out, with the least that one of them needs."""
    capacities = problem.capacities
    at_floor = capacities.reason == capacities.reasons.index(BELOW_FLOOR)
    if (capacities.reason == 0).any() or not at_floor.any():
        return []
    found = []
    seconds = np.array(list(problem.targets.values()))
    misses = capacities.floor_s[at_floor] > seconds
    for t, (key, target) in enumerate(problem.targets.items()):
        rows = misses[:, t] & (misses.sum(axis=1) == 1)
        if rows.any():
            needed = float(capacities.floor_s[at_floor][rows, t].min())
            name = f"latency.{key[0]}"
            least = f"even without load the floor is {significant(needed, 3)} s"
            text = f"{target_name(*key)}: no machine answers within {target:g} s; {least}"
            found.append(
                Relaxation(
                    constraint=name, limit=target, needed=needed, unit="s", change=needed / target - 1.0, text=text
                )
            )
    return found
