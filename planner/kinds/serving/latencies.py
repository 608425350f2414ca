"""Latencies of ways on rented machines in the busiest hour, with all replicas behind one router."""

from dataclasses import dataclass

import numpy as np

from planner.catalog.rows import Floats, Ints
from planner.estimate.serving.latency_spread import LEVELS, Latency, latency_quantile
from planner.kinds.serving.capacity import AT_ONCE, Capacities
from planner.kinds.serving.work import Work


def peak_rates(capacities: Capacities, kind: Ints, peak: Ints, works: list[Work]) -> Floats:
    """Requests per second of each replica in the busiest minute, (n,)."""
    asked = np.array([work.peak_requests_per_s for work in works], np.float64)
    return asked[capacities.replicas.grid.work[kind]] / np.maximum(peak, 1)


def latencies_of(capacities: Capacities, kind: Ints, peak: Ints, works: list[Work], level: float) -> Latency:
    """Latencies at one level, (n,); ways with the same kind and number of replicas are worked out once."""
    pairs, which = np.unique(np.stack([kind, peak], axis=1), axis=0, return_inverse=True)
    which = which.reshape(-1)
    parts = []
    for start in range(0, len(pairs), AT_ONCE):
        rows, count = pairs[start : start + AT_ONCE].T
        replica = capacities.replicas.take(rows).replica(together=np.maximum(count, 1).astype(np.float64))
        parts.append(latency_quantile(replica, peak_rates(capacities, rows, count, works), level))
    columns = (
        np.concatenate([getattr(part, name) for part in parts])[which] if parts else np.empty(0)
        for name in ("ttft_s", "itl_s", "total_s")
    )
    return Latency(*columns)


@dataclass(frozen=True, slots=True)
class AllLatencies:
    """Latencies at p50, p95 and p99."""

    p50: Latency
    p95: Latency
    p99: Latency


def all_latencies(capacities: Capacities, kind: Ints, peak: Ints, works: list[Work]) -> AllLatencies:
    """Latencies at every level."""
    return AllLatencies(*(latencies_of(capacities, kind, peak, works, level) for level in LEVELS))
