"""Rows of small files, one by one: run logs and deployments."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, Final

from planner.spend.reading.layouts import FileLayout, parsed
from planner.spend.reading.refusals import FileFaults, Refusals
from planner.traffic.columns import Layout
from planner.traffic.raw_rows import CsvReader

MOST_ROWS: Final = 2_000_000
"""Rows of one file; more are refused."""


@dataclass(frozen=True, slots=True)
class Record:
    """One row as written; columns that it has not, or that are blank, are absent."""

    file: str
    row: int
    cells: Mapping[str, Any]
    named: Mapping[str, str] = field(default_factory=dict)
    """Column → what the file calls it."""

    @property
    def place(self) -> str:
        """`file:row`."""
        return f"{self.file}:{self.row}"


@dataclass(slots=True)
class Records:
    """The rows of one file."""

    layout: FileLayout
    refusals: Refusals
    count: int = 0
    """Rows that could be taken apart."""

    def __iter__(self) -> Iterator[Record]:
        """All that can be taken apart; the others are refused."""
        faults = FileFaults(self.layout.shown, self.refusals)
        named = self.layout.named
        for first, block in self.layout.blocks(faults):
            for row, cells in self._json(first, block) if self.layout.json_lines else self._csv(first, block, faults):
                if self.count >= MOST_ROWS:
                    self.refusals.file(self.layout.shown, f"has more than {MOST_ROWS:,} rows; the rest is not read")
                    return
                self.count += 1
                said = {name: value for name, value in cells if value is not None and value != ""}
                yield Record(self.layout.shown, row, said, named)
        if ended := faults.broken():
            self.refusals.file(self.layout.shown, f"is not read to its end: {ended}")

    def _csv(self, first: int, block: bytes, faults: FileFaults) -> Iterator[tuple[int, list[tuple[str, Any]]]]:
        header = self.layout.header
        at = {name: header.index(path[0]) for name, path in self.layout.at.items()}
        raw = CsvReader(Layout(len(header), at), list(header), self.layout.separator, faults).rows(first, block)
        for place, line in enumerate(raw.lines):
            yield line - self.layout.header_line, [(name, raw.columns[name][place].strip()) for name in at]

    def _json(self, first: int, block: bytes) -> Iterator[tuple[int, list[tuple[str, Any]]]]:
        for number, line in enumerate(block.decode("utf-8", "replace").split("\n"), first):
            if not line or line.isspace():
                continue
            row = parsed(line)
            if isinstance(row, dict):
                yield number, [(name, inside(row, path)) for name, path in self.layout.at.items()]
            else:
                reason = str(row) if isinstance(row, ValueError) else "the line is no JSON object"
                self.refusals.row(self.layout.shown, number, "", reason, line)


def inside(row: Any, path: tuple[str, ...]) -> Any:  # noqa: ANN401 - what JSON holds
    """What stands at these keys; None where nothing does."""
    for key in path:
        row = row.get(key) if isinstance(row, dict) else None
    return row
