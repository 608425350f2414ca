"""Blocks of text → written values by column, and where each stands."""

import csv
import io
import json
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final

from planner.traffic.columns import Layout, paths_of
from planner.traffic.faults import Faults

_MOST_PLANS: Final = 256
"""Different sets of keys that the rows of one file of JSON lines may have, before their places are found anew."""


@dataclass(slots=True)
class RawRows:
    """Rows that could be taken apart: their lines, and the written values of each column, None where absent."""

    lines: list[int] = field(default_factory=list)
    columns: dict[str, list[Any]] = field(default_factory=dict)
    texts: list[str] = field(default_factory=list)
    """The rows as they stand in the file."""
    places: Mapping[str, int] | None = None
    """Column → its place in a row of CSV; None for JSON lines."""
    keys: Mapping[str, str] = field(default_factory=dict)
    """Column → its key in JSON lines."""

    def column(self, name: str, row: int) -> int:
        """Where the value of a column starts in its line, counted from 1; 1 where that is not plain."""
        text = self.texts[row]
        if self.places is not None:
            cells = text.split(",")
            at = self.places[name]
            return 1 if '"' in text or at >= len(cells) else sum(len(cell) + 1 for cell in cells[:at]) + 1
        key = re.search(rf'"{re.escape(self.keys.get(name, name))}"\s*:\s*', text)
        return 1 if key is None else key.end() + 1


@dataclass(slots=True)
class CsvReader:
    """Takes rows of CSV apart, by the header's layout."""

    layout: Layout
    header: Sequence[str]
    separator: str
    faults: Faults
    count: int = 0
    """Rows seen, whether they can be used or not."""

    def rows(self, first: int, block: bytes) -> RawRows:
        """The rows of a block whose first line has that number; what is wrong goes to the faults of the log."""
        # Lines end as they are counted, by line feeds; a carriage return elsewhere parts nothing.
        text = decoded(block, first, self.faults).replace("\r\n", "\n").replace("\r", " ")
        found = RawRows(places=self.layout.at if self.separator == "," else dict.fromkeys(self.layout.at, 1 << 30))
        kept: list[list[str]] = []
        lines = text.split("\n")
        for start, end, cells in self._records(text, lines, first):
            if not cells or (len(cells) == 1 and not cells[0].strip()):
                continue
            if cells == self.header:
                self.faults.row("log-header", "the header again; the row is left out", start, severity="warning")
                continue
            self.count += 1
            if len(cells) != self.layout.width:
                what = "the row has not as many cells as the header"
                self.faults.row("log-row", what, start, 1, f": {len(cells)} instead of {self.layout.width}")
                continue
            found.lines.append(start)
            found.texts.append(lines[start - first] if end == start else "")
            kept.append(cells)
        turned = list(zip(*kept, strict=True)) if kept else [()] * self.layout.width
        found.columns = {name: list(turned[at]) for name, at in self.layout.at.items()}
        return found

    def _records(self, text: str, lines: list[str], first: int) -> Iterator[tuple[int, int, list[str]]]:
        """First and last line of each record, and its cells."""
        if text.count('"') % 2:
            # A quote is never closed: no line can be trusted to belong to the one before it.
            for number, line in enumerate(lines, first):
                yield from self._read([line], number)
        else:
            yield from self._read(io.StringIO(text, newline=""), first)

    def _read(self, lines: Iterable[str], first: int) -> Iterator[tuple[int, int, list[str]]]:
        reader = csv.reader(lines, delimiter=self.separator)
        while True:
            start = first + reader.line_num
            try:
                cells = next(reader)
            except StopIteration:
                return
            except csv.Error as error:
                self.count += 1
                self.faults.row("log-row", f"is not CSV: {error}", start)
                continue
            yield start, first + reader.line_num - 1, cells


@dataclass(slots=True)
class JsonReader:
    """Takes rows of JSON lines apart; known keys are looked for in objects inside of them too."""

    faults: Faults
    count: int = 0
    """Rows seen, whether they can be used or not."""
    names: dict[str, None] = field(default_factory=dict)
    """Outer keys seen in the first rows."""
    known: set[str] = field(default_factory=set)
    """Columns found so far."""
    _plans: dict[tuple[str, ...], dict[str, tuple[str, ...]]] = field(default_factory=dict)

    def rows(self, first: int, block: bytes) -> RawRows:
        """The rows of a block whose first line has that number; what is wrong goes to the faults of the log."""
        found = RawRows()
        kept: list[dict[str, Any]] = []
        text = decoded(block, first, self.faults)
        for number, line in enumerate(text.split("\n"), first):
            if not line or line.isspace():
                continue
            self.count += 1
            try:
                row = json.loads(line)
            except json.JSONDecodeError as error:
                self.faults.row("log-row", "the line is not JSON", number, error.colno, f": {error.msg.lower()}")
                continue
            except (ValueError, RecursionError):
                self.faults.row("log-row", "the line holds JSON too deep or a number too long", number)
                continue
            if not isinstance(row, dict):
                self.faults.row("log-row", "the line is no object of keys and values", number)
                continue
            kept.append(row)
            found.lines.append(number)
            found.texts.append(line)
        plans = [self._plan(row) for row in kept]
        different = {id(plan): plan for plan in plans}.values()
        known = dict.fromkeys(name for plan in different for name in plan)
        self.known |= known.keys()
        found.keys = {name: path[-1] for plan in different for name, path in plan.items()}
        for name in known:
            paths = {plan.get(name) for plan in different}
            path = next(iter(paths))
            if len(paths) == 1 and path is not None and len(path) == 1:
                found.columns[name] = [row.get(path[0]) for row in kept]
            else:
                found.columns[name] = [_at(row, plan.get(name)) for row, plan in zip(kept, plans, strict=True)]
        return found

    def _plan(self, row: dict[str, Any]) -> dict[str, tuple[str, ...]]:
        signature = tuple(row)
        plan = self._plans.get(signature)
        if plan is None:
            plan = paths_of(row)
            if len(self._plans) < _MOST_PLANS:
                self.names |= dict.fromkeys(signature)
                # A row whose usage is null says nothing of where tokens stand in rows of the same keys.
                if all(name in plan for name in ("timestamp", "input_tokens", "output_tokens")):
                    self._plans[signature] = plan
        return plan


def _at(row: Any, path: tuple[str, ...] | None) -> Any:  # noqa: ANN401 - what JSON holds
    if path is None:
        return None
    for key in path:
        if not isinstance(row, dict):
            return None
        row = row.get(key)
    return None if isinstance(row, dict | list) else row


def decoded(block: bytes, first: int, faults: Faults) -> str:
    """The text of a block; bytes that are not UTF-8 are told and replaced."""
    try:
        return block.decode("utf-8")
    except UnicodeDecodeError as error:
        before = block[: error.start]
        line, column = first + before.count(b"\n"), error.start - before.rfind(b"\n")
        hint = "save the file as UTF-8"
        what = "not UTF-8"
        faults.row("log-value", what, line, column, f": byte 0x{block[error.start]:02x}", hint, "warning")
        return block.decode("utf-8", "replace")
