"""The days of a month that are over, and those of the month before that they are compared with."""

import datetime
from dataclasses import dataclass
from zoneinfo import ZoneInfo

from planner.spend.months import Month
from planner.spend.store import Store


@dataclass(frozen=True, slots=True)
class Span:
    """Days from `first` to the day before `end`."""

    first: datetime.date
    end: datetime.date

    @property
    def days(self) -> int:
        """How many there are."""
        return (self.end - self.first).days

    def hours(self, time_zone: str) -> tuple[datetime.datetime, datetime.datetime]:
        """When it starts and ends, as UTC without a zone: how the tables of a review write hours."""
        zone = ZoneInfo(time_zone)
        starts, ends = (
            datetime.datetime.combine(day, datetime.time(), zone).astimezone(datetime.UTC).replace(tzinfo=None)
            for day in (self.first, self.end)
        )
        return starts, ends


def span_of(store: Store, month: Month) -> Span:
    """The month's days so far; it may be empty.

    All where it is over, else those to the last day that anything is charged on; without charges, to the review's day.
    """
    if store.as_of >= month.end:
        return Span(month.first, month.end)
    ((last,),) = store.rows("SELECT max(day) FROM allocated WHERE day >= ? AND day < ?", [month.first, store.as_of])
    end = store.as_of if last is None else last + datetime.timedelta(days=1)
    return Span(month.first, max(end, month.first))


def as_many_before(month: Month, now: Span) -> Span:
    """The month before, of as many days as `now` has where the month is not over."""
    before = month.later(-1)
    if now.end == month.end:
        return Span(before.first, before.end)
    return Span(before.first, min(before.first + datetime.timedelta(days=now.days), before.end))


def before_of(store: Store, month: Month) -> Span | None:
    """The same; None where nothing is charged in the month before at all."""
    before = month.later(-1)
    ((charges,),) = store.rows("SELECT count(*) FROM allocated WHERE day >= ? AND day < ?", [before.first, before.end])
    return as_many_before(month, span_of(store, month)) if charges else None
