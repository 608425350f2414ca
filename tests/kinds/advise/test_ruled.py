"""Advice keeps to the rules of a scenario, to the values that its axes sweep, and to what a decision is for."""

from typing import Any

import numpy as np
import pytest

import planner
from planner.kinds.advise.advice import taken_for
from planner.kinds.advise.moves import Move
from planner.kinds.advise.tried import stand_on, try_moves
from planner.kinds.searching import build_problem
from planner.planning import read_scenario

from .scenarios import scenario
from .test_advice import WASTEFUL

RULES: dict[str, dict[str, Any]] = {
    "packing": {"train.packing": True},
    "tier": {"tier": "spot"},
    "method": {"method": ["full", "qlora", "lora-8bit", "dora", "freeze"]},
    "rank": {"method.rank": [64, 128]},
}


@pytest.fixture(scope="module")
def told() -> set[str]:
    return {one.kind for one in planner.plan(WASTEFUL).advice}


@pytest.mark.parametrize("kind", RULES)
def test_what_a_rule_takes_out_is_not_advised(told: set[str], kind: str) -> None:
    left = {one.kind for one in planner.plan(WASTEFUL | {"exclude": [RULES[kind]]}).advice}
    assert kind in told
    assert kind not in left
    assert "epochs" in left


def test_what_no_include_rule_has_is_not_advised(told: set[str]) -> None:
    left = {one.kind for one in planner.plan(WASTEFUL | {"include": [{"method": "lora", "tier": "on_demand"}]}).advice}
    assert {"method", "tier"} <= told
    assert not {"method", "tier"} & left


@pytest.mark.parametrize(("methods", "rank"), [(["lora", "dora"], 128), (["full", "dora"], 64)])
def test_another_method_takes_swept_options_from_its_axis(methods: list[str], rank: int) -> None:
    """The option that both have stays as it is; one that comes with the method takes the first value."""
    ready = read_scenario(scenario(methods=methods, axes={"method.rank": [64, 128]}))
    problem = build_problem(ready.scenario, ready.space, ready.catalog)
    space = problem.space.recipes
    recipe = space.sizes[0] - 1
    tried = try_moves(
        stand_on(problem, np.array([recipe * problem.offers])), [0], [Move("method", "method", 1)], space.methods
    )
    assert tried.picked.block.recipes.columns["method.rank"].tolist() == [rank]


def test_another_list_is_opened_only_for_what_costs_less() -> None:
    """One card costs the same in any region: the scenario's own region has it."""
    written = scenario(hardware={"gpus": "any", "counts": "any"}, objectives=["cost", "time"])
    found = [one for one in planner.plan(written).advice if one.kind == "count"]
    assert found
    assert [one.opens for one in found] == [[]] * len(found)


def test_what_decisions_of_a_scenario_are_taken_for() -> None:
    block = {
        "lexicographic": ["quality", "cost"],
        "epsilon": {"minimise": "cost", "within": {"quality": 0.5, "time": "72 h"}},
    }
    wanted = taken_for(read_scenario(scenario(decide=block)).scenario)
    assert wanted["lexicographic"] == {"quality", "cost"}
    assert wanted["epsilon"] == {"quality", "cost", "time"}
    assert "knee" not in wanted
