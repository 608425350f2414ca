"""Decisions run as a discrete-event simulation: on request, and where the law of latency does not hold."""

from typing import Final

import numpy as np

from planner.estimate.serving.latency_trust import BAND, needs_simulation
from planner.kinds.serving.latencies import peak_rates
from planner.kinds.serving.problem import Problem
from planner.kinds.serving.table import Table
from planner.outcome.serving_configuration import Latencies, ServingConfiguration
from planner.outcome.serving_findings import Simulation

REQUESTS: Final = 4_000
"""Requests of one run, at least."""
MOST_REQUESTS: Final = 40_000
TURNOVERS: Final = 20
"""How often a run answers all that its replicas work on at a time, so that it is not its own start and end."""
MOST_REPLICAS: Final = 8
"""Replicas of one run: more behind one router wait no longer, so that a larger fleet is no worse than told."""
SEED: Final = 1
LABEL: Final = "the law is doubtful at this load; the latencies listed are simulated"


def simulations(
    problem: Problem, table: Table, decisions: dict[str, int], listed: dict[int, ServingConfiguration], *, all_of: bool
) -> list[Simulation]:
    """A run for each rented decision: of all where asked for, else of those whose load the law is doubtful at.

    The run has the replicas of the busiest minute, of many a part with its part of the traffic. Decisions that are the
    same way are run once. Cascades are not run: their latencies are bounds over two models.
    """
    found: dict[int, Simulation] = {}
    told = []
    for decision, row in decisions.items():
        if row >= len(table.rented) or table.tiers[row] is not None or problem.works[0].per_month <= 0:
            continue
        if row not in found:
            run = _run(problem, table, row, listed[row], all_of=all_of)
            if run is None:
                continue
            found[row] = run
        told.append(found[row].model_copy(update={"decision": decision}))
    return told


def _run(
    problem: Problem, table: Table, row: int, configuration: ServingConfiguration, *, all_of: bool
) -> Simulation | None:
    kind, peak = int(table.rented.kind[row]), int(table.rented.peak[row])
    replica = problem.capacities.replicas.take(np.array([kind])).replica(float(peak))
    each = peak_rates(problem.capacities, np.array([kind]), np.array([peak]), problem.works)
    replaces = bool(needs_simulation(replica, each)[0])
    if not (all_of or replaces) or not each[0] > 0:
        return None
    from planner.estimate.serving.simulation import simulate

    count = min(peak, MOST_REPLICAS)
    in_flight = problem.capacities.replicas.take(np.array([kind])).in_flight(each, count)
    requests = int(np.clip(TURNOVERS * in_flight * count, REQUESTS, MOST_REQUESTS))
    seen = simulate(replica, float(each[0]) * count, replicas=count, requests=requests, seed=SEED)
    figures = {
        f"{figure}_{level}_s": float(getattr(seen, f"{figure}_s")[i])
        for figure in ("ttft", "itl", "total")
        for i, level in enumerate(("p50", "p95", "p99"))
    }
    law = configuration.latencies
    ratios = [figures[f"{name}_p95_s"] / value for name, value in _p95(law).items() if value]
    worst = max((max(ratio, 1.0 / ratio) for ratio in ratios), default=1.0)
    text = (
        f"{seen.requests:,} simulated requests: p95 of {figures['ttft_p95_s']:.3g} s to the first token, "
        f"{1000 * figures['itl_p95_s']:.3g} ms between tokens, {figures['total_p95_s']:.3g} s in all; the law is "
        f"off by a factor of {worst:.2f} at most"
    )
    return Simulation(
        decision="",
        requests=seen.requests,
        seed=SEED,
        latencies=Latencies(**figures),
        worst_ratio=worst,
        agrees=worst <= BAND,
        replaces=replaces,
        text=text,
    )


def _p95(law: Latencies) -> dict[str, float | None]:
    return {"ttft": law.ttft_p95_s, "itl": law.itl_p95_s, "total": law.total_p95_s}


def with_simulated(configuration: ServingConfiguration, runs: dict[str, Simulation]) -> ServingConfiguration:
    """The configuration with simulated latencies where the law does not hold at its load; `runs` by id."""
    run = runs.get(configuration.id)
    if run is None or not run.replaces:
        return configuration
    return configuration.model_copy(update={"latencies": run.latencies, "latency_s_label": LABEL})
