"""Rows of price lists that came as CSV or JSON, from a file or an answer: bounded, and with the place of each."""

import csv
import io
import json
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from planner.catalog.prices.plain_text import plain
from planner.errors import InputError

MOST_BYTES: Final = 64 * 2**20
MOST_ROWS: Final = 500_000
_LONGEST_CELL: Final = 100_000
_NAMED: Final = 15
"""Columns that a message lists."""


@dataclass(frozen=True, slots=True)
class ListedRow:
    """One row, not looked at yet."""

    place: str
    """Where it stands: `file:line`, or `file[index]` in JSON."""
    cells: dict[str, Any] | None
    """None where it is no row of this table."""


def read_file(path: Path, shown: str) -> bytes:
    """The bytes of a file, called `shown` in messages; raises InputError where it cannot be read or is too large."""
    try:
        with path.open("rb") as file:
            data = file.read(MOST_BYTES + 1)
    except (OSError, ValueError) as error:
        reason = error.strerror if isinstance(error, OSError) and error.strerror else error
        message = f"{shown}: cannot be read: {reason}"
        raise InputError(message) from None
    if len(data) > MOST_BYTES:
        message = f"{shown}: is larger than {MOST_BYTES // 2**20} MiB"
        raise InputError(message)
    return data


def csv_rows(data: bytes, shown: str, columns: tuple[str, ...]) -> Iterator[ListedRow]:
    """The rows below a line of column names, which must have these; raises InputError where it is no such table."""
    reader = csv.reader(io.StringIO(_decoded(data, shown), newline=""))
    names = [name.strip() for name in next(_cells(reader, shown), [])]
    if missing := [name for name in columns if name not in names]:
        there = ", ".join(repr(plain(name, 40)) for name in names[:_NAMED])
        message = f"{shown}:1: no column {', '.join(map(repr, missing))}; it has {there}"
        raise InputError(message)
    if twice := [name for name in columns if names.count(name) > 1]:
        message = f"{shown}:1: column {twice[0]!r} is there twice"
        raise InputError(message)
    for count, cells in enumerate(_cells(reader, shown)):
        if count >= MOST_ROWS:
            message = f"{shown}: has more than {MOST_ROWS:,} rows"
            raise InputError(message)
        if cells:
            whole = len(cells) == len(names)
            yield ListedRow(f"{shown}:{reader.line_num}", dict(zip(names, cells, strict=True)) if whole else None)


def json_rows(data: bytes, shown: str, path: tuple[str, ...]) -> Iterator[ListedRow]:
    """The entries of the list at a path of keys; raises InputError where there is none.

    A mapping there is a list of its values, each with its key as `@key`.
    """
    try:
        found = json.loads(_decoded(data, shown))
    except (ValueError, RecursionError) as error:
        where = f":{error.lineno}:{error.colno}" if isinstance(error, json.JSONDecodeError) else ""
        message = f"{shown}{where}: is no JSON, or breaks off"
        raise InputError(message) from None
    for at, name in enumerate(path):
        if not isinstance(found, dict) or name not in found:
            message = f"{shown}: no {'.'.join(path[: at + 1])!r} in it"
            raise InputError(message)
        found = found[name]
    if isinstance(found, dict):
        found = [{"@key": key, **entry} if isinstance(entry, dict) else entry for key, entry in found.items()]
    if not isinstance(found, list):
        message = f"{shown}: {'.'.join(path) or 'it'} is no list"
        raise InputError(message)
    if len(found) > MOST_ROWS:
        message = f"{shown}: has more than {MOST_ROWS:,} rows"
        raise InputError(message)
    for index, entry in enumerate(found):
        yield ListedRow(f"{shown}[{index}]", entry if isinstance(entry, dict) else None)


def _decoded(data: bytes, shown: str) -> str:
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        message = f"{shown}:{line}: is no UTF-8 text"
        raise InputError(message) from None


def _cells(reader: Any, shown: str) -> Iterator[list[str]]:  # noqa: ANN401 - csv has no name for its readers
    try:
        for cells in reader:
            if any(len(cell) > _LONGEST_CELL for cell in cells):
                message = f"{shown}:{reader.line_num}: a cell is longer than {_LONGEST_CELL:,} characters"
                raise InputError(message)
            yield cells
    except csv.Error as error:
        message = f"{shown}:{reader.line_num}: is no line of a table: {error}"
        raise InputError(message) from None
