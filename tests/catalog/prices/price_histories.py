"""Price histories for tests: rows, and folders filled with them."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import duckdb
import numpy as np

from planner.catalog.prices.history import record
from planner.catalog.prices.history_files import COLUMNS
from planner.catalog.prices.row import PriceRow

NOW = datetime(2026, 11, 30, 12, tzinfo=UTC)
ROW = PriceRow(
    provider="aws", instance="p5.48xlarge", gpu="h100-sxm", gpu_count=8, vcpus=192, memory_gib=2048,
    region="us-east-1", tier="spot", usd_per_hour=20.0, market="cloud", as_of="2026-11-30", confidence="high",
    source="test",
)  # fmt: skip
KEY = ROW.key


def at(usd: float, **changes: object) -> PriceRow:
    return replace(ROW, usd_per_hour=usd, **changes)  # type: ignore[arg-type]


def filled(folder: Path, prices: Sequence[float], step: timedelta, **changes: object) -> Path:
    """The prices, one `step` apart, of which the last is of now."""
    for back, usd in enumerate(reversed(prices)):
        record(folder, [at(usd, **changes)], NOW - back * step, NOW)
    return folder


def laid(
    folder: Path, courses: Sequence[tuple[PriceRow, Sequence[float]]], step: timedelta, last: datetime = NOW
) -> Path:
    """A history of many sightings in one file, much faster than by recording each; the last ones are of `last`."""
    names = [name for name in COLUMNS if name != "seen_at"]
    rows = [
        (last.replace(tzinfo=None) - back * step, *(getattr(replace(row, usd_per_hour=usd), name) for name in names))
        for row, prices in courses
        for back, usd in enumerate(reversed(prices))
    ]  # fmt: skip
    folder.mkdir()
    with duckdb.connect() as base:
        base.register(
            "rows", {name: np.array(column) for name, column in zip(COLUMNS, zip(*rows, strict=True), strict=True)}
        )
        cast = ", ".join(f"{name}::{type_} AS {name}" for name, type_ in COLUMNS.items())
        base.execute(f"COPY (SELECT {cast} FROM rows) TO '{folder / 'all.parquet'}' (FORMAT parquet)")
    return folder
