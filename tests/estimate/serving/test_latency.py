"""Latency at partial load: published online points, the fixed point, quantiles, floors and their inverse."""

import csv
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from planner.catalog.rows import Floats
from planner.estimate.serving.latency import (
    MOST_PREFILL_SHARE,
    Replica,
    after_prefix_hits,
    batch_at,
    partial_load,
    saturated_rate_per_s,
    step_prefill_s,
)
from planner.estimate.serving.latency_spread import LEVELS, latency_floor, latency_quantile, spread_at
from planner.estimate.serving.latency_targets import Target, largest_rate
from planner.estimate.serving.latency_trust import doubtful, needs_simulation
from planner.estimate.serving.throughput import ServingInputs, most_sequences, step_times
from tests.estimate.serving.latency_cases import CASES, LOADS, column, replica, step

MEASURED = Path(__file__).parents[2] / "benchmarks" / "measurements" / "serving.csv"


def online(record: dict[str, str]) -> tuple[Replica, Floats]:
    """A published row of offered load with the constants that DOMAIN 9.2 fits: replica, and rate from what came out."""
    a = column
    large, h200 = "70B" in record["model"], "H200" in record["gpu"]
    layers, hidden, p, p_mm = (80, 8192, 70.5537e9, 69.5017e9) if large else (32, 4096, 8.0303e9, 7.5047e9)
    x = ServingInputs(
        p_active=a(p_mm), weight_bytes=a(2 * p), idle_bytes=a(0), expert_bytes=a(0), experts=a(1), used=a(1),
        kv_bytes=a(4.0 * layers * 1024), n_layers=a(layers), hidden=a(hidden), hq=a(hidden),
        gpus=a(float(record["n_gpus"])), matmul_flops_s=a(989e12 * 0.48), attention_flops_s=a(989e12 * 0.48),
        read_bytes_s=a((4.8e12 if h200 else 3.35e12) * 0.66), link_bytes_s=a(450e9 * 0.20),
        memory_bytes=a(0.92 * 0.90 * (141e9 if h200 else 80e9) - 1e9), cache_share=a(1), most=a(2048),
        reduction_s=a(15e-6), step_s=a(1.1e-3), layer_s=a(0), sequence_s=a(0), norm=a(2), speed=a(1),
    )  # fmt: skip
    prompts = replace(x, matmul_flops_s=a(989e12), attention_flops_s=a(989e12))
    given_tokens, answer = a(float(record["input_len"])), a(float(record["output_len"]))

    def decode(batch: Floats) -> Floats:
        return step_times(x, np.maximum(batch, 1.0), given_tokens + answer / 2.0, given_tokens).decode_s

    served = Replica(
        decode,
        np.floor(most_sequences(x, given_tokens, answer)),
        step_times(prompts, a(1), given_tokens, given_tokens).prefill_s,
        answer,
        floor_s=0.014,
    )
    return served, float(record["tokens_per_s"]) / answer


def test_published_online_points_are_met_as_domain_says() -> None:  # DOMAIN 9.2: 52 points, ITL 10.7 %, TTFT 16 %
    with MEASURED.open() as lines:
        records = [row for row in csv.DictReader(lines) if row["concurrency"].startswith("qps=") and row["ttft_ms"]]
    itl, ttft = [], []
    for record in records:
        served, rate = online(record)
        if rate[0] * served.prefill_s[0] < 0.4 and record["concurrency"] != "qps=inf":
            load = partial_load(served, rate)
            itl.append(float(load.itl_s[0]) * 1e3 / float(record["itl_ms"]))
            ttft.append(float(load.ttft_s[0]) * 1e3 / float(record["ttft_ms"]))
    assert len(itl) == 52
    assert np.mean(np.abs(np.array(itl) - 1.0)) == pytest.approx(0.107, abs=0.002)
    assert np.mean(np.abs(np.array(ttft) - 1.0)) == pytest.approx(0.16, abs=0.005)


def test_the_fixed_point_solves_its_equations() -> None:
    served = replica(step(5e-3, 3e-5), 200, 0.012, 200)
    rate = 0.7 * saturated_rate_per_s(served)
    load = partial_load(served, rate)
    assert load.batch == pytest.approx(rate * 200 * load.itl_s, rel=1e-6)
    assert load.itl_s == pytest.approx(served.decode_s(load.batch) / (1 - load.prefill_share), rel=1e-6)
    # linear steps have it in closed form: B = q*L*a/(1 - rho - q*L*b)
    work = rate * 200
    assert load.batch == pytest.approx(work * 5e-3 / (1 - rate * 0.012 - work * 3e-5), rel=1e-6)
    assert load.load == pytest.approx(0.7)


