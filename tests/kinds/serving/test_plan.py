"""Whole plans: what must hold of every one, and the cases that users get wrong."""

from functools import cache
from typing import Any

import pytest

from planner.kinds.fine_tune import Origin
from planner.kinds.serving.by_api import TOO_LONG
from planner.kinds.serving.capacity import BELOW_FLOOR, NO_ROOM
from planner.kinds.serving.plan import plan_serving
from planner.kinds.serving.table import COLD, build_table
from planner.kinds.serving.worth import PASSED_OVER
from planner.outcome.serving_plan import ServingPlan
from tests.kinds.serving.asked import asked, catalog, complaints, plan, problem, space, told

CASES: dict[str, dict[str, Any]] = {
    "plain": {},
    "levers": {
        "levers": {"prefix_cache": {}, "semantic_cache": {"hit_rate": 0.15, "upfront": 4000, "quality_loss": 0.01}}
    },
    "cascade": {"models": ["qwen2.5-14b"], "levers": {"cascade": {"first": "llama-3.1-8b"}}, "latency": {}},
    "cascade by an API": {"levers": {"cascade": {"first": "openai/gpt-4o-mini"}}},
    "to zero": {
        "replicas": {"scalings": ["to_zero", "hourly"], "cold_start": 180}, "traffic__requests_per_month": 3000
    },
    "no traffic": {"traffic__requests_per_month": None, "traffic__requests_per_second": 0},
    "APIs alone": {"models": []},
    "measured API": {"apis": [{"model": "openai/gpt-4o-mini", "ttft": 0.6, "itl": 0.01, "quality": 82}]},
}  # fmt: skip


@cache
def planned(name: str) -> ServingPlan:
    """The plan of a case, made once."""
    return plan(**CASES[name])


@pytest.mark.parametrize("name", CASES)
def test_what_holds_of_every_plan(name: str) -> None:
    one = planned(name)
    listed = [*one.front, *one.beside]
    ids = {c.id for c in listed}
    assert len(ids) == len(listed)
    passed = one.search.pruned_by.get(PASSED_OVER, 0)
    assert one.feasible + one.unknown + sum(one.infeasible.values()) + passed == one.search.covered
    assert {*one.decisions.values(), *(i for part in one.partial_fronts for i in part.ids)} <= ids
    assert {i for lever in one.levers for i in (lever.with_id, lever.without_id)} <= ids
    for c in listed:
        parts = c.cost_parts.model_dump(include={"compute", "tokens", "first_tier", "levers", "training"}).values()
        assert sum(value for value in parts if value is not None) == pytest.approx(c.cost_usd_per_month)
        assert (c.latency_s is None) == any(reason.startswith("latency") for reason in c.unknown)
        if c.latency_s is not None and c.way == "rented":
            assert told(c.latencies.ttft_p95_s) <= one.targets.get("ttft p95", 1e9)
            totals = [told(getattr(c.latencies, f"total_{level}_s")) for level in ("p50", "p95", "p99")]
            assert totals == sorted(totals)
    assert ServingPlan.model_validate_json(one.model_dump_json()) == one


def test_the_same_scenario_gives_the_same_bytes() -> None:
    assert plan(**CASES["measured API"]).model_dump_json() == planned("measured API").model_dump_json()


def test_an_api_costs_what_its_prices_say() -> None:
    one = plan(models=[])
    api = next(c for c in one.beside if c.way == "api")
    assert api.api is not None
    usd = 6e6 * (1100 * api.api.input_usd_per_mtok + 220 * api.api.output_usd_per_mtok) / 1e6  # type: ignore[operator]
    assert api.cost_usd_per_month == pytest.approx(usd)
    assert api.unit_costs.per_1k_requests == pytest.approx(usd / 6000)
    assert api.unit_costs.per_mtok_output == pytest.approx(api.api.output_usd_per_mtok)
    assert api.unit_costs.per_active_user == pytest.approx(usd / 40_000)


def test_a_lever_saves_what_its_neighbour_costs_less() -> None:
    one = planned("levers")
    assert {lever.lever for lever in one.levers} == {"prefix_cache", "semantic_cache", "replicas_by_the_hour"}
    for lever in (lever for lever in one.levers if lever.lever in CASES["levers"]["levers"]):
        with_it, without = one.configuration(lever.with_id), one.configuration(lever.without_id)
        assert with_it is not None
        assert without is not None
        assert lever.lever in with_it.levers
        assert lever.lever not in without.levers
        assert (with_it.model, with_it.offer, with_it.scaling) == (without.model, without.offer, without.scaling)
        saved = told(without.cost_usd_per_month) - told(with_it.cost_usd_per_month)
        assert lever.saving_usd_per_month == pytest.approx(saved)
        if lever.payback_months is not None:
            assert lever.payback_months == pytest.approx(4000 / told(lever.saving_usd_per_month))
            assert lever.roi_12_months == pytest.approx((12 * saved - 4000) / 4000)


def test_an_api_with_measured_latency_stands_on_the_front() -> None:
    one = plan(**CASES["measured API"], models=[])
    assert [c.way for c in one.front] == ["api"]
    assert one.front[0].latency_s == pytest.approx(0.6 + 0.01 * 599)


def test_costs_cross_where_the_plan_says() -> None:
    one = plan(traffic__requests_per_month="20M")
    crossing = one.crossovers[0]
    assert crossing.requests_per_month is not None
    at = plan(traffic__requests_per_month=crossing.requests_per_month * 1.0001)
    api = next(c for c in [*at.front, *at.beside] if c.id == crossing.api)
    assert min(told(c.cost_usd_per_month) for c in at.front) <= told(api.cost_usd_per_month) * 1.001


