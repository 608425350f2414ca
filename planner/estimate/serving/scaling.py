"""Replicas by hour of the week and what they cost: fixed, autoscaled, scaled to zero, partly spot, partly committed.

Rates are requests per second by hour of the week, shape (168,) or (168, n) with one column per configuration.
"""

from dataclasses import dataclass

import numpy as np

from planner.catalog.rows import Floats
from planner.units import SECONDS_PER_HOUR

AVAILABLE = 2.0
"""Fewest replicas that outlast the loss of one (DOMAIN 9.4)."""
HEADROOM = 0.7
"""Share of a replica's rate that is planned for, 0.6 to 0.75 (DOMAIN 9.3 [E])."""


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


@dataclass(frozen=True, slots=True)
class ToZero:
    """One replica that stops when idle, in columns."""

    up_share: Floats
    """Share of the time in which it is billed, starting included."""
    cold_share: Floats
    """Share of the requests that arrive while it is down or starting."""


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
        return ToZero(up, cold)


def spot_usd_per_hour(
    spot_share: Floats | float,
    spot_usd: Floats,
    on_demand_usd: Floats,
    preemptions_per_hour: Floats,
    wait_hours: Floats | float,
    cold_start_s: Floats | float,
) -> Floats:
    """Mean USD per hour of machines of which a share is spot, replaced on demand until spot is back.

    A spot machine lives 1/lam hours, then one on demand takes its place for the wait D; both starts are billed
    (alternating renewal, DOMAIN 5).

    Args:
        spot_share: share of the machines meant to be spot.
        spot_usd: price on spot, USD an hour.
        on_demand_usd: price of the same on demand.
        preemptions_per_hour: of one running machine.
        wait_hours: until spot capacity is back.
        cold_start_s: seconds a machine takes to serve.
    """
    cold_hours = np.asarray(cold_start_s) / SECONDS_PER_HOUR
    cycles = preemptions_per_hour / (1.0 + preemptions_per_hour * wait_hours)
    available = 1.0 - cycles * wait_hours
    each = available * spot_usd + (1.0 - available) * on_demand_usd
    each = each + cycles * cold_hours * (spot_usd + on_demand_usd)
    share = np.asarray(spot_share, np.float64)
    return share * each + (1.0 - share) * on_demand_usd
