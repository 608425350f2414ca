"""Anomalies of a review: found in many series, told once, explained."""

import datetime
from collections import Counter
from typing import Final

import numpy as np
from scipy.special import ndtr, ndtri

from planner.outcome.review.oddities import Anomaly
from planner.scenario.spend_limits import Anomalies
from planner.spend.anomalies.cube import Candidate, Cube, cube
from planner.spend.anomalies.events import Event, Threshold, events_of
from planner.spend.anomalies.explain import causes, money, parts_of, period, source, subject
from planner.spend.anomalies.leaks import leaks_of
from planner.spend.anomalies.once import once
from planner.spend.baseline.usual import FEWEST
from planner.spend.months import Month
from planner.spend.store import Store

MOST: Final = 200
"""Anomalies that are told, the newest."""
_CENTS: Final = 2
_MONTHS: Final = 12


def anomalies_of(store: Store, settings: Anomalies, month: Month) -> list[Anomaly]:
    """All that was odd up to `store.as_of`, the newest first; `in_month` says what touches the month under review.

    Looked at are the total, `settings.by` together, that model by model, each of it alone, and team, model and tenant
    alone. Raises InputError where `settings.by` names no column.
    """
    seen = cube(store, settings.by)
    if len(seen.days) < FEWEST:
        return []
    largest = Counter(tuple(name for name, _ in one.key) for one in seen.candidates).most_common(1)[0][1]
    threshold = threshold_of(settings.sensitivity, largest)
    told = once(_events(seen, settings, threshold), seen, threshold.burst)
    told.sort(key=lambda event: (-event.last, -event.first, -abs(event.size), seen.series(event.series).key))
    return [_told(store, seen, event, month) for event in told[:MOST]]


def threshold_of(sensitivity: float, series: int) -> Threshold:
    """The z-scores from which on days and bursts are odd: as rare in a year of all series as in a month of one.

    Bonferroni's inequality, of a normal distribution: 1 − Φ(z) = (1 − Φ(sensitivity)) / (12·K) with K series of one
    breakdown; those of others are their sums. A series has about as many bursts in a year as days in a month.
    """
    alone = float(ndtr(-sensitivity)) / max(series, 1)
    return Threshold(float(-ndtri(max(alone / _MONTHS, 1e-300))), float(-ndtri(max(alone, 1e-300))))


def _events(seen: Cube, settings: Anomalies, threshold: Threshold) -> list[Event]:
    daily_total = float(np.median(seen.candidates[0].values))
    groups: dict[tuple[str, ...], list[tuple[int, Candidate]]] = {}
    events: list[Event] = []
    # Of series of the same cells only the one that says most.
    apart = {one.cells.tobytes(): place for place, one in sorted(enumerate(seen.candidates), key=_detail)}
    for place, one in enumerate(seen.candidates):
        groups.setdefault(tuple(name for name, _ in one.key), []).append((place, one))
        if apart[one.cells.tobytes()] == place and np.abs(one.values).max() >= settings.least / len(one.values):
            events += events_of(place, one.values, seen.days, settings, threshold, daily_total)
    for group in groups.values():
        events += leaks_of(group, settings)
    return events + leaks_of([(place + len(seen.candidates), one) for place, one in enumerate(seen.pairs)], settings)


def _detail(numbered: tuple[int, Candidate]) -> tuple[int, int, int]:
    """How much a series' key says: values that are known, and none that are not."""
    place, one = numbered
    told = sum(bool(value) for _, value in one.key)
    return told, told - len(one.key), -place


def _told(store: Store, seen: Cube, event: Event, month: Month) -> Anomaly:
    key = seen.series(event.series).key
    first, last = seen.days[event.first].item(), seen.days[event.last].item()
    parts = parts_of(store, key, first, last)
    actual = event.expected + event.size
    return Anomaly(
        series=dict(key), first_day=str(first), last_day=str(last), kind=event.kind,
        actual_usd=round(actual, _CENTS), expected_usd=round(event.expected, _CENTS),
        ratio=round(actual / event.expected, 3) if event.expected > 0.0 else None, score=round(event.score, 2),
        in_month=first < month.end and last >= month.first, causes=causes(parts, key),
        text=_text(event, subject(key), source(parts, key), first, last, actual),
    )  # fmt: skip


def _text(event: Event, where: str, what: str, first: datetime.date, last: datetime.date, actual: float) -> str:
    days = event.last - event.first + 1
    when, since = period(first, last), period(first, first)
    beside = f", mostly from {what}" if what else ""
    mean, usually = money(actual / days), money(event.expected / days)
    if event.kind == "leak":
        dearer = f"{mean} a day against a usual {usually}, unlike its peers"
        return f"{where} has cost more and more since {since}, {dearer}{beside}"
    if event.kind == "level":
        if event.expected <= 0.0:
            return f"{where} is new since {since} and costs {mean} a day{beside}"
        if actual <= 0.02 * event.expected:
            return f"{where} ended; nothing since {since}, after {usually} a day"
        return f"{where} has cost {mean} a day since {since}, {usually} before{beside}"
    if event.expected <= 0.0:
        return f"{where} cost {money(actual)} on {when}, usually nothing{beside}"
    times = f"{actual / event.expected:.1f} times the usual on" if actual >= 0.0 else "negative on"
    return f"{where} was {times} {when}, {money(actual)} instead of {money(event.expected)}{beside}"
