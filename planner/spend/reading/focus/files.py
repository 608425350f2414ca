"""The files of a bill, opened: what form they have, which columns, and what is wrong with them as a whole."""

import csv
import glob
import gzip
import io
import zlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final, Literal

from planner.errors import InputError
from planner.source.excerpt import quoted, shortened, visible
from planner.source.words import closest
from planner.spend.reading.context import Reading
from planner.spend.reading.focus.columns import KNOWN, Header
from planner.spend.store import Store

LARGEST: Final = 64 * 2**30
"""Bytes of one file; a month of the largest bills is a tenth of it."""
MOST_COLUMNS: Final = 500
MOST_FILES: Final = 10_000
_LONGEST_HEADER: Final = 2**20
_FOREIGN: Final = {
    b"PK\x03\x04": "a zip archive; unpack it",
    b"\x28\xb5\x2f\xfd": "packed with zstd; unpack it",
    b"\xff\xfe": "UTF-16; save it as UTF-8",
    b"\xfe\xff": "UTF-16; save it as UTF-8",
    b"PARE": "an encrypted Parquet file",
}
"""First bytes of files that are no bill → what they are."""
Form = Literal["csv", "csv.gz", "parquet"]


@dataclass(frozen=True, slots=True)
class BillFile:
    """A file whose columns are known."""

    number: int
    """Its place among the files, from 0."""
    path: Path
    shown: str
    """What rejects call it."""
    form: Form
    header: Header
    types: tuple[str, ...]
    """Types of DuckDB, column by column; of a CSV all VARCHAR."""

    def relation(self) -> tuple[str, list[Any]]:
        """What SQL reads: columns are c0, c1 … in the file's order; and its parameters."""
        name = glob.escape(str(self.path))
        if self.form == "parquet":
            names = ", ".join(f"c{place}" for place in range(len(self.types)))
            return f"read_parquet(?, file_row_number = true, hive_partitioning = false) AS f({names}, at_row)", [name]
        columns = ", ".join(f"'c{place}': 'VARCHAR'" for place in range(len(self.types)))
        packed = "gzip" if self.form == "csv.gz" else "none"
        return (
            f"read_csv(?, columns = {{{columns}}}, header = true, delim = ',', quote = '\"', escape = '\"', "
            f"auto_detect = false, nullstr = ['', 'NULL', 'null'], compression = '{packed}', "
            "hive_partitioning = false, store_rejects = true, rejects_table = 'focus_faults', "
            "rejects_scan = 'focus_scans', rejects_limit = 0)"
        ), [name]


def opened(store: Store, reading: Reading, paths: Sequence[Path], renames: Mapping[str, str]) -> list[BillFile]:
    """The files in their order; raises InputError with all that is wrong with any."""
    if not paths:
        raise InputError("no file of the bill is there")  # noqa: EM101
    if len(paths) > MOST_FILES:
        message = f"{len(paths)} files of one bill; at most {MOST_FILES} can be read"
        raise InputError(message)
    files, wrong = [], []
    for number, path in enumerate(paths):
        shown = visible(reading.name_of(path))
        try:
            files.append(_opened(store, number, path, shown, renames))
        except InputError as error:
            wrong.append(f"{shown}: {error}")
    if wrong:
        raise InputError("\n".join(wrong))
    return files


def broken(path: Path, error: Exception) -> InputError:
    """What to say of a file that DuckDB cannot read; its name comes before it."""
    said = str(error).strip().splitlines()[0].replace(str(path), "").strip(" :'\"") if str(error).strip() else ""
    return InputError(f"broken or cut off ({shortened(visible(said), 200)})")


def _opened(store: Store, number: int, path: Path, shown: str, renames: Mapping[str, str]) -> BillFile:
    form = _form(path)
    names, types = _parquet(store, path) if form == "parquet" else _csv(path, form)
    if len(names) > MOST_COLUMNS:
        message = f"{len(names)} columns; at most {MOST_COLUMNS} can be read"
        raise InputError(message)
    folded = [name.strip().lower() for name in names]
    twice = sorted({name for name, low in zip(names, folded, strict=True) if low and folded.count(low) > 1})
    if twice:
        message = f"the column {quoted(twice[0])} is there twice"
        raise InputError(message)
    header = Header(names, renames)
    _complete(header)
    return BillFile(number, path, shown, form, header, tuple(types))


def _form(path: Path) -> Form:
    try:
        if not path.is_file():
            message = f"{'no file' if path.exists() else 'no such file'}"
            raise InputError(message)
        size = path.stat().st_size
        with path.open("rb") as file:
            start = file.read(4)
    except OSError as error:
        message = f"{error.strerror or error}"
        raise InputError(message) from error
    if size == 0:
        message = "is empty"
    elif size > LARGEST:
        message = f"{size / 2**30:.0f} GiB; a file of a bill may have {LARGEST // 2**30}"
    elif found := next((what for sign, what in _FOREIGN.items() if start.startswith(sign)), ""):
        message = f"is {found}"
    elif start == b"PAR1":
        return "parquet"
    elif path.suffix.lower() in (".parquet", ".pq"):
        message = "no Parquet file, though it is called one"
    else:
        return "csv.gz" if start[:2] == b"\x1f\x8b" else "csv"
    raise InputError(message)


def _parquet(store: Store, path: Path) -> tuple[list[str], list[str]]:
    import duckdb  # an extra of its own

    try:
        rows = store.rows("DESCRIBE SELECT * FROM read_parquet(?, hive_partitioning = false)", [glob.escape(str(path))])
    except (duckdb.Error, UnicodeError) as error:
        raise broken(path, error) from error
    return [row[0] for row in rows], [row[1] for row in rows]


def _csv(path: Path, form: Form) -> tuple[list[str], list[str]]:
    try:
        with gzip.open(path) if form == "csv.gz" else path.open("rb") as file:
            start = file.read(_LONGEST_HEADER)
    except (OSError, EOFError, zlib.error) as error:
        raise broken(path, error) from error
    if not start.strip():
        message = "is empty"
        raise InputError(message)
    if b"\0" in start:
        message = "neither CSV nor Parquet"
        raise InputError(message)
    text = start.decode("utf-8-sig", "replace")
    try:
        names = next(csv.reader(io.StringIO(text, newline=""), strict=True))
    except (csv.Error, StopIteration):
        message = "its first line is no line of a CSV file"
        raise InputError(message) from None
    if len(names) == 1 and (sign := max(";\t|", key=names[0].count)) in names[0]:
        called = {";": "semicolons", "\t": "tabs", "|": "bars"}[sign]
        message = f"its columns are parted by {called}; FOCUS parts them by commas"
        raise InputError(message)
    return names, ["VARCHAR"] * len(names)


def _complete(header: Header) -> None:
    """Raise what the file lacks, with names that look like it."""
    strange = [name.strip() for name in header.columns if name.strip().lower() not in {k.lower() for k in KNOWN}]
    parts = [f"no column is called {quoted(name)}, as `columns` says" for name in header.unknown_renames()]
    missing = header.missing()
    if missing:
        near = {name: closest(name, strange, 0.75) for name in missing}
        hints = [f"{name} (did you mean {quoted(found)}?)" if (found := near[name]) else name for name in missing]
        parts.append(f"lacks {', '.join(hints)}; `columns` of the source says what a file calls them")
    if parts:
        message = f"{'; '.join(parts)}"
        raise InputError(message)
