"""Latencies that count of ways on machines: at the level asked for, or of a cascade among what is handed on."""

import numpy as np

from planner.catalog.rows import Bools, Floats
from planner.estimate.serving.latency_spread import Latency
from planner.kinds.serving.handing_on import second_level
from planner.kinds.serving.latencies import latencies_of
from planner.kinds.serving.problem import CASCADE, Problem
from planner.kinds.serving.rented import Rented


def latencies_handed_on(problem: Problem, rented: Rented, level: float, volume: Floats | None = None) -> Latency:
    """Latencies of the model that is asked last, (n,), in the busiest minute of so many times the traffic.

    Where more requests wait for a cold start than a level leaves out, it is part of their first token and of the whole.
    """
    works, capacities = problem.works, problem.capacities
    cascade = problem.scenario.levers.cascade
    handed_on = np.array([work.levers.has(CASCADE) for work in works], bool)[capacities.replicas.grid.work[rented.kind]]
    found = {name: np.empty(len(rented)) for name in ("ttft_s", "itl_s", "total_s")}
    for some, at in ((~handed_on, level), (handed_on, second_level(level, cascade.escalate) if cascade else level)):
        rows = np.flatnonzero(some)
        if not len(rows):
            continue
        times = 1.0 if volume is None else volume[rows]
        part = latencies_of(capacities, rented.kind[rows], rented.peak[rows], works, at, times)
        for name, column in found.items():
            column[rows] = getattr(part, name)
    cold = np.where(waits_for_start(rented, level), problem.scenario.replicas.cold_start or 0.0, 0.0)
    return Latency(found["ttft_s"] + cold, found["itl_s"], found["total_s"] + cold)


def waits_for_start(rented: Rented, level: float) -> Bools:
    """Ways in which more requests wait for a cold start than a level leaves out, (n,)."""
    return np.asarray(rented.cold_share > 1.0 - level)
