"""How long a pull-request check takes: 200 scenarios of which 5 changed, with an empty cache, the base's plans, or all.

Nothing is asserted: machines differ. Ratios are to planning one of the changed scenarios by itself, in the same run.
"""

import argparse
import json
import os
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

from tests.revision.repositories import Repo, make_repository

ROOT = Path(__file__).resolve().parents[2]
PLANNER = [sys.executable, "-m", "planner.cli.main"]
EXAMPLE = ROOT / "scenarios" / "eu-residency.yaml"
NAME = "eu-residency"
SCENARIOS = 200
CHANGED = (3, 50, 101, 150, 199)


def repository(folder: Path) -> Repo:
    """Two hundred scenarios on main; five of them changed twice in the working tree."""
    text = EXAMPLE.read_text("utf-8")
    files: dict[str, str | bytes | None] = {
        f"scenarios/s{i:03}.yaml": text.replace(f"name: {NAME}", f"name: s{i:03}") for i in range(SCENARIOS)
    }
    repo = make_repository(folder, files)
    repo.branch("pr")
    for i in CHANGED:
        path = f"scenarios/s{i:03}.yaml"
        before = str(files[path])
        after = before.replace("epochs: 2", "epochs: 3").replace("samples: 90k", "samples: 77k")
        assert after.count("\n") == before.count("\n")
        assert after != before
        repo.write({path: after})
    return repo


def seconds(command: list[str], repo: Repo, runs: int, before: Callable[[], None]) -> list[float]:
    """Wall-clock seconds of each run; `before` sets the cache up and is not counted."""
    found = []
    for _ in range(runs):
        before()
        start = time.perf_counter()
        done = subprocess.run(command, cwd=repo.root, capture_output=True, check=False)
        found.append(time.perf_counter() - start)
        if done.returncode:
            sys.exit(f"{' '.join(command)} failed with {done.returncode}:\n{done.stderr.decode()}")
    return found


def main() -> None:
    """Measure every case and print a table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--runs", type=int, default=3)
    parser.add_argument("--json", type=Path)
    given = parser.parse_args()
    folder = Path(tempfile.mkdtemp())
    cache, of_base = folder / "cache", folder / "base"
    os.environ["PLANNER_CACHE"] = str(cache)
    try:
        repo = repository(folder / "repo")
        diff = [*PLANNER, "diff", "--base", "main", "--format", "json"]
        plain = [*diff, "--no-effects"]
        one = [*PLANNER, "plan", f"scenarios/s{CHANGED[0]:03}.yaml", "--outputs", "none", "-q", "-o", str(folder / "o")]
        names = [f"scenarios/s{i:03}.yaml" for i in CHANGED]
        # What ran when the base was merged: its plans are in the cache.
        subprocess.run([*PLANNER, "diff", "--base", "main", "--head", "main", "--all", *names],
                       cwd=repo.root, capture_output=True, check=True)  # fmt: skip
        shutil.copytree(cache, of_base)

        def emptied() -> None:
            shutil.rmtree(cache, ignore_errors=True)

        def with_base() -> None:
            emptied()
            shutil.copytree(of_base, cache)

        def nothing() -> None:
            pass

        figures = {
            "plan one of them": seconds(one, repo, given.runs, nothing),
            "diff, empty cache": seconds(plain, repo, given.runs, emptied),
            "diff, empty cache, effect of each edit": seconds(diff, repo, given.runs, emptied),
            "diff, the base's plans kept": seconds(plain, repo, given.runs, with_base),
            "diff, the base's plans kept, effects": seconds(diff, repo, given.runs, with_base),
            "diff, the second time": seconds(diff, repo, given.runs, nothing),
        }
    finally:
        shutil.rmtree(folder)
    base = statistics.median(figures["plan one of them"])
    print(f"{SCENARIOS} scenarios, {len(CHANGED)} changed by two edits each")
    print(f"{'':40} {'median s':>9} {'min':>7} {'max':>7} {'x one plan':>11}")
    for name, runs in figures.items():
        median = statistics.median(runs)
        print(f"{name:40} {median:9.3f} {min(runs):7.3f} {max(runs):7.3f} {median / base:11.1f}")
    if given.json:
        given.json.write_text(json.dumps({"seconds": figures}, indent=2) + "\n", "utf-8")


if __name__ == "__main__":
    main()
