"""Cells of a row → numbers, times and names; each cell that is wrong is told with its column."""

import datetime as dt
import json
import math
import re
from dataclasses import dataclass, field
from typing import Any, Final

from planner.spend.reading.moments import moment_of
from planner.spend.reading.records import Record
from planner.spend.reading.spelling import plain_text
from planner.traffic.times import TimeError

LARGEST: Final = 1e15
_UNKNOWN: Final = frozenset(("", "nan", "null", "none", "n/a", "na", "-", "unknown"))
_CLOCK: Final = re.compile(r"(?:(\d{1,5})-)?(\d{1,5}):([0-5]\d):([0-5]\d)(?:\.\d+)?")
_NO_NUMBER: Final = "is no number"


@dataclass(slots=True)
class Values:
    """One row, and what is wrong with it."""

    record: Record
    wrong: list[tuple[str, str, Any]] = field(default_factory=list)
    """Column, reason, value."""

    def text(self, name: str) -> str:
        """A name, cleaned; '' where none is given."""
        written = self.record.cells.get(name)
        text = plain_text(json.dumps(written) if isinstance(written, dict | list) else written)
        return "" if text.lower() in _UNKNOWN else text

    def number(self, name: str) -> float | None:
        """A number that is not negative; None where none is given or it is wrong."""
        return self.checked(name, self.record.cells.get(name))

    def checked(self, name: str, written: Any, *, negative: bool = False) -> float | None:  # noqa: ANN401
        """The same of a value that stands elsewhere."""
        try:
            found = number_of(written)
        except ValueError as error:
            self.wrong.append((name, str(error), written))
            return None
        if found is not None and found < 0 and not negative:
            self.wrong.append((name, "is negative", written))
            return None
        return found

    def moment(self, name: str) -> dt.datetime | None:
        """A time in UTC; None where none is given or it is wrong."""
        written = self.record.cells.get(name)
        if written is None or (isinstance(written, str) and written.lower() in _UNKNOWN):
            return None
        try:
            return moment_of(written)
        except TimeError as error:
            self.wrong.append((name, error.message, written))
            return None

    def hours(self, name: str) -> float | None:
        """Hours of what is written in seconds or as days-hours:minutes:seconds."""
        written = self.record.cells.get(name)
        if isinstance(written, str) and (clock := _CLOCK.fullmatch(written.strip())):
            days, hours, minutes, seconds = (int(part or 0) for part in clock.groups())
            return days * 24 + hours + minutes / 60 + seconds / 3600
        found = self.number(name)
        return None if found is None else found / 3600


def number_of(written: Any) -> float | None:  # noqa: ANN401 - what JSON or CSV holds
    """A finite number, None for blanks; raises ValueError with the reason."""
    if written is None or (isinstance(written, str) and written.strip().lower() in _UNKNOWN):
        return None
    if isinstance(written, bool) or not isinstance(written, str | int | float):
        raise ValueError(_NO_NUMBER)
    if isinstance(written, float) and math.isnan(written):
        return None
    try:
        found = float(written[:100].replace("_", "x") if isinstance(written, str) else written)
    except (ValueError, OverflowError):
        raise ValueError(_NO_NUMBER) from None
    if not math.isfinite(found):
        raise ValueError(_NO_NUMBER)
    if abs(found) > LARGEST:
        message = f"is more than {LARGEST:,.0f}"
        raise ValueError(message)
    return found
