"""Row files: CSV with a header, kept as written so that answers go back beside them, in the same order."""

import csv
import io
import math
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from planner.errors import InputError
from planner.source.words import closest

LARGEST_BYTES: Final = 256 * 2**20
_NEAR: Final = 0.8
"""Likeness from which a column counts as a slip of the pen: `n_gpu` is `n_gpus`, `gpu` is not."""
MEASURED: Final = (
    "peak_mem_gb_per_gpu", "fits", "kind", "tokens_per_s_total", "tokens_per_s_per_gpu", "samples_per_s",
    "tflops_per_gpu", "mfu", "wall_clock_hours", "price_or_cost_usd", "tokens_per_s", "ttft_ms", "itl_ms", "notes",
)  # fmt: skip
"""Columns that say what came out, and what people remark: never read to make a prediction."""
SMALLEST, LARGEST = 1e-9, 1e16
"""Figures outside are slips of the pen: no run has that many tokens, or so small a part of anything [E]."""
_GROUPED: Final = re.compile(r"[+-]?[1-9]\d{0,2}(?:,\d{3})+(?:\.\d*)?")
"""Commas that group thousands; any other is no part of a number."""


@dataclass(frozen=True, slots=True)
class RowTable:
    """A row file as read."""

    file: str
    header: tuple[str, ...]
    cells: tuple[tuple[str, ...], ...]
    lines: tuple[int, ...]
    """Line of the file that each row ends on."""

    def __len__(self) -> int:
        """Number of rows."""
        return len(self.cells)

    def records(self) -> list[dict[str, str]]:
        """The rows by column."""
        return [dict(zip(self.header, row, strict=True)) for row in self.cells]

    def where(self, row: int) -> str:
        """`file:line` of a row."""
        return f"{self.file}:{self.lines[row]}"


def read_rows(path: Path, needed: Sequence[str]) -> RowTable:
    """Read a row file; one without a column that is needed, or with ragged rows, is refused with all that is wrong.

    Lines that start with `#` before the header are sources and dates, and skipped.
    """
    try:
        if path.stat().st_size > LARGEST_BYTES:
            message = f"{path}: larger than {LARGEST_BYTES // 2**20} MiB"
            raise InputError(message)
        text = path.read_text(encoding="utf-8-sig")
    except OSError as error:
        message = f"{path}: cannot be read: {error.strerror or error}"
        raise InputError(message) from error
    except UnicodeDecodeError as error:
        message = f"{path}: cannot be read: not UTF-8 text (byte {error.start})"
        raise InputError(message) from error
    if not text.strip():
        message = f"{path}: is empty: name the columns in its first line: {', '.join(needed)} …"
        raise InputError(message)
    above = start = 0
    while text.startswith("#", start):
        start = text.find("\n", start) + 1 or len(text)
        above += 1
    reader = csv.reader(io.StringIO(text[start:]), strict=True)
    cells, lines, wrong = [], [], []
    try:
        header = tuple(name.strip() for name in next(reader, []))
        missing = [name for name in needed if name not in header]
        if missing:
            told = ", ".join(_with_guess(name, header) for name in missing)
            wrong.append(f"{path}:{above + 1}: missing columns: {told}")
        if len(set(header)) != len(header):
            twice = sorted({name for name in header if header.count(name) > 1})
            wrong.append(f"{path}:{above + 1}: columns given twice: {', '.join(twice)}")
        for row in reader:
            line = reader.line_num + above
            if len(row) == len(header):
                cells.append(tuple(row))
                lines.append(line)
            elif row:
                wrong.append(f"{path}:{line}: {len(row)} cells where {len(header)} columns are named")
    except csv.Error as error:
        wrong.append(f"{path}:{reader.line_num + above}: not CSV: {error}")
    if wrong:
        raise InputError("\n".join(wrong))
    return RowTable(str(path), header, tuple(cells), tuple(lines))


def _with_guess(name: str, header: Sequence[str]) -> str:
    """A column that is missing, and the one there that was probably meant to be it."""
    near = closest(name, header, cutoff=_NEAR)
    return f"{name} (is {near!r} meant to be it?)" if near else name


def written(table: RowTable, added: Mapping[str, Iterable[str]]) -> str:
    """The rows as CSV, in their order, with columns added at the end."""
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow((*table.header, *added))
    for row, extra in zip(table.cells, zip(*added.values(), strict=True), strict=True):
        writer.writerow((*row, *extra))
    return out.getvalue()


def plain(text: str) -> float:
    """A number as people write it, thousands grouped or not; ValueError where it is none, such as `1,5`."""
    return float(text.replace(",", "") if _GROUPED.fullmatch(text) else text)


def number(record: Mapping[str, str], name: str, *, positive: bool = True) -> float:
    """A number of a row, NaN where the cell is blank or the column absent; `Faulty` where it is no number."""
    cell = record.get(name, "").strip()
    if not cell:
        return math.nan
    try:
        value = plain(cell)
    except ValueError:
        message = f"{name} {cell!r} is not a number"
        raise Faulty(message) from None
    if not math.isfinite(value) or (positive and value <= 0):
        message = f"{name} {cell!r} is not a positive number"
        raise Faulty(message)
    if value and not SMALLEST <= abs(value) <= LARGEST:
        message = f"{name} {cell!r} is beyond any run"
        raise Faulty(message)
    return value


class Unusable(Exception):  # noqa: N818 - a verdict on one row, not a failure
    """A row that the formulas cannot express, and why; `hint` says what is allowed, where that helps."""

    def __init__(self, message: str, hint: str = "") -> None:
        """Keep the hint apart, so that rows with one reason are counted together."""
        super().__init__(message)
        self.hint = hint

    @property
    def told(self) -> str:
        """The reason with its hint."""
        return f"{self}; {self.hint}" if self.hint else str(self)


class Faulty(Unusable):
    """A row with a cell that cannot be true: no number, no known unit, a figure beyond the hardware."""
