"""What an export is given and asked for; how a target refuses what it cannot write."""

import datetime
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Final, Literal, TypeVar
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from planner.errors import InputError
from planner.hosts.plain import plain
from planner.kind_names import CALLED
from planner.outcome.any_plan import TYPES
from planner.outcome.review import Review

if TYPE_CHECKING:
    from planner.outcome.any_plan import Outcome

Periods = Literal["month", "day"]
Taken = TypeVar("Taken", bound="Outcome")


@dataclass(frozen=True, slots=True)
class Given:
    """A plan or review, and the file that it was read from."""

    file: Path
    """Its plan.json."""
    outcome: "Outcome"


@dataclass(frozen=True, slots=True)
class Asked:
    """What the command line says beside the plans; every target reads what is for it."""

    start: datetime.date
    """First day of what plans foresee."""
    decision: str = "knee"
    """Which configuration of a plan is meant."""
    periods: Periods = "month"
    """What charges are cut at."""
    suffix: str = ""
    """Ending of the file that is wanted; empty for the target's own."""
    tracking_uri: str = ""
    experiment: str = ""
    again: bool = False
    """Log once more what is logged already."""


@dataclass(frozen=True, slots=True)
class Made:
    """What came of it."""

    files: Mapping[str, bytes] = field(default_factory=dict)
    """Name → content; empty where the target is a server."""
    told: Sequence[str] = ()
    """What should be known of it."""


def taken(given: Sequence[Given], *types: type[Taken]) -> list[tuple[Given, Taken]]:
    """Each with what it holds; raises InputError, with all of them, for what is of none of the types."""
    wrong = [one for one in given if not isinstance(one.outcome, types)]
    if wrong:
        *most, last = [CALLED[kind] for kind, type_ in TYPES.items() if type_ in types]
        takes = f"{', '.join(most)} or {last}" if most else last
        raise InputError("\n".join(f"{one.file}: {_called(one.outcome)}; this target takes {takes}" for one in wrong))
    return [(one, one.outcome) for one in given if isinstance(one.outcome, types)]


def _called(outcome: "Outcome") -> str:
    return next(CALLED[kind] for kind, type_ in TYPES.items() if isinstance(outcome, type_))


def the_review(given: Sequence[Given]) -> Review:
    """The one review; raises InputError for several, and for plans, which have nothing that was measured."""
    wrong = [one for one in given if not isinstance(one.outcome, Review)]
    if wrong:
        lines = [
            f"{one.file}: of the kind {plain(one.outcome.kind)}; this target takes one of the kind SpendReview, since "
            "a plan has nothing that was spent yet"
            for one in wrong
        ]
        raise InputError("\n".join(lines))
    for one in given:
        check_times(one)
    reviews = [one.outcome for one in given if isinstance(one.outcome, Review)]
    if len(reviews) != 1:
        message = f"this target takes one review, not {len(reviews)}"
        raise InputError(message)
    return reviews[0]


def check_times(given: Given) -> None:
    """Raise InputError for a review whose days, months or time zone are none, as after an edit by hand."""
    review = given.outcome
    if not isinstance(review, Review):
        return
    days = [review.as_of, *(one.day for one in review.days), *(one.last_day for one in review.read.sources)]
    months = [review.month, *(month.month for series in review.forecasts for month in series.months)]
    try:
        ZoneInfo(review.time_zone)
        for day in (*days, *(f"{month}-01" for month in months)):
            if day and not _YEARS[0] <= datetime.date.fromisoformat(day).year <= _YEARS[1]:
                raise ValueError(day)
    except (ValueError, OSError, ZoneInfoNotFoundError) as error:
        message = f"{given.file}: no review of this version: {plain(str(error))}; review the spend again"
        raise InputError(message) from error


_YEARS: Final = (1970, 9000)
