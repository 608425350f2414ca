"""How long `planner prices advise` takes on a history of a million prices, in a process that has it loaded.

Nothing is asserted: machines differ. `python -m tests.benchmarks.price_history --json FILE` also writes the figures.
"""

import argparse
import io
import json
import math
import statistics
import tempfile
import time
from collections.abc import Callable
from contextlib import redirect_stdout
from datetime import UTC, datetime, timedelta
from pathlib import Path

import numpy as np

from planner.catalog.prices.history import record
from planner.catalog.prices.history_files import open_history
from planner.catalog.prices.row import PriceRow
from planner.catalog.prices.trends import trends
from planner.market.advise import advise
from planner.market.job import Job

NOW = datetime(2026, 11, 30, 7, tzinfo=UTC)
KEYS = 2600
"""As many as the catalog has prices."""
JOB = Job(
    id="benchmark", key=("p0", "machine-0", "r0", "spot"), gpu="card-0", gpu_count=8, machine_hours=500.0, hours=60.0,
    usd_per_hour=20.0, as_of="2026-11-30", slack_hours=24.0 * 14,
)  # fmt: skip


def rows_at(hour: int, level: np.ndarray[tuple[int], np.dtype[np.float64]]) -> list[PriceRow]:
    """Every price at one hour: 20 providers, 26 cards, ten regions."""
    return [
        PriceRow(
            provider=f"p{key % 20}", instance=f"machine-{key % 26}", gpu=f"card-{key % 26}", gpu_count=8,
            vcpus=math.nan, memory_gib=math.nan, region=f"r{key // 260}", tier="spot",
            usd_per_hour=float(20.0 * math.exp(level[key]) * (1 - 0.1 * (hour % 24 == 3))), market="cloud",
            as_of="2026-11-30", confidence="high", source="benchmark",
        )
        for key in range(KEYS)
    ]  # fmt: skip


def fill(folder: Path, points: int) -> int:
    """Record hourly prices until there are so many; gives how many there are."""
    rng = np.random.default_rng(7)
    hours = math.ceil(points / KEYS)
    level = np.zeros(KEYS)
    for hour in range(hours):
        level = 0.98 * level + rng.normal(0.0, 0.01, KEYS)
        rows = {row.key: row for row in rows_at((NOW.hour - hours + 1 + hour) % 24, level)}
        record(folder, rows.values(), NOW - timedelta(hours=hours - 1 - hour), NOW)
    return hours * KEYS


def seconds(action: Callable[[], object], runs: int) -> list[float]:
    """Wall-clock seconds of each run."""
    found = []
    for _ in range(runs):
        start = time.perf_counter()
        action()
        found.append(time.perf_counter() - start)
    return found


def main() -> None:
    """Fill a history, ask it, and print a table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--points", type=int, default=1_000_000)
    parser.add_argument("--runs", type=int, default=5)
    parser.add_argument("--history", type=Path, help="kept, and used again where it is there")
    parser.add_argument("--json", type=Path)
    given = parser.parse_args()
    with tempfile.TemporaryDirectory() as apart:
        folder: Path = given.history or Path(apart) / "history"
        start = time.perf_counter()
        points = math.ceil(given.points / KEYS) * KEYS if folder.is_dir() else fill(folder, given.points)
        filled = time.perf_counter() - start
        files = list(folder.rglob("*.parquet"))
        size = sum(path.stat().st_size for path in files)
        cases: dict[str, Callable[[], object]] = {
            "open and check the files": lambda: open_history(folder),
            "trends of every price": lambda: trends(open_history(folder), {}, NOW),
            "advise": lambda: advise(open_history(folder), JOB, NOW),
        }
        with redirect_stdout(io.StringIO()):
            figures = {name: seconds(action, given.runs) for name, action in cases.items()}
    print(f"{points:,} prices in {len(files):,} files, {size / 2**20:.1f} MiB; filled in {filled:.0f} s")
    for name, runs in figures.items():
        print(f"{name:28} median {statistics.median(runs):.3f} s, first {runs[0]:.3f} s, largest {max(runs):.3f} s")
    if given.json:
        given.json.write_text(json.dumps({"points": points, "files": len(files), "seconds": figures}, indent=2) + "\n")


if __name__ == "__main__":
    main()