def test_a_saturated_replica_has_its_slots_full() -> None:
    served = replica(step(5e-3, 3e-5), 200, 0.012, 200)
    assert batch_at(served, saturated_rate_per_s(served)) == pytest.approx(200.0, rel=1e-6)


def test_what_is_not_carried_is_unknown() -> None:
    served = replica(step(5e-3, 1e-5), 200, 0.1, 10)
    beyond = column(MOST_PREFILL_SHARE / 0.1 * 1.001)
    assert beyond < saturated_rate_per_s(served)
    for rate in (beyond, saturated_rate_per_s(served) * 1.001):
        load = partial_load(served, rate)
        assert not load.carried[0]
        assert np.isnan([load.batch[0], load.itl_s[0], load.ttft_s[0], load.total_s[0]]).all()
        assert np.isnan(latency_quantile(served, rate, 0.95).ttft_s[0])
        assert needs_simulation(served, rate)[0]


def test_no_slot_carries_nothing() -> None:
    served = replica(step(5e-3, 1e-5), 0.7, 0.1, 10)
    assert np.isnan(saturated_rate_per_s(served)[0])
    assert np.isnan(latency_quantile(served, column(0.1), 0.95).total_s[0])
    assert np.isnan(largest_rate(served, [Target(0.95, ttft_s=1.0)]).rate_per_s[0])


def test_without_load_a_request_has_the_engine_to_itself() -> None:
    served = replica(step(5e-3, 3e-5), 200, 0.012, 101, (0.0, 0.0))
    for latency in (latency_floor(served, 0.95), latency_quantile(served, column(0.0), 0.95)):
        assert latency.ttft_s == pytest.approx(0.012, rel=1e-3)
        assert latency.itl_s == pytest.approx(5.03e-3, rel=1e-3)
        assert latency.total_s == pytest.approx(0.012 + 100 * 5.03e-3, rel=1e-3)


def test_prefix_hits_and_a_budget_of_tokens() -> None:
    assert after_prefix_hits(column(0.2), 0.75) == pytest.approx(0.05)
    assert step_prefill_s(column(0.2), column(1000.0), 8192.0) == pytest.approx(1.6384)
    # a budget of half a prompt: its steps of d + 0.1 take in at most 0.1 s
    slow = replica(step(0.05, 0.0), 1000, 0.2, 10, step_prefill_s=0.1)
    assert saturated_rate_per_s(slow) == pytest.approx(0.1 / 0.15 / 0.2)


def test_every_latency_rises_with_the_rate() -> None:
    loads = np.array([1e-4, 0.02, *LOADS])
    for name, case in CASES.items():
        rates = loads * saturated_rate_per_s(case.replica)
        for level in LEVELS:
            there = latency_quantile(case.replica, rates, level)
            floor = latency_floor(case.replica, level)
            for figure in ("ttft_s", "itl_s", "total_s"):
                rising = np.concatenate([getattr(floor, figure) * 0.999, getattr(there, figure)])
                assert (np.diff(rising) >= -1e-3 * rising[1:]).all(), (name, level, figure)


def test_shares_within_are_the_inverse_of_quantiles() -> None:
    for case in CASES.values():
        spread = spread_at(case.replica, 0.6 * saturated_rate_per_s(case.replica))
        there = spread.at(0.95)
        within = spread.within(there.ttft_s, there.itl_s, there.total_s)
        assert [within.ttft[0], within.itl[0], within.total[0]] == pytest.approx([0.95] * 3, abs=1e-6)


