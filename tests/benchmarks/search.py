"""The search measured: our exact and sampled ones, plain Optuna, pymoo and chance on six spaces of the catalog.

`python -m tests.benchmarks.search [--only SPACE] [--seconds 60] [--seeds 3] [--json FILE]`. What a front is worth is
its hypervolume between the ideal and the nadir point of the exact front, as a share of that of the exact front itself,
which is held against every combination, one by one. Nothing is asserted: machines differ.
"""

import argparse
import json
import sys
from pathlib import Path
from typing import Any

from tests.benchmarks.search_rivals import RIVALS
from tests.benchmarks.search_runs import LOOKED_UP, Budget, run_space
from tests.benchmarks.search_spaces import SPACES, known
from tests.benchmarks.search_speed import measure_speed
from tests.benchmarks.search_tables import space_lines, speed_lines
from tests.benchmarks.search_targets import targets

CONTESTANTS = ("sampled", *RIVALS, LOOKED_UP)
SPEED_ON = "platform"
SAMPLED = (1_000, 5_000)
"""Evaluations given to our sampler, as far as they are within two in a hundred of a space."""


def main() -> None:
    """Measure every space, then the estimator, and print tables and targets."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--only", action="append", choices=list(known()), metavar="SPACE", help=", ".join(known()))
    parser.add_argument(
        "--contestant", action="append", choices=CONTESTANTS, metavar="NAME",
        help=f"{', '.join(CONTESTANTS)}; default: all. The exact search always runs",
    )  # fmt: skip
    parser.add_argument("--seconds", type=float, default=60.0, help="most seconds of a rival's run; default 60")
    parser.add_argument("--seeds", type=int, default=3, help="runs each on spaces up to 10^6; default 3, larger ones 1")
    parser.add_argument("--sampled", type=int, action="append", metavar="N", help="evaluations given to our sampler")
    parser.add_argument("--no-proof", action="store_true", help="do not hold exact fronts against every combination")
    parser.add_argument("--no-speed", action="store_true", help="leave the speed of the estimator out")
    parser.add_argument("--json", type=Path, metavar="FILE", help="also write every figure and curve")
    given = parser.parse_args()
    chosen = [space for space in SPACES if not given.only or space.name in given.only]
    budget = Budget(given.seconds, given.seeds, tuple(given.sampled or SAMPLED), not given.no_proof)
    found: list[dict[str, Any]] = []
    for space in chosen:
        print(f"searching {space.name} …", file=sys.stderr)
        found.append(run_space(space, budget, given.contestant or CONTESTANTS))
        print("\n".join(space_lines(found[-1])), flush=True)
        _keep(given.json, found, None)
    speed = None if given.no_speed else measure_speed(known()[SPEED_ON], repeats=5, loop_rows=300)
    if speed is not None:
        print("\n".join(speed_lines(speed, found)))
    print("\ntargets")
    print("\n".join(target.line() for target in targets(found, speed)))
    _keep(given.json, found, speed)


def _keep(file: Path | None, spaces: list[dict[str, Any]], speed: dict[str, Any] | None) -> None:
    """Write what is measured so far, so that a long run that is stopped has not been for nothing."""
    if file:
        file.write_text(json.dumps({"spaces": spaces, "estimator": speed}, indent=1) + "\n", "utf-8")


if __name__ == "__main__":
    main()
