"""What to change where no way to serve is feasible: one limit by how much, or a latency target."""

import math

import numpy as np

from planner.catalog.rows import Ints
from planner.estimate.serving.conversation import first_too_long
from planner.kinds.serving.by_api import talk_turns
from planner.kinds.serving.capacity import BELOW_FLOOR, NO_ROOM, TOO_LONG, UNSUPPORTED
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
    rest = [*_targets(problem), *_memory(problem), *_context(problem), *_support(problem)]
    return sorted(found, key=lambda one: abs(one.change or 0.0)) + rest


def _memory(problem: Problem) -> list[Relaxation]:
    """The memory that the smallest model needs, where no machine that is allowed holds one."""
    capacities = problem.capacities
    rows = _only(problem, NO_ROOM)
    if not len(rows):
        return []
    x = capacities.replicas.x
    has = x.gpus * x.memory_bytes / GIB
    # One request of mean length has to fit beside the weights too.
    needs = (x.weight_bytes + x.kv_bytes * (capacities.replicas.sent + capacities.replicas.answer)) / GIB
    nearest = int(rows[np.argmin((needs / has)[rows])])
    model = problem.catalog.models[int(capacities.replicas.grid.model[nearest])].id
    needed, largest = float(needs[nearest]), float(has[rows].max())
    text = (
        f"{model} needs {needed:,.0f} GiB with one request; of the machines allowed the largest group of GPUs has "
        f"{largest:,.0f} GiB: allow larger ones under hardware, or a smaller precision"
    )
    return [
        Relaxation(
            constraint="hardware", limit=largest, needed=needed, unit="GiB", change=needed / largest - 1.0, text=text
        )
    ]


def _context(problem: Problem) -> list[Relaxation]:
    """The longest context that a model has, where requests are longer than all."""
    rows, replicas = _only(problem, TOO_LONG), problem.capacities.replicas
    if not len(rows):
        return []
    best = int(rows[np.argmax(replicas.context[rows])])
    model = problem.catalog.models[int(replicas.grid.model[best])].id
    limit, needed = float(replicas.context[best]), float(replicas.longest[rows].min())
    text = (
        f"one request in a hundred has {needed:,.0f} tokens or more with its answer, and {model} takes {limit:,.0f}: "
        "name a model with a longer context, or shorten requests"
    )
    work = problem.works[int(replicas.grid.work[best])]
    if work.talk is not None:
        turn = float(first_too_long(talk_turns(work), limit - work.answer.mean))
        text += f"; conversations are longer than that from turn {turn:.0f} on" if math.isfinite(turn) else ""
    return [Relaxation(constraint="models", limit=limit, needed=needed, unit="tokens", change=None, text=text)]


def _support(problem: Problem) -> list[Relaxation]:
    """What to name where no engine serves any precision on any card."""
    if not len(_only(problem, UNSUPPORTED)):
        return []
    engines = " and ".join(engine.id for engine in problem.space.engines)
    text = (
        f"{engines} does not serve {' or '.join(problem.space.precisions)} on the cards allowed: "
        "name other precisions, engines or GPUs"
    )
    return [Relaxation(constraint="precisions", limit=None, needed=None, unit="", change=None, text=text)]


def _only(problem: Problem, reason: str) -> Ints:
    """Kinds that a reason stops, where it stops all that an engine serves; of that itself, where it serves none."""
    capacities = problem.capacities
    served = capacities.reason != capacities.reasons.index(UNSUPPORTED)
    rows = np.flatnonzero(capacities.reason == capacities.reasons.index(reason))
    others = served if reason != UNSUPPORTED else np.ones(len(served), bool)
    return rows if len(rows) == int(others.sum()) else rows[:0]


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
