"""The simulation: exact queues it must reproduce, its seed, its bounds, and the law held against it."""

from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from planner.estimate.serving.latency import saturated_rate_per_s
from planner.estimate.serving.latency_trust import BAND
from planner.estimate.serving.queueing import erlang_c
from planner.estimate.serving.simulation import simulate
from tests.benchmarks.serving_simulation import FIGURES, Cell, cell, cells
from tests.estimate.serving.latency_cases import CASES, column, replica, step

LEVELS = (0.5, 0.7, 0.95)


def test_one_prompt_at_a_time_is_m_d_1() -> None:
    """Answers of one token in one slot: P(W <= x) = (1 - rho)*exp(lam*x) up to one service (Erlang 1909)."""
    served = replica(step(1.0, 0.0), 1, 0.1, 1, (0.0, 0.0))
    run = simulate(served, 5.0, requests=40_000, levels=LEVELS)
    assert run.ttft_s[0] == pytest.approx(0.1, rel=0.01)  # half of the requests meet a free engine
    assert run.ttft_s[1] == pytest.approx(0.1 + np.log(0.7 / 0.5) / 5.0, rel=0.02)
    assert run.total_s == pytest.approx(run.ttft_s)
    assert run.busy_share == pytest.approx(0.5, rel=0.03)


def test_slots_that_do_not_slow_each_other_are_erlang_c() -> None:
    served = replica(step(0.01, 0.0), 10, 1e-9, 101, (0.0, 1.0))
    run = simulate(served, 8.0, requests=20_000, levels=(0.95,))
    waits = float(erlang_c(column(8.0), column(10.0))[0])
    expected = np.log(waits / 0.05) / (10.0 - 8.0)  # the tail of M/M/c (DOMAIN 9.3)
    assert run.ttft_s[0] == pytest.approx(expected, rel=0.25)  # lognormal for exponential; p95 of 12,000 waits


def test_alone_in_the_engine_nothing_is_waited_for() -> None:
    served = replace(replica(step(0.01, 1e-3), 10, 0.05, 21, (0.0, 0.0)), floor_s=0.5)
    run = simulate(served, 1e-3, requests=50, levels=LEVELS)
    assert run.ttft_s == pytest.approx([0.55] * 3)
    assert run.itl_s == pytest.approx([0.011] * 3)
    assert run.total_s == pytest.approx([0.55 + 20 * 0.011] * 3)


def test_a_long_prompt_is_read_in_steps_of_the_budget() -> None:
    served = replica(step(0.01, 0.0), 10, 0.05, 201, (0.0, 0.0), step_prefill_s=0.02)
    run = simulate(served, 2.0, requests=400, levels=(0.5, 1.0))
    assert run.itl_s[1] == pytest.approx(0.03)  # no gap is longer than a step with a full budget
    assert run.ttft_s[0] > 0.05 + 2 * 0.01  # three steps, each with the decodes of others


def test_the_same_seed_gives_the_same_run() -> None:
    case = CASES["8B chat, bursty"]
    first, again, other = (simulate(case.replica, 10.0, requests=400, seed=seed) for seed in (3, 3, 4))
    assert np.array_equal(first.ttft_s, again.ttft_s)
    assert np.array_equal(first.itl_s, again.itl_s)
    assert not np.array_equal(first.ttft_s, other.ttft_s)
    assert first.requests == 240


def test_bursts_and_blind_routing_make_it_worse() -> None:
    served = CASES["few slots"].replica
    rate = 4 * 0.8 * float(saturated_rate_per_s(served)[0])
    least, blind = (
        simulate(served, rate, replicas=4, requests=3000, routing=routing).ttft_s[1]
        for routing in ("least_busy", "random")
    )
    assert blind > 2.0 * least
    bursty = replace(served, arrival_cv2=column(4.0))
    assert simulate(bursty, rate, replicas=4, requests=3000).ttft_s[1] > least


@pytest.mark.parametrize(
    ("change", "rate", "requests", "message"),
    [
        ({"slots": column(0.4)}, 1.0, 100, "slots is 0"),
        ({"step_prefill_s": column(0.0)}, 1.0, 100, "step_prefill_s is 0"),
        ({"prefill_s": column(np.nan)}, 1.0, 100, "prefill_s is nan"),
        ({"decode_s": step(np.nan, 0.0)}, 1.0, 100, "decode_s is nan"),
        ({}, 0.0, 100, "rate_per_s is 0"),
        ({}, 1.0, 3, "requests is 3, fewer than 10"),
    ],
)
def test_what_serves_nothing_is_refused(change: dict[str, Any], rate: float, requests: int, message: str) -> None:
    with pytest.raises(ValueError, match=message):
        simulate(replace(CASES["8B chat"].replica, **change), rate, requests=requests)


def test_an_overload_ends_and_waits_long() -> None:
    run = simulate(CASES["few slots"].replica, 50.0, requests=200)
    assert run.ttft_s[1] > 10.0


def outside(found: Cell) -> list[str]:
    """Trusted figures of a cell that are not within the band."""
    return [
        f"{found.case} at {found.load}: {figure} {ratio:.2f}"
        for figure, ratio, trusted in zip(FIGURES, found.ratios, found.trusted, strict=True)
        if trusted and not 1.0 / BAND <= ratio <= BAND
    ]


@pytest.mark.parametrize(
    ("name", "load"), [("8B chat", 0.5), ("8B chat", 0.8), ("classification", 0.7), ("long prompts in chunks", 0.8)]
)
def test_the_law_is_within_its_band(name: str, load: float) -> None:
    found = cell(name, CASES[name], load, 6000)
    assert found.trusted[0]
    assert not outside(found)


@pytest.mark.real
def test_the_law_is_within_its_band_wherever_it_is_trusted() -> None:
    found = list(cells(20_000))
    assert sum(sum(one.trusted) for one in found) > len(found) * 3 / 2
    assert not [line for one in found for line in outside(one)]
