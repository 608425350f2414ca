"""Run files, CSV or JSON lines, as rows of text that know where they stand; nothing is understood yet."""

import csv
import hashlib
import io
import itertools
import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

from planner.calibrate.run_columns import KNOWN, NOTES, SYNONYMS
from planner.catalog.names import suggest
from planner.measured.table import LARGEST_BYTES
from planner.source import InvalidInput, Problem, Span
from planner.source.places import split_lines

_ABSENT: Final = ("", "nan", "null")


@dataclass(frozen=True, slots=True)
class Row:
    """One run as written; cells that say nothing are left out."""

    file: str
    line: int
    """Line of the file it ends on; 0 where it comes from no file."""
    cells: Mapping[str, str]
    text: str = ""
    """That line."""
    starts: Mapping[str, int] = field(default_factory=dict)
    """Column → where its cell starts in that line, where that is plain."""

    @property
    def place(self) -> str:
        """`file:line`, or what stands for it."""
        return f"{self.file}:{self.line}" if self.line else self.file

    def problem(self, message: str, column: str = "", hint: str | None = None) -> Problem:
        """What is wrong with the run, or with one of its cells."""
        if not self.line:
            return Problem("run", message, self.file, None, column, hint)
        name = column if column in self.cells else next((a for a, b in SYNONYMS.items() if b == column), column)
        cell = self.cells.get(name, "")
        at = self.starts.get(name, self.text.find(cell) if cell else -1)
        start, end = (at + 1, at + 1 + len(cell)) if at >= 0 else (1, 1)
        return Problem("run", message, self.file, Span(self.line, start, self.line, end), column, hint)


@dataclass(slots=True)
class RunRows:
    """The rows of some files, and what is wrong with others."""

    rows: list[Row] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)
    remarks: list[str] = field(default_factory=list)
    texts: dict[str, str] = field(default_factory=dict)
    digests: list[str] = field(default_factory=list)

    @property
    def digest(self) -> str:
        """SHA-256 of the one file; of several, of their digests in order."""
        if len(self.digests) == 1:
            return self.digests[0]
        return hashlib.sha256("\n".join(self.digests).encode()).hexdigest()


def read_run_files(paths: Sequence[Path]) -> RunRows:
    """Read run files; raises InvalidInput for one that cannot be read at all."""
    found = RunRows()
    for path in paths:
        content = _content(path)
        try:
            text = content.decode("utf-8-sig")
        except UnicodeDecodeError as error:
            message = f"is not UTF-8 text (byte {error.start})"
            raise InvalidInput([Problem("not-utf8", message, str(path))], {}) from None
        found.digests.append(hashlib.sha256(content).hexdigest())
        found.texts[str(path)] = text
        read = _json_lines if text.lstrip().startswith("{") else _csv
        before = len(found.rows) + len(found.problems)
        read(str(path), text, found)
        if len(found.rows) + len(found.problems) == before:
            found.remarks.append(f"{path}: has no runs")
    found.remarks += _twice(found.rows)
    return found


def _twice(rows: Sequence[Row]) -> Iterator[str]:
    """A remark on runs that stand there more than once, word for word: the fit takes each for a measurement."""
    first: dict[tuple[tuple[str, str], ...], Row] = {}
    again = [
        (row, seen) for row in rows if (seen := first.setdefault(tuple(sorted(row.cells.items())), row)) is not row
    ]
    if again:
        row, seen = again[0]
        more = f", and {len(again) - 1:,} more like that" if len(again) > 1 else ""
        yield f"{row.place}: the same as {seen.place}, word for word{more}; each counts as a run of its own"


def _content(path: Path) -> bytes:
    try:
        with path.open("rb") as file:
            content = file.read(LARGEST_BYTES + 1)
    except (OSError, ValueError) as error:
        said = getattr(error, "strerror", None) or error
        raise InvalidInput([Problem("unreadable", f"cannot be read: {said}", str(path))], {}) from None
    if len(content) > LARGEST_BYTES:
        raise InvalidInput([Problem("too-large", f"is larger than {LARGEST_BYTES // 2**20} MiB", str(path))], {})
    return content


