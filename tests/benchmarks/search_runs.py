"""All contestants on one space: rivals by time, our sampled search by evaluations; the same box measures them all."""

import functools
import sys
import time
from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass
from typing import Any, Final

import numpy as np

from planner.kinds.problem import Problem
from planner.kinds.searching import build_problem, search_problem
from planner.source import InvalidInput
from tests.benchmarks.search_curve import Box, Curve, Recorder
from tests.benchmarks.search_exact import Exact, Proof, prove, search_apart
from tests.benchmarks.search_points import TABLE_UP_TO, Estimate, estimate, table
from tests.benchmarks.search_rivals import RIVALS, Question
from tests.benchmarks.search_spaces import SearchSpace

LOOKED_UP: Final = "Optuna NSGA-II, table"
"""Plain Optuna that looks estimates up, so that its time is its own."""
SHARES: Final = (0.99, 0.999)
"""Shares of the exact hypervolume whose times are told."""
SAMPLED_SHARE: Final = 0.02
"""Share of the combinations that a sampled search may evaluate."""
SAMPLED_RATIO: Final = 0.995
"""Share of the exact hypervolume that a sampled search is to reach."""
_MARKS: Final = 40
"""Marks of a curve that are kept."""


@dataclass(frozen=True, slots=True)
class Budget:
    """How long to search."""

    seconds: float
    """Most seconds of a run."""
    seeds: int
    """Runs of each contestant on spaces up to 10^6; one on larger ones."""
    sampled: Sequence[int]
    """Evaluations given to the sampler; those over the share that is allowed are left out."""
    proof: bool = True
    """Hold the exact front against brute force."""

    def seeds_for(self, combinations: int) -> range:
        """Seeds on a space of this size."""
        return range(1, 1 + (self.seeds if combinations < 2_000_000 else 1))


def run_space(space: SearchSpace, budget: Budget, only: Iterable[str]) -> dict[str, Any]:
    """Everything measured on a space, ready for JSON."""
    exact, front = search_apart(space)
    problem = space.problem()
    proof = prove(problem, front) if budget.proof else None
    chosen, box = list(only), Box.around(front)
    sampled = run_sampled(space, box, exact, budget) if "sampled" in chosen else []
    fair = _enough(sampled) or SAMPLED_SHARE * exact.combinations
    rivals: dict[str, list[dict[str, Any]]] = {}
    for name in [name for name in (*RIVALS, LOOKED_UP) if name in chosen]:
        answer = _answer(problem, name)
        if answer is None:
            continue
        rivals[name] = []
        for seed in budget.seeds_for(exact.combinations):
            recorder = Recorder(box, budget.seconds)
            RIVALS[name.removesuffix(", table")](Question(problem, recorder, answer), seed)
            rivals[name].append({"seed": seed} | summary(recorder.curve(), exact, fair))
    return {
        "space": space.name,
        "size": space.size,
        "says": space.says,
        "objectives": list(problem.objectives),
        "exact": asdict(exact),
        "proof": _proof(proof),
        "equal_evaluations": fair,
        "seconds": budget.seconds,
        "rivals": rivals,
        "sampled": sampled,
    }


def _enough(sampled: Sequence[dict[str, Any]]) -> float | None:
    """Evaluations of the first sampled run that got near the exact front, else of the last; None without any."""
    runs = [run for run in sampled if "ratio" in run]
    near = [run for run in runs if run["ratio"] >= SAMPLED_RATIO] or runs[-1:]
    return float(near[0]["evaluations"]) if near else None


def _answer(problem: Problem, name: str) -> Estimate | None:
    """How a contestant gets its estimates; None where a table would be too large."""
    if name != LOOKED_UP:
        return functools.partial(estimate, problem)
    return table(problem) if problem.space.walked <= TABLE_UP_TO else None


def _proof(proof: Proof | None) -> dict[str, Any] | None:
    return asdict(proof) | {"holds": proof.holds} if proof else None


def summary(curve: Curve, exact: Exact, evaluations: float) -> dict[str, Any]:
    """What a run reached, and when."""
    last = len(curve.seconds) - 1
    reached = {share: curve.mark_of(share) for share in SHARES}
    return {
        "seconds": float(curve.seconds[-1]),
        "estimating_s": curve.estimating_s,
        "evaluations": float(curve.evaluations[-1]),
        "ratio": curve.ratio(last),
        "ratio_at_time_of_exact": curve.at_seconds(exact.search_s),
        "ratio_at_equal_evaluations": curve.at_evaluations(evaluations) if curve.evaluations[-1] >= evaluations
        or curve.ratio(last) >= 1 - 1e-4 else None,
        "reached": {
            str(share): None if mark is None
            else {"seconds": float(curve.seconds[mark]), "evaluations": float(curve.evaluations[mark])}
            for share, mark in reached.items()
        },
        "curve": curve.points(_MARKS),
    }  # fmt: skip


def run_sampled(space: SearchSpace, box: Box, exact: Exact, budget: Budget) -> list[dict[str, Any]]:
    """Our sampled search and polish with each number of evaluations, or why it cannot be asked."""
    most = SAMPLED_SHARE * exact.combinations
    asked = [n for n in budget.sampled if n < most] or [max(50, int(most / 2))]
    found: list[dict[str, Any]] = []
    for evaluations in asked:
        for seed in budget.seeds_for(exact.combinations):
            block = {"strategy": "sampled", "sampler": "nsga2", "evaluations": evaluations, "seed": seed}
            try:
                ready = space.read(block)
            except InvalidInput as error:
                return [{"not_available": error.problems[0].message}]
            problem = build_problem(ready.scenario, ready.space, ready.catalog)
            start = time.perf_counter()
            _, front, how = search_problem(problem, ready.scenario)
            seconds = time.perf_counter() - start
            if how.exact:
                return [{"not_available": f"the plan says {how.strategy}"}]
            found.append({
                "asked": evaluations, "seed": seed, "seconds": seconds, "evaluations": how.evaluated,
                "share": how.evaluated / exact.combinations, "front": len(front.front),
                "ratio": box.ratio(front.front_losses),
            })  # fmt: skip
            print(f"  {space.name}: sampled {evaluations:,}, seed {seed}: {seconds:.1f} s", file=sys.stderr)
    return found


def median_of(runs: Sequence[dict[str, Any]], key: str) -> tuple[float, float, float] | None:
    """Median, least and most of a figure over the runs that have it; None where one has not."""
    values = [run[key] for run in runs]
    if not values or any(value is None for value in values):
        return None
    return float(np.median(values)), min(values), max(values)


def reached_of(runs: Sequence[dict[str, Any]], share: float, what: str) -> list[float | None]:
    """Seconds or evaluations to a share of the exact hypervolume, run by run; None where it was not reached."""
    marks = [run["reached"][str(share)] for run in runs]
    return [None if mark is None else mark[what] for mark in marks]
