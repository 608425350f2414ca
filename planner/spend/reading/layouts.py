"""Files of rows, CSV or JSON lines: how each is laid out, and its rows block by block with their lines."""

import csv
import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from planner.source import InvalidInput, Problem
from planner.source.excerpt import visible
from planner.spend.reading.context import Reading
from planner.spend.reading.naming import Paths, Wanted
from planner.spend.reading.refusals import FileFaults, Refusals
from planner.traffic.columns import LARGEST_DEPTH
from planner.traffic.log_file import LogFile

_SEPARATORS: Final = ",;\t|"
_MOST_COLUMNS: Final = 2000
_LOOKED_AT: Final = 2000
"""Lines of JSON in which keys are looked for."""


@dataclass(frozen=True, slots=True)
class FileLayout:
    """One file that can be read."""

    path: Path
    shown: str
    json_lines: bool
    at: Paths
    """Column → where it stands."""
    unread: tuple[str, ...]
    header: tuple[str, ...] = ()
    """Of CSV, as written."""
    separator: str = ","
    header_line: int = 0
    """0 for JSON lines, which have none."""

    @property
    def named(self) -> dict[str, str]:
        """Column → what the file calls it."""
        return {name: ".".join(path) for name, path in self.at.items()}

    def blocks(self, faults: FileFaults) -> Iterator[tuple[int, bytes]]:
        """Line of the first row and whole lines below the header."""
        faults.header = self.header_line
        for first, block in LogFile(self.path, faults).blocks():
            if first <= self.header_line:
                lines = block.split(b"\n", self.header_line - first + 1)
                yield self.header_line + 1, lines[-1] if len(lines) > self.header_line - first + 1 else b""
            else:
                yield first, block


def layouts_of(
    reading: Reading, files: Sequence[Path], wanted: Wanted, needed: Sequence[str | tuple[str, ...]], refusals: Refusals
) -> list[FileLayout]:
    """The files that can be read; one that is no such text is refused as a whole.

    Raises InvalidInput with every column that is missing or that means nothing.
    """
    problems = wanted.strange(visible(reading.name_of(files[0]))) if files else []
    found = []
    for path in files:
        shown = visible(reading.name_of(path))
        faults = FileFaults(shown, refusals)
        if path.is_file():
            file = LogFile(path, faults)
            first = next(iter(file.blocks()), None)
        else:
            faults.file("log-file", "is no file that can be read")
            first = None
        if broken := faults.broken():
            refusals.file(shown, broken)
        if first is None:
            if not broken:
                refusals.file(shown, "is empty")
            continue
        one, wrong = _layout(path, shown, file.json_lines, first[1], wanted, needed)
        problems += wrong
        if one is not None and not broken:
            found.append(one)
    if problems:
        raise InvalidInput(problems, {})
    return found


def _layout(
    path: Path, shown: str, json_lines: bool, block: bytes, wanted: Wanted, needed: Sequence[str | tuple[str, ...]]
) -> tuple[FileLayout | None, list[Problem]]:
    lines = block.decode("utf-8", "replace").split("\n")
    if json_lines:
        paths = _paths(lines[:_LOOKED_AT])
        found = wanted.among(paths)
        # A key may come first in a later row: the plain names are looked for in all.
        late = {name: (name,) for name in wanted.names if name not in found and (name,) not in paths}
        wrong = wanted.complaints(shown, paths, found, needed, all_there=len(lines) <= _LOOKED_AT)
        return FileLayout(path, shown, True, {**late, **found}, tuple(wanted.unread(paths, found))), wrong
    above = next((i for i, line in enumerate(lines) if line.strip() and not line.startswith("#")), None)
    if above is None:
        return None, [Problem("spend-columns", "has no header: name the columns in its first line", shown)]
    written = lines[above].rstrip("\r")
    separator = max(_SEPARATORS, key=written.count)
    try:
        header = [name.strip() for name in next(csv.reader([written], delimiter=separator))]
    except csv.Error as error:
        return None, [Problem("spend-columns", f"the header is not CSV: {error}", shown)]
    twice = sorted({name for name in header if name and header.count(name) > 1})
    if twice or len(header) > _MOST_COLUMNS:
        what = f"has {twice[0]!r} twice in its header" if twice else f"has more than {_MOST_COLUMNS:,} columns"
        return None, [Problem("spend-columns", what, shown)]
    paths = [(name,) for name in header]
    found = wanted.among(paths)
    layout = FileLayout(
        path, shown, False, found, tuple(wanted.unread(paths, found)), tuple(header), separator, above + 1
    )
    return layout, wanted.complaints(shown, paths, found, needed, above + 1)


def _paths(lines: Sequence[str]) -> list[tuple[str, ...]]:
    """Keys of the objects in these lines, outer ones first; of lists, the key of the list itself."""
    found: dict[tuple[str, ...], None] = {}
    for line in lines:
        row = parsed(line)
        waiting: list[tuple[tuple[str, ...], Mapping[str, Any]]] = [((), row)] if isinstance(row, dict) else []
        while waiting and len(found) < _MOST_COLUMNS:
            path, inside = waiting.pop(0)
            for key, value in inside.items():
                if not key.isprintable() or '"' in key or "\\" in key:
                    continue
                here = (*path, key)
                if isinstance(value, dict) and len(here) < LARGEST_DEPTH:
                    waiting.append((here, value))
                else:
                    found[here] = None
    return list(found)


def parsed(line: str) -> Any:  # noqa: ANN401 - what JSON holds
    """The JSON of a line; the reason as a ValueError's text where it is none."""
    try:
        return json.loads(line)
    except json.JSONDecodeError as error:
        return ValueError(f"the line is not JSON: {error.msg.lower()} at sign {error.colno}")
    except (ValueError, RecursionError):
        return ValueError("the line holds JSON too deep or a number too long")
