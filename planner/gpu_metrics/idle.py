"""When GPUs were idle: which spans, and which hours of the week."""

from collections.abc import Sequence
from typing import Final

import numpy as np

from planner.catalog.rows import Bools, Floats, Ints
from planner.gpu_metrics.columns import METRICS
from planner.gpu_metrics.minutes import Spans
from planner.gpu_metrics.use import Host
from planner.units import HOURS_PER_WEEK

IDLE_BELOW: Final = 0.05
"""Load under which a GPU counts as idle, unless told otherwise."""
_EPOCH: Final = 72
"""Hour of the week of 1970-01-01 00:00 UTC, a Thursday."""
_MEASURED: Final = 0.5
"""Part of the spans of an hour that must be there for it to count as measured."""


def load_of(spans: Spans) -> Floats:
    """(n,) share of the time that it worked: a running kernel where known, else busy multiprocessors; NaN unknown."""
    kernel, active = (spans.means[METRICS.index(name)] for name in ("kernel", "sm_active"))
    return np.asarray(np.where(np.isnan(kernel), active, kernel))


def idle_spans(spans: Spans, below: float) -> Bools:
    """(n,) spans in which it was idle; those of unknown load are not."""
    return np.asarray(load_of(spans) < below)


def idle_by_hour(all_spans: Sequence[Spans], width_minutes: int, below: float) -> Floats:
    """(168,) share of the measured spans of an hour of the week that were idle; NaN where there is none."""
    seen, idle = np.zeros(HOURS_PER_WEEK), np.zeros(HOURS_PER_WEEK)
    for spans in all_spans:
        known = ~np.isnan(load_of(spans))
        hour = hour_of_week(spans.slots * width_minutes // 60)
        seen += np.bincount(hour[known], minlength=HOURS_PER_WEEK)
        idle += np.bincount(hour[idle_spans(spans, below)], minlength=HOURS_PER_WEEK)
    return np.asarray(np.divide(idle, seen, out=np.full(HOURS_PER_WEEK, np.nan), where=seen > 0))


def hour_of_week(hours: Ints) -> Ints:
    """Hour of the week, Monday 00:00 UTC first, of hours since 1970."""
    return (hours + _EPOCH) % HOURS_PER_WEEK


def host_of(
    name: str,
    gpus: Sequence[int],
    all_spans: Sequence[Spans],
    width_minutes: int,
    steps_minutes: Sequence[float],
    below: float,
) -> Host:
    """In how many weeks each hour was measured on all of these GPUs, and in how many of them all were idle throughout.

    An hour counts as measured where each GPU has at least half of its spans.
    """
    counts: dict[int, int] = {}
    idle: dict[int, int] = {}
    for gpu in gpus:
        spans = all_spans[gpu]
        least = max(1.0, _MEASURED * 60 / steps_minutes[gpu])
        known = ~np.isnan(load_of(spans))
        hours, at = np.unique(spans.slots[known] * width_minutes // 60, return_inverse=True)
        spent = np.bincount(at, minlength=len(hours))
        busy = np.bincount(at, weights=~idle_spans(spans, below)[known], minlength=len(hours))
        for hour, number, working in zip(hours.tolist(), spent.tolist(), busy.tolist(), strict=True):
            if number >= least:
                counts[hour] = counts.get(hour, 0) + 1
                idle[hour] = idle.get(hour, 0) + (not working)
    whole = np.array([hour for hour, number in counts.items() if number == len(gpus)], np.int64)
    off = np.array([hour for hour in whole.tolist() if idle[hour] == len(gpus)], np.int64)
    weekly = [np.bincount(hour_of_week(hours), minlength=HOURS_PER_WEEK) for hours in (whole, off)]
    return Host(name, tuple(gpus), weekly[0], weekly[1])
