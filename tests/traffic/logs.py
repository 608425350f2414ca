"""Logs for the tests beside this file."""

import json
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path

import numpy as np

HEADER = "timestamp,input_tokens,output_tokens"


def csv_log(folder: Path, *lines: str, header: str = HEADER, name: str = "log.csv") -> Path:
    """A CSV file of these lines."""
    path = folder / name
    path.write_text("\n".join([header, *lines]) + "\n", "utf-8")
    return path


def json_log(folder: Path, rows: Iterable[Mapping[str, object]], name: str = "log.jsonl") -> Path:
    """A file of JSON lines."""
    path = folder / name
    path.write_text("".join(json.dumps(row) + "\n" for row in rows), "utf-8")
    return path


def every(seconds: float, count: int, start: str = "2026-11-02T00:00:00") -> list[str]:
    """Times at even distances, in UTC; 2026-11-02 is a Monday."""
    first = np.datetime64(start, "ms")
    steps = (np.arange(count) * seconds * 1000).astype(np.int64).astype("timedelta64[ms]")
    return [f"{time}Z" for time in (first + steps).astype(str).tolist()]


def plain(times: Sequence[str], rest: str = "100,10") -> list[str]:
    """Rows with these times, all else alike."""
    return [f"{time},{rest}" for time in times]
