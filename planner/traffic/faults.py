"""What is wrong with the rows of a log: the first of each kind told with their places, the others counted."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from types import MappingProxyType
from typing import Final, Literal

from planner.source import Problem, Span

SHOWN: Final = 5
"""Rows of one kind that are told one by one."""
CODES: Final[Mapping[str, str]] = MappingProxyType({
    "log-file": "the log as a whole cannot be read",
    "log-columns": "columns that are missing, given twice or not read",
    "log-row": "a row that cannot be read",
    "log-time": "a time that is none, or that contradicts others",
    "log-tokens": "a number of tokens that is none",
    "log-value": "a latency or a status that is not understood; the rest of the row counts",
    "log-zero-tokens": "a row that succeeded without input or output tokens",
    "log-clock": "the clock went backwards, or left the rest of the log",
    "log-gap": "a long time without any request",
    "log-short": "the log is too short for what is measured",
    "log-header": "the header again, in the middle of the file",
    "log-sampled": "a part of the log stands for all of it",
})  # fmt: skip
"""Code of a `Problem` of a log → what it means."""


@dataclass(slots=True)
class _Kind:
    count: int = 0
    told: list[Problem] = field(default_factory=list)


class Faults:
    """Problems of one log, by code and what is said; never more of a kind than `SHOWN`, whatever the file holds."""

    def __init__(self, shown: str) -> None:
        self.shown = shown
        """The file's name in messages."""
        self._kinds: dict[tuple[str, str], _Kind] = {}

    def row(
        self,
        code: str,
        what: str,
        line: int,
        column: int = 1,
        detail: str = "",
        hint: str | None = None,
        severity: Literal["error", "warning"] = "error",
    ) -> None:
        """A row has this problem: `what` is the kind of it, `detail` what stands in this row."""
        kind = self._kinds.setdefault((code, what), _Kind())
        kind.count += 1
        if len(kind.told) < SHOWN:
            span = Span(line, column, line, column + 1)
            kind.told.append(Problem(code, f"{what}{detail}", self.shown, span, hint=hint, severity=severity))

    def file(self, code: str, message: str, hint: str | None = None, line: int | None = None) -> None:
        """The log as a whole has this problem."""
        span = None if line is None else Span(line, 1, line, 2)
        self._kinds.setdefault((code, message), _Kind()).told.append(
            Problem(code, message, self.shown, span, hint=hint)
        )

    def remark(self, code: str, message: str, hint: str | None = None, line: int | None = None) -> None:
        """Something to know about the log; it is used all the same."""
        span = None if line is None else Span(line, 1, line, 2)
        self._kinds.setdefault((code, message), _Kind()).told.append(
            Problem(code, message, self.shown, span, hint=hint, severity="warning")
        )

    @property
    def refused(self) -> bool:
        """Whether the log as a whole cannot be used."""
        return any(p.severity == "error" for kind in self._kinds.values() if not kind.count for p in kind.told)

    def problems(self, *, fatal: bool) -> tuple[Problem, ...]:
        """All of them; the last of a kind counts those that are not told. Unless `fatal`, all are warnings."""
        found = []
        for kind in self._kinds.values():
            told = list(kind.told)
            if kind.count > len(told):
                last = told[-1]
                shown = f"shown are the first {SHOWN} of {kind.count:,} rows like that"
                told[-1] = replace(last, message=f"{last.message} ({shown})")
            found += told if fatal else [replace(problem, severity="warning") for problem in told]
        return tuple(found)
