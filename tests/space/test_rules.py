"""Include and exclude rules: the same as filtering the whole grid row by row, at the price of a product."""

from fnmatch import fnmatchcase
from typing import Any

import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from planner.kinds.fine_tune import CUT_BY_RULES
from planner.kinds.searching import build_problem
from planner.kinds.table import tables
from planner.planning import plan_scenario, read_scenario
from planner.source import InvalidInput
from planner.space import rules

pytestmark = pytest.mark.usefixtures("without_advice")

SCENARIO: dict[str, Any] = {
    "api_version": "planner/v1",
    "kind": "FineTune",
    "metadata": {"name": "rules"},
    "models": ["qwen2.5-7b", "llama-3.1-8b", "mistral-7b-v0.3"],
    "methods": ["full", "lora", {"qlora": {"rank": 32}}],
    "stacks": ["hf-trainer", "unsloth"],
    "dataset": {"samples": 20_000, "tokens_per_sample": 400},
    "axes": {"train.epochs": [1, 2], "method.rank": [8, 16]},
    "hardware": {"gpus": ["l40s", "a100-80gb"], "counts": [1, 2, 4], "providers": ["aws", "runpod"],
                 "tiers": ["on_demand", "spot"]},
}  # fmt: skip
COLUMNS = {"count": "gpu_count"}
NAMES: dict[str, list[Any]] = {
    "model": ["qwen2.5-7b", "llama-3.1-8b", "qwen*", "*-7b*"],
    "method": ["full", "lora", "*lora"],
    "stack": ["unsloth", "hf-*"],
    "gpu": ["l40s", "a100-*", "a100-80gb-sxm"],
    "count": [1, 2, 4],
    "provider": ["aws", "runpod"],
    "region": ["us-east-1", "us-*", "europe-west4"],
    "tier": ["spot", "on_demand"],
    "train.epochs": [1, 2, 3],
    "method.rank": [8, 16, 32],
}


def table(**changes: Any) -> pd.DataFrame:
    ready = read_scenario(SCENARIO | changes)
    problem = build_problem(ready.scenario, ready.space, ready.catalog)
    found = pd.concat([pd.DataFrame(part) for part in tables(problem)], ignore_index=True)
    assert len(found) == ready.space.combinations
    return found


WHOLE = table()


def matches(row: dict[Any, Any], rule: dict[str, Any]) -> bool:
    """The plain reading of a rule."""

    def one(key: str, value: Any) -> bool:
        mine = row[COLUMNS.get(key, key)]
        if key == "method.rank" and row["method"] == "full":
            return False
        return fnmatchcase(str(mine), value) if isinstance(value, str) else bool(mine == value)

    return all(any(one(key, v) for v in (w if isinstance(w, list) else [w])) for key, w in rule.items())


def expected(include: list[dict[str, Any]], exclude: list[dict[str, Any]]) -> list[str]:
    rows = WHOLE.to_dict("records")
    kept = [r for r in rows if not include or any(matches(r, rule) for rule in include)]
    return [r["id"] for r in kept if not any(matches(r, rule) for rule in exclude)]


rule = st.lists(st.sampled_from(sorted(NAMES)), min_size=1, max_size=3, unique=True).flatmap(
    lambda keys: st.fixed_dictionaries(
        {key: st.lists(st.sampled_from(NAMES[key]), min_size=1, max_size=2, unique=True) for key in keys}
    )
)


@settings(max_examples=20)
@given(st.lists(rule, max_size=3), st.lists(rule, max_size=3))
def test_rules_are_a_filter_row_by_row(include: list[dict[str, Any]], exclude: list[dict[str, Any]]) -> None:
    left = expected(include, exclude)
    if not left:
        with pytest.raises(InvalidInput, match="the rules leave no combination of the scenario"):
            read_scenario(SCENARIO | {"include": include, "exclude": exclude})
        return
    found = table(include=include, exclude=exclude)
    assert found["id"].tolist() == left
    same = WHOLE[WHOLE["id"].isin(left)].reset_index(drop=True)
    ranks = {"method.rank": float}  # None or NaN where there is none
    pd.testing.assert_frame_equal(found.astype(ranks), same.astype(ranks))


RULES: dict[str, Any] = {
    "include": [{"gpu": "l40s"}, {"gpu": "a100*", "count": [1, 2]}],
    "exclude": [{"model": "qwen2.5-7b", "method": "full"}, {"provider": "runpod", "train.epochs": 2}],
}


def test_the_plan_counts_what_rules_cut() -> None:
    plan, whole = plan_scenario(SCENARIO | RULES), plan_scenario(SCENARIO)
    assert plan.search.covered == plan.feasible + plan.unknown + sum(plan.infeasible.values())
    cut = next(each for each in plan.removed if each.what == CUT_BY_RULES)
    assert plan.search.covered + cut.count == whole.search.covered == len(WHOLE)
    assert cut.turn_off == "include: [], exclude: []"
    left = set(expected(**RULES))
    assert {c.id for c in plan.front} <= left
    assert {c.id for c in whole.front} & left <= {c.id for c in plan.front}
    assert not [each for each in whole.removed if each.what == CUT_BY_RULES]


def test_rules_that_only_drop_offers_or_recipes_cost_nothing() -> None:
    space = read_scenario(SCENARIO | {"exclude": [{"gpu": "l40s", "count": 4}, {"method": "full"}]}).space
    assert space.rules is not None
    assert not space.rules.mixed
    assert len(space.market.offers) < len(read_scenario(SCENARIO).space.market.offers)
    shapes = set(zip(space.market.shapes.gpu.tolist(), space.market.shapes.count.tolist(), strict=True))
    assert len(shapes) == len(space.market.shapes) == len(set(space.market.shape_of_offer.tolist()))


@pytest.mark.parametrize("size", [1, 17, 400, 10_000_000])
def test_a_sample_has_rows_that_rules_keep(size: int) -> None:
    ready = read_scenario(SCENARIO | RULES)
    problem = build_problem(ready.scenario, ready.space, ready.catalog)
    ids = [i for part in tables(problem, size) for i in part["id"]]
    left = expected(**RULES)
    assert set(ids) <= set(left)
    assert len(ids) == len(set(ids)) <= size
    assert len(ids) >= min(size, len(left)) * 0.8 - 1
    assert (len(ids) == len(left)) == (size >= len(left))


def test_a_rule_that_matches_nothing_is_warned_about() -> None:
    ready = read_scenario(SCENARIO | {"exclude": [{"gpu": "h100*"}, {"method": "full", "method.rank": 8}]})
    told = [w for w in ready.warnings if w.at.startswith("exclude")]
    assert [(w.at, w.severity) for w in told] == [("exclude[0]", "warning"), ("exclude[1]", "warning")]
    assert ready.space.combinations == len(WHOLE)


def test_a_setting_that_no_axis_sweeps_is_a_constant() -> None:
    axes = {"train.epochs": [1, 2]}
    found = table(axes=axes, exclude=[{"method.rank": 32}, {"train.packing": False}])
    assert set(found["method"]) == {"full", "lora"}
    assert set(table(axes=axes, include=[{"train.packing": True, "method.rank": 16}])["method"]) == {"lora"}


def test_too_many_tangled_rules_are_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(rules, "MAX_SIGNATURES", 2)
    with pytest.raises(InvalidInput, match="the rules cut across each other in too many ways"):
        read_scenario(SCENARIO | RULES)
