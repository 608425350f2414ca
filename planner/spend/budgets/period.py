"""The month, quarter or year that a budget counts in."""

import datetime
from dataclasses import dataclass
from typing import Final, Literal

from planner.spend.months import Month

_MONTHS: Final = {"month": 1, "quarter": 3, "year": 12}


@dataclass(frozen=True, slots=True)
class Period:
    """A period of the calendar."""

    start: datetime.date
    end: datetime.date
    """First day after it."""
    before: datetime.date
    """First day of the one before."""

    @property
    def days(self) -> int:
        """How many it has."""
        return (self.end - self.start).days


def period_of(day: datetime.date, length: Literal["month", "quarter", "year"]) -> Period:
    """The month, quarter or year of the calendar with this day in it."""
    months = _MONTHS[length]
    first = Month(day.year, (day.month - 1) // months * months + 1)
    return Period(first.first, first.later(months).first, first.later(-months).first)
