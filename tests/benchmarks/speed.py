"""How long users wait: cold start, validate, plan. Prints medians, and ratios to a bare interpreter in the same run.

Nothing is asserted: machines differ. `python tests/benchmarks/speed.py --json FILE` also writes the figures.
"""

import argparse
import json
import resource
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
PLANNER = [sys.executable, "-m", "planner.cli.main"]
EXAMPLE = "scenarios/support-bot.yaml"


def seconds(command: list[str], runs: int) -> list[float]:
    """Wall-clock seconds of each run, one warm-up run not counted."""
    found = []
    for run in range(runs + 1):
        start = time.perf_counter()
        done = subprocess.run(command, cwd=ROOT, capture_output=True, check=False)
        if done.returncode != 0:
            sys.exit(f"{' '.join(command)} failed with {done.returncode}:\n{done.stderr.decode()}")
        if run:
            found.append(time.perf_counter() - start)
    return found


def main() -> None:
    """Measure every case and print a table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--runs", type=int, default=5)
    parser.add_argument("--json", type=Path)
    given = parser.parse_args()
    folder = Path(tempfile.mkdtemp())
    plan = [*PLANNER, "plan", EXAMPLE, "-q", "-o", str(folder)]
    cases = {
        "bare interpreter": [sys.executable, "-c", "pass"],
        "planner --help": [*PLANNER, "--help"],
        "planner validate": [*PLANNER, "validate", EXAMPLE],
        "planner plan, plan.json only": [*plan, "--outputs", "none"],
        "planner plan, HTML": [*plan, "--outputs", "html"],
        "planner plan, HTML, PDF and summary": plan,
    }
    try:
        figures = {name: seconds(command, given.runs) for name, command in cases.items()}
    finally:
        shutil.rmtree(folder)
    base = statistics.median(figures["bare interpreter"])
    print(f"{'':36} {'median s':>9} {'min':>7} {'max':>7} {'x bare':>7}")
    for name, runs in figures.items():
        median = statistics.median(runs)
        print(f"{name:36} {median:9.3f} {min(runs):7.3f} {max(runs):7.3f} {median / base:7.1f}")
    peak = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss / 1024
    print(f"largest process: {peak:,.0f} MiB; {given.runs} runs each, one warm-up")
    if given.json:
        given.json.write_text(json.dumps({"seconds": figures, "peak_mib": peak}, indent=2) + "\n", "utf-8")


if __name__ == "__main__":
    main()
