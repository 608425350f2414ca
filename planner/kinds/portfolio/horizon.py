"""The time that a portfolio is planned over: hours since it begins against dates and times of its zone."""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Final
from zoneinfo import ZoneInfo

from planner.choose.portfolio.calendar import NEAR, months, slots_until
from planner.errors import InputError
from planner.scenario.moments import moment_in
from planner.scenario.portfolio import Portfolio
from planner.scenario.portfolio_jobs import Span

_SECONDS: Final = 3600


@dataclass(frozen=True, slots=True, kw_only=True)
class Horizon:
    """Hour 0, and what is counted from it. Hours pass evenly, whatever the clocks of the zone do."""

    begins: dt.datetime
    """A full hour, at the offset to UTC that holds then."""
    zone: ZoneInfo
    hours: float
    slot_hours: float
    now_hours: float | None
    """Of a portfolio that runs already: nothing else starts before."""

    def hour(self, written: str) -> float:
        """Hours after the portfolio begins; below 0 before."""
        return (moment_in(written, self.zone) - self.begins).total_seconds() / _SECONDS

    def span(self, span: Span) -> tuple[float, float]:
        """From and until, in hours."""
        return self.hour(span.begins), self.hour(span.ends)

    def spans(self, spans: Sequence[Span]) -> tuple[tuple[float, float], ...]:
        """All of them, in hours."""
        return tuple(self.span(span) for span in spans)

    def at(self, hour: float) -> dt.datetime:
        """The time then, in UTC."""
        return self.begins.astimezone(dt.UTC) + dt.timedelta(seconds=round(hour * _SECONDS))

    def shown(self, hour: float) -> str:
        """The time then as people of the zone read it: `2026-12-03T08:00:00+01:00`."""
        return self.at(hour).astimezone(self.zone).isoformat(timespec="seconds")

    def told(self, hour: float) -> str:
        """The same within a sentence, to the minute: `2026-12-03 08:00`."""
        return f"{self.at(hour).astimezone(self.zone):%Y-%m-%d %H:%M}"

    @property
    def slots(self) -> int:
        """Slots of the horizon."""
        return slots_until(self.hours, self.slot_hours)

    @property
    def local(self) -> dt.datetime:
        """When it begins, by the clocks of the zone."""
        return self.begins.astimezone(self.zone)

    @property
    def months(self) -> tuple[str, ...]:
        """Months that it touches."""
        return months(self.local, self.hours)[0]

    @property
    def clocks_change(self) -> bool:
        """Whether the zone's offset to UTC is another at its end."""
        return self.at(self.hours).astimezone(self.zone).utcoffset() != self.begins.utcoffset()

    def next_slot(self, hour: float) -> float:
        """The first hour on a slot from this one on; at least 0."""
        return max(0.0, slots_until(max(hour, 0.0), self.slot_hours) * self.slot_hours)

    def by_month(self, start: dt.datetime, end: dt.datetime, spent_usd: float) -> dict[str, float]:
        """What was spent between two times, evenly by the hour, by month of the zone; all at the end of none."""
        local = end.astimezone(self.zone)
        if end <= start:
            return {f"{local:%Y-%m}": spent_usd}
        edges, names = [start], [f"{start.astimezone(self.zone):%Y-%m}"]
        year, month = start.astimezone(self.zone).year, start.astimezone(self.zone).month
        while True:
            year, month = (year, month + 1) if month < 12 else (year + 1, 1)
            first = dt.datetime(year, month, 1, tzinfo=self.zone).astimezone(dt.UTC)
            if first >= end:
                break
            edges.append(first)
            names.append(f"{year:04}-{month:02}")
        lengths = [(b.astimezone(dt.UTC) - a.astimezone(dt.UTC)).total_seconds() for a, b in pairwise([*edges, end])]
        return {name: spent_usd * length / sum(lengths) for name, length in zip(names, lengths, strict=True)}


def horizon_of(scenario: Portfolio) -> Horizon:
    """The horizon of a scenario, from its next full hour on.

    Raises:
        InputError: a time zone that there is not.
    """
    try:
        zone = ZoneInfo(scenario.time_zone)
    except (KeyError, ValueError, OSError):
        msg = f"time_zone: there is no time zone {scenario.time_zone!r}\n  write one as Europe/Berlin, or UTC"
        raise InputError(msg) from None
    written = moment_in(scenario.begins, zone)
    offset = written.utcoffset() or dt.timedelta()
    begins = written.astimezone(dt.timezone(offset))
    full = begins.replace(minute=0, second=0, microsecond=0)
    if full < begins:
        full += dt.timedelta(hours=1)
    now = scenario.running.now if scenario.running is not None else None
    since = None if now is None else (moment_in(now, zone) - full).total_seconds() / _SECONDS
    if since is not None and since > scenario.horizon + NEAR:
        msg = f"running.now: {now} is after the end of the horizon\n  give a longer horizon, or a later begins"
        raise InputError(msg)
    return Horizon(
        begins=full, zone=zone, hours=scenario.horizon, slot_hours=scenario.solver.slot_hours, now_hours=since
    )
