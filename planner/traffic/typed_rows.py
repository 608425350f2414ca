"""Written values → typed columns; what cannot be used is told with its place and left out."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any, Final, TypeVar

import numpy as np
from numpy.typing import NDArray

from planner.catalog.rows import Floats
from planner.source.excerpt import quoted
from planner.traffic.block import Block, Codes, Keys, Names, keys_of, numbers
from planner.traffic.faults import Faults
from planner.traffic.raw_rows import RawRows
from planner.traffic.statuses import failed_of
from planner.traffic.times import Clock, TimeError

T = TypeVar("T", bound=np.generic)

MOST_TOKENS: Final = 10_000_000
"""Most tokens that one request may have."""
MOST_SECONDS: Final = 7 * 86_400.0
TOKENS: Final = ("input_tokens", "output_tokens")
_CACHED: Final = ("cached_tokens", "cache_read_tokens", "cache_write_tokens")


@dataclass(slots=True)
class Typing:
    """Turns rows into blocks; keeps what is seen of clocks and names over the whole log."""

    faults: Faults
    clock: Clock
    tenants: Names = field(default_factory=Names)
    models: Names = field(default_factory=Names)
    statuses: dict[str, int] = field(default_factory=dict)
    """Status as written → 1 failed, 0 succeeded, -1 unknown."""
    usable: int = 0
    """Rows whose time and tokens can be used."""

    def block(self, raw: RawRows) -> Block | None:
        """The usable rows; None where there are none."""
        size = len(raw.lines)
        if not size:
            return None
        times, kept = self._times(raw)
        failed = self._failed(raw)
        tokens = {}
        for name in TOKENS:
            tokens[name], good = self._tokens(raw, name, failed)
            kept &= good
        cached = self._cached(raw, tokens)
        self.usable += int(kept.sum())
        if not kept.any():
            return None

        def part(column: NDArray[T] | None) -> NDArray[T] | None:
            return None if column is None else column[kept]

        return Block(
            lines=np.array(raw.lines, dtype=np.int64)[kept],
            times=times[kept],
            input_tokens=tokens["input_tokens"][kept],
            output_tokens=tokens["output_tokens"][kept],
            cached_tokens=part(cached),
            latency_s=part(self._seconds(raw, "latency")),
            ttft_s=part(self._seconds(raw, "ttft")),
            failed=part(failed),
            prompts=part(_keys(raw, "prompt_hash")),
            conversations=part(_keys(raw, "conversation")),
            users=part(_keys(raw, "user")),
            tenants=part(_codes(raw, "tenant", self.tenants)),
            models=part(_codes(raw, "model", self.models)),
        )

    def _times(self, raw: RawRows) -> tuple[NDArray[np.int64], NDArray[np.bool_]]:
        found = np.zeros(len(raw.lines), dtype=np.int64)
        good = np.ones(len(raw.lines), dtype=np.bool_)
        written = raw.columns.get("timestamp") or [None] * len(raw.lines)
        for row, (value, line) in enumerate(zip(written, raw.lines, strict=True)):
            try:
                found[row] = self.clock.read(value, line)
            except TimeError as error:
                good[row] = False
                column = raw.column("timestamp", row) if "timestamp" in raw.columns else 1
                self.faults.row("log-time", f"{error.message}", line, column, f": {_shown(value)}", error.hint)
        return found, good

    def _tokens(
        self, raw: RawRows, name: str, failed: NDArray[np.int8] | None, *, needed: bool = True
    ) -> tuple[Floats, NDArray[np.bool_]]:
        """Tokens of each row, and where they can be used; a request that failed may have none."""
        size = len(raw.lines)
        written = raw.columns.get(name)
        if written is None:
            values, good = np.full(size, np.nan), np.ones(size, dtype=np.bool_)
        else:
            values, good = self._numbers(raw, name, written, "log-tokens")
            for row in np.flatnonzero(good & ((values < 0) | (values > MOST_TOKENS))):
                why = "negative" if values[row] < 0 else f"more than {MOST_TOKENS:,}"
                self._bad(raw, name, int(row), "log-tokens", f"{name.replace('_', ' ')} are {why}")
                good[row], values[row] = False, np.nan
        if needed:
            blank = np.isnan(values) & good
            blank &= True if failed is None else failed != 1
            for row in np.flatnonzero(blank):
                self._bad(raw, name, int(row), "log-tokens", f"the row has no {name.replace('_', ' ')}")
            good &= ~blank
        return np.rint(values), good

    def _cached(self, raw: RawRows, tokens: dict[str, Floats]) -> Floats | None:
        """Tokens that a provider found cached; None where no column says.

        Those of OpenAI's kind are part of the input; those of Anthropic's, read and written, stand beside it and are
        added to `tokens`.
        """
        found = {name: self._tokens(raw, name, None, needed=False)[0] for name in _CACHED if name in raw.columns}
        for name in _CACHED[1:]:
            if name in found:
                sent = tokens["input_tokens"] + np.nan_to_num(found[name])
                tokens["input_tokens"] = np.minimum(sent, MOST_TOKENS)
        read = found.get(_CACHED[0], found.get(_CACHED[1]))
        return None if read is None else np.minimum(read, tokens["input_tokens"])

    def _seconds(self, raw: RawRows, name: str) -> Floats | None:
        for column, factor in ((f"{name}_ms", 1e-3), (f"{name}_s", 1.0)):
            if column in raw.columns:
                values, good = self._numbers(raw, column, raw.columns[column], "log-value")
                values = values * factor
                for row in np.flatnonzero(good & ((values < 0) | (values > MOST_SECONDS))):
                    why = "negative" if values[row] < 0 else "longer than a week"
                    self._bad(raw, column, int(row), "log-value", f"{column} is {why}; the row counts without it")
                    values[row] = np.nan
                return values
        return None

    def _numbers(self, raw: RawRows, name: str, written: Sequence[Any], code: str) -> tuple[Floats, NDArray[np.bool_]]:
        good = np.ones(len(written), dtype=np.bool_)

        def bad(row: int, why: str) -> None:
            good[row] = False
            self._bad(raw, name, row, code, f"{name} {why}")

        return numbers(written, bad), good

    def _bad(self, raw: RawRows, name: str, row: int, code: str, what: str) -> None:
        written = raw.columns.get(name)
        value = None if written is None else written[row]
        column = 1 if written is None else raw.column(name, row)
        detail = "" if value is None or value == "" else f": {_shown(value)}"
        severity: Any = "warning" if code == "log-value" else "error"
        self.faults.row(code, what, raw.lines[row], column, detail, severity=severity)

    def _failed(self, raw: RawRows) -> NDArray[np.int8] | None:
        written = raw.columns.get("status")
        if written is None:
            return None
        return np.fromiter(map(self.status, map(_text, written)), np.int8, len(written))

    def status(self, text: str) -> int:
        """1 where a status as written says that the request failed, 0 where it succeeded, -1 where it is unknown."""
        code = self.statuses.get(text)
        if code is None:
            code = failed_of(text)
            if len(self.statuses) < 1000:
                self.statuses[text] = code
        return code


def _keys(raw: RawRows, name: str) -> Keys | None:
    return keys_of(list(map(_text, raw.columns[name]))) if name in raw.columns else None


def _codes(raw: RawRows, name: str, names: Names) -> Codes | None:
    written = raw.columns.get(name)
    look_up: Callable[[str], int] = names.__getitem__
    return None if written is None else np.fromiter(map(look_up, map(_text, written)), np.int32, len(written))


def _text(value: object) -> str:
    return value.strip() if isinstance(value, str) else "" if value is None else str(value)


def _shown(value: object) -> str:
    return "nothing" if value is None or value == "" else quoted(value)
