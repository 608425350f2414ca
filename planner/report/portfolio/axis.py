"""The time that charts of a portfolio draw: how long, where days, weeks or months begin, and when nothing runs."""

import calendar as months
import datetime
from collections.abc import Sequence
from typing import Final

from planner.outcome.portfolio import Calendar
from planner.report.data.portfolio_parts import JobRow, TimeAxis
from planner.report.names import shorten
from planner.report.portfolio.words import begin_of, hours_after
from planner.units import SECONDS_PER_HOUR

AIR: Final = 1.03
"""The axis goes on so far after the last end."""
HOURLY, DAILY, WEEKLY = 72.0, 21 * 24.0, 200 * 24.0
"""Hours up to which quarters of days, days, and weeks are marked; months from there on."""
TICKS: Final = 120
CLOSED: Final = 200
"""Stretches that are shaded at most."""


def axis_of(calendar: Calendar, rows: Sequence[JobRow]) -> TimeAxis:
    """From the begin to a little after the last end or deadline, within the horizon."""
    ends = [one.start_hours + one.hours.value for one in rows if one.hours.value is not None]
    asked = [one.deadline_hours for one in rows if one.deadline_hours is not None]
    last = max([*ends, *(hour for hour in asked if hour <= calendar.horizon_hours)], default=calendar.horizon_hours)
    whole = max(min(AIR * last, max(calendar.horizon_hours, max(ends, default=0.0))), 1.0)
    closed = []
    for span in calendar.closed[:CLOSED]:
        start, end = (hours_after(calendar, moment) for moment in [*span, "", ""][:2])
        if start is not None and end is not None and start < whole and end > max(start, 0.0):
            closed.append((max(start, 0.0), min(end, whole), shorten("".join(span[2:3]), 80) or "nothing runs"))
    now = hours_after(calendar, calendar.now) if calendar.now else None
    return TimeAxis(
        hours=round(whole, 2),
        ticks=_ticks(calendar, whole),
        title=shorten(calendar.time_zone, 40) or "UTC",
        now=now if now is not None and 0.0 <= now <= whole else None,
        closed=tuple(closed),
    )


def _ticks(calendar: Calendar, whole: float) -> tuple[tuple[float, str], ...]:
    """(hour, name) of what begins within these hours, by the clocks of the calendar's zone."""
    begins = begin_of(calendar)
    if begins is None:
        return ()
    found = list[tuple[float, str]]()
    day = begins.replace(hour=0, minute=0, second=0, microsecond=0)
    try:
        while (hour := _between(begins, day)) <= whole and len(found) < TICKS:
            if hour >= 0:
                found.append((round(hour, 2), _name(day, whole)))
            day = _next(day, whole)
    except OverflowError:  # the end of the calendar
        pass
    return tuple(found)


def _between(begins: datetime.datetime, moment: datetime.datetime) -> float:
    """Hours that really pass, whatever clocks do in between."""
    return (moment.astimezone(datetime.UTC) - begins.astimezone(datetime.UTC)).total_seconds() / SECONDS_PER_HOUR


def _next(day: datetime.datetime, whole: float) -> datetime.datetime:
    if whole <= HOURLY:
        return day + datetime.timedelta(hours=6)
    if whole <= DAILY:
        return day + datetime.timedelta(days=1)
    if whole <= WEEKLY:
        return day + datetime.timedelta(days=7 - day.weekday())
    return (day.replace(day=1) + datetime.timedelta(days=32)).replace(day=1)


def _name(day: datetime.datetime, whole: float) -> str:
    month = months.month_abbr[day.month]
    if whole <= HOURLY and day.hour:
        return f"{day:%H:%M}"
    if whole <= DAILY:
        return f"{months.day_abbr[day.weekday()]} {day.day} {month}"
    return f"{day.day} {month}" if whole <= WEEKLY else f"{month} {day.year}"
