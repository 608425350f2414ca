"""Erlang B and C: DOMAIN 9.3's vectors, the recursion and monotony."""

import math
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from planner.catalog.rows import Floats
from planner.estimate.serving.queueing import erlang_b, erlang_c


def a(*values: float) -> Floats:
    return np.array(values, np.float64)


def recursion(offered: float, servers: int) -> float:
    """Erlang B, server by server."""
    b = 1.0
    for c in range(1, servers + 1):
        b = offered * b / (c + offered * b)
    return b


def p95_wait_s(offered: float, servers: int) -> float:
    """Wait that 95 % do not exceed where each server takes a second: the tail of M/M/c is exponential (DOMAIN 9.3)."""
    return max(0.0, math.log(float(erlang_c(a(offered), a(servers))[0]) / 0.05)) / (servers - offered)


def test_ten_servers_at_eighty_per_cent() -> None:  # T-9.10
    waits = float(erlang_c(a(8.0), a(10.0))[0])
    assert waits == pytest.approx(0.40918, abs=1e-5)
    assert waits / (10.0 - 8.0) == pytest.approx(0.20459, abs=1e-5)
    assert p95_wait_s(8.0, 10) == pytest.approx(1.05107, abs=1e-5)


def test_fewest_servers_for_a_wait() -> None:  # T-9.11
    assert next(servers for servers in range(9, 100) if p95_wait_s(8.0, servers) <= 0.3) == 12
    assert erlang_c(a(8.0), a(12.0))[0] == pytest.approx(0.1398, abs=5e-5)
    assert p95_wait_s(8.0, 12) == pytest.approx(0.257, abs=5e-4)


def test_known_values() -> None:
    assert erlang_b(a(10.0), a(10.0))[0] == pytest.approx(0.2146, abs=5e-5)  # every table of Erlang B
    assert erlang_c(a(0.7), a(1.0))[0] == pytest.approx(0.7)  # M/M/1 waits with probability rho
    assert erlang_c(a(11.0), a(10.0))[0] == 1.0  # not carried
    assert erlang_b(a(1e6), a(10.0))[0] == pytest.approx(1.0 - 1e-5)


@pytest.mark.parametrize(
    ("offered", "servers"), [(10.0, 10), (0.1, 3), (95.0, 100), (9500.0, 10_000), (30_000.0, 30_100)]
)
def test_the_closed_form_is_the_recursion(offered: float, servers: int) -> None:
    assert erlang_b(a(offered), a(servers))[0] == pytest.approx(recursion(offered, servers), rel=1e-8)


@given(st.lists(st.floats(0.0, 0.999), min_size=2, max_size=2), st.integers(1, 5000))
def test_waiting_rises_with_load_and_falls_with_servers(loads: Any, servers: int) -> None:
    low, high = erlang_c(np.sort(a(*loads)) * servers, a(servers))
    assert low <= high * (1 + 1e-9)
    more = erlang_c(np.sort(a(*loads)) * servers, a(servers + 1))
    assert (more <= a(low, high) * (1 + 1e-9)).all()
