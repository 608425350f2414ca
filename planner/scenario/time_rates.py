"""Rates by the time of the week, as a scenario or an overlay writes them, and the start that they count from."""

import datetime as dt
from typing import Annotated, Final, Literal, get_args

from pydantic import AfterValidator, Field, StringConstraints, model_validator

from planner.scenario.blocks import Block, Name

MOST_TIME_RATES: Final = 50
"""Lines of one list."""
Day = Literal["mon", "tue", "wed", "thu", "fri", "sat", "sun"]
DAYS: Final[tuple[Day, ...]] = get_args(Day)
MINUTES_PER_DAY: Final = 1440
Best = Literal["best"]
BEST: Final[Best] = "best"
"""Start of runs that wait for the best one, each offer for its own."""
_EARLIEST, _LATEST = 2000, 2100

_CLOCK = r"(?:[01][0-9]|2[0-3]):[0-5][0-9]"


def _moment(text: str) -> str:
    """The text, if it is a date and time that there is, or `best`."""
    try:
        start_of(text)
    except (ValueError, OverflowError):
        message = f"there is no time {text}"
        raise ValueError(message) from None
    return text


def moment(text: str) -> dt.datetime:
    """A written date and time, in UTC; raises ValueError for one that there is not."""
    read = dt.datetime.fromisoformat(text)
    if not _EARLIEST <= read.year <= _LATEST:
        message = f"years run from {_EARLIEST} to {_LATEST}"
        raise ValueError(message)
    return read.replace(tzinfo=dt.UTC) if read.tzinfo is None else read.astimezone(dt.UTC)


def start_of(text: str | None) -> dt.datetime | Best | None:
    """A written start; raises ValueError for a time that there is not."""
    return None if text is None else BEST if text == BEST else moment(text)


Start = Annotated[
    str,
    StringConstraints(
        pattern=rf"^(?:{BEST}|[0-9]{{4}}-[0-9]{{2}}-[0-9]{{2}}(?:[T ]{_CLOCK}(?::[0-5][0-9])?(?:Z|[+-]{_CLOCK})?)?)$"
    ),
    AfterValidator(_moment),
    Field(json_schema_extra={"x-form": "moment"}),
]
"""A date, or a date and time, with an offset to UTC or in UTC; or `best`."""


class TimeRate(Block):
    """What an hour at some times of the week costs, as percent off or on top of an offer's price."""

    providers: Annotated[list[Name], Field(min_length=1, max_length=20)]
    """Providers whose machines it holds for; managed services have no such rates."""
    gpus: Annotated[list[Name], Field(min_length=1, max_length=50)] | None = None
    """Cards that it holds for, as ids or families: [h100]; left out, all."""
    tiers: Annotated[list[Literal["on_demand", "spot"]], Field(min_length=1, max_length=2)] = Field(
        default=["on_demand"]
    )
    """Ways to rent that it holds for. A machine under such a rate takes no sustained-use discount on top: what was
    agreed stands alone."""
    days: Annotated[list[Day], Field(min_length=1, max_length=7)] | None = None
    """Days that it begins on: [sat, sun]; left out, all."""
    hours: (
        Annotated[
            str,
            StringConstraints(pattern=rf"^{_CLOCK}-(?:{_CLOCK}|24:00)$"),
            Field(json_schema_extra={"x-form": "hours"}),
        ]
        | None
    ) = None
    """From when to when on such a day: "22:00-06:00" ends on the day after; left out, the whole day."""
    utc_offset: Annotated[
        str,
        StringConstraints(pattern=r"^[+-](?:0[0-9]|1[0-4]):[0-5][0-9]$"),
        Field(json_schema_extra={"x-form": "utc-offset"}),
    ] = "+00:00"
    """Offset of these days and hours to UTC, such as "+01:00"; there is no summer time."""
    percent_off: Annotated[float, Field(gt=0, le=99)] | None = None
    """Percent off the offer's price at these times."""
    percent_more: Annotated[float, Field(gt=0, le=1000)] | None = None
    """Percent on top of it; one of the two."""

    @model_validator(mode="after")
    def _whole(self) -> "TimeRate":
        if (self.percent_off is None) == (self.percent_more is None):
            message = "give either percent_off or percent_more"
            raise ValueError(message)
        if self.days is None and self.hours is None:
            message = "give days or hours; a discount at all times stands under discounts in a CatalogOverlay"
            raise ValueError(message)
        if self.hours is not None and self.span[0] == self.span[1]:
            message = f"hours {self.hours} are none; leave them out for the whole day"
            raise ValueError(message)
        return self

    @property
    def span(self) -> tuple[int, int]:
        """Minutes of the day from which and until which it holds, as written."""
        if self.hours is None:
            return 0, MINUTES_PER_DAY
        ends = [60 * int(clock[:2]) + int(clock[3:]) for clock in self.hours.split("-")]
        return ends[0], ends[1]

    @property
    def offset_minutes(self) -> int:
        """Minutes that its clock is ahead of UTC."""
        sign = -1 if self.utc_offset.startswith("-") else 1
        return sign * (60 * int(self.utc_offset[1:3]) + int(self.utc_offset[4:]))

    @property
    def factor(self) -> float:
        """Price of an hour then, as a share of the offer's price."""
        return 1.0 + (self.percent_more or 0.0) / 100.0 - (self.percent_off or 0.0) / 100.0
