"""A snapshot: a dated CSV of prices, sorted so that two of them differ in the lines that moved, reviewed like code."""

import csv
import io
import math
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

from planner.catalog.prices.checking import LONGEST_NAME, Known, day_of, faults, twice
from planner.catalog.prices.plain_text import plain
from planner.catalog.prices.row import Key, PriceRow
from planner.catalog.tables import Directory, Table
from planner.errors import InputError

VERSION: Final = 1
COLUMNS: Final = (
    "provider", "instance", "region", "tier", "gpu", "gpu_count", "vcpus", "memory_gib", "usd_per_hour", "market",
    "as_of", "confidence", "source",
)  # fmt: skip
LARGEST: Final = 64 * 2**20
"""Bytes of a snapshot; every price of the large clouds takes a quarter of it."""
_NAME: Final = re.compile(r"\d{4}-\d{2}-\d{2}\.csv")
_FIRST: Final = re.compile(r"prices as of (\S+), format (\d+)")
_SOURCE: Final = re.compile(r"(\S+): asked (\d{4}-\d{2}-\d{2})(?:; since then: (.+))?")
_NUMBER: Final = re.compile(r"[+-]?(?:\d{1,20}(?:\.\d{0,40})?|\.\d{1,40})(?:[eE][+-]?\d{1,3})?", re.ASCII)
_LAST_DAY: Final = "9999-12-31"
_TEXTS: Final = ("provider", "instance", "region", "tier", "gpu", "market", "as_of", "confidence", "source")


@dataclass(frozen=True, slots=True)
class Standing:
    """When a source last answered, and why not since."""

    asked: str
    """Day of its last answer, YYYY-MM-DD."""
    failed: str = ""
    """Why its prices are older than the snapshot, in one line; empty where nothing went wrong."""


@dataclass(frozen=True, slots=True)
class Snapshot:
    """Prices as they were known on a day."""

    day: str
    """YYYY-MM-DD."""
    rows: tuple[PriceRow, ...] = ()
    """One per provider, instance, region and tier."""
    sources: Mapping[str, Standing] = field(default_factory=dict)
    lines: tuple[int, ...] = field(default=(), compare=False)
    """Where each price stands in the file that it was read from."""

    def by_key(self) -> dict[Key, PriceRow]:
        """The prices by what makes them the same on another day."""
        return {row.key: row for row in self.rows}


def snapshot_text(snapshot: Snapshot) -> str:
    """The snapshot as CSV: the same prices give the same text."""
    head = [f"# prices as of {snapshot.day}, format {VERSION}"]
    for name, standing in sorted(snapshot.sources.items()):
        since = f"; since then: {plain(standing.failed, LONGEST_NAME)}" if standing.failed else ""
        head.append(f"# {name}: asked {standing.asked}{since}")
    return "\n".join(head) + "\n" + table_text(snapshot.rows)


def table_text(rows: Iterable[PriceRow], more: Mapping[str, Mapping[Key, str]] | None = None) -> str:
    """Prices as CSV, sorted by provider, instance, region and tier; with further columns by name and key."""
    more = more or {}
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow((*COLUMNS, *more))
    for row in sorted(rows, key=lambda one: one.key):
        writer.writerow((*map(_cell, (getattr(row, name) for name in COLUMNS)), *(of[row.key] for of in more.values())))
    return text.getvalue()


def read_snapshot(path: Path, known: Known) -> Snapshot:
    """The snapshot in a file; raises PlannerError with everything that is wrong with it, by line."""
    directory = Directory(Path())
    table, rows = _read(directory, path)
    day, sources = _head(table, path)
    _check(table, rows, known, day)
    directory.problems.raise_any()
    return Snapshot(day, tuple(rows), sources, table.lines)


def read_rows(path: Path, known: Known, day: str) -> tuple[PriceRow, ...]:
    """The prices of another table with these columns, seen up to a day, such as a quarantine."""
    directory = Directory(Path())
    table, rows = _read(directory, path)
    _check(table, rows, known, day)
    directory.problems.raise_any()
    return tuple(rows)


def snapshot_file(path: Path) -> Path:
    """The snapshot that a path names: a file, or the newest one in a folder, by name. Raises InputError for neither."""
    if path.is_file():
        return path
    if not path.is_dir():
        message = f"{path}: no such snapshot of prices, nor a folder of them; make one with `planner prices refresh`"
        raise InputError(message)
    found = newest(path)
    if found is None:
        message = f"{path}: no snapshot in this folder (YYYY-MM-DD.csv); make one with `planner prices refresh`"
        raise InputError(message)
    return found


