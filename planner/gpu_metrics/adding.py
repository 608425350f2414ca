"""Rows of a file → values of figures; what cannot be used is told with its place."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any, Final

import numpy as np

from planner.catalog.rows import Bools, Ints
from planner.gpu_metrics.cells import CellError, memo, number
from planner.gpu_metrics.columns import metric_of
from planner.gpu_metrics.identities import Gpus
from planner.gpu_metrics.minutes import Minutes
from planner.source.excerpt import quoted
from planner.traffic.faults import Faults
from planner.traffic.times import Clock, Micros, TimeError

ABOUT: Final = ("host", "index", "uuid", "card")
Column = Callable[[int, str], int]
"""Row of a block and name of a column → where its value starts in its line."""


@dataclass(slots=True)
class Rows:
    """Rows that could be taken apart: (n,) each."""

    lines: Sequence[int]
    identity: dict[str, Sequence[Any]]
    """By `columns.IDENTITY`; `timestamp` always there."""
    figures: dict[str, Sequence[Any]]
    """By the name in the file."""
    column: Column


@dataclass(slots=True)
class Adding:
    """Puts the rows of a file into minutes."""

    faults: Faults
    clock: Clock = field(default_factory=Clock)
    gpus: Gpus = field(default_factory=Gpus)
    minutes: Minutes = field(default_factory=Minutes)
    rows: int = 0
    """Seen, whether they can be used or not."""
    unusable: int = 0
    foreign: dict[str, int] = field(default_factory=dict)
    """Metrics that say nothing of what is measured here, and their rows."""
    figures: set[str] = field(default_factory=set)
    """Figures of which a value was read."""
    before: int | None = None
    """Microseconds since 1970 from which rows do not count; None for no such time."""
    late: int = 0
    """Rows at that time or later."""
    _memos: dict[str, dict[Any, float | CellError]] = field(default_factory=dict)

    def add(self, rows: Rows) -> None:
        """Some rows, with one figure in each column, or with names and values of figures."""
        times, good = self._times(rows)
        gpus = self._gpus(rows)
        late = good & (times >= self.before) if self.before is not None else np.zeros(len(good), bool)
        good &= ~late
        if "metric" in rows.identity:
            self._add_named(rows, times, gpus, good)
        else:
            for name, cells in rows.figures.items():
                known = metric_of(name)
                if known is not None:
                    good &= self._add(name, known, cells, (gpus, times, good), rows, np.arange(len(rows.lines)), name)
        self.rows += len(rows.lines)
        self.late += int(late.sum())
        self.unusable += int((~good & ~late).sum())

    def _add_named(self, rows: Rows, times: Micros, gpus: Ints, good: Bools) -> None:
        names = ["" if name is None else str(name) for name in rows.identity["metric"]]
        at: dict[str, list[int]] = {}
        for row, name in enumerate(names):
            at.setdefault(name, []).append(row)
        values = rows.identity["value"]
        for name, picked in at.items():
            known = metric_of(name)
            if known is None:
                if len(self.foreign) < 100:
                    self.foreign[name] = self.foreign.get(name, 0) + len(picked)
                continue
            here = np.array(picked, np.int64)
            cells = [values[row] for row in picked]
            good[here] &= self._add(name, known, cells, (gpus[here], times[here], good[here]), rows, here, "value")

    def _add(
        self, name: str, known: tuple[str, float], cells: Sequence[Any], where: tuple[Ints, Micros, Bools],
        rows: Rows, at: Ints, column: str,
    ) -> Bools:  # fmt: skip
        """Add the cells of one figure; False where a cell is no value. A blank one is."""
        figure, per_unit = known
        memos = self._memos.setdefault(name, {})
        values = np.array(memo(cells, figure, per_unit, memos), np.float64)
        fine = np.ones(len(cells), bool)
        for one in np.flatnonzero(np.isnan(values)).tolist():
            try:
                number(cells[one], figure, per_unit)
            except CellError as error:
                row, fine[one] = int(at[one]), False
                place = rows.column(row, column)
                self.faults.row(
                    "log-value", f"{quoted(name)} {error.message}", rows.lines[row], place,
                    f": {quoted(str(cells[one]))}", error.hint,
                )  # fmt: skip
        gpus, times, good = where
        self.minutes.add(gpus[good], times[good], figure, values[good])
        if not np.isnan(values).all():
            self.figures.add(figure)
        return fine

    def _times(self, rows: Rows) -> tuple[Micros, Bools]:
        """Microseconds since 1970, and which rows have a time."""
        known: dict[Any, int | None] = {}
        times, good = np.zeros(len(rows.lines), np.int64), np.ones(len(rows.lines), bool)
        for row, written in enumerate(rows.identity["timestamp"]):
            key = repr(written) if isinstance(written, bool | list | dict) else written
            if key not in known:
                known[key] = self._time(written, rows, row)
            elif known[key] is None:
                self._time(written, rows, row)
            found = known[key]
            times[row], good[row] = (0, False) if found is None else (found, True)
        return times, good

    def _time(self, written: Any, rows: Rows, row: int) -> int | None:  # noqa: ANN401 - what JSON or CSV holds
        line = rows.lines[row]
        # nvidia-smi writes 2026/11/30 12:37:10.123
        text = written.replace("/", "-") if isinstance(written, str) and written[4:5] == "/" else written
        try:
            return self.clock.read(text, line)
        except TimeError as error:
            hint = error.hint if "--start" not in error.hint else "write seconds or milliseconds since 1970"
            place = rows.column(row, "timestamp")
            shown = "" if written is None or written == "" else f": {quoted(str(written))}"
            self.faults.row("log-time", error.message, line, place, shown, hint)
            return None

    def _gpus(self, rows: Rows) -> Ints:
        slices = rows.identity.get("slice", ())
        if any(part not in ("", None) for part in slices) and not self.faults.refused:
            hint = "export the metrics of whole GPUs: those of a slice say nothing of the card"
            self.faults.file("log-columns", "has figures of MIG slices", hint, rows.lines[0])
        blank = [None] * len(rows.lines)
        about = [rows.identity.get(name, blank) for name in ABOUT]
        return np.array([self.gpus.code(*own) for own in zip(*about, strict=True)], np.int64)
