"""Files that a business case names: columns of CSV files, read within bounds, every bad row told."""

import csv
import io
import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from pydantic import TypeAdapter, ValidationError

from planner.catalog.names import suggest
from planner.scenario.quantities import RATES
from planner.source import InvalidInput, Problem, Span
from planner.source.decode import FORBIDDEN
from planner.source.places import split_lines
from planner.space.dataset_places import Found

MOST_BYTES: Final = 16 * 2**20
MOST_ROWS: Final = 100_000
MOST_COLUMNS: Final = 1_000
_TOLD: Final = 20
"""Bad cells of a column that are told, each with its place."""
_BOUNDS: Final = {
    "greater_than_equal": "at least", "greater_than": "more than", "less_than_equal": "at most", "less_than": "under",
}  # fmt: skip


class ColumnError(Exception):
    """Why a column is not in a table, and what to write instead."""

    def __init__(self, message: str, hint: str | None) -> None:
        super().__init__(message)
        self.message, self.hint = message, hint


@dataclass(frozen=True, slots=True)
class Table:
    """A CSV file as text: its columns, its rows, and the line of the file that each row ends on."""

    found: Found
    text: str
    columns: tuple[str, ...]
    rows: tuple[tuple[int, tuple[str, ...]], ...]

    def place_of(self, name: str | None) -> int:
        """Number of a column; of the only one where no name is given. Raises ColumnError."""
        if name is None:
            if len(self.columns) == 1:
                return 0
            message = f"{self.found.shown} has {len(self.columns)} columns"
            raise ColumnError(message, f"say which with `column`: {_listed(self.columns)}")
        if name in self.columns:
            return self.columns.index(name)
        near = suggest(name, self.columns)
        message = f"{self.found.shown} has no column {name!r}"
        raise ColumnError(message, f"did you mean {near!r}?" if near else f"it has: {_listed(self.columns)}")


@dataclass(frozen=True, slots=True)
class Column:
    """Values of a column by the rows that have one, and how many have none."""

    values: Mapping[int, float]
    """Place of the row → value."""
    blank: int


def read_table(found: Found) -> Table:
    """The file with its header; raises InvalidInput where it is no such table."""
    text = _text(found)
    lines = split_lines(text)
    above = next((at for at, line in enumerate(lines) if line.strip() and not line.startswith("#")), len(lines))
    separator = max(",;\t", key=lines[above].count) if above < len(lines) else ","
    reader = csv.reader(io.StringIO("\n".join(lines[above:])), delimiter=separator, strict=True)
    rows: list[tuple[int, tuple[str, ...]]] = []
    try:
        columns = tuple(name.strip() for name in next(reader, ()))
        if len(columns) > MOST_COLUMNS:
            raise InvalidInput([_problem(found, f"has more than {MOST_COLUMNS:,} columns", "leave some out")], {})
        for cells in reader:
            if len(rows) >= MOST_ROWS:
                raise InvalidInput([_problem(found, f"has more than {MOST_ROWS:,} rows", "leave some out")], {})
            if any(cell.strip() for cell in cells):
                rows.append((above + reader.line_num, tuple(cell.strip() for cell in cells)))
    except csv.Error as error:
        line = above + reader.line_num
        raise InvalidInput([_problem(found, f"is no CSV: {error}", None, Span(line, 1, line, 1))], {}) from None
    if not columns or not rows:
        raise InvalidInput([_problem(found, "has no rows below a header", "the first line names the columns")], {})
    twice = sorted({name for name in columns if columns.count(name) > 1})
    if twice:
        raise InvalidInput([_problem(found, f"two columns are called {twice[0]!r}", "rename one of them")], {})
    return Table(found, text, columns, tuple(rows))


def read_column(
    table: Table, name: str | None, values: TypeAdapter[list[float]], usd_per_unit: Mapping[str, float]
) -> Column:
    """The values of a column; blank cells are left out.

    Args:
        table: of the file.
        name: of the column; None for the only one.
        values: what reads them, with their bounds.
        usd_per_unit: currency → USD for one unit.

    Raises:
        ColumnError: there is no such column.
        InvalidInput: cells that are no such number, each with its place.
    """
    at = table.place_of(name)
    written = {row: cells[at] for row, (_, cells) in enumerate(table.rows) if at < len(cells) and cells[at]}
    try:
        read = values.validate_python([_plain(cell) for cell in written.values()], context={RATES: usd_per_unit})
    except ValidationError as error:
        rows = list(written)
        problems = [_cell(table, rows[int(each["loc"][0])], at, each) for each in error.errors()[:_TOLD]]
        more = error.error_count() - len(problems)
        if more > 0:
            problems.append(_problem(table.found, f"{more:,} more cells of the column are wrong", None))
        raise InvalidInput(problems, {table.found.shown: table.text}) from None
    return Column(dict(zip(written, read, strict=True)), len(table.rows) - len(written))


def _plain(cell: str) -> float | str:
    """A number as programs write it; any other text as it is."""
    try:
        value = float(cell)
    except ValueError:
        return cell
    return value if math.isfinite(value) and "_" not in cell else cell


def _cell(table: Table, row: int, at: int, error: Mapping[str, Any]) -> Problem:
    line, cells = table.rows[row]
    cell, name = cells[at], table.columns[at]
    message = error["msg"].removeprefix("Value error, ")
    if error["type"] in _BOUNDS:
        message = f"expected {_BOUNDS[error['type']]} {next(iter(error['ctx'].values())):g}, found {cell}"
    written = split_lines(table.text)[line - 1]
    start = _start(written, cells, at)
    return _problem(table.found, f"{name}: {message}", None, Span(line, start, line, start + len(cell)))


def _start(line: str, cells: Sequence[str], at: int) -> int:
    """Where the cell starts in its line, from 1 on; the start of the line where that is not plain."""
    place = 0
    for cell in cells[:at]:
        found = line.find(cell, place)
        place = max(place, found) + len(cell)
    return line.find(cells[at], place) + 1 or 1


def _text(found: Found) -> str:
    try:
        with found.path.open("rb") as file:
            content = file.read(MOST_BYTES + 1)
    except OSError as error:
        raise InvalidInput([_problem(found, f"cannot be read: {error.strerror or error}", None)], {}) from None
    if len(content) > MOST_BYTES:
        raise InvalidInput([_problem(found, f"is larger than {MOST_BYTES // 2**20} MiB", None)], {})
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise InvalidInput([_problem(found, f"is not UTF-8 text (byte {error.start})", None)], {}) from None
    if FORBIDDEN.search(text):
        raise InvalidInput([_problem(found, "holds control characters", "is it a CSV file?")], {})
    return text


def _problem(found: Found, message: str, hint: str | None, span: Span | None = None) -> Problem:
    return Problem("table", message, found.shown, span, hint=hint)


def _listed(names: Sequence[str]) -> str:
    return ", ".join(names[:8]) + (" …" if len(names) > 8 else "")
