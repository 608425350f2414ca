"""Our exact search of one space in a process of its own, so that its peak memory is its own; and its proof.

`python -m tests.benchmarks.search_exact SPACE FILE` writes the front to FILE (.npz) and prints what it took as JSON.
"""

import json
import resource
import subprocess
import sys
import tempfile
import time
from dataclasses import asdict, dataclass
from pathlib import Path

import numpy as np
from moocore import is_nondominated

from planner.catalog.rows import Floats
from planner.kinds.evaluate import parts
from planner.kinds.problem import Problem
from planner.kinds.searching import build_problem, search_problem
from tests.benchmarks.search_spaces import SearchSpace, known

ROOT = Path(__file__).resolve().parents[2]


@dataclass(frozen=True, slots=True)
class Exact:
    """What the exact search of a space took, and found."""

    prepare_s: float
    """Wall-clock seconds to read and resolve the scenario and build the problem."""
    search_s: float
    """Wall-clock seconds of the search."""
    cpu_s: float
    """CPU seconds of the search, over all threads."""
    peak_mib: float
    """Peak resident memory of the process."""
    combinations: int
    evaluated: int
    pruned: int
    pruned_by: dict[str, int]
    recipes: int
    machines: int
    offers: int
    front: int


def search_here(space: SearchSpace) -> tuple[Exact, Floats]:
    """Search in this process; also the losses of the front."""
    start = time.perf_counter()
    ready = space.read()
    problem = build_problem(ready.scenario, ready.space, ready.catalog)
    built, cpu = time.perf_counter(), time.process_time()
    _, found, how = search_problem(problem, ready.scenario)
    end = time.perf_counter()
    took = Exact(
        prepare_s=built - start,
        search_s=end - built,
        cpu_s=time.process_time() - cpu,
        peak_mib=peak_mib(),
        combinations=ready.space.combinations,
        evaluated=how.evaluated,
        pruned=how.pruned,
        pruned_by=dict(how.pruned_by),
        recipes=len(ready.space.recipes),
        machines=len(ready.space.market.shapes),
        offers=len(ready.space.market.offers),
        front=len(found.front),
    )
    return took, found.front_losses


def peak_mib() -> float:
    """Peak resident memory of this process. getrusage would count what the parent held when it started us."""
    status = Path("/proc/self/status")
    if status.is_file():
        lines = status.read_text("ascii").splitlines()
        peaks = [int(line.split()[1]) / 1024 for line in lines if line.startswith("VmHWM:")]
        if peaks:
            return peaks[0]
    unit = 2**20 if sys.platform == "darwin" else 2**10
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / unit


def search_apart(space: SearchSpace) -> tuple[Exact, Floats]:
    """Search in a new process."""
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "front.npz"
        command = [sys.executable, "-m", "tests.benchmarks.search_exact", space.name, str(file)]
        done = subprocess.run(command, cwd=ROOT, capture_output=True, check=False)
        if done.returncode:
            sys.exit(f"the exact search of {space.name} failed with {done.returncode}:\n{done.stderr.decode()}")
        with np.load(file) as kept:
            return Exact(**json.loads(done.stdout)), kept["losses"]


@dataclass(frozen=True, slots=True)
class Proof:
    """The exact front against that of every combination, each estimated by itself and none pruned."""

    rows: int
    feasible: int
    seconds: float
    missing: int
    """Points of the true front that the search did not find."""
    extra: int
    """Points that the search calls a front and are none."""

    @property
    def holds(self) -> bool:
        """Whether the two fronts are one."""
        return not self.missing and not self.extra


def prove(problem: Problem, front: Floats) -> Proof:
    """Hold a front's losses against the whole space; dominance by moocore, figures equal to the last bit."""
    start, rows, feasible = time.perf_counter(), 0, 0
    best = np.empty((0, len(problem.objectives)))
    for part in parts(problem):
        chunk = part.chunk
        good = (chunk.stop == 0) & np.isfinite(chunk.losses).all(axis=1)
        for broken in chunk.broken.values():
            good &= ~broken
        rows, feasible = rows + len(good), feasible + int(good.sum())
        best = np.concatenate([best, chunk.losses[good]])
        best = best[is_nondominated(best)]
    true = {tuple(point) for point in best.tolist()}
    ours = {tuple(point) for point in front.tolist()}
    return Proof(rows, feasible, time.perf_counter() - start, len(true - ours), len(ours - true))


def main() -> None:
    """Search the space that is named."""
    name, file = sys.argv[1:]
    took, losses = search_here(known()[name])
    np.savez(file, losses=losses)
    print(json.dumps(asdict(took)))


if __name__ == "__main__":
    main()
