"""The latency law of serving beside a simulation of every request: p95 over cases and loads.

    python -m tests.benchmarks.serving_simulation [requests]

A cell is law/simulation for TTFT, ITL and total latency; `~` where the law itself says that a simulation must replace
it (`latency_trust.doubtful`). The lines below the table are the evidence for `latency_trust.BAND`. After them,
published figures beside the law with the shipped constants.
"""

import sys
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np

from planner.estimate.serving.latency import saturated_rate_per_s
from planner.estimate.serving.latency_spread import spread_at
from planner.estimate.serving.latency_trust import BAND, doubtful
from planner.estimate.serving.simulation import simulate
from tests.estimate.serving.latency_cases import CASES, LOADS, Case, column, replica, step
from tests.estimate.serving.published import MLPERF, NIM, mlperf, nim, online

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
    judge(found)
    print("random cases, seed 3, which no number was set by:")
    judge([cell("random", case, load, 8000) for case in random_cases(40, 3) for load in (0.3, 0.6, 0.8)])
    published()


def random_cases(number: int, seed: int) -> Iterator[Case]:
    """Replicas and traffic of any kind: decode or prefill bound, even or uneven, alone or behind a router."""
    rng = np.random.default_rng(seed)

    def between(low: float, high: float) -> float:
        return float(np.exp(rng.uniform(np.log(low), np.log(high))))

    for _ in range(number):
        decode, slots, together = between(3e-3, 4e-2), round(between(8, 400)), int(rng.choice([1, 1, 2, 6]))
        prefill = between(0.3, 30.0) * decode
        spread = (float(rng.choice([0.0, 0.4, 0.8, 1.5])), float(rng.choice([0.0, 0.4, 0.8, 1.5])))
        budget = float(rng.choice([np.inf, between(0.3, 5.0) * prefill]))
        steps = step(decode, decode * between(0.05, 4.0) / slots)
        yield Case(
            replica(
                steps, slots, prefill, between(10, 800), spread,
                cv2=float(rng.choice([1.0, 1.0, 1.0, 3.0])), step_prefill_s=budget, together=together,
            ),
            together,
        )  # fmt: skip


def judge(found: Sequence[Cell]) -> None:
    """Print how many trusted cells are within the band."""
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


def published() -> None:
    """Print rows of offered load, the NIM knee and MLPerf's scenarios beside the law."""
    rows = [row for row in online() if row.prefill_share < 0.4]
    ttft, itl = (np.nanmean(np.abs(np.array([getattr(row, x) for row in rows]) - 1.0)) for x in ("ttft", "itl"))
    print(f"TensorRT-LLM under offered load, {len(rows)} rows: mean error of TTFT {ttft:.1%}, of ITL {itl:.1%}")
    for (concurrency, tokens, gap), (law_tokens, law_gap) in zip(NIM, nim(), strict=True):
        print(
            f"NIM 70B at {concurrency:3}: {law_tokens:.0f} tokens/s against {tokens:.0f},"
            f" ITL {law_gap:.1f} ms against {gap}"
        )
    for gpu, (offline, server, _) in MLPERF.items():
        law, most, least = mlperf(gpu)
        print(
            f"MLPerf 70B on 8 {gpu}: offline {law:.0f} tokens/s against {offline:.0f};"
            f" server/offline {least:.2f} to {most:.2f} against {server / offline:.2f}"
        )


if __name__ == "__main__":
    main()
