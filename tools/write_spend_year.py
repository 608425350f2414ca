"""Writes the made-up year of spend that scenarios/spend reviews: python tools/write_spend_year.py [FOLDER]."""

import csv
import gzip
import io
import sys
from collections import defaultdict
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np

sys.path.insert(0, str(Path(__file__).parents[1]))

from planner.files import place
from tools.spend_year.cloud import cloud_rows
from tools.spend_year.columns import COLUMNS, NUMBERS, Row
from tools.spend_year.runs import run_line, runs_of
from tools.spend_year.services import api_rows, storage_rows
from tools.spend_year.usage import asked, deployment_rows, request_rows, sample_rows
from tools.spend_year.world import SEED

FOLDER = Path(__file__).parents[1] / "scenarios" / "spend" / "data"
OVERLAP_DAYS = 6
"""Last days of a month that the API's export of the next month has again."""


def contents() -> dict[str, bytes]:
    """File name → content; the same bytes with the same packages."""
    rng = np.random.default_rng(SEED)
    runs = runs_of(rng)
    requests = asked(rng)
    files: dict[str, bytes] = {}
    for month, rows in _by_month(cloud_rows(runs, rng)).items():
        files[f"cloud-{month}.parquet"] = _parquet(rows)
    files |= _api_files(_by_month(api_rows(requests)))
    files["storage-eur.csv"] = _csv(COLUMNS, [[_text(row[name]) for name in COLUMNS] for row in storage_rows()])
    files["runs.jsonl"] = ("\n".join(map(run_line, runs)) + "\n").encode()
    header, *rest = request_rows(requests, rng)
    files["requests.csv.gz"] = gzip.compress(_csv(header, rest), mtime=0)
    header, *rest = sample_rows(rng)
    files["gpu-samples.csv"] = _csv(header, rest)
    header, *rest = deployment_rows()
    files["deployments.csv"] = _csv(header, rest)
    return files


def _by_month(rows: list[Row]) -> dict[str, list[Row]]:
    months = defaultdict(list)
    for row in rows:
        months[row["ChargePeriodStart"][:7]].append(row)
    return dict(sorted(months.items()))


def _api_files(months: Mapping[str, list[Row]]) -> dict[str, bytes]:
    """An export a month; each has the last days of the month before again; one has two rows that cannot be right."""
    files: dict[str, bytes] = {}
    before: list[Row] = []
    for month, rows in months.items():
        lines = [[_text(row[name]) for name in COLUMNS] for row in (*before, *rows)]
        if month == "2026-09":
            broken = [list(lines[-1]), list(lines[-2])]
            broken[0][COLUMNS.index("BilledCost")] = "n/a"
            broken[1][COLUMNS.index("ChargePeriodEnd")] = broken[1][COLUMNS.index("ChargePeriodStart")]
            lines += broken
        files[f"api-{month}.csv.gz"] = gzip.compress(_csv(COLUMNS, lines), mtime=0)
        last = sorted({row["ChargePeriodStart"] for row in rows})[-OVERLAP_DAYS:]
        before = [row for row in rows if row["ChargePeriodStart"] in last]
    return files


def _text(value: Any) -> str:  # noqa: ANN401 - a cell
    return "" if value is None else str(value)


def _csv(header: Sequence[str], rows: Sequence[Sequence[str]]) -> bytes:
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(header)
    writer.writerows(rows)
    return text.getvalue().encode()


def _parquet(rows: list[Row]) -> bytes:
    import pyarrow as pa
    import pyarrow.parquet as pq

    times = {"BillingPeriodStart", "BillingPeriodEnd", "ChargePeriodStart", "ChargePeriodEnd"}
    columns = {}
    for name in COLUMNS:
        values = [row[name] for row in rows]
        if name in times:
            stamps = np.array([value[:-1] for value in values], "datetime64[ms]")
            columns[name] = pa.array(stamps, pa.timestamp("ms")).cast(pa.timestamp("ms", tz="UTC"))
        else:
            columns[name] = pa.array(values, pa.float64() if name in NUMBERS else pa.string())
    sink = io.BytesIO()
    pq.write_table(pa.table(columns), sink, compression="zstd", compression_level=12)
    return sink.getvalue()


def main() -> int:
    """Write all files."""
    folder = Path(sys.argv[1]) if len(sys.argv) > 1 else FOLDER
    for path in place({folder / name: content for name, content in contents().items()}):
        print(f"wrote {path} ({path.stat().st_size:,} bytes)")
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
