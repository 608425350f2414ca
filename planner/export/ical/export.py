"""`planner export ical`: one event for each run of a portfolio, in one calendar (RFC 5545)."""

import datetime
import uuid
from collections.abc import Iterator, Sequence
from typing import Final

from planner.errors import InputError
from planner.export.asked import Asked, Given, Made, taken
from planner.export.ical.content import line, text, utc
from planner.export.ical.words import described, summed_up
from planner.export.runs import Scheduled, scheduled
from planner.hosts.plain import plain
from planner.outcome.portfolio import PortfolioPlan

FILE: Final = "schedule.ics"
NAMESPACE: Final = uuid.UUID("5d0d3c1e-6f5b-5c55-9d0b-3a8f0f6f1c11")
"""Of the identifiers of events."""
_MOST_NAMES: Final = 5


def export(given: Sequence[Given], _asked: Asked) -> Made:
    """The schedules of all plans in one calendar; raises InputError for other kinds, and where nothing runs.

    An event is known by its portfolio and job, so that a schedule that is planned again moves the events of those who
    subscribe. It bears the date of the plan's catalog, and all times are in UTC.
    """
    read: Sequence[tuple[Given, PortfolioPlan]] = taken(given, PortfolioPlan)
    events = [(one, plan, run) for one, plan in read for run in scheduled(one, plan)]
    if not events:
        message = "\n".join(f"{one.file}: no job runs, so that a calendar would be empty" for one, _ in read)
        raise InputError(message)
    _refuse_twins(read)
    names = [plain(plan.metadata.name) for _, plan in read]
    called = ", ".join(names[:_MOST_NAMES]) + (", …" if len(names) > _MOST_NAMES else "")
    lines = [
        line("BEGIN", "VCALENDAR"),
        line("VERSION", "2.0"),
        line("PRODID", "-//finetune-planner//planner//EN"),
        line("CALSCALE", "GREGORIAN"),
        line("X-WR-CALNAME", text(called)),
        *(content for one, plan, run in events for content in _event(plan, run, _stamp(one, plan))),
        line("END", "VCALENDAR"),
    ]
    return Made({FILE: b"".join(lines)})


def _refuse_twins(read: Sequence[tuple[Given, PortfolioPlan]]) -> None:
    """Raise InputError for two plans of one portfolio: an event cannot be at two times."""
    first: dict[tuple[str, str], Given] = {}
    for one, plan in read:
        other = first.setdefault((plan.metadata.name, plan.scenario.path), one)
        if other is not one:
            message = f"{one.file}: a plan of the same portfolio as {other.file}; name the one that holds"
            raise InputError(message)


def _stamp(given: Given, plan: PortfolioPlan) -> datetime.datetime:
    """The date of the prices that the plan rests on, at midnight."""
    try:
        return datetime.datetime.combine(
            datetime.date.fromisoformat(plan.catalog.as_of), datetime.time(), datetime.UTC
        )  # fmt: skip
    except ValueError as error:
        message = f"{given.file}: its catalog is of {plain(plan.catalog.as_of)!r}, which is no date; plan it again"
        raise InputError(message) from error


def _event(plan: PortfolioPlan, one: Scheduled, stamp: datetime.datetime) -> Iterator[bytes]:
    job = one.job
    known = "\n".join((plan.metadata.name, plan.scenario.path, job.name))
    unapproved = any(found.open and found.enforced for found in (job.approval, *job.further_approvals) if found)
    yield line("BEGIN", "VEVENT")
    yield line("UID", str(uuid.uuid5(NAMESPACE, known)))
    yield line("DTSTAMP", utc(stamp))
    yield line("DTSTART", utc(one.start))
    yield line("DTEND", utc(one.end))
    yield line("SUMMARY", text(summed_up(one)))
    yield line("DESCRIPTION", text(described(plan, one)))
    yield line("LOCATION", text(plain(one.chosen.where)))
    if job.team:
        yield line("CATEGORIES", text(plain(job.team)))
    yield line("STATUS", "TENTATIVE" if unapproved else "CONFIRMED")
    # A run takes no time of those who look at the calendar.
    yield line("TRANSP", "TRANSPARENT")
    yield line("END", "VEVENT")
