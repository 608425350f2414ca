"""Series that slowly use more and more, unlike their peers."""

from typing import Final

import numpy as np
from scipy.special import ndtri

from planner.catalog.rows import Floats
from planner.scenario.spend_limits import Anomalies
from planner.spend.anomalies.cube import Candidate
from planner.spend.anomalies.events import Event, material
from planner.spend.kpis.trend import mann_kendall, sen_slope

WEEK: Final = 7
_WINDOWS: Final = (13, 26)
"""Weeks, up to the last, that a rise is looked for in."""
_SETTLING: Final = 4
"""First weeks of a series, which belong to its start."""
_CHANCE: Final = 0.001
"""Chance of a rise by luck, of all series together."""
_RISE: Final = 0.5
"""Least rise over the window."""
_AGAINST_PEERS: Final = 0.35
"""Least rise of its share against the others."""
_STEADY: Final = 0.8
"""Share of weeks with spend."""


def leaks_of(candidates: list[tuple[int, Candidate]], settings: Anomalies) -> list[Event]:
    """Leaks among series of the same dimensions, which are each other's peers.

    Sums of weeks rise by Mann-Kendall's test, and so does their ratio to the sum of all others; Sen's slope of their
    logarithms makes it half as much again over the window; and a rise fits them better than a step. Those without a
    value are peers only.
    """
    if len(candidates) < 2:
        return []
    weekly = np.array([_weeks(one.values) for _, one in candidates])
    others = weekly.sum(axis=0) - weekly
    found = []
    for place, (series, one) in enumerate(candidates):
        if not all(value for _, value in one.key):
            continue
        born = np.flatnonzero(weekly[place])
        if not len(born):
            continue
        known = weekly.shape[1] - int(born[0]) - _SETTLING * bool(born[0])
        best: Event | None = None
        for weeks in _WINDOWS:
            if known >= weeks:
                event = _leak(series, one.values, weekly[place, -weeks:], others[place, -weeks:], len(candidates))
                if event is not None and material(event, settings) and (best is None or event.size > best.size):
                    best = event
        if best is not None:
            found.append(best)
    return found


def _weeks(values: Floats) -> Floats:
    """(W,) sums of whole weeks, the last one up to the last day."""
    return np.asarray(values[len(values) % WEEK :].reshape(-1, WEEK).sum(axis=1), np.float64)


def _leak(series: int, values: Floats, own: Floats, others: Floats, among: int) -> Event | None:
    if np.mean(own > 0.0) < _STEADY or np.any(own <= 0.0) or np.any(others <= 0.0):
        return None
    times = np.arange(float(len(own)))
    logs, share = np.log(own), np.log(own / others)
    span = len(own) - 1
    if sen_slope(times, logs) * span < np.log1p(_RISE) or sen_slope(times, share) * span < np.log1p(_AGAINST_PEERS):
        return None
    chance = max(mann_kendall(values_of)[1] for values_of in (own, share))
    if chance > _CHANCE / among:
        return None
    start, rises = _hinge(logs)
    if not rises:
        return None
    first = len(values) - (len(own) - start) * WEEK
    before = values[max(0, first - _SETTLING * WEEK) : first] if start else values[first : first + 2 * WEEK]
    usually = float(before.mean())
    away = np.zeros(len(values))
    away[first:] = values[first:] - usually
    return Event(
        series, "leak", first, len(values) - 1, away, usually * (len(values) - first),
        float(-ndtri(max(chance, 1e-300) / 2.0)),
    )  # fmt: skip


def _hinge(logs: Floats) -> tuple[int, bool]:
    """The week from which a line rises best, and whether it fits better than the best step."""
    n = len(logs)
    times = np.arange(float(n))

    def misfit(shape: Floats) -> float:
        design = np.column_stack([np.ones(n), shape])
        return float(np.linalg.lstsq(design, logs, rcond=None)[1].sum())

    rises = [misfit(np.maximum(times - start, 0.0)) for start in range(n - 4)]
    steps = [misfit((times >= start).astype(np.float64)) for start in range(2, n - 1)]
    return int(np.argmin(rises)), min(rises) < min(steps)
