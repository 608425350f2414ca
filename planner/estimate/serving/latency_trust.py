"""Where the latency law agrees with the simulation, and where a run of the simulation must replace it."""

from dataclasses import dataclass

import numpy as np

from planner.catalog.rows import Bools, Floats
from planner.estimate.serving.latency import Replica, partial_load
from planner.estimate.serving.latency_spread import spread_at

BAND = 1.25
"""Factor within which the law's p95 of TTFT, ITL and total latency agrees with `simulation` where it is not doubtful:
in all named cases, and in about nine of ten random ones (tests/benchmarks/serving_simulation.py measures both)."""
MOST_LOAD, MOST_BURSTY_LOAD = 0.85, 0.6
"""Load above which it does not hold, for Poisson and for burstier arrivals."""
_MOST_BURST_SHARE = 0.5
"""Share of the time in prompts during a burst above which it does not hold."""
_TAIL, _JUMP = 1.4, 1.6
"""A quantile sits on a jump if 1.4 times more or less tail probability moves it by a factor above 1.6."""
_WAITS = (0.1, 3.0)
"""So many times the tail probability of requests that wait for a slot: whether the quantile is one of them is open."""


@dataclass(frozen=True, slots=True)
class Doubtful:
    """Where the law's quantiles are not within `BAND` of the simulation, by latency."""

    ttft: Bools
    itl: Bools
    total: Bools


@np.errstate(divide="ignore", invalid="ignore", over="ignore")
def doubtful(replica: Replica, rate_per_s: Floats, level: float = 0.95) -> Doubtful:
    """Outside what the law was held against, and where a quantile sits on a jump.

    Jumps are between requests that wait for a slot and others, or between steps with a prompt and others: there a small
    error of a probability is a large one of a latency.
    """
    outside = _outside(replica, rate_per_s)
    spread = spread_at(replica, rate_per_s)
    less, more = (spread.at(1.0 - (1.0 - level) * tail) for tail in (_TAIL, 1.0 / _TAIL))
    waits = spread.wait_share / (1.0 - level)
    edge = (waits > _WAITS[0]) & ((waits < _WAITS[1]) | (np.asarray(replica.output_cv) > 1.0))
    return Doubtful(
        outside | edge | ~(more.ttft_s <= _JUMP * less.ttft_s),
        outside | ~(more.itl_s <= _JUMP * less.itl_s),
        outside | ~(more.total_s <= _JUMP * less.total_s),
    )


def needs_simulation(replica: Replica, rate_per_s: Floats, level: float = 0.95) -> Bools:
    """Where a run of `simulation` must replace the law at `level`: any of its latencies is `doubtful`."""
    there = doubtful(replica, rate_per_s, level)
    return np.asarray(there.ttft | there.itl | there.total, np.bool_)


def _outside(replica: Replica, rate_per_s: Floats) -> Bools:
    """Loads and mixes at which random cases were outside the band.

    High loads; bursts of long prompts; routers that keep prompts away from the few answers that replicas work on;
    uneven prompts (CV above 1) of about a step's budget or more.
    """
    at = partial_load(replica, rate_per_s)
    bursty = np.asarray(replica.arrival_cv2) > 1.0
    burst = np.maximum(np.asarray(replica.arrival_cv2, np.float64) - 1.0, 0.0)
    in_burst = at.prefill_share * (1.0 + np.sqrt(burst / (burst + 2.0)))
    routed = (np.asarray(replica.together) > 1.0) & (at.prefill_share > 0.2) & (at.batch < 3.0)
    budget = replica.step_prefill_s / replica.prefill_s
    uneven = (np.asarray(replica.prefill_cv) > 1.0) & (budget < 2.0)
    carried = at.load <= np.where(bursty, MOST_BURSTY_LOAD, MOST_LOAD)
    return np.asarray(~carried | (bursty & (in_burst > _MOST_BURST_SHARE)) | routed | uneven, np.bool_)
