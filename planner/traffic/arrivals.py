"""When requests came: rates by hour of the week, the busiest minute, bursts and gaps."""

from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray
from scipy.special import gammainccinv

from planner.catalog.rows import Floats
from planner.traffic.times import Micros
from planner.traffic.traffic import week
from planner.units import HOURS_PER_WEEK

_SECOND, _MINUTE, _HOUR, _DAY = 10**6, 60 * 10**6, 3600 * 10**6, 86_400 * 10**6
_MONDAY: Final = 72
"""Hours from Monday 00:00 to the weekday of 1970-01-01, a Thursday."""
FAR_DAYS: Final = 30
"""Rows further than this from all others, and fewer than one in a hundred, are slips of a clock."""
LEAST_SEEN_S: Final = 360.0
"""Of an hour of the week, at least a tenth of an hour must lie in the log for its rate to be measured."""
LEAST_INTERVALS: Final = 30
"""Intervals that an hour needs to say how they vary."""
_CHUNK: Final = 2**20


def without_strays(times: Micros) -> tuple[Micros, list[tuple[int, int]]]:
    """Sorted times without small groups that lie far from the rest, and first and count of each of these.

    A clock that jumped by years would make of a week of traffic a trickle over years.
    """
    starts_at = range(0, times.size - 1, _CHUNK)
    found = [np.flatnonzero(np.diff(times[a : a + _CHUNK + 1]) > FAR_DAYS * _DAY) + a + 1 for a in starts_at]
    cuts = np.concatenate(found) if found else np.zeros(0, dtype=np.int64)
    if not cuts.size:
        return times, []
    starts, ends = np.r_[0, cuts], np.r_[cuts, times.size]
    stray = (ends - starts) * 100 < times.size
    if stray.all():
        return times, []
    kept = np.concatenate([times[a:b] for a, b, far in zip(starts, ends, stray, strict=True) if not far])
    return kept, [(int(times[a]), int(b - a)) for a, b, far in zip(starts, ends, stray, strict=True) if far]


@dataclass(frozen=True, slots=True)
class Pattern:
    """Rates by hour of the week, and where they are from."""

    requests_per_s: Floats
    hours_seen: Floats
    hour_from: tuple[str, ...]


