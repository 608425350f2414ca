"""CSV and YAML files read into typed columns and fields; every problem keeps its file and line."""

import csv
import hashlib
import io
import math
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, TypeGuard, TypeVar

import numpy as np
import yaml

from planner.catalog.rows import Bools, Floats, Ints
from planner.errors import InputError, PlannerError

T = TypeVar("T")
_FLAGS = {"y": True, "n": False, "": False}
_Loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


@dataclass(slots=True)
class Problems:
    """Everything wrong with a catalog directory, raised at once."""

    found: list[tuple[str, int, str]] = field(default_factory=list)

    def add(self, file: str, line: int, message: str) -> None:
        """Note a problem at a line, counted from 1."""
        self.found.append((file, line, message))

    def raise_any(self) -> None:
        """Raise one error that lists all problems by file and line, if there are any."""
        if self.found:
            raise PlannerError("\n".join(f"{f}:{line}: {text}" for f, line, text in sorted(self.found)))


@dataclass(frozen=True, slots=True)
class Table:
    """A CSV file as columns of text, with the line each row stands on."""

    file: str
    header: str
    """The `#` lines above the column names, without the sign: source and date."""
    columns: dict[str, tuple[str, ...]]
    lines: tuple[int, ...]
    problems: Problems

    def __len__(self) -> int:
        """Number of rows."""
        return len(self.lines)

    def texts(self, name: str, allowed: Sequence[str] | None = None) -> tuple[str, ...]:
        """A column of text; cells outside `allowed` are problems."""
        cells = self.columns[name]
        if allowed is not None:
            known = set(allowed)
            for row, cell in enumerate(cells):
                if cell not in known:
                    self.complain(row, f"{name} {cell!r} is not one of {', '.join(map(repr, allowed))}")
        return cells

    def required(self, name: str) -> tuple[str, ...]:
        """A column of text without blanks."""
        for row, cell in enumerate(self.columns[name]):
            if not cell:
                self.complain(row, f"{name} is blank")
        return self.columns[name]

    def floats(self, name: str, *, least: float = 0.0, blank: bool = True) -> Floats:
        """A column of numbers of at least `least`; a blank is NaN, and a problem unless allowed."""
        cells = self.columns[name]
        values = self._numbers(name, cells)
        for row in np.flatnonzero(np.isinf(values) | (values < least)).tolist():
            self.complain(row, f"{name} {cells[row]!r} is less than {least:g} or infinite")
        if not blank:
            for row in np.flatnonzero(np.isnan(values)).tolist():
                if cells[row].strip().lower() in ("", "nan"):
                    self.complain(row, f"{name} is blank")
        return values

    def ints(self, name: str, *, least: int = 0, default: int | None = None) -> Ints:
        """A column of whole numbers of at least `least`; a blank is `default`, or a problem."""
        values = self.floats(name, least=least, blank=default is not None)
        for row in np.flatnonzero(values != np.round(values)).tolist():
            if self.columns[name][row]:
                self.complain(row, f"{name} {self.columns[name][row]!r} is not a whole number")
        return np.nan_to_num(values, nan=default or 0).astype(np.int64)

    def flags(self, name: str) -> Bools:
        """A column of y and n; a blank is n."""
        self.texts(name, tuple(_FLAGS))
        return np.array([_FLAGS.get(cell, False) for cell in self.columns[name]], bool)

    def complain(self, row: int, message: str) -> None:
        """Note a problem with a row."""
        self.problems.add(self.file, self.lines[row], message)

    def _numbers(self, name: str, cells: tuple[str, ...]) -> Floats:
        try:
            return np.array([float(cell) if cell else np.nan for cell in cells], np.float64)
        except ValueError:
            return np.array([self._number(row, name) for row in range(len(cells))], np.float64)

    def _number(self, row: int, name: str) -> float:
        cell = self.columns[name][row]
        try:
            return float(cell) if cell else float("nan")
        except ValueError:
            self.complain(row, f"{name} {cell!r} is not a number")
            return float("nan")


