"""Times, as files write them and as a review counts them."""

import datetime as dt
from typing import Final
from zoneinfo import ZoneInfo

from planner.spend.store import Store
from planner.traffic.times import Clock, TimeError

_EPOCH: Final = dt.datetime(1970, 1, 1)


def day_of(time_zone: str, column: str) -> str:
    """The day, in a time zone, of a column in UTC, in SQL."""
    if time_zone == "UTC":
        return f"{column}::DATE"
    zone = time_zone.replace("'", "''")
    return f"(({column} AT TIME ZONE 'UTC') AT TIME ZONE '{zone}')::DATE"


def future_from(store: Store) -> dt.datetime:
    """When, in UTC and without a zone, what has not happened yet begins."""
    return store.begin(store.as_of)


def local_day(store: Store, moment: dt.datetime) -> dt.date:
    """The day, in the review's time zone, of a time in UTC without a zone."""
    return moment.replace(tzinfo=dt.UTC).astimezone(ZoneInfo(store.time_zone)).date()


def moment_of(written: object) -> dt.datetime:
    """A written time in UTC, without a zone; one that has none is UTC; raises TimeError.

    Numbers are seconds, milli-, micro- or nanoseconds since 1970, told apart by their size.
    """
    text = written.strip() if isinstance(written, str) else written
    if isinstance(text, str) and text[4:5] == "/":
        text = text.replace("/", "-")
    if isinstance(text, str | int | float) and not isinstance(text, bool):
        return _EPOCH + dt.timedelta(microseconds=Clock().read(text, 1))
    message = "is no time"
    raise TimeError(message)
