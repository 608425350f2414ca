"""Waiting for a free slot: Erlang C, quantiles of the wait, and the smallest number of servers (DOMAIN 9.3).

A replica is as many servers as it decodes sequences at a time within its latency target: `replicas * slots` servers,
each holding a request for its whole latency. All functions take columns that broadcast.
"""

import numpy as np
from scipy.special import gammaincc, gammaln

from planner.catalog.rows import Bools, Floats

MOST_SERVERS = 2**40
"""Beyond it no number of servers is looked for."""


def erlang_b(offered: Floats, servers: Floats) -> Floats:
    """Share of requests lost by `servers` servers without a queue, at `offered` = arrivals/s * holding s.

    B = a^c e^-a / Gamma(c+1, a) (Jagerman, Bell System Technical Journal 53, 1974): the recursion
    B(c) = a B(c-1)/(c + a B(c-1)) in closed form, stable for any number of servers and defined between whole ones.
    Where the load is so far above the servers that both underflow, its limit 1 - c/a.
    """
    a = np.maximum(offered, 0.0)
    with np.errstate(divide="ignore", invalid="ignore", over="ignore"):
        log_top = np.where(servers > 0.0, servers * np.log(a), 0.0) - a - gammaln(servers + 1.0)
        tail = gammaincc(servers + 1.0, a)
        lost = np.where(tail > 0.0, np.exp(log_top) / tail, 1.0 - servers / a)
    return np.where(a > 0.0, lost, np.where(servers > 0.0, 0.0, 1.0))


def erlang_c(offered: Floats, servers: Floats) -> Floats:
    """Probability that a request waits: P = B/(1 - rho(1 - B)), rho = a/c; 1 where the load is not carried."""
    b = erlang_b(offered, servers)
    with np.errstate(divide="ignore", invalid="ignore"):
        rho = offered / servers
        return np.where(rho < 1.0, b / (1.0 - rho * (1.0 - b)), 1.0)


def variability(arrival_cv2: Floats | float, service_cv2: Floats | float) -> Floats:
    """Allen-Cunneen factor of a wait over that of M/M/c: (CV_a^2 + CV_s^2)/2."""
    return np.asarray((np.asarray(arrival_cv2, np.float64) + service_cv2) / 2.0)


def mean_wait_s(
    rate_per_s: Floats,
    holding_s: Floats,
    servers: Floats,
    arrival_cv2: Floats | float = 1.0,
    service_cv2: Floats | float = 1.0,
) -> Floats:
    """Mean wait of all requests: P_wait/(c*mu - lam), times the Allen-Cunneen factor; infinite where overloaded."""
    free = servers / holding_s - rate_per_s
    waits = erlang_c(rate_per_s * holding_s, servers)
    with np.errstate(divide="ignore", invalid="ignore"):
        return np.where(free > 0.0, waits / free * variability(arrival_cv2, service_cv2), np.inf)


def wait_quantile_s(
    level: Floats | float,
    rate_per_s: Floats,
    holding_s: Floats,
    servers: Floats,
    arrival_cv2: Floats | float = 1.0,
    service_cv2: Floats | float = 1.0,
) -> Floats:
    """Wait that a share `level` of requests does not exceed: max(0, ln(P_wait/(1 - level))/(c*mu - lam)).

    The exponential tail is exact for M/M/c; other arrivals and services stretch it by the Allen-Cunneen factor.
    Infinite where the load is not carried.
    """
    free = servers / holding_s - rate_per_s
    waits = erlang_c(rate_per_s * holding_s, servers)
    with np.errstate(divide="ignore", invalid="ignore"):
        excess = np.maximum(np.log(waits / (1.0 - np.asarray(level))), 0.0)
        return np.where(free > 0.0, excess / free * variability(arrival_cv2, service_cv2), np.inf)


def smallest_servers(
    level: float,
    target_s: Floats,
    rate_per_s: Floats,
    holding_s: Floats,
    slots: Floats | float = 1.0,
    arrival_cv2: Floats | float = 1.0,
    service_cv2: Floats | float = 1.0,
) -> Floats:
    """Fewest replicas of `slots` servers whose wait at `level` is at most `target_s`; 0 without traffic.

    The quantile falls with every replica, so doubling and bisection find it. NaN where an input is unknown, the target
    is negative or a replica has no slot.
    """
    rate, holding, target, slot, ca2, cs2 = np.broadcast_arrays(
        *(np.asarray(x, np.float64) for x in (rate_per_s, holding_s, target_s, slots, arrival_cv2, service_cv2))
    )
    usable = np.isfinite(rate * holding * slot * ca2 * cs2) & (target >= 0.0) & (slot > 0.0)

    def enough(replicas: Floats) -> Bools:
        return wait_quantile_s(level, rate, holding, replicas * slot, ca2, cs2) <= target

    with np.errstate(invalid="ignore", divide="ignore"):
        low = np.where(usable, np.floor(rate * holding / slot), 0.0)
        high = low + 1.0
        short = usable & ~enough(high)
        while np.any(short) and np.max(high[short]) < MOST_SERVERS:
            low, high = np.where(short, high, low), np.where(short, low + 2.0 * (high - low) + 1.0, high)
            short = usable & ~enough(high)
        while np.any(high - low > 1.0):
            middle = np.floor((low + high) / 2.0)
            fits = enough(middle)
            low, high = np.where(fits, low, middle), np.where(fits, middle, high)
    found = np.where(rate * holding > 0.0, high, 0.0)
    return np.where(usable & ~short, found, np.nan)