@settings(max_examples=3)
@given(st.integers(0, 2**32 - 1))
def test_targets_hold_at_the_largest_rate_and_not_beyond(seed: int) -> None:
    rng = np.random.default_rng(seed)

    def any_of(low: float, high: float) -> Floats:
        return np.exp(rng.uniform(np.log(low), np.log(high), 40))

    served = Replica(
        step(0.0, 0.0), any_of(1.0, 500.0), any_of(1e-3, 1.0), any_of(1.0, 2000.0), rng.uniform(0, 2, 40),
        rng.uniform(0, 2, 40), np.round(any_of(1.0, 10.0)), any_of(0.05, 50.0), np.round(any_of(1.0, 20.0)),
    )  # fmt: skip
    fixed, each = any_of(2e-3, 0.1), any_of(1e-6, 3e-4)
    served = replace(served, decode_s=lambda batch: fixed + each * batch)
    target = any_of(0.05, 10.0)
    reached = largest_rate(served, [Target(0.95, ttft_s=target), Target(0.5, itl_s=0.1)])
    floors = latency_floor(served, 0.95).ttft_s, latency_floor(served, 0.5).itl_s
    assert (reached.below_floor == ((floors[0] > target) | (floors[1] > 0.1))).all()
    met = ~reached.below_floor
    assert np.isnan(reached.rate_per_s[~met]).all()
    assert ((reached.load[met] >= 0.0) & (reached.load[met] <= 1.0)).all()
    there, beyond = (spread_at(served, reached.rate_per_s * factor) for factor in (1 - 1e-6, 1.02))
    some = met & (reached.load > 1e-3)
    assert (there.at(0.95).ttft_s[some] <= target[some] * 1.001).all()
    assert (there.at(0.5).itl_s[some] <= 0.1 * 1.001).all()
    late = (beyond.at(0.95).ttft_s >= target * 0.999) | (beyond.at(0.5).itl_s >= 0.1 * 0.999)
    assert (late | np.isnan(beyond.at(0.95).ttft_s))[some].all()


def test_columns_are_independent_of_each_other() -> None:
    first, second = CASES["8B chat"].replica, CASES["few slots"].replica
    names = ("slots", "prefill_s", "output_tokens", "prefill_cv", "output_cv", "arrival_cv2", "step_prefill_s")
    both = Replica(
        lambda batch: np.array([5e-3, 12e-3]) + np.array([3e-5, 1e-4]) * batch,
        *(np.concatenate([getattr(first, name), getattr(second, name)]) for name in names),
    )
    rate = 0.7 * saturated_rate_per_s(both)
    one = [latency_quantile(x, rate[i : i + 1], 0.95).ttft_s[0] for i, x in enumerate((first, second))]
    assert latency_quantile(both, rate, 0.95).ttft_s == pytest.approx(one, rel=1e-9)


def test_the_law_says_where_it_ends() -> None:
    chat, bursty = CASES["8B chat"].replica, CASES["8B chat, bursty"].replica
    assert not doubtful(chat, 0.8 * saturated_rate_per_s(chat)).ttft[0]
    assert needs_simulation(chat, 0.9 * saturated_rate_per_s(chat))[0]
    assert doubtful(bursty, 0.7 * saturated_rate_per_s(bursty)).ttft[0]
    few = CASES["few slots"].replica  # one request in twenty waits: p95 is between none and a long wait
    assert doubtful(few, 0.7 * saturated_rate_per_s(few)).ttft[0]


def test_hostile_columns_stay_unknown_or_positive() -> None:
    rates, slots, prefill, answers, cv2, budget, together = (
        column.ravel()
        for column in np.meshgrid(
            [0.0, 1e-12, 1.0, 1e6, np.nan], [-3.0, 0.5, 1.0, 1e6, np.nan], [0.0, 0.05, 1e4, np.nan], [0.0, 1.0, 1e6],
            [0.5, 50.0], [1e-6, np.inf], [1.0, 1e5],
        )
    )  # fmt: skip
    served = Replica(step(5e-3, 1e-5), slots, prefill, answers, 3.0, 3.0, cv2, budget, together)
    unknown = np.isnan(rates + slots + prefill) | (slots < 1.0)
    for latency in (latency_quantile(served, rates, 0.95), spread_at(served, rates).mean()):
        for seconds in (latency.ttft_s, latency.itl_s, latency.total_s):
            assert np.isnan(seconds[unknown]).all()
            assert not (seconds < 0.0).any()
            assert not np.isinf(seconds).any()
    assert needs_simulation(served, rates)[unknown].all()
    reached = largest_rate(served, [Target(0.95, ttft_s=1.0, itl_s=0.05, total_s=20.0)])
    known = ~np.isnan(reached.rate_per_s)
    assert (reached.rate_per_s[known] <= saturated_rate_per_s(served)[known]).all()
