"""Dates and times as a scenario writes them, counted in its own time zone."""

import datetime as dt
from typing import Annotated, Final
from zoneinfo import ZoneInfo

from pydantic import AfterValidator, Field, StringConstraints

_CLOCK: Final = r"(?:[01][0-9]|2[0-3]):[0-5][0-9]"
_EARLIEST, _LATEST = 2000, 2100


def _there_is(text: str) -> str:
    """The text, if it is a date and time that there is."""
    try:
        read = dt.datetime.fromisoformat(text)
    except ValueError:
        message = f"there is no time {text}"
        raise ValueError(message) from None
    if not _EARLIEST <= read.year <= _LATEST:
        message = f"years run from {_EARLIEST} to {_LATEST}"
        raise ValueError(message)
    return text


Moment = Annotated[
    str,
    StringConstraints(
        pattern=rf"^[0-9]{{4}}-[0-9]{{2}}-[0-9]{{2}}(?:[T ]{_CLOCK}(?::[0-5][0-9])?(?:Z|[+-]{_CLOCK})?)?$"
    ),
    AfterValidator(_there_is),
    Field(json_schema_extra={"x-form": "moment"}),
]
"""A date, or a date and time; in the scenario's time zone unless it has an offset of its own."""


def moment_in(text: str, zone: ZoneInfo) -> dt.datetime:
    """A written date and time with its zone: the scenario's, where it has no offset of its own."""
    read = dt.datetime.fromisoformat(text)
    return read.replace(tzinfo=zone) if read.tzinfo is None else read.astimezone(zone)
