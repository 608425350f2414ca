"""The same event in several series is told once: of the series that is most specific and explains most of it."""

from collections.abc import Sequence
from typing import Final

import numpy as np

from planner.spend.anomalies.cube import Cube
from planner.spend.anomalies.events import Event

MOST: Final = 0.7
"""Share of an event from which on parts explain it."""
_PARTS: Final = 3
"""Parts that may explain it together: of more, the whole is told."""
_ALIKE: Final = 0.5
_REST: Final = 0.1
"""Share of the usual spend that must be left to say whether all of it is off."""
_ONSET: Final = 28
"""Days from the start of a level that it is odd to the series above it."""
_TOGETHER: Final = 21
"""Days that two levels may start apart and be the same."""


def once(events: Sequence[Event], cube: Cube, threshold: float) -> list[Event]:
    """Events that are left when each is explained by as few and as specific ones as possible.

    From the largest series down: an event is left out where three or fewer of smaller series make most of it, or where
    what they leave would not have been odd. Where they do not, it is told, and theirs are not.
    """

    def breadth(event: Event) -> tuple[float, int, tuple[tuple[str, str], ...], int]:
        key = cube.series(event.series).key
        return -_spent(event, cube), len(key), key, event.first

    leaks = {event.series: event for event in events if event.kind == "leak"}
    events = [one for one in events if one.kind != "level" or not _slowly(one, leaks.get(one.series))]
    ordered = sorted(events, key=breadth)
    gone: set[int] = set()
    told = []
    for place, event in enumerate(ordered):
        if place in gone:
            continue
        shares = {
            other: explained(event, ordered[other], cube)
            for other in range(place + 1, len(ordered))
            if other not in gone and ordered[other].series != event.series
        }
        parts = _parts(shares, ordered, cube)
        covered = sum(shares[other] for other in parts)
        alone = event.score * (1.0 - covered) < threshold
        if parts and (covered >= MOST or alone) and not _common(event, [ordered[other] for other in parts], cube):
            continue
        told.append(event)
        gone |= {other for other, share in shares.items() if share > 0.0}
    return told


def explained(event: Event, part: Event, cube: Cube) -> float:
    """Share of `event` that `part` makes: what it is off by on the same days, as far as its spend is in that series."""
    if not _same_time(event, part) or event.size * part.size <= 0.0:
        return 0.0
    here = slice(event.first, event.last + 1)
    own = cube.series(part.series).cells
    both = own & cube.series(event.series).cells
    days = slice(part.first, part.last + 1)
    spend = float(np.abs(cube.values[own, days]).sum())
    if spend <= 0.0:  # what has ended: where it was before
        days = slice(max(0, part.first - _ONSET), part.first)
        spend = float(np.abs(cube.values[own, days]).sum())
    if spend <= 0.0:
        return 0.0
    inside = float(np.abs(cube.values[both, days]).sum()) / spend
    return float(part.away[here].sum()) / event.size * inside


def _slowly(level: Event, leak: Event | None) -> bool:
    """Whether a level is a piece of the same series' leak."""
    return leak is not None and level.first >= leak.first and level.size * leak.size > 0.0


def _same_time(event: Event, part: Event) -> bool:
    if event.last < part.first or part.last < event.first:
        return False
    if part.kind == "leak":
        return event.kind in ("leak", "level")
    if part.kind == "level":
        if event.kind == "leak":
            return True
        return abs(event.first - part.first) <= (_TOGETHER if event.kind == "level" else _ONSET)
    # A spike within a long rise is something of its own.
    together = min(event.last, part.last) - max(event.first, part.first) + 1
    return event.kind not in ("level", "leak") or 2 * together >= event.last - event.first + 1


def _parts(shares: dict[int, float], ordered: Sequence[Event], cube: Cube) -> list[int]:
    """The best few parts, none of which is in another, until they make most of it."""
    chosen: list[int] = []
    for other in sorted(shares, key=lambda k: (-shares[k], -k)):
        if shares[other] <= 0.0 or len(chosen) == _PARTS or sum(shares[one] for one in chosen) >= MOST:
            break
        if not any(_overlap(ordered[one], ordered[other], cube) for one in chosen):
            chosen.append(other)
    return chosen


def _common(event: Event, parts: Sequence[Event], cube: Cube) -> bool:
    """Whether what the parts leave is off by half as much or more, in proportion: then it happened to all."""
    here = slice(event.first, event.last + 1)
    inside = np.any([cube.series(part.series).cells for part in parts], axis=0) & cube.series(event.series).cells
    days = slice(max(0, event.first - _ONSET), max(event.first, 1))
    cells = cube.series(event.series).cells
    usually = float(np.abs(cube.values[cells, days]).sum())
    left = 1.0 - float(np.abs(cube.values[inside, days]).sum()) / usually if usually > 0.0 else 0.0
    away = event.size - sum(float(part.away[here].sum()) for part in parts)
    return left > _REST and away / (left * event.size) > _ALIKE


def _overlap(one: Event, other: Event, cube: Cube) -> bool:
    """Whether half of either's spend is in both."""
    a, b = cube.series(one.series).cells, cube.series(other.series).cells
    days = slice(min(one.first, other.first), max(one.last, other.last) + 1)
    both = float(np.abs(cube.values[a & b, days]).sum())
    return both > 0.5 * min(float(np.abs(cube.values[c, days]).sum()) for c in (a, b))


def _spent(event: Event, cube: Cube) -> float:
    """What the series usually has in so many days, to the cent: how broad it is."""
    days = slice(max(0, event.first - _ONSET), event.first) if event.first else slice(0, _ONSET)
    return round(float(np.abs(cube.series(event.series).values[days]).mean()), 2)
