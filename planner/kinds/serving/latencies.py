"""Latencies of ways on rented machines in the busiest hour, with all replicas behind one router."""

import numpy as np

from planner.catalog.rows import Floats, Ints
from planner.estimate.serving.latency_spread import Latency, latency_quantile
from planner.kinds.serving.capacity import AT_ONCE, Capacities
from planner.kinds.serving.grid import distinct
from planner.kinds.serving.work import Work


def peak_rates(capacities: Capacities, kind: Ints, peak: Ints, works: list[Work]) -> Floats:
    """Requests per second of each replica in the busiest minute, (n,)."""
    asked = np.array([work.peak_requests_per_s for work in works], np.float64)
    return asked[capacities.replicas.grid.work[kind]] / np.maximum(peak, 1)


def latencies_of(
    capacities: Capacities, kind: Ints, peak: Ints, works: list[Work], level: float, volume: Floats | float = 1.0
) -> Latency:
    """Latencies at one level, (n,); ways alike in kind, replicas and multiple of the traffic are worked out once."""
    times = np.broadcast_to(np.asarray(volume, np.float64), len(kind))
    values, code = np.unique(times, return_inverse=True) if np.ndim(volume) else (times[:1], np.zeros_like(kind))
    first, which = distinct([kind, peak, code])
    parts = []
    for start in range(0, len(first), AT_ONCE):
        some = first[start : start + AT_ONCE]
        rows, count = kind[some], peak[some]
        replica = capacities.replicas.take(rows).replica(together=np.maximum(count, 1).astype(np.float64))
        parts.append(latency_quantile(replica, peak_rates(capacities, rows, count, works) * values[code[some]], level))
    columns = (
        np.concatenate([getattr(part, name) for part in parts])[which] if parts else np.empty(0)
        for name in ("ttft_s", "itl_s", "total_s")
    )
    return Latency(*columns)
