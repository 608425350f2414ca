"""Scaling over GPU counts: the decision itself is among its neighbours, and only its count changes."""

import pytest

from planner import plan
from planner.outcome import Plan

SCENARIO = {
    "api_version": "planner/v1",
    "kind": "FineTune",
    "metadata": {"name": "scaling"},
    "models": ["qwen3-8b"],
    "methods": ["lora"],
    "dataset": {"samples": 20_000, "tokens_per_sample": {"mean": 500, "p95": 1500}},
    "train": {"epochs": 2, "max_seq_len": 2048, "global_batch_size": 32},
    "hardware": {"gpus": ["h200-sxm"], "counts": [1, 2, 4], "providers": ["jarvislabs"]},
    "quality": {"task": "chat"},
    "constraints": {"deadline": "200 h"},
    "objectives": ["cost", "time"],
}


@pytest.fixture(scope="module")
def planned() -> Plan:
    return plan(SCENARIO)


def test_the_decision_itself_is_one_of_its_points(planned: Plan) -> None:
    assert {point.decision for point in planned.scaling} == set(planned.decisions)
    for name, id_ in planned.decisions.items():
        chosen = planned.configuration(id_)
        assert chosen is not None
        own = [p for p in planned.scaling if p.decision == name and p.count == chosen.hardware.count]
        assert len(own) == 1
        assert own[0].cost_usd == pytest.approx(chosen.cost_usd)
        assert own[0].hours == pytest.approx(chosen.hours)
        assert own[0].memory_gib == pytest.approx(chosen.memory_gib.total)
        assert own[0].feasible


def test_other_counts_keep_card_and_provider_and_are_faster(planned: Plan) -> None:
    points = [p for p in planned.scaling if p.decision == "cheapest"]
    assert {(p.gpu, p.provider) for p in points} == {("h200-sxm", "jarvislabs")}
    assert len({p.count for p in points}) == len(points) > 2
    hours = [p.hours for p in points if p.hours is not None]
    assert hours == sorted(hours, reverse=True)


def test_a_count_that_the_scenario_does_not_name_says_so(planned: Plan) -> None:
    beyond = [p for p in planned.scaling if p.count not in (1, 2, 4)]
    assert beyond
    assert all(not p.feasible and p.reason == "not in the scenario's space" for p in beyond)


def test_limits_are_asked() -> None:
    tight = {**SCENARIO, "constraints": {"deadline": "3 h"}}
    points = [p for p in plan(tight).scaling if p.decision == "fastest"]
    slow = [p for p in points if p.hours is not None and p.hours > 3.0]
    assert all(p.reason == "constraints.deadline" for p in slow)
