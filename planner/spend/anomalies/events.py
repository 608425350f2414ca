"""Odd days of one series: spikes and drops that end, and moves to another level."""

from dataclasses import dataclass
from itertools import pairwise
from typing import Final, Literal

import numpy as np

from planner.catalog.rows import Floats
from planner.scenario.spend_limits import Anomalies
from planner.spend.baseline.monthly import Days
from planner.spend.baseline.shifts import WEEK, Shift
from planner.spend.baseline.usual import LARGE, Usual, usual

Kind = Literal["spike", "drop", "level", "leak"]
_BEFORE: Final = 28
"""Days before a move that its size is told against."""
_BACK: Final = 0.35
"""A level that comes back to within so much of the move has ended."""
_SETTLED: Final = 14
"""Days that a new or ended series must have been there, or gone."""
_STEADY: Final = 0.8
"""Share of days with spend that a new or ended series must have had: one of bursts starts and ends all the time."""
_NEW_SHARE: Final = 0.02
"""Least share of the total's usual day that a new or ended series must have."""
_BRIDGED: Final = 0.5
"""A day after an odd one, or between two, belongs to it where it is this far towards it."""


@dataclass(frozen=True, slots=True)
class Threshold:
    """Least z-scores."""

    day: float
    burst: float
    """Of a burst: there are fewer of them."""


@dataclass(frozen=True, slots=True)
class Event:
    """Something odd in a series."""

    series: int
    """Place of the candidate."""
    kind: Kind
    first: int
    """Place of the first day."""
    last: int
    away: Floats
    """(D,) actual minus expected on its days, 0 on others."""
    expected: float
    """Over its days."""
    score: float

    @property
    def size(self) -> float:
        """USD above the usual; below it negative."""
        return float(self.away.sum())


def events_of(
    series: int, values: Floats, days: Days, settings: Anomalies, threshold: Threshold, daily_total: float
) -> list[Event]:
    """Spikes, drops and levels of `values` (D,); `daily_total` is a usual day of all."""
    seen = np.flatnonzero(values)
    if not len(seen):
        return []
    first, end = int(seen[0]), int(seen[-1]) + 1
    if len(values) - end < _SETTLED:
        end = len(values)
    life = values[first:end]
    found = usual(life, days[first:end])
    moves = _levels(series, life, found, threshold.day)
    odd = [*moves, *_odd_days(series, life, found, threshold)]
    whole = [_placed(event, first, len(values)) for event in odd]
    if len(life) >= LARGE or len(values) - end:
        whole += _births(series, values, first, end, max(settings.least, _NEW_SHARE * daily_total))
    return [event for event in whole if material(event, settings)]


def material(event: Event, settings: Anomalies) -> bool:
    """Whether it is off by as much as the scenario wants to be told of."""
    size = abs(event.size)
    return size >= settings.least and size >= settings.least_ratio * abs(event.expected)


def _placed(event: Event, first: int, days: int) -> Event:
    away = np.zeros(days)
    away[first : first + len(event.away)] = event.away
    return Event(
        event.series, event.kind, event.first + first, event.last + first, away, event.expected, event.score
    )  # fmt: skip


def _odd_days(series: int, values: Floats, found: Usual, threshold: Threshold) -> list[Event]:
    """Runs of days beyond the threshold on one side; not those of a move, whose day is not known to the day."""
    events = []
    share = found.z / np.where(found.in_bursts, threshold.burst, threshold.day)
    for sign, kind in ((1.0, "spike"), (-1.0, "drop")):
        odd = sign * share
        at = 0
        while at < len(odd):
            if odd[at] < 1.0:
                at += 1
                continue
            last = at
            while last + 1 < len(odd) and odd[last + 1] >= _BRIDGED:
                last += 1
            while odd[last] < 1.0:
                last -= 1
            if not any(_misplaced(shift, sign, at, last) for shift in found.shifts):
                score = float((sign * found.z[at : last + 1]).max())
                events.append(_event(series, kind, at, last, values, found.expected, score))
            at = last + 1
    return events


def _misplaced(shift: Shift, sign: float, first: int, last: int) -> bool:
    """Whether odd days are a move's own: within a week, or within two where it may be told too early or too late."""
    if shift.at - WEEK <= first and last <= shift.at + WEEK:
        return True
    if sign * shift.step < 0.0:
        return shift.at <= first and last <= shift.at + 2 * WEEK
    return shift.at - 2 * WEEK <= first and last < shift.at


def _event(series: int, kind: str, first: int, last: int, values: Floats, expected: Floats, score: float) -> Event:
    away = np.zeros(len(values))
    here = slice(first, last + 1)
    away[here] = (values - expected)[here]
    return Event(series, kind, first, last, away, float(expected[here].sum()), score)  # type: ignore[arg-type]


def _levels(series: int, values: Floats, found: Usual, threshold: float) -> list[Event]:
    """Moves to another level; one that comes back is a spike or drop of that many days."""
    events: list[Event] = []
    clear = [shift for shift in found.shifts if shift.z >= threshold]
    edges = [0, *(shift.at for shift in clear), len(values)]
    levels = [float(np.median(values[a:b])) for a, b in pairwise(edges)]
    place = 1
    while place < len(levels):
        first, end = edges[place], edges[place + 1]
        move = levels[place] - levels[place - 1]
        back = place + 1 < len(levels) and abs(levels[place + 1] - levels[place - 1]) <= _BACK * abs(move)
        before = values[max(edges[place - 1], first - _BEFORE) : first]
        kind = "level" if not back else "spike" if move > 0 else "drop"
        expected = np.full(len(values), float(np.mean(before)))
        events.append(_event(series, kind, first, end - 1, values, expected, clear[place - 1].z))
        place += 2 if back else 1
    return events


def _births(series: int, values: Floats, first: int, end: int, least: float) -> list[Event]:
    """A series that starts, or ends for good, and was steady then: told once, as a level."""
    events = []
    start = values[first : first + _BEFORE]
    if first >= _BEFORE and len(start) >= _SETTLED and _steady(start, least):
        events.append(_born(series, first, len(values) - 1, values, 0.0, float(start.mean()) / least))
    last = values[max(first, end - _BEFORE) : end]
    if len(values) - end >= _SETTLED and len(last) >= _SETTLED and _steady(last, least):
        usually = float(last.mean())
        events.append(_born(series, end, len(values) - 1, values, usually, usually / least))
    return events


def _steady(values: Floats, least: float) -> bool:
    return float(np.mean(values > 0.0)) >= _STEADY and float(values.mean()) >= least


def _born(series: int, first: int, last: int, values: Floats, usually: float, score: float) -> Event:
    return _event(series, "level", first, last, values, np.full(len(values), usually), score)
