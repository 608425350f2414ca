"""Chances to be lost or to wait where servers are shared: Erlang B and C (DOMAIN 9.3), in columns that broadcast."""

import numpy as np
from scipy.special import gammaincc, gammaln

from planner.catalog.rows import Floats


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
