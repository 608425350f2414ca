"""How many replicas to commit to: the usage baseline against a commitment's price (DOMAIN 10)."""

from dataclasses import dataclass

import numpy as np

from planner.catalog.rows import Floats
from planner.units import HOURS_PER_MONTH


@dataclass(frozen=True, slots=True)
class Commitment:
    """The best number of committed replicas, in columns."""

    replicas: Floats
    usd_per_month: Floats
    """Committed and on-demand replicas together."""
    saved_usd_per_month: Floats
    """Against all on demand."""


def best_commitment(by_hour: Floats, committed_usd: Floats, on_demand_usd: Floats) -> Commitment:
    """Commit to the k-th replica as long as it is wanted in a share of hours above p_commit/p_on_demand.

    The newsvendor's quantile P(demand >= k) > p_c/p_o (DOMAIN 10), exact over the hours given: the cost
    k*p_c*H + p_o*sum(max(n_h - k, 0)) is convex in k and changes slope at the demands alone.

    Args:
        by_hour: (hours, ...) replicas wanted; any number of hours, each weighing the same.
        committed_usd: price of a committed replica-hour, paid in every hour.
        on_demand_usd: price of a replica-hour on demand.
    """
    hours = by_hour.shape[0]
    falling = -np.sort(-by_hour, axis=0)
    ratio = np.asarray(committed_usd / on_demand_usd, np.float64) + np.zeros(by_hour.shape[1:])
    # 1e-9: a share of hours that equals the ratio pays neither way, whatever the last digit
    place = np.floor(hours * ratio + 1e-9).astype(np.int64)
    inside = np.minimum(place, hours - 1)
    at = np.take_along_axis(falling, inside[np.newaxis, ...], axis=0)[0]
    replicas = np.where(place < hours, at, 0.0)
    beyond = np.sum(np.maximum(by_hour - replicas, 0.0), axis=0)
    week = replicas * committed_usd * hours + beyond * on_demand_usd
    free = np.sum(by_hour, axis=0) * on_demand_usd
    scale = HOURS_PER_MONTH / hours
    return Commitment(replicas, week * scale, (free - week) * scale)
