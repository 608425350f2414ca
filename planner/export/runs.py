"""The runs of a portfolio's schedule, with times that another tool can take."""

import datetime
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from planner.errors import InputError
from planner.export.asked import Given
from planner.hosts.plain import plain
from planner.outcome.portfolio import Chosen, JobPlan, PortfolioPlan, Run

_YEARS: Final = (1970, 2200)


@dataclass(frozen=True, slots=True)
class Scheduled:
    """A job that has a run."""

    job: JobPlan
    run: Run
    chosen: Chosen
    start: datetime.datetime
    end: datetime.datetime
    """UTC; the end is not in it, and is at least a second after the start."""


def scheduled(given: Given, plan: PortfolioPlan) -> Iterator[Scheduled]:
    """The jobs that run, started or are done, in the plan's order; raises InputError for times that are none."""
    for job in plan.jobs:
        if job.run is not None and job.chosen is not None:
            start, end = (_moment(given, job, text) for text in (job.run.start, job.run.end))
            least = start + datetime.timedelta(seconds=1)
            yield Scheduled(job, job.run, job.chosen, start, max(end, least))


def zone_of(given: Given, plan: PortfolioPlan) -> ZoneInfo:
    """The time zone that the plan's months are counted in; raises InputError where there is none of this name."""
    try:
        return ZoneInfo(plan.calendar.time_zone)
    except (ValueError, OSError, ZoneInfoNotFoundError) as error:
        message = f"{given.file}: no time zone {plain(plan.calendar.time_zone)!r}; plan the portfolio again"
        raise InputError(message) from error


def _moment(given: Given, job: JobPlan, text: str) -> datetime.datetime:
    try:
        read = datetime.datetime.fromisoformat(text)
    except ValueError:
        read = None
    if read is None or read.tzinfo is None or not _YEARS[0] <= read.year < _YEARS[1]:
        message = f"{given.file}: job {plain(job.name)} runs at {plain(text)!r}, which is no time; plan it again"
        raise InputError(message)
    return read.astimezone(datetime.UTC)
