"""The latency law of serving beside a simulation of every request: p95 over cases and loads.

    python -m tests.benchmarks.serving_simulation [requests]

A cell is law/simulation for TTFT, ITL and total latency; `~` where the law itself says that a simulation must replace
it (`latency_targets.doubtful`). The last lines are the evidence for `latency_targets.BAND`.
"""

import sys
from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from planner.estimate.serving.latency import saturated_rate_per_s
from planner.estimate.serving.latency_spread import spread_at
from planner.estimate.serving.latency_targets import BAND, doubtful
from planner.estimate.serving.simulation import simulate
from tests.estimate.serving.latency_cases import CASES, LOADS, Case, column

LEVEL = 0.95
FIGURES = ("ttft", "itl", "total")


@dataclass(frozen=True, slots=True)
class Cell:
    """Law over simulation at one load."""

    case: str
    load: float
    ratios: tuple[float, ...]
    trusted: tuple[bool, ...]


def cell(name: str, case: Case, load: float, requests: int, seed: int = 1) -> Cell:
    """Compare one case at one load."""
    rate = load * float(saturated_rate_per_s(case.replica)[0])
    run = simulate(
        case.replica, rate * case.replicas, replicas=case.replicas, requests=requests, seed=seed, levels=(LEVEL,)
    )
    law, doubts = spread_at(case.replica, column(rate)).at(LEVEL), doubtful(case.replica, column(rate), LEVEL)
    ratios = tuple(float(getattr(law, f"{x}_s")[0] / getattr(run, f"{x}_s")[0]) for x in FIGURES)
    return Cell(name, load, ratios, tuple(not getattr(doubts, x)[0] for x in FIGURES))


def cells(requests: int) -> Iterator[Cell]:
    """All cases at all loads."""
    for name, case in CASES.items():
        for load in LOADS:
            yield cell(name, case, load, requests)


def main() -> None:
    """Print the table and what it says."""
    requests = int(sys.argv[1]) if len(sys.argv) > 1 else 30_000
    print(f"p95 of the law over that of {requests:,} simulated requests; ~ where the law asks for a simulation")
    print(f"{'':32}" + "".join(f"{load:^21.1f}" for load in LOADS))
    print(f"{'':32}" + "  ttft   itl  total  " * len(LOADS))
    found = []
    for name, case in CASES.items():
        row = [cell(name, case, load, requests) for load in LOADS]
        found += row
        marks = ((ratio, trusted) for one in row for ratio, trusted in zip(one.ratios, one.trusted, strict=True))
        print(f"{name:32}" + "".join(f"{ratio:6.2f}{' ' if trusted else '~'}" for ratio, trusted in marks), flush=True)
    for at, figure in enumerate(FIGURES):
        logs = np.log([one.ratios[at] for one in found])
        trusted = np.array([one.trusted[at] for one in found])
        inside = np.abs(logs[trusted]) <= np.log(BAND)
        worst = np.exp(np.max(np.abs(logs[trusted])))
        print(
            f"{figure:6} {trusted.sum()} of {len(found)} cells trusted: {inside.mean():.0%} within a factor {BAND},"
            f" worst {worst:.2f}, median error {np.median(np.abs(logs[trusted])):.1%};"
            f" the others: {np.mean(np.abs(logs[~trusted]) <= np.log(BAND)):.0%} within"
        )


if __name__ == "__main__":
    main()
