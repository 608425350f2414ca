"""Rows that are refused, kept with the reason until the table of rejects has them."""

from dataclasses import dataclass, field
from typing import Any, Final, Literal

from planner.source.excerpt import shortened, visible
from planner.spend.store import Store
from planner.traffic.faults import Faults

LONGEST_VALUE: Final = 200
"""Signs of a refused value that are kept."""


@dataclass(slots=True)
class Refusals:
    """What was refused of one source."""

    source: str
    count: int = 0
    """Rows; a file that is refused as a whole is none. What is wrong with one row is told one after the other."""
    _last: tuple[str, int] = ("", -1)
    _kept: list[tuple[str, str, int, str, str, str]] = field(default_factory=list)

    def row(self, file: str, row: int, column: str, reason: str, value: object = "") -> None:
        """A row; `row` counts from 1 below the header, a `column` of '' means the row as a whole."""
        if self._last != (file, row):
            self.count, self._last = self.count + 1, (file, row)
        self._kept.append((self.source, visible(file), row, visible(column), visible(reason), cleaned(value)))

    def file(self, file: str, reason: str) -> None:
        """A file, or the rest of one."""
        self._kept.append((self.source, visible(file), 0, "", visible(reason), ""))

    def store(self, store: Store) -> None:
        """Write them into the table `rejects`."""
        import pyarrow as pa

        if self._kept:
            names = ("source", "file", "row", "column", "reason", "value")
            table = pa.table(dict(zip(names, map(list, zip(*self._kept, strict=True)), strict=True)))
            store.connection.register("refused", table)
            store.connection.execute("INSERT INTO rejects BY NAME SELECT * FROM refused")
            store.connection.unregister("refused")
            self._kept.clear()


class FileFaults(Faults):
    """Takes what a reader of lines complains of as refusals; every row, not only the first few."""

    def __init__(self, shown: str, refusals: Refusals, header: int = 0) -> None:
        super().__init__(shown)
        self.refusals, self.header = refusals, header
        """Lines up to the header and with it: row 1 stands below."""

    def row(
        self, code: str, what: str, line: int, column: int = 1, detail: str = "", hint: str | None = None,
        severity: Literal["error", "warning"] = "error",
    ) -> None:  # fmt: skip
        """A row that cannot be read; a warning leaves it readable."""
        if severity == "error" or code == "log-header":
            self.refusals.row(self.shown, line - self.header, "", what, detail.removeprefix(": "))

    def broken(self) -> str:
        """What is wrong with the file as a whole, with what helps; empty where nothing is."""
        found = [problem for problem in self.problems(fatal=True) if problem.severity == "error"]
        return "; ".join(f"{one.message}{f' ({one.hint})' if one.hint else ''}" for one in found)


def cleaned(value: Any, longest: int = LONGEST_VALUE) -> str:  # noqa: ANN401 - what JSON or CSV holds
    """A value as one short line that drives no terminal."""
    return visible(shortened("" if value is None else str(value).strip(), longest))