def _csv(file: str, text: str, found: RunRows) -> None:
    """Rows below a header; lines that start with `#` above it are skipped. What is broken beyond a row is raised."""
    lines = split_lines(text)
    above = next((i for i, line in enumerate(lines) if not line.startswith("#")), len(lines))
    reader = csv.reader(io.StringIO("\n".join(lines[above:])), strict=True)
    try:
        header = [name.strip() for name in next(reader, [])]
        _check_header(file, header, above + 1, found)
        for cells in reader:
            line = reader.line_num + above
            if len(cells) == len(header):
                named, text_ = dict(zip(header, cells, strict=True)), lines[line - 1]
                found.rows.append(Row(file, line, _said(named), text_, _starts(header, cells, text_)))
            elif any(cells):
                message = f"{len(cells)} cells where {len(header)} columns are named"
                found.problems.append(Row(file, line, {}, lines[line - 1]).problem(message))
    except csv.Error as error:
        line = reader.line_num + above
        problem = Problem("syntax", f"is not CSV: {error}", file, Span(line, 1, line, 1))
        raise InvalidInput([*found.problems, problem], found.texts) from None


def _starts(header: list[str], cells: list[str], line: str) -> dict[str, int]:
    """Where each cell starts; nothing where quotes make that less than plain."""
    if ",".join(cells) != line:
        return {}
    ends = itertools.accumulate(len(cell) + 1 for cell in cells)
    return {name: end - 1 - len(cell.lstrip()) for name, cell, end in zip(header, cells, ends, strict=True)}


def _check_header(file: str, header: list[str], line: int, found: RunRows) -> None:
    at = Span(line, 1, line, 1)
    if not any(header):
        raise InvalidInput(
            [Problem("empty-file", "has no header: name the columns in its first line", file, at)], found.texts
        )
    twice = sorted({name for name in header if header.count(name) > 1})
    if twice:
        message = f"columns given twice: {', '.join(twice)}"
        raise InvalidInput([Problem("duplicate-key", message, file, at)], found.texts)
    if not set(header) & set(KNOWN):
        message = "names none of the columns of a run file"
        hint = "`planner calibrate --help` lists them"
        raise InvalidInput([Problem("unknown-key", message, file, at, hint=hint)], found.texts)
    found.remarks += _unread(file, header)


def _json_lines(file: str, text: str, found: RunRows) -> None:
    names: dict[str, None] = {}
    for number, line in enumerate(split_lines(text), 1):
        if not line.strip():
            continue
        place = Row(file, number, {}, line)
        try:
            data = json.loads(line, object_pairs_hook=_unique, parse_constant=_refuse_constant)
        except (ValueError, RecursionError) as error:
            found.problems.append(place.problem(f"is not JSON: {error}"))
            continue
        if not isinstance(data, dict):
            found.problems.append(place.problem("is no JSON object: one run per line, {…}"))
            continue
        nested = sorted(name for name, value in data.items() if isinstance(value, dict | list))
        if nested:
            found.problems.append(place.problem(f"lists and objects inside a run mean nothing: {', '.join(nested)}"))
            continue
        names |= dict.fromkeys(data)
        found.rows.append(Row(file, number, _said({name: _word(value) for name, value in data.items()}), line))
    found.remarks += _unread(file, list(names))


def _unique(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    data = dict(pairs)
    if len(data) < len(pairs):
        names = [name for name, _ in pairs]
        message = f"{next(name for name in names if names.count(name) > 1)!r} is given twice"
        raise ValueError(message)
    return data


def _refuse_constant(name: str) -> float:
    message = f"{name} is no number"
    raise ValueError(message)


def _word(value: object) -> str:
    return ("y" if value else "n") if isinstance(value, bool) else "" if value is None else str(value)


def _said(cells: Mapping[str, str]) -> dict[str, str]:
    return {name: cell.strip() for name, cell in cells.items() if cell.strip().lower() not in _ABSENT}


def _unread(file: str, names: list[str]) -> Iterator[str]:
    """A remark on columns that mean nothing to us, so that a slip of the pen is seen."""
    foreign = [name for name in names if name and name not in KNOWN and name not in NOTES]
    if foreign:
        guesses = [(name, suggest(name, KNOWN)) for name in foreign]
        told = [f"{name!r} (did you mean {near!r}?)" if near else repr(name) for name, near in guesses]
        yield f"{file}: columns that are not read: {', '.join(told)}"