def weekly_pattern(times: Micros) -> Pattern:
    """Requests over time seen, for each hour of the week, from sorted times, microseconds since 1970 UTC.

    An hour of which the log has less than six minutes takes the mean rate of the same hour on other days; where the
    log has that on no day, the mean rate of the whole log.
    """
    first, last = int(times[0]), int(times[-1])
    start, end = first // _HOUR, last // _HOUR
    seen = np.bincount((np.arange(start, end + 1) + _MONDAY) % HOURS_PER_WEEK, minlength=HOURS_PER_WEEK) * 3600.0
    seen[(start + _MONDAY) % HOURS_PER_WEEK] -= (first - start * _HOUR) / _SECOND
    seen[(end + _MONDAY) % HOURS_PER_WEEK] -= ((end + 1) * _HOUR - last) / _SECOND
    counted = np.zeros(HOURS_PER_WEEK)
    for at in range(0, times.size, _CHUNK):
        hours = (times[at : at + _CHUNK] // _HOUR + _MONDAY) % HOURS_PER_WEEK
        counted += np.bincount(hours, minlength=HOURS_PER_WEEK)
    measured = seen >= min(LEAST_SEEN_S, float(seen.max()))
    by_day = np.where(measured, counted, 0.0).reshape(7, 24).sum(axis=0)
    seen_by_day = np.where(measured, seen, 0.0).reshape(7, 24).sum(axis=0)
    mean = counted[measured].sum() / seen[measured].sum()
    other = np.tile(np.divide(by_day, seen_by_day, out=np.full(24, mean), where=seen_by_day > 0), 7)
    rates = np.where(measured, np.divide(counted, seen, out=np.zeros(HOURS_PER_WEEK), where=seen > 0), other)
    sources = np.where(measured, "measured", np.where(np.tile(seen_by_day > 0, 7), "other days", "mean"))
    return Pattern(week(rates), np.divide(seen, 3600.0, dtype=np.float64), tuple(sources.tolist()))


def busiest_rate(times: Micros) -> float:
    """Requests per second behind the busiest minute of the busiest clock hour, from sorted times.

    The rate at which the busiest of 60 minutes of a Poisson stream has so many requests as likely as not: P(N(60 r) <
    n)^60 = 1/2. Of a stream that is even within its hour that is the hour's own rate, however thin it is; the busiest
    minute itself is many times that in a thin one.
    """
    return float(gammainccinv(busiest_minute(times) * 60.0, 0.5 ** (1.0 / 60.0))) / 60.0


def busiest_minute(times: Micros) -> float:
    """Requests per second in the busiest minute of the busiest clock hour, from sorted times."""
    hours = _counts(times, _HOUR)
    start = (int(times[0]) // _HOUR + int(hours.argmax())) * _HOUR
    inside = times[np.searchsorted(times, start) : np.searchsorted(times, start + _HOUR)]
    return float(np.bincount((inside - start) // _MINUTE).max()) / 60.0


def _counts(times: Micros, unit: int) -> NDArray[np.int64]:
    """Times in each unit from that of the first one on."""
    start = int(times[0]) // unit
    found = np.zeros(int(times[-1]) // unit - start + 1, dtype=np.int64)
    for at in range(0, times.size, _CHUNK):
        part = times[at : at + _CHUNK] // unit - start
        low = int(part[0])
        counted = np.bincount(part - low)
        found[low : low + counted.size] += counted
    return found


def resolution(times: Micros) -> int:
    """Microseconds between the ticks of the clock that wrote the times: a second, a millisecond or less."""
    for unit in (_MINUTE, _SECOND, 1000):
        if not (times % unit).any():
            return unit
    return 1


def interval_cv2(times: Micros) -> float:
    """Squared coefficient of variation of the intervals between requests; 1 for a Poisson stream. NaN if too few.

    It is what waiting times grow with (Allen-Cunneen, DOMAIN 9.3). Var/mean² of the intervals that begin and end in
    one clock hour, for each hour with at least 30 of them; the mean over these hours, by intervals. So the daily rise
    and fall is no burst. Times on whole ticks (seconds, say) are spread evenly over their tick first, at random with a
    fixed seed: else requests of the same second would look like bursts. What bursts there are within a tick is lost
    by that.
    """
    tick = resolution(times)
    generator = np.random.default_rng(0)
    hours = int(times[-1]) // _HOUR - int(times[0]) // _HOUR + 1
    sums = np.zeros((3, hours))
    base = int(times[0]) // _HOUR * _HOUR
    carried = np.zeros(0)
    at = 0
    while at < times.size:
        to = min(at + _CHUNK, times.size)
        # A tick is never divided: what is spread must stay in order.
        to += int(np.searchsorted(times[to:], times[to - 1], side="right"))
        fine = (times[at:to] - base).astype(np.float64)
        if tick > 1:
            fine = np.sort(fine + generator.uniform(0.0, tick, fine.size))
        fine = np.concatenate([carried, fine])
        hour = (fine // _HOUR).astype(np.int64)
        gaps = np.diff(fine) / _SECOND
        inside = hour[1:] == hour[:-1]
        where, what = hour[1:][inside], gaps[inside]
        if where.size:
            low = int(where[0])
            for row, weights in enumerate((np.ones(what.size), what, what**2)):
                found = np.bincount(where - low, weights=weights)
                sums[row, low : low + found.size] += found
        carried, at = fine[-1:], to
    count, total, squares = sums[:, sums[0] >= LEAST_INTERVALS]
    if not count.size or not total.all():
        return float("nan")
    mean = total / count
    variance = np.maximum(squares / count - mean**2, 0.0) * count / (count - 1)
    return float((variance / mean**2) @ count / count.sum())


def longest_gap(times: Micros) -> tuple[float, int]:
    """Hours of the longest time without a request, and when it began, in microseconds since 1970."""
    longest, began = 0, int(times[0])
    for at in range(0, times.size - 1, _CHUNK):
        gaps = np.diff(times[at : at + _CHUNK + 1])
        place = int(gaps.argmax())
        if gaps[place] > longest:
            longest, began = int(gaps[place]), int(times[at + place])
    return longest / _HOUR, began
