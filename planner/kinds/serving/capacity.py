"""How many requests one replica of each kind carries within the targets, and what stops those that carry none."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Final

import numpy as np

from planner.catalog.rows import Floats, Ints
from planner.estimate.serving.latency import Replica
from planner.estimate.serving.latency_spread import latency_floor, latency_quantile
from planner.estimate.serving.latency_targets import Target, largest_rate
from planner.kinds.serving.replicas import Replicas
from planner.kinds.serving.targets import target_name

UNSUPPORTED: Final = "the engine does not serve this precision on the card"
TOO_LONG: Final = "requests longer than the model's context"
NO_ROOM: Final = "memory: weights and the cache of one request do not fit"
NO_PEAK: Final = "no peak of the card is known at this precision"
BELOW_FLOOR: Final = "latency target below the floor of the machine"
AT_LOAD: Final = "load"
"""What a capacity ends at where no target does: the engine is busy."""
AT_ONCE: Final = 20_000
REACHED: Final = 0.99
"""Share of a target from which on it is what a rate ends at."""


@dataclass(frozen=True, slots=True)
class Capacities:
    """Kinds of replicas with what one carries, (n,) each."""

    replicas: Replicas
    rate_per_s: Floats
    """Requests per second within all targets, before headroom; 0 where it carries none."""
    bound: Ints
    """Index into `bounds`: what the rate ends at."""
    bounds: tuple[str, ...]
    reason: Ints
    """Index into `reasons`; 0 where it carries something."""
    reasons: tuple[str, ...]
    floor_s: Floats
    """(n, targets) latency without load, for each target."""


def capacities_of(replicas: Replicas, targets: Mapping[tuple[str, float], float]) -> Capacities:
    """Capacity of every kind; `targets` are seconds by (figure, level)."""
    n = len(replicas)
    fits = replicas.fits >= 1.0
    known = np.isfinite(replicas.x.matmul_flops_s)
    floors = np.full((n, len(targets)), np.nan)
    rate, bound = np.zeros(n), np.zeros(n, np.int64)
    first, which = replicas.distinct()
    seconds = np.array(list(targets.values()))
    runs = first[(fits & known & replicas.served)[first]]
    for start in range(0, len(runs), AT_ONCE):
        rows = runs[start : start + AT_ONCE]
        replica = replicas.take(rows).replica()
        for t, (figure, level) in enumerate(targets):
            floors[rows, t] = getattr(latency_floor(replica, level), f"{figure}_s")
        # What misses a target without load carries nothing: no need to look for its rate.
        rows = rows[~(floors[rows] > seconds).any(axis=1)]
        replica = replicas.take(rows).replica()
        most = largest_rate(replica, _targets(targets)).rate_per_s
        rate[rows] = np.nan_to_num(most)
        bound[rows] = _ends_at(replica, most, targets)
    rate, bound, floors = rate[first][which], bound[first][which], floors[first][which]
    slow = (floors > seconds).any(axis=1)
    long = replicas.longest > replicas.context
    reason = np.select([~replicas.served, long, ~fits, ~known, slow, ~(rate > 0)], [1, 2, 3, 4, 5, 5], 0)
    bounds = (AT_LOAD, *(target_name(figure, level) for figure, level in targets))
    rate = np.where(reason == 0, rate, 0.0)
    reasons = ("", UNSUPPORTED, TOO_LONG, NO_ROOM, NO_PEAK, BELOW_FLOOR)
    return Capacities(replicas, rate, bound, bounds, reason, reasons, floors)


def with_other_targets(capacities: Capacities, rows: Ints, targets: Mapping[tuple[str, float], float]) -> Capacities:
    """The same with other targets for some kinds, in the order of the first; their floors are held against none."""
    if not len(rows):
        return capacities
    other = capacities_of(capacities.replicas.take(rows), targets)
    rate, floors = capacities.rate_per_s.copy(), capacities.floor_s.copy()
    bound, reason = capacities.bound.copy(), capacities.reason.copy()
    rate[rows], bound[rows], reason[rows], floors[rows] = other.rate_per_s, other.bound, other.reason, np.nan
    return replace(capacities, rate_per_s=rate, bound=bound, reason=reason, floor_s=floors)


def _ends_at(replica: Replica, rate: Floats, targets: Mapping[tuple[str, float], float]) -> Ints:
    """What the largest rate ends at: 1 + the place of the target that is nearest, or 0 where none is reached."""
    if not targets:
        return np.zeros(len(rate), np.int64)
    levels = {level: latency_quantile(replica, rate, level) for level in dict.fromkeys(level for _, level in targets)}
    used = np.stack([getattr(levels[level], f"{figure}_s") / s for (figure, level), s in targets.items()])
    used = np.nan_to_num(used)
    return np.where(used.max(axis=0) >= REACHED, 1 + used.argmax(axis=0), 0)


def _targets(targets: Mapping[tuple[str, float], float]) -> list[Target]:
    levels = dict.fromkeys(level for _, level in targets)
    return [
        Target(level, **{f"{figure}_s": seconds for (figure, at), seconds in targets.items() if at == level})
        for level in levels
    ]
