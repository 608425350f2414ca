"""Times as logs write them → microseconds since 1970 UTC."""

import datetime as dt
import math
import re
from dataclasses import dataclass, field
from typing import Final

import numpy as np
from numpy.typing import NDArray

Micros = NDArray[np.int64]
"""Microseconds since 1970-01-01 00:00 UTC."""
FIRST, LAST = (
    dt.datetime(2000, 1, 1, tzinfo=dt.UTC), dt.datetime(2100, 1, 1, tzinfo=dt.UTC)
)  # fmt: skip
"""Times outside are slips of a clock or of a unit."""
FIRST_S: Final = FIRST.timestamp()
LAST_S: Final = LAST.timestamp()
EPOCH_UNITS: Final = (1.0, 1e3, 1e6, 1e9)
"""Seconds, milliseconds, microseconds and nanoseconds, in a second; told apart by size, since times lie from 2000 to
2099."""
_HUGE: Final = 10**20
_NUMBER: Final = re.compile(r"[+-]?\d+(\.\d*)?([eE][+-]?\d+)?")
HINT: Final = "write 2026-11-30T12:00:00Z, or seconds or milliseconds since 1970"


class TimeError(ValueError):
    """Why a text is no time, and what to write."""

    def __init__(self, message: str, hint: str = HINT) -> None:
        super().__init__(message)
        self.message, self.hint = message, hint


@dataclass(slots=True)
class Clock:
    """How the times of a log are read, and what was seen of their zones."""

    origin_s: float | None = None
    """Seconds since 1970 of what relative times start at; None where the times of the log are absolute."""
    offsets: set[float] = field(default_factory=set)
    """Offsets to UTC that were written, in hours."""
    naive_line: int = 0
    """Line of the first time without a zone; 0 where all have one."""
    zoned_line: int = 0
    """Line of the first time with a zone, or since 1970; 0 where none has one."""

    def read(self, written: object, line: int) -> int:
        """The time in microseconds; raises TimeError."""
        if isinstance(written, int | float) and not isinstance(written, bool):
            return self._number(written, line)
        text = written.strip() if isinstance(written, str) else ""
        if not text:
            message = "has no time"
            raise TimeError(message)
        if _NUMBER.fullmatch(text):
            return self._number(float(text), line)
        return self._text(text, line)

    def _number(self, written: float, line: int) -> int:
        # A whole number of JSON may have more digits than a float can hold.
        value = float(written) if abs(written) < _HUGE else math.inf
        if self.origin_s is not None:
            value += self.origin_s
            if not FIRST_S <= value < LAST_S:
                message = "is a time beyond the years 2000 to 2099"
                raise TimeError(message, "times count seconds from the start that was told")
        self.zoned_line = self.zoned_line or line
        for per_second in EPOCH_UNITS:
            if FIRST_S <= value / per_second < LAST_S:
                return round(value / per_second * 1e6)
        message = "is a time beyond the years 2000 to 2099"
        hint = "times that count from the start of the log need that start: --start 2026-11-30"
        raise TimeError(message, hint if 0 <= value < FIRST_S else HINT)

    def _text(self, text: str, line: int) -> int:
        try:
            moment = dt.datetime.fromisoformat(f"{text[:-4]}Z" if text.endswith(" UTC") else text)
        except ValueError:
            message = "is no time"
            raise TimeError(message) from None
        zone = moment.tzinfo
        if zone is None:
            self.naive_line = self.naive_line or line
            since = moment - _EPOCH
        else:
            self.zoned_line = self.zoned_line or line
            since = moment - _EPOCH_UTC
            offset = None if zone is dt.UTC else zone.utcoffset(moment)
            self.offsets.add(0.0 if offset is None else offset.total_seconds() / 3600)
        micros = (since.days * 86_400 + since.seconds) * 1_000_000 + since.microseconds
        if not FIRST_S * 1e6 <= micros < LAST_S * 1e6:
            message = "is a time beyond the years 2000 to 2099"
            raise TimeError(message)
        return micros


_EPOCH: Final = dt.datetime(1970, 1, 1)
_EPOCH_UTC: Final = _EPOCH.replace(tzinfo=dt.UTC)