@dataclass(frozen=True, slots=True)
class Entry:
    """One named entry of a YAML file, with getters that report what does not fit."""

    file: str
    line: int
    id: str
    fields: dict[str, Any]
    problems: Problems

    def text(self, name: str) -> str:
        """A field of text."""
        value = self.fields.get(name)
        return value if isinstance(value, str) else self._wrong(name, "text", "")

    def number(self, name: str) -> float:
        """A field that is a number."""
        value = self.fields.get(name)
        return float(value) if _is_number(value) else self._wrong(name, "a number", math.nan)

    def flag(self, name: str) -> bool:
        """A field that is true or false."""
        value = self.fields.get(name)
        return value if isinstance(value, bool) else self._wrong(name, "true or false", False)

    def words(self, name: str, allowed: Sequence[str] | None = None) -> tuple[str, ...]:
        """A field that lists words."""
        value = self.fields.get(name)
        if not isinstance(value, list):
            return self._wrong(name, "a list", ())
        words = tuple(str(word) for word in value)
        for word in words:
            if allowed is not None and word not in allowed:
                self.complain(f"{name}: {word!r} is not one of {', '.join(allowed)}")
        return words

    def numbers(self, name: str) -> dict[str, float]:
        """A field that maps names to numbers."""
        value = self.fields.get(name)
        if not isinstance(value, dict) or not all(map(_is_number, value.values())):
            return self._wrong(name, "a mapping of numbers", {})
        return {str(key): float(number) for key, number in value.items()}

    def complain(self, message: str) -> None:
        """Note a problem with the entry."""
        self.problems.add(self.file, self.line, f"{self.id}: {message}")

    def _wrong(self, name: str, said: str, instead: T) -> T:
        self.complain(f"{name} must be {said}")
        return instead


def _is_number(value: object) -> TypeGuard[int | float]:
    return isinstance(value, int | float) and not isinstance(value, bool)


@dataclass(slots=True)
class Directory:
    """A catalog directory: its files read once, its problems collected, its bytes digested."""

    path: Path
    problems: Problems = field(default_factory=Problems)
    content: dict[str, bytes] = field(default_factory=dict)

    def table(self, file: str, columns: Sequence[str]) -> Table:
        """Read a CSV file that starts with `#` comments, at least one, and that has at least these columns."""
        heads, rest = [], self._read(file)
        while rest.startswith("#"):
            first, _, rest = rest.partition("\n")
            heads.append(first.removeprefix("#").strip())
        above = len(heads)
        if not heads:
            self.problems.add(file, 1, "the first line must be a # comment with source and date")
        numbered = self._numbered(rest, file, above)
        _, names = next(numbered, (above + 1, []))
        missing = [name for name in columns if name not in names]
        if missing:
            self.problems.add(file, above + 1, f"missing columns: {', '.join(missing)}")
            self.problems.raise_any()
        rows, lines = [], []
        for line, cells in numbered:
            if len(cells) == len(names):
                rows.append(cells)
                lines.append(line)
            elif cells:
                self.problems.add(file, line, f"{len(cells)} cells where {len(names)} columns are named")
        columns_of: Iterable[tuple[str, ...]] = zip(*rows, strict=True) if rows else ((),) * len(names)
        by_name = dict(zip(names, columns_of, strict=True))
        return Table(file, "\n".join(heads), by_name, tuple(lines), self.problems)

    def entries(self, file: str, fields: Sequence[str]) -> Iterator[Entry]:
        """Read a YAML file that maps ids to entries with exactly these fields."""
        loader: Any = _Loader(self._read(file))
        try:
            node = loader.get_single_node()
            data = loader.construct_document(node) if node is not None else None
        except yaml.YAMLError as error:
            mark = getattr(error, "problem_mark", None)
            self.problems.add(file, mark.line + 1 if mark else 1, f"not YAML: {getattr(error, 'problem', '')}")
            return
        if not isinstance(data, dict):
            self.problems.add(file, 1, "must map ids to entries")
            return
        lines: dict[str, int] = {}
        for key, _ in node.value:
            if key.value in lines:
                self.problems.add(file, key.start_mark.line + 1, f"{key.value} is given twice")
            lines[key.value] = key.start_mark.line + 1
        for key, value in data.items():
            line = lines.get(str(key), 1)
            given = value if isinstance(value, dict) else {}
            for wrong in set(given) ^ set(fields):
                said = "missing" if wrong in fields else "unknown"
                self.problems.add(file, line, f"{key}: {said} field {wrong}")
            if set(given) >= set(fields):
                yield Entry(file, line, str(key), given, self.problems)

    def digest(self) -> str:
        """The sha256 over names and bytes of all files read so far, in the order of their names."""
        state = hashlib.sha256()
        for file in sorted(self.content):
            state.update(file.encode() + b"\0" + self.content[file] + b"\0")
        return state.hexdigest()

    def _numbered(self, text: str, file: str, above: int) -> Iterator[tuple[int, list[str]]]:
        """The rows of a CSV text with their lines, up to one that is none, which is a problem."""
        reader = csv.reader(io.StringIO(text))
        try:
            for cells in reader:
                yield reader.line_num + above, cells
        except csv.Error as error:
            self.problems.add(file, reader.line_num + above, f"is no line of a table: {error}")

    def _read(self, file: str) -> str:
        try:
            self.content[file] = (self.path / file).read_bytes()
            return self.content[file].decode("utf-8-sig")
        except (OSError, UnicodeDecodeError) as error:
            message = f"{self.path / file}: cannot be read: {error}"
            raise InputError(message) from error