def test_a_target_below_physics_is_told_with_the_floor() -> None:
    one = plan(latency={"ttft": 0.001}, apis=[])
    assert not one.front
    assert one.infeasible.keys() == {BELOW_FLOOR}
    assert one.floors[0].target == "ttft p95"
    assert one.floors[0].floor_s > 0.001
    assert "even without load" in one.relaxations[0].text
    assert build_table(problem(latency={"ttft": one.floors[0].floor_s * 2}, apis=[])).ways.feasible.any()


def test_a_model_that_fits_nowhere_is_told_with_what_it_needs() -> None:
    one = plan(models=["llama-3.1-405b"], apis=[])
    assert one.infeasible.keys() == {NO_ROOM}
    assert one.relaxations[0].constraint == "hardware"
    assert told(one.relaxations[0].needed) > told(one.relaxations[0].limit)


def test_a_limit_that_cuts_all_names_what_lets_one_in() -> None:
    one = plan(constraints={"max_cost_per_month": 100}, apis=[])
    needed = next(r.needed for r in one.relaxations if r.constraint == "constraints.max_cost_per_month")
    assert needed is not None
    for share, feasible in ((1.001, True), (0.999, False)):
        there = build_table(problem(constraints={"max_cost_per_month": needed * share}, apis=[]))
        assert there.ways.feasible.any() == feasible


def test_a_conversation_longer_than_the_context_stops_an_api() -> None:
    one = plan(models=[], traffic__turns={"mean": 250})
    assert one.infeasible[TOO_LONG] == 1


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        (
            {"models": ["gemma-2-2b"], "traffic__turns": {"mean": 30}},
            "conversations are longer than that from turn 13 on",
        ),
        ({"precisions": ["fp8"], "hardware__gpus": ["t4"], "hardware__providers": "any"}, "vllm does not serve fp8"),
    ],
)
def test_what_no_machine_does_is_told_with_what_to_name(changes: dict[str, Any], words: str) -> None:
    one = plan(apis=[], **changes)
    assert not one.front
    assert words in one.relaxations[0].text


@pytest.mark.parametrize(
    ("changes", "place", "words"),
    [
        ({"apis": ["openai/gpt-9"]}, "('apis', 0)", "no model behind an API"),
        ({"models": ["llama-9"]}, "('models', 0)", "unknown model"),
        ({"engines": ["vlllm"]}, "('engines', 0)", "unknown engine"),
        ({"levers": {"exact_cache": {}}}, "('levers', 'exact_cache')", "how many requests repeat"),
        ({"levers": {"prompt": {"input_tokens": 2000}}}, "('levers', 'prompt', 'input_tokens')", "no fewer"),
        ({"levers": {"cascade": {"first": "nothing"}}}, "('levers', 'cascade', 'first')", "is no model"),
        ({"replicas": {"scalings": ["to_zero"]}}, "('replicas', 'scalings', 0)", "cold start"),
        ({"replicas": {"min": 9, "max": 3}}, "('replicas', 'min')", "above max"),
        ({"hardware__start": "best"}, "('hardware', 'start')", "jobs that end"),
    ],
)
def test_what_cannot_be_asked_is_told_at_its_place(changes: dict[str, Any], place: str, words: str) -> None:
    found = complaints(asked(**changes))
    assert [(at, words in message) for at, message in found] == [(place, True)]


def test_simulated_decisions_agree_with_the_law_or_replace_it() -> None:
    scenario = asked(hardware__gpus=["h100-sxm"], hardware__counts=[1])
    one = plan_serving(scenario, space(scenario), catalog(), Origin("small.yaml", "0" * 64, "test"), [], simulate=True)
    assert {run.decision for run in one.simulations} == {name for name in one.decisions if name != "cheapest_api"}
    for run in one.simulations:
        c = one.configuration(one.decisions[run.decision])
        assert c is not None
        assert run.agrees or run.replaces
        assert (c.latencies == run.latencies) == run.replaces


def test_cold_starts_count_where_more_requests_wait_for_them_than_a_target_leaves_out() -> None:
    few = {"traffic__requests_per_month": 3000, "replicas": {"scalings": ["to_zero"], "cold_start": 180, "min": 1}}
    cut = plan(**few, apis=[])
    assert not cut.front
    assert cut.infeasible[COLD] > 0
    free = plan(**few, apis=[], latency={})
    waits = next(c for c in free.front if c.capacity is not None and (c.capacity.cold_start_share or 0.0) > 0.05)
    assert told(waits.latency_s) > 180
    assert told(waits.latencies.total_p50_s) > 180 or (waits.capacity and told(waits.capacity.cold_start_share) < 0.5)


def test_a_large_fleet_is_simulated_by_a_part_of_it_in_full_swing() -> None:
    scenario = asked(hardware__gpus=["h100-sxm"], hardware__counts=[1], traffic__requests_per_month="1B", apis=[])
    one = plan_serving(scenario, space(scenario), catalog(), Origin("small.yaml", "0" * 64, "test"), [], simulate=True)
    run = one.simulations[0]
    c = one.configuration(one.decisions[run.decision])
    assert c is not None
    assert c.capacity is not None
    assert c.capacity.replicas_peak > 40
    assert run.agrees
