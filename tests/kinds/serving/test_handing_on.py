"""Latency of a cascade: the sum of two quantiles is a bound, whatever the two have to do with each other."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from planner.kinds.serving.cascades import first_tiers
from planner.kinds.serving.handing_on import first_level, first_targets, second_level, second_targets
from planner.kinds.serving.table import TOGETHER, build_table
from tests.kinds.serving.asked import problem


@settings(max_examples=40)
@given(st.floats(0.05, 1), st.sampled_from([0.5, 0.95, 0.99]), st.floats(-1, 1), st.integers(0, 99))
def test_no_more_requests_than_the_level_leaves_take_longer(e: float, level: float, tied: float, seed: int) -> None:
    draw = np.random.default_rng(seed)
    base = draw.standard_normal((2, 20_000))
    first = np.exp(base[0])
    second = np.exp(tied * base[0] + np.sqrt(1 - tied**2) * base[1])
    # Who is handed on may be who took longest, which is the worst case.
    handed_on = first >= np.quantile(first, 1 - e) if seed % 2 else draw.random(first.size) < e
    if not handed_on.any():
        return
    bound = np.quantile(first, first_level(level)) + np.quantile(second[handed_on], second_level(level, e))
    assert ((first + handed_on * second) > bound).mean() <= 1 - level + 0.005


def test_both_models_are_sized_for_a_part_of_what_targets_allow() -> None:
    targets = {("ttft", 0.95): 4.0, ("total", 0.95): 20.0, ("itl", 0.95): 0.05}
    assert first_targets(targets) == {("total", 0.975): pytest.approx(2.0)}
    second = second_targets(targets, 0.4)
    assert second == {("ttft", 0.9375): 2.0, ("total", 0.9375): 10.0, ("itl", 0.95): 0.05}


def test_the_front_of_a_cascade_is_that_of_all_pairs() -> None:
    one = problem(
        apis=[], models=["qwen2.5-14b"], levers={"cascade": {"first": "llama-3.2-3b", "always": True}},
        latency={"total": "40 s"}, hardware__counts=[1], replicas={"scalings": ["fixed"]},
    )  # fmt: skip
    table = build_table(one)
    assert len(table.rented)
    [tiers] = first_tiers(one).values()
    for row in range(len(table.rented)):
        tier = table.tiers[row]
        assert tier is not None
        assert table.ways.cost_usd[row] == pytest.approx(table.rented.cost_usd[row] + tier.cost_usd)
        assert table.runs[row] <= (table.ways.latency_s[row] <= 40)
    assert table.ways.feasible.any()
    # No first tier that was left out is cheaper and as fast as one that was kept.
    costs = [tier.cost_usd for tier in tiers]
    assert costs == sorted(costs)
    assert [tier.latency_s for tier in tiers] == sorted((tier.latency_s for tier in tiers), reverse=True)
    assert tiers[0].usd_at(1.0) == pytest.approx(tiers[0].cost_usd)
    assert tiers[0].usd_at(50.0) > 2 * tiers[0].cost_usd


def test_a_cascade_shows_no_token_before_the_first_answer_is_whole() -> None:
    one = problem(
        apis=[], models=["qwen2.5-14b"], levers={"cascade": {"first": "llama-3.1-8b", "always": True}},
        latency={"ttft": "1 s"}, hardware__counts=[1], hardware__gpus=["l40s"],
    )  # fmt: skip
    table = build_table(one)
    assert not table.ways.feasible.any()
    assert TOGETHER in table.reasons or not len(table.rented)
