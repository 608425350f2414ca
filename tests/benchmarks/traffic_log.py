"""How long a log of requests takes to read, and how much memory: ratios to reading the bytes of the same file.

`python -m tests.benchmarks.traffic_log --rows 10000000` writes a log of so many requests, then reads it as CSV with
and without pyarrow, as JSON lines and packed, each in a process of its own, whose CPU time counts. Nothing is
asserted: machines differ.
"""

import argparse
import json
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

import numpy as np

ROOT = Path(__file__).resolve().parents[2]
CHUNK = 250_000
DAYS = 28
COLUMNS = (
    "timestamp", "input_tokens", "output_tokens", "prompt_hash", "latency_ms", "status", "model", "tenant", "user",
    "conversation",
)  # fmt: skip
MEASURE = """
import json, sys, time
from pathlib import Path
path, how = Path(sys.argv[1]), sys.argv[2]
if how == "bytes":
    start = time.process_time()
    with path.open("rb") as file:
        while file.read(1 << 22):
            pass
    print(json.dumps({"s": time.process_time() - start, "requests": 0}))
else:
    import planner.traffic.fast_rows as fast
    from planner.traffic import read_traffic
    if how == "plain":
        fast.FastRows.over = lambda reader: None
    start = time.process_time()
    found = read_traffic(path)
    print(json.dumps({"s": time.process_time() - start, "requests": found.log.requests, "cv2": found.burstiness_cv2,
                      "repeats": found.repeat_share, "turns": found.turns}))
with open("/proc/self/status") as status:  # ru_maxrss would count the process that started this one
    print(next(int(line.split()[1]) / 1024 for line in status if line.startswith("VmHWM")))
"""


def rows(count: int, seed: int = 0) -> Iterator[list[tuple[object, ...]]]:
    """Requests over four weeks that rise and fall with the day, in chunks: conversations, repeats and failures."""
    random = np.random.default_rng(seed)
    done = 0
    while done < count:
        size = min(CHUNK, count - done)
        second = (np.arange(done, done + size) + random.uniform(0, 1, size)) / count * DAYS * 86_400
        millis = np.sort(second * 1000).astype("timedelta64[ms]") + np.datetime64("2026-10-05T00:00:00.000")
        sent = np.minimum(np.exp(random.normal(6, 1, size)), 30_000).astype(int) + 1
        answered = np.minimum(np.exp(random.normal(5, 1, size)), 4_000).astype(int) + 1
        often = random.zipf(1.5, size) % 10**6
        prompt = np.where(random.uniform(size=size) < 0.2, often, 10**6 + np.arange(done, done + size))
        columns = (
            [f"{time}Z" for time in millis.astype(str).tolist()],
            sent.tolist(),
            answered.tolist(),
            [f"{value:032x}" for value in prompt.tolist()],
            np.round(answered * random.uniform(10, 20, size), 1).tolist(),
            np.where(random.uniform(size=size) < 0.01, 503, 200).tolist(),
            np.array(["small-8b", "large-70b"])[random.integers(0, 2, size)].tolist(),
            [f"tenant-{value}" for value in (random.zipf(1.3, size) % 40).tolist()],
            [f"user-{value}" for value in random.integers(0, 200_000, size).tolist()],
            [f"c{value}" for value in (np.arange(done, done + size) // 4).tolist()],
        )
        yield list(zip(*columns, strict=True))
        done += size


def write_logs(folder: Path, count: int, forms: set[str]) -> dict[str, Path]:
    """The same requests as CSV, JSON lines and gzip."""
    import gzip

    paths = {form: folder / f"log.{form}" for form in sorted(forms)}
    table, lines = ((folder / f"log.{form}").open("w", encoding="utf-8") for form in ("csv", "jsonl"))
    with table, lines:
        table.write(",".join(COLUMNS) + "\n")
        for chunk in rows(count):
            table.write("\n".join(",".join(map(str, row)) for row in chunk) + "\n")
            if "jsonl" in forms:
                lines.write("\n".join(json.dumps(dict(zip(COLUMNS, row, strict=True))) for row in chunk) + "\n")
    if "csv.gz" in forms:
        with (folder / "log.csv").open("rb") as file, gzip.open(paths["csv.gz"], "wb", compresslevel=1) as packed:
            while block := file.read(1 << 22):
                packed.write(block)
    return paths


def measured(path: Path, how: str) -> tuple[dict[str, float], float]:
    """Figures of one reading in a process of its own, and its peak in MiB."""
    done = subprocess.run(
        [sys.executable, "-c", MEASURE, str(path), how], cwd=ROOT, capture_output=True, text=True, check=True
    )
    figures, peak = done.stdout.splitlines()
    return json.loads(figures), float(peak)


def main() -> None:
    """Write the logs, read them, print a table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rows", type=int, default=10_000_000)
    parser.add_argument("--forms", default="csv,plain,jsonl,csv.gz")
    parser.add_argument("--folder", type=Path, help="where the logs are written; a temporary folder if left out")
    given = parser.parse_args()
    wanted = given.forms.split(",")
    with tempfile.TemporaryDirectory(dir=given.folder) as folder:
        paths = write_logs(Path(folder), given.rows, {"csv", *wanted} - {"plain"})
        print(f"{given.rows:,} rows")
        print(f"{'':24} {'MiB':>8} {'CPU s':>8} {'x bytes':>8} {'rows/s':>10} {'peak MiB':>9} {'x bytes':>8}")
        for form in wanted:
            path = paths["csv" if form == "plain" else form]
            bare, least = measured(path, "bytes")
            found, peak = measured(path, "plain" if form == "plain" else "read")
            name = "csv without pyarrow" if form == "plain" else form
            print(
                f"{name:24} {path.stat().st_size / 2**20:8,.0f} {found['s']:8.1f} {found['s'] / bare['s']:8.0f} "
                f"{given.rows / found['s']:10,.0f} {peak:9,.0f} {peak / least:8.1f}   {found}",
                flush=True,
            )


if __name__ == "__main__":
    main()
