"""Replicas by hour of the week and what they cost: fixed, autoscaled, scaled to zero, partly spot, partly committed.

Rates are requests per second by hour of the week, shape (168,) or (168, n) with one column per configuration.
"""

from dataclasses import dataclass

import numpy as np

from planner.catalog.rows import Floats
from planner.units import HOURS_PER_MONTH, SECONDS_PER_HOUR

HOURS_PER_WEEK = 168
AVAILABLE = 2.0
"""Fewest replicas that outlast the loss of one (DOMAIN 9.4)."""
HEADROOM = 0.7
"""Share of a replica's rate that is planned for, 0.6 to 0.75 (DOMAIN 9.3 [E])."""


@dataclass(frozen=True, slots=True)
class Replicas:
    """Replicas over the week, in columns."""

    by_hour: Floats
    """(168, ...) replicas that serve in each hour."""
    hours_per_month: Floats
    """Replica-hours billed, starts included."""
    late_share: Floats
    """Share of the requests that arrive for capacity that is still starting."""
    unserved_share: Floats
    """Share of the requests above what the most replicas take."""


def needed(
    rates_per_s: Floats,
    per_replica_per_s: Floats,
    headroom: Floats | float = HEADROOM,
    minimum: Floats | float = AVAILABLE,
    maximum: Floats | float = np.inf,
) -> Floats:
    """Replicas for each hour: ceil(rate/(headroom * rate per replica)), within minimum and maximum.

    NaN where a replica takes nothing (NaN) or the maximum is below the minimum.
    """
    wanted = np.ceil(np.round(rates_per_s / (np.asarray(headroom) * per_replica_per_s), 9))
    within = np.asarray(maximum) >= minimum
    return np.where(within & ~np.isnan(wanted), np.clip(wanted, minimum, maximum), np.nan)


def fixed(rates_per_s: Floats, per_replica_per_s: Floats, **limits: Floats | float) -> Replicas:
    """As many replicas in every hour as the busiest needs."""
    hourly = needed(rates_per_s, per_replica_per_s, **limits)
    by_hour = np.broadcast_to(np.max(hourly, axis=0), hourly.shape)
    nothing = np.zeros(hourly.shape[1:])
    unserved = _above(rates_per_s, by_hour * per_replica_per_s)
    return Replicas(by_hour, by_hour[0] * HOURS_PER_MONTH, nothing, unserved)


def autoscaled(
    rates_per_s: Floats,
    per_replica_per_s: Floats,
    cold_start_s: Floats | float,
    *,
    ahead: bool = True,
    **limits: Floats | float,
) -> Replicas:
    """Replicas follow the hour's need; each start is billed for the cold start.

    Args:
        rates_per_s: (168, ...) requests per second.
        per_replica_per_s: largest rate of one replica.
        cold_start_s: seconds from the decision until a replica serves.
        ahead: started so that they are up when the hour begins, as a schedule does. Otherwise the rise is seen first:
            what exceeds the replicas of the hour before is late for as long as they start (at most the hour).
        limits: headroom, minimum and maximum as in `needed`.
    """
    by_hour = needed(rates_per_s, per_replica_per_s, **limits)
    before = np.roll(by_hour, 1, axis=0)
    starts = np.maximum(by_hour - before, 0.0)
    cold_hours = np.asarray(cold_start_s) / SECONDS_PER_HOUR
    week = np.sum(by_hour, axis=0) + np.sum(starts, axis=0) * cold_hours
    if ahead:
        late = np.zeros(by_hour.shape[1:])
    else:
        late = _above(rates_per_s, before * per_replica_per_s) * np.minimum(cold_hours, 1.0)
    unserved = _above(rates_per_s, by_hour * per_replica_per_s)
    return Replicas(by_hour, week * HOURS_PER_MONTH / HOURS_PER_WEEK, late, unserved)


def _above(rates: Floats, capacity: Floats) -> Floats:
    """Share of the week's requests above a capacity; 0 of none."""
    total = np.sum(rates, axis=0)
    excess = np.sum(np.maximum(rates - capacity, 0.0), axis=0)
    share: Floats = np.divide(excess, total, out=np.zeros_like(excess), where=total > 0.0)
    return share


@dataclass(frozen=True, slots=True)
class ToZero:
    """One replica that stops when idle, in columns."""

    up_share: Floats
    """Share of the time in which it is billed, starting included."""
    cold_share: Floats
    """Share of the requests that arrive while it is down or starting."""
    starts_per_hour: Floats


def scaled_to_zero(rate_per_s: Floats, idle_s: Floats | float, cold_start_s: Floats | float) -> ToZero:
    """A replica that stops after `idle_s` without a request and takes `cold_start_s` to come back (Poisson arrivals).

    A cycle: down for 1/lam until a request; up after C, in which lam*C more arrive; then up until a gap exceeds the
    idle time, (e^(lam*T) - 1)/lam on average with e^(lam*T) - 1 requests (renewal argument; Ross, Stochastic
    Processes). Service times are left out: they are short beside T.
    """
    lam = np.asarray(rate_per_s, np.float64)
    waiting = lam * cold_start_s
    with np.errstate(over="ignore", invalid="ignore", divide="ignore"):
        kept = np.exp(np.minimum(lam * idle_s, 700.0))
        cycle = waiting + kept
        up = np.where(lam > 0.0, (waiting + kept - 1.0) / cycle, 0.0)
        cold = np.where(lam > 0.0, (1.0 + waiting) / cycle, 0.0)
        return ToZero(up, cold, np.where(lam > 0.0, lam * SECONDS_PER_HOUR / cycle, 0.0))


@dataclass(frozen=True, slots=True)
class SpotMix:
    """A fleet part of which is preemptible, in columns."""

    usd_per_replica_hour: Floats
    """Mean over the fleet."""
    lost_share: Floats
    """Share of the capacity missing while a replacement starts."""
    on_spot_share: Floats
    """Share of the replica-hours that are spot in the end."""


def spot_mix(
    spot_share: Floats,
    spot_usd: Floats,
    on_demand_usd: Floats,
    preemptions_per_hour: Floats,
    wait_hours: Floats | float,
    cold_start_s: Floats | float,
    notice_s: Floats | float = 0.0,
) -> SpotMix:
    """Replicas of which a share runs on spot, replaced on demand until spot is back (alternating renewal, DOMAIN 5).

    A spot replica lives 1/lam hours, then an on-demand one takes its place for the wait D; both starts are billed.
    Capacity misses what the cold start takes beyond the notice, once a cycle (the way back overlaps).

    Args:
        spot_share: share of the replicas meant to be spot.
        spot_usd: price of a replica on spot, USD an hour.
        on_demand_usd: price of the same on demand.
        preemptions_per_hour: of one running replica.
        wait_hours: until spot capacity is back.
        cold_start_s: seconds a replica takes to serve.
        notice_s: seconds of warning before a preemption.
    """
    cold_hours = np.asarray(cold_start_s) / SECONDS_PER_HOUR
    cycles = preemptions_per_hour / (1.0 + preemptions_per_hour * wait_hours)
    available = 1.0 - cycles * wait_hours
    each = available * spot_usd + (1.0 - available) * on_demand_usd
    each = each + cycles * cold_hours * (spot_usd + on_demand_usd)
    lost = cycles * np.maximum(cold_hours - np.asarray(notice_s) / SECONDS_PER_HOUR, 0.0)
    share = np.asarray(spot_share, np.float64)
    return SpotMix(share * each + (1.0 - share) * on_demand_usd, share * np.minimum(lost, 1.0), share * available)
