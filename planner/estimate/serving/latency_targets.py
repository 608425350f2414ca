"""The inverse of latency: how many requests per second one replica takes while targets hold."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from planner.catalog.rows import Bools, Floats
from planner.estimate.serving.latency import MOST_PREFILL_SHARE, Replica, saturated_rate_per_s
from planner.estimate.serving.latency_spread import latency_floor, spread_at
from planner.estimate.serving.rising import root_of

_HALVINGS = 18
"""Rates are found to 4e-6 of the saturated rate."""


@dataclass(frozen=True, slots=True)
class Target:
    """Latencies that a share `level` of requests (of gaps, for `itl_s`) must not exceed; infinite where free."""

    level: float
    ttft_s: Floats | float = np.inf
    itl_s: Floats | float = np.inf
    total_s: Floats | float = np.inf


@dataclass(frozen=True, slots=True)
class Reached:
    """What one replica takes under latency targets, in columns."""

    rate_per_s: Floats
    """Largest request rate; NaN where no rate meets the targets, or none can be served."""
    load: Floats
    """That rate over the saturated one."""
    below_floor: Bools
    """A target is below the latency of a request alone in the engine (`latency_floor`): no number of replicas helps."""


@np.errstate(divide="ignore", invalid="ignore", over="ignore")
def largest_rate(replica: Replica, targets: Sequence[Target]) -> Reached:
    """Largest request rate per replica at which all targets hold, by bisection: every latency rises with the rate."""
    saturated = saturated_rate_per_s(replica)
    below = np.zeros(saturated.shape, np.bool_)
    for target in targets:
        floor = latency_floor(replica, target.level)
        below |= (floor.ttft_s > target.ttft_s) | (floor.itl_s > target.itl_s) | (floor.total_s > target.total_s)

    def missed(rate: Floats) -> Floats:
        worst = np.full(rate.shape, -1.0)
        spread = spread_at(replica, rate)
        for target in targets:
            ttft, itl, total = (np.asarray(x, np.float64) for x in (target.ttft_s, target.itl_s, target.total_s))
            share = spread.within(ttft, itl, total)
            for got, asked in ((share.ttft, ttft), (share.itl, itl), (share.total, total)):
                worst = np.fmax(worst, np.where(np.isfinite(asked), target.level - got, -1.0))
        return worst

    most = np.minimum(saturated, MOST_PREFILL_SHARE / replica.prefill_s) * (1.0 - 1e-9)
    # The lower end of the last interval: there the targets hold.
    rate = np.maximum(root_of(missed, np.zeros_like(most), most, _HALVINGS) - most * 0.5**_HALVINGS, 0.0)
    rate = np.where(below | ~np.isfinite(saturated), np.nan, rate)
    return Reached(rate, rate / saturated, below)