def day_written(path: Path) -> str | None:
    """The day that a snapshot's first line names, YYYY-MM-DD; None where it names none."""
    with path.open("rb") as file:
        line = file.readline(LONGEST_NAME).decode(errors="replace")
    found = _FIRST.fullmatch(line.strip("#\ufeff \r\n"))
    return found[1] if found and day_of(found[1]) else None


def newest(folder: Path) -> Path | None:
    """The newest snapshot of a folder, by name; None where there is none."""
    if not folder.is_dir():
        return None
    names = (path for path in folder.iterdir() if _NAME.fullmatch(path.name) and day_of(path.stem) and path.is_file())
    return max(names, key=lambda path: path.name, default=None)


def _cell(value: object) -> str:
    """Shortest text that reads back as the same value; empty for unknown."""
    if not isinstance(value, float):
        return str(value)
    if math.isnan(value):
        return ""
    return f"{value:.0f}" if value == round(value) and abs(value) < 1e15 else repr(value)


def _read(directory: Directory, path: Path) -> tuple[Table, list[PriceRow]]:
    """The file's table and its rows; a number that cannot be read is a problem, and stands in as a fair one."""
    if not path.is_file():
        message = f"{path}: no such snapshot of prices"
        raise InputError(message)
    if path.stat().st_size > LARGEST:
        message = f"{path}: larger than {LARGEST // 2**20} MiB; no snapshot of prices is"
        raise InputError(message)
    if path.stat().st_size == 0:
        message = f"{path}: is empty: a snapshot starts with its day and its columns; planner prices refresh makes one"
        raise InputError(message)
    table = directory.table(str(path), COLUMNS)
    texts = [table.columns[name] for name in _TEXTS]
    count = _numbers(table, "gpu_count", 1.0)
    for at, value in enumerate(count):
        if value != round(value):
            table.complain(at, f"gpu_count {table.columns['gpu_count'][at]!r} is not a whole number")
    price = _numbers(table, "usd_per_hour", 1.0)
    vcpus, memory = _numbers(table, "vcpus", None), _numbers(table, "memory_gib", None)
    rows = [
        PriceRow(
            **dict(zip(_TEXTS, cells, strict=True)), gpu_count=round(count[at]), vcpus=vcpus[at],
            memory_gib=memory[at], usd_per_hour=price[at],
        )
        for at, cells in enumerate(zip(*texts, strict=True))
    ]  # fmt: skip
    return table, rows


def _numbers(table: Table, name: str, instead: float | None) -> list[float]:
    """A column of numbers; a blank is NaN, or a problem where there is an `instead` for what cannot be read."""
    found = []
    for at, cell in enumerate(table.columns[name]):
        if not cell and instead is None:
            found.append(math.nan)
        elif _NUMBER.fullmatch(cell) and math.isfinite(value := float(cell)):
            found.append(value)
        else:
            table.complain(at, f"{name} {cell[:LONGEST_NAME]!r} is not a number" if cell else f"{name} is blank")
            found.append(math.nan if instead is None else instead)
    return found


def _check(table: Table, rows: Sequence[PriceRow], known: Known, day: str) -> None:
    """Report prices that cannot be believed, and those that are given twice."""
    lines: dict[Key, int] = {}
    for at, row in enumerate(rows):
        for fault in faults(row, known, day):
            table.complain(at, fault)
        if (first := lines.setdefault(row.key, table.lines[at])) != table.lines[at]:
            table.complain(at, f"{twice(row)}; first in line {first}")


def _head(table: Table, path: Path) -> tuple[str, dict[str, Standing]]:
    """The day, and how the sources stand, of the lines above the table."""
    first, *others = table.header.split("\n")
    day, sources = _LAST_DAY, {}
    found = _FIRST.fullmatch(first)
    if found is None or day_of(found[1]) is None:
        table.problems.add(table.file, 1, f"must say: # prices as of YYYY-MM-DD, format {VERSION}")
    elif int(found[2]) != VERSION:
        table.problems.add(table.file, 1, f"is of format {found[2]}; this planner reads format {VERSION}")
    else:
        day = found[1]
        if _NAME.fullmatch(path.name) and path.stem != day:
            table.problems.add(table.file, 1, f"is of {day}, and the file is called {path.name}")
    for line, text in enumerate(others, start=2):
        said = _SOURCE.fullmatch(text)
        if said is None or day_of(said[2]) is None:
            table.problems.add(table.file, line, "must say when a source was asked: # NAME: asked YYYY-MM-DD")
        elif said[2] > day:
            table.problems.add(table.file, line, f"{said[1]} was asked after {day}, the day of the snapshot")
        elif said[1] in sources:
            table.problems.add(table.file, line, f"{said[1]} is given twice")
        else:
            sources[said[1]] = Standing(said[2], said[3] or "")
    return day, sources
