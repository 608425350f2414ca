"""Erlang C and its inverse: DOMAIN 9.3's vectors, the recursion, exact queues and monotony."""

from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from planner.catalog.rows import Floats
from planner.estimate.serving.queueing import (
    erlang_b,
    erlang_c,
    mean_wait_s,
    smallest_servers,
    wait_quantile_s,
)


def a(*values: float) -> Floats:
    return np.array(values, np.float64)


def recursion(offered: float, servers: int) -> float:
    """Erlang B, server by server."""
    b = 1.0
    for c in range(1, servers + 1):
        b = offered * b / (c + offered * b)
    return b


def test_ten_servers_at_eighty_per_cent() -> None:  # T-9.10
    assert erlang_c(a(8.0), a(10.0))[0] == pytest.approx(0.40918, abs=1e-5)
    assert mean_wait_s(a(8.0), a(1.0), a(10.0))[0] == pytest.approx(0.20459, abs=1e-5)
    assert wait_quantile_s(0.95, a(8.0), a(1.0), a(10.0))[0] == pytest.approx(1.05107, abs=1e-5)


def test_fewest_servers_for_a_wait() -> None:  # T-9.11
    assert smallest_servers(0.95, a(0.3), a(8.0), a(1.0))[0] == 12
    assert erlang_c(a(8.0), a(12.0))[0] == pytest.approx(0.1398, abs=5e-5)
    assert wait_quantile_s(0.95, a(8.0), a(1.0), a(12.0))[0] == pytest.approx(0.257, abs=5e-4)


@pytest.mark.parametrize(
    ("offered", "servers"), [(10.0, 10), (0.1, 3), (95.0, 100), (9500.0, 10_000), (30_000.0, 30_100)]
)
def test_the_closed_form_is_the_recursion(offered: float, servers: int) -> None:
    assert erlang_b(a(offered), a(servers))[0] == pytest.approx(recursion(offered, servers), rel=1e-8)


def test_known_values() -> None:
    assert erlang_b(a(10.0), a(10.0))[0] == pytest.approx(0.2146, abs=5e-5)  # every table of Erlang B
    assert erlang_c(a(0.7), a(1.0))[0] == pytest.approx(0.7)  # M/M/1 waits with probability rho
    assert mean_wait_s(a(0.5), a(1.0), a(1.0), 1.0, 0.0)[0] == pytest.approx(0.5)  # M/D/1: rho/(2(1 - rho))


def test_what_is_not_carried_waits_for_ever() -> None:
    assert erlang_c(a(11.0), a(10.0))[0] == 1.0
    assert wait_quantile_s(0.5, a(11.0), a(1.0), a(10.0))[0] == np.inf
    assert mean_wait_s(a(10.0), a(1.0), a(10.0))[0] == np.inf
    assert erlang_b(a(1e6), a(10.0))[0] == pytest.approx(1.0 - 1e-5)


def test_no_traffic_needs_no_replica_and_the_unknown_stays_unknown() -> None:
    assert smallest_servers(0.95, a(0.1), a(0.0), a(1.0))[0] == 0
    unknown = smallest_servers(0.95, a(0.1, -1.0, 0.1), a(np.nan, 1.0, 1.0), a(1.0), a(4.0, 4.0, 0.0))
    assert np.isnan(unknown).all()


@given(
    st.floats(0.01, 200), st.floats(0.05, 20), st.integers(1, 300), st.floats(0.0, 5.0), st.floats(0.5, 0.999),
    st.floats(0.5, 5.0),
)  # fmt: skip
def test_no_smaller_number_of_replicas_does(
    rate: float, holding: float, slots: int, target: float, level: float, cv2: float
) -> None:
    def wait(replicas: float) -> float:
        return float(wait_quantile_s(level, a(rate), a(holding), a(replicas * slots), cv2)[0])

    found = float(smallest_servers(level, a(target), a(rate), a(holding), float(slots), cv2)[0])
    assert wait(found) <= target
    assert found == 1 or wait(found - 1) > target


@given(st.lists(st.floats(0.0, 0.999), min_size=2, max_size=2), st.integers(1, 5000))
def test_waiting_rises_with_load_and_falls_with_servers(loads: Any, servers: int) -> None:
    low, high = erlang_c(np.sort(a(*loads)) * servers, a(servers))
    assert low <= high * (1 + 1e-9)
    more = erlang_c(np.sort(a(*loads)) * servers, a(servers + 1))
    assert (more <= a(low, high) * (1 + 1e-9)).all()
