"""Continuous axes end to end: against a fine exact grid, twice the same, limits kept, odd spaces."""

from typing import Any

import numpy as np
import pytest

import planner
from planner.choose.indicators import share_of_box
from planner.choose.pareto import front_rows
from planner.outcome import Plan
from planner.planning import plan_ready, read_scenario

EVALUATIONS, MANY = 150, 600
EPOCHS, SHARE = {"between": [1, 4]}, {"between": [0.2, 1.0]}


def plan(**changes: Any) -> Plan:
    return plan_ready(read_scenario(scenario(**changes)), brief=True)


def scenario(**changes: Any) -> dict[str, Any]:
    return {
        "api_version": "planner/v1",
        "kind": "FineTune",
        "metadata": {"name": "continuous"},
        "models": ["llama-3.1-8b", "qwen2.5-7b"],
        "methods": ["qlora", "lora"],
        "dataset": {"samples": 20_000, "tokens_per_sample": {"mean": 420, "p95": 1400}},
        "axes": {"train.epochs": EPOCHS, "dataset.share": SHARE},
        "hardware": {"gpus": ["l4", "l40s", "a100-80gb"], "counts": [1, 2], "providers": ["runpod", "gcp"]},
        "search": {"evaluations": EVALUATIONS},
    } | changes


def losses(p: Plan) -> Any:
    return np.array([[c.cost_usd, c.hours, -(c.quality or 0.0)] for c in p.front], np.float64)


@pytest.fixture(scope="module")
def sampled() -> Plan:
    """A short search of which little is polished; the tests that take long do both at full length."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("planner.kinds.continuous.MOST_POLISHED", 4)
        return plan()


@pytest.mark.real
def test_close_to_a_fine_exact_grid() -> None:
    found = losses(plan(search={"evaluations": MANY}))
    fine = {"train.epochs": {"from": 1, "to": 4, "step": 0.1}, "dataset.share": {"from": 0.2, "to": 1, "step": 0.04}}
    exact = losses(plan(axes=fine, search={}))
    ideal, nadir = exact.min(axis=0), exact.max(axis=0)
    ratio = share_of_box(found, ideal, nadir) / share_of_box(exact, ideal, nadir)
    assert ratio >= 0.995


def test_the_plan_says_how_it_was_found(sampled: Plan) -> None:
    s = sampled.search
    assert s.strategy.startswith("sampled: ")
    assert (s.exact, s.sampler, s.seed, s.sampled) == (False, "nsga2", 1, EVALUATIONS)
    assert s.polished > 0
    assert s.hypervolume is not None
    assert s.hypervolume_of_grid is not None
    assert s.hypervolume >= s.hypervolume_of_grid
    assert s.covered == sampled.feasible + sampled.unknown + sum(sampled.infeasible.values())


def test_the_front_is_undominated_and_described_as_it_was_found(sampled: Plan) -> None:
    found = losses(sampled)
    assert len(front_rows(found)) == len(found)
    assert len({c.id for c in sampled.front}) == len(sampled.front)
    assert any(c.axes["train.epochs"] not in {1, 1.75, 2.5, 3.25, 4} for c in sampled.front)
    for c in sampled.front:
        assert 1 <= c.axes["train.epochs"] <= 4
        assert c.train["epochs"] == c.axes["train.epochs"]
        assert c.train["dataset_share"] == c.axes["dataset.share"]


def test_a_point_of_the_front_is_what_its_values_give(sampled: Plan) -> None:
    c = sampled.front[len(sampled.front) // 2]
    again = plan(
        models=[c.model],
        methods=[c.method["name"]],
        axes={"train.epochs": [c.axes["train.epochs"]], "dataset.share": [c.axes["dataset.share"]]},
        search={},
        objectives=["cost", "time", "quality", "carbon"],
    )
    same = [d for d in again.front if d.id == c.id]
    assert same
    assert (same[0].cost_usd, same[0].hours, same[0].quality) == (c.cost_usd, c.hours, c.quality)


@pytest.mark.real
def test_the_seed_decides() -> None:
    one, again, other = (plan(search={"evaluations": MANY, "seed": seed}) for seed in (1, 1, 2))
    assert again.model_dump_json() == one.model_dump_json()
    assert [c.id for c in other.front] != [c.id for c in one.front]


def test_limits_and_whole_numbers(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("planner.kinds.continuous.MOST_POLISHED", 4)
    p = plan(
        axes={"train.epochs": EPOCHS, "train.max_seq_len": {"between": [500, 2100], "step": 64}},
        constraints={"max_cost": {"usd": 6, "confidence": 0.9}, "deadline": 9},
        search={"evaluations": 60},
    )
    assert p.front
    for c in p.front:
        assert (c.cost_usd or 1e9) < 6
        assert (c.hours or 1e9) <= 9
        assert isinstance(c.axes["train.max_seq_len"], int)
        assert (c.axes["train.max_seq_len"] - 500) % 64 == 0


def test_an_axis_that_does_not_apply_is_left_out(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("planner.kinds.continuous.MOST_POLISHED", 4)
    p = plan(methods=["lora", "full"], axes={"method.rank": {"between": [4, 64]}}, search={"evaluations": 60},
             hardware={"gpus": ["a100-80gb", "h100", "h200"], "counts": [1, 8]})  # fmt: skip
    assert {c.method["name"] for c in p.front} == {"lora", "full"}
    for c in p.front:
        assert isinstance(c.axes["method.rank"], int) if c.method["name"] == "lora" else c.axes["method.rank"] is None


def test_a_single_point() -> None:
    p = plan(
        axes={"train.epochs": {"between": [2, 2]}},
        models=["qwen2.5-7b"],
        methods=["lora"],
        hardware={"gpus": ["l4"], "counts": [1], "providers": ["gcp"], "regions": ["us-central1"]},
        objectives=["cost"],
        search={"evaluations": 60},
    )
    assert [c.axes["train.epochs"] for c in p.front] == [2]
    assert p.search.hypervolume == 1


def test_nothing_feasible() -> None:
    p = planner.plan(scenario(constraints={"max_cost": 0.01}, search={"evaluations": 100}))
    assert not p.front
    assert p.search.hypervolume is None
    assert p.relaxations[0].constraint == "constraints.max_cost"


def test_the_checkpoint_interval_on_spot() -> None:
    """The exact optimum beats any interval that is asked for; a continuous one comes close to it."""
    hardware = {"gpus": ["l4"], "counts": [1], "providers": ["gcp"], "tiers": ["spot"]}
    common: dict[str, Any] = {
        "models": ["qwen2.5-7b"],
        "methods": ["lora"],
        "hardware": hardware,
        "objectives": ["cost"],
    }
    best = plan(**common, axes={}, search={}).front[0]
    found = plan(
        **common, axes={"train.checkpoint_interval_hours": {"between": [0.05, 4]}}, search={"evaluations": 200}
    ).front[0]
    assert found.cost_usd == pytest.approx(best.cost_usd, rel=0.01)
    assert found.train["checkpoint_interval_hours"] == found.axes["train.checkpoint_interval_hours"]
    fixed = plan(**common, axes={}, search={}, train={"checkpoint_interval_hours": 4}).front[0]
    assert (fixed.cost_usd or 0) > (best.cost_usd or 1e9)
