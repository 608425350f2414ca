"""Metrics in CSV, as `nvidia-smi --format=csv` and exports of Prometheus write them."""

import csv
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final

from planner.catalog.names import suggest
from planner.gpu_metrics.adding import Rows
from planner.gpu_metrics.columns import IDENTITY, NAMES, factor, identity_of, metric_of, plain, unit_in
from planner.source.excerpt import quoted
from planner.traffic.faults import Faults
from planner.traffic.raw_rows import decoded

_SEPARATORS: Final = ",;\t|"
_MOST_COLUMNS: Final = 2000
_MOST_NAMED: Final = 12


@dataclass(slots=True)
class CsvMetrics:
    """Takes rows apart by the header, which is the first line that is no remark."""

    faults: Faults
    header: list[str] | None = None
    separator: str = ","
    count: int = 0
    """Rows that cannot be taken apart."""
    _identity: dict[str, int] | None = None

    def rows(self, first: int, block: bytes) -> Rows | None:
        """The rows of a block whose first line has that number; None where the header cannot be used."""
        text = decoded(block, first, self.faults).replace("\r\n", "\n").replace("\r", " ")
        lines = text.split("\n")
        start = 0
        if self.header is None:
            above = next((i for i, line in enumerate(lines) if line.strip() and not line.startswith("#")), None)
            if above is None:
                return None
            self._read_header(lines[above], first + above)
            start = above + 1
        if self.faults.refused or self.header is None:
            return None
        kept, numbers = self._cells(lines[start:], first + start)
        turned: Sequence[Sequence[Any]] = list(zip(*kept, strict=True)) if kept else [()] * len(self.header)
        identity = {name: turned[at] for name, at in (self._identity or {}).items()}
        figures = {name: turned[at] for at, name in enumerate(self.header) if metric_of(name)}
        return Rows(numbers, identity, figures, _Places(lines, first, numbers, self.header, self.separator).column)

    def _cells(self, lines: Sequence[str], first: int) -> tuple[list[list[str]], list[int]]:
        kept, numbers = [], []
        header = self.header or []
        for number, line in enumerate(lines, first):
            if not line or line.isspace():
                continue
            try:
                cells = (
                    next(csv.reader([line], delimiter=self.separator)) if '"' in line else line.split(self.separator)
                )
            except (csv.Error, StopIteration) as error:
                self.count += 1
                self.faults.row("log-row", f"is not CSV: {error}", number)
                continue
            if cells[0].strip() == header[0] and [cell.strip() for cell in cells] == header:
                self.faults.row("log-header", "the header again; the row is left out", number, severity="warning")
                continue
            if len(cells) != len(header):
                self.count += 1
                what = "the row has not as many cells as the header"
                self.faults.row("log-row", what, number, 1, f": {len(cells)} instead of {len(header)}")
                continue
            kept.append(cells)
            numbers.append(number)
        return kept, numbers

    def _read_header(self, line: str, number: int) -> None:
        self.separator = max(_SEPARATORS, key=line.count)
        try:
            names = [name.strip() for name in next(csv.reader([line], delimiter=self.separator), [])]
        except csv.Error as error:
            self.faults.file("log-columns", f"the header is not CSV: {error}", line=number)
            return
        if len(names) > _MOST_COLUMNS:
            self.faults.file("log-columns", f"has more than {_MOST_COLUMNS:,} columns", line=number)
            return
        twice = sorted({name for name in names if name and names.count(name) > 1})
        if twice:
            listed = ", ".join(map(quoted, twice[:_MOST_NAMED]))
            self.faults.file("log-columns", f"columns given twice: {listed}", "give each a name of its own", number)
        best: dict[str, tuple[int, int]] = {}
        for at, name in enumerate(names):
            if (known := identity_of(name)) is not None:
                best[known[0]] = min(best.get(known[0], (1000, 0)), (known[1], at))
        figures = [name for name in names if metric_of(name)]
        self._identity = {what: at for what, (_, at) in best.items()}
        check_names(names, self._identity, figures, number, self.faults)
        self.header = names
        if figures:  # a column `metric` beside those of figures names something else
            self._identity.pop("metric", None)


def check_names(
    names: Sequence[str], identity: dict[str, Any], figures: Sequence[str], line: int, faults: Faults
) -> None:
    """Tell what is missing, units that are none, and columns nearly named like a known one."""
    listed = ", ".join(map(quoted, names[:_MOST_NAMED]))
    if "timestamp" not in identity:
        faults.file("log-columns", f"has no timestamp; it has {listed}", f"name it {IDENTITY['timestamp'][0]}", line)
    if not figures and not {"metric", "value"} <= set(identity):
        near = {name: found for name in names if (found := suggest(plain(name), NAMES))}
        guess = "; ".join(
            f"{quoted(name)}: did you mean {found!r}?" for name, found in list(near.items())[:_MOST_NAMED]
        )
        known = (
            "DCGM_FI_DEV_GPU_UTIL, DCGM_FI_PROF_SM_ACTIVE, DCGM_FI_DEV_FB_USED, utilization.gpu [%], memory.used [MiB]"
        )
        faults.file(
            "log-columns", f"has no column with a figure of a GPU; it has {listed}", guess or f"such as {known}", line
        )
    for name in figures:
        unit, known_metric = unit_in(name), metric_of(name)
        if unit and known_metric and factor(known_metric[0], unit) is None:
            faults.file("log-columns", f"the unit of {quoted(name)} is not one of this figure", line=line)


@dataclass(frozen=True, slots=True)
class _Places:
    """Where cells stand in their lines."""

    lines: Sequence[str]
    first: int
    numbers: Sequence[int]
    header: Sequence[str]
    separator: str

    def column(self, row: int, name: str) -> int:
        """From 1; 1 where quotes make it hard to say."""
        text = self.lines[self.numbers[row] - self.first]
        known = [identity_of(own) for own in self.header]
        at = self.header.index(name) if name in self.header else None
        if at is None:
            at = next((i for i, own in enumerate(known) if own is not None and own[0] == name), 0)
        cells = text.split(self.separator)
        if '"' in text or at >= len(cells):
            return 1
        start = sum(len(cell) + 1 for cell in cells[:at]) + 1
        return start + len(cells[at]) - len(cells[at].lstrip())
