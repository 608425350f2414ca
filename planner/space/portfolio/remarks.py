"""Problems of a Portfolio as they are found, and its clock: written moments as hours after it begins."""

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Final
from zoneinfo import ZoneInfo, available_timezones

from planner.catalog.names import suggest
from planner.scenario.moments import moment_in
from planner.scenario.portfolio import Portfolio
from planner.source import Document, Problem
from planner.source import Path as Place

UTC: Final = "UTC"
NAMED: Final = 5
"""Names that a hint lists."""


@dataclass(slots=True)
class Checking:
    """Problems and warnings of one portfolio, of the blocks that are `whole` where it says which."""

    document: Document
    whole: frozenset[str] | None = None
    problems: list[Problem] = field(default_factory=list)
    warnings: list[Problem] = field(default_factory=list)

    def complain(self, place: Place, message: str, hint: str | None = None) -> None:
        """Note what is wrong at a place."""
        if self.whole is None or place[0] in self.whole:
            self.problems.append(self.document.problem("name", message, place, hint=hint))

    def warn(self, place: Place, message: str, hint: str | None = None) -> None:
        """Note what is odd at a place."""
        self.warnings.append(self.document.problem("shadowed", message, place, hint=hint, severity="warning"))


@dataclass(frozen=True, slots=True)
class Clock:
    """When a portfolio begins and ends, and the zone that its days are counted in."""

    begins: dt.datetime
    zone: ZoneInfo
    horizon_hours: float

    @property
    def ends(self) -> dt.datetime:
        """The end of the horizon, as its own clock shows it."""
        end = self.begins.astimezone(dt.UTC) + dt.timedelta(hours=self.horizon_hours)
        return end.astimezone(self.zone)

    def hours(self, text: str) -> float:
        """Hours from the beginning to a written moment; over a change of clocks too, hours that pass."""
        passed = moment_in(text, self.zone).astimezone(dt.UTC) - self.begins.astimezone(dt.UTC)
        return passed.total_seconds() / 3600.0

    def months(self) -> list[str]:
        """The months that the horizon touches, such as 2026-12."""
        # What ends at midnight of the first does not touch the month that begins then.
        last = (self.ends.astimezone(dt.UTC) - dt.timedelta(microseconds=1)).astimezone(self.zone)
        first = 12 * self.begins.year + self.begins.month - 1
        return [f"{m // 12:04}-{m % 12 + 1:02}" for m in range(first, 12 * last.year + last.month)]


def clock_of(scenario: Portfolio, checking: Checking) -> Clock:
    """The portfolio's clock; where its time zone is unknown, which is told, that of UTC."""
    name = scenario.time_zone
    if name != UTC:
        known = available_timezones() - {"localtime"}  # which is another one on each machine
        if name not in known:
            near = suggest(name, sorted(known))
            hint = f"did you mean {near!r}?" if near else "as in Europe/Berlin, America/New_York, UTC"
            checking.complain(("time_zone",), f"there is no time zone {name!r}", hint)
            name = UTC
    zone = ZoneInfo(name)
    clock = Clock(moment_in(scenario.begins, zone), zone, scenario.horizon)
    if clock.begins.minute or clock.begins.second:
        message = f"{scenario.begins} is no full hour: what is planned begins with the next one"
        checking.warn(("begins",), message, "begin on the hour")
    return clock


def among(name: str, names: Iterable[str], what: str) -> str:
    """A hint on a name that is not known: the one that was meant, it seems, else those there are."""
    known = list(names)
    if near := suggest(name, known):
        return f"did you mean {near!r}?"
    more = f", and {len(known) - NAMED} more" if len(known) > NAMED else ""
    return f"{what}: {', '.join(known[:NAMED])}{more}" if known else f"there are no {what}"
