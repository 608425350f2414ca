"""Near-optimal plans of another kind: against every combination of a small space, and on a part of it."""

import math
from typing import Any

import numpy as np
import pytest

import planner
from planner.kinds import alternatives as module
from planner.kinds.alternative_words import KINDS, kinds_text
from planner.kinds.searching import build_problem, search_problem
from planner.kinds.table import tables
from planner.outcome import Alternative, Configuration, Plan
from planner.outcome.method_words import method_name
from planner.planning import plan_ready, read_scenario
from tests.estimate.test_together import SCENARIO

DATASET = {"samples": 20_000, "tokens_per_sample": 420}
DECIDE = {
    "topsis": {"cost": 0.4, "time": 0.2, "quality": 0.4},
    "lexicographic": [{"quality": 0.02}, "cost"],
    "epsilon": {"minimise": "cost", "within": {"time": "1 h", "quality": 0.5}},
    "near": "25 %",
}
CHANGES: dict[str, Any] = {"dataset": DATASET, "decide": DECIDE, "constraints": {"max_cost": 40, "deadline": "20 h"}}


@pytest.fixture(scope="module")
def made() -> Plan:
    return planner.plan({**SCENARIO, **CHANGES})


@pytest.fixture(scope="module")
def everything() -> list[dict[str, Any]]:
    """Every feasible combination, one mapping each, with the year of its card."""
    ready = read_scenario({**SCENARIO, **CHANGES})
    problem = build_problem(ready.scenario, ready.space, ready.catalog)
    years = {gpu.id: gpu.release_year for gpu in ready.catalog.gpus}
    rows: list[dict[str, Any]] = []
    for table in tables(problem):
        for i in np.flatnonzero(table["feasible"]).tolist():
            row = {name: column[i] for name, column in table.items()}
            rows.append(row | {"year": years[row["gpu"]]})
    return rows


def losses_of(row: dict[str, Any], own: Configuration) -> list[float]:
    assert own.cost_usd is not None
    assert own.hours is not None
    assert own.quality is not None
    return [
        row["cost_usd"] / own.cost_usd - 1, row["hours"] / own.hours - 1, (own.quality - row["quality"]) / own.quality,
    ]  # fmt: skip


def differs(row: dict[str, Any], own: dict[str, Any]) -> dict[str, bool]:
    columns = {"provider": "provider", "tier": "tier", "card": "gpu", "method": "method", "model": "model"}
    other = {kind: row[name] != own[name] for kind, name in columns.items()}
    return other | {"older card": other["card"] and row["year"] < own["year"]}


def test_each_is_the_best_of_its_kind(made: Plan, everything: list[dict[str, Any]]) -> None:
    by_id = {row["id"]: row for row in everything}
    looked_at = 0
    for name, id_ in made.decisions.items():
        own = made.configuration(id_)
        assert own is not None
        mine = [a for a in made.alternatives.found if a.decision == name]
        of = module._OBJECTIVE_OF.get(name, "cost" if name == "epsilon" else "largest loss")
        for kind in KINDS:
            best = math.inf
            for row in everything:
                losses = losses_of(row, own)
                if math.isnan(sum(losses)) or max(losses) > 0.25 or not differs(row, by_id[id_])[kind]:
                    continue
                if name == "epsilon" and (row["hours"] > 1.0 or row["quality"] < 0.5):
                    continue
                by = {"cost": losses[0], "time": losses[1], "quality": losses[2], "largest loss": max(losses)}
                best = min(best, by[of])
            told = [a for a in mine if kind in a.kinds]
            assert len(told) == (best < math.inf), (name, kind)
            for one in told:
                looked_at += 1
                assert one.of == of
                assert one.regret_share == pytest.approx(best, abs=2e-6)
                assert differs(by_id[one.id], by_id[id_])[kind]
    assert looked_at > 10


def test_figures_and_words_are_those_of_the_configurations(made: Plan) -> None:
    on_front = {c.id for c in made.front}
    assert made.alternatives.whole
    assert made.alternatives.searched == f"all {made.search.covered:,} combinations"
    for one in made.alternatives.found:
        own, other = made.configuration(made.decisions[one.decision]), made.configuration(one.id)
        assert own is not None
        assert other is not None
        assert one.on_front == (one.id in on_front)
        assert one.id != own.id
        row = {"cost_usd": other.cost_usd, "hours": other.hours, "quality": other.quality}
        assert list(one.losses.values()) == pytest.approx(losses_of(row, own), abs=2e-6)
        if one.of == "cost":
            assert one.regret == pytest.approx((other.cost_usd or 0) - (own.cost_usd or 0), abs=2e-6)
        assert one.text.startswith(f"{kinds_text(one.kinds)}: {method_name(other.method['name'])}")
        assert (one.decision_better is None) == (one.of == "largest loss")
    assert {c.id for c in made.alternatives.configurations}.isdisjoint(on_front)


def test_a_dearer_one_is_more_likely_dearer_than_not(made: Plan) -> None:
    surely = [a for a in made.alternatives.found if a.of in ("cost", "time") and (a.regret or 0) > 0]
    assert surely
    assert all(a.decision_better is not None and a.decision_better > 0.5 for a in surely)


def test_of_a_large_space_a_part_is_looked_at_and_told(monkeypatch: pytest.MonkeyPatch, made: Plan) -> None:
    monkeypatch.setattr(module, "WALKED_WHOLE", 100)
    monkeypatch.setattr(module, "BATCH", 64)
    part = planner.plan({**SCENARIO, **CHANGES}).alternatives
    assert not part.whole
    assert f"of {made.search.covered:,} combinations: every offer for the recipes of the decisions" in part.searched
    best = {(a.decision, kind): a.regret_share for a in made.alternatives.found for kind in a.kinds}
    assert part.found
    for one in part.found:
        for kind in one.kinds:
            assert (one.regret_share or 0) >= (best[one.decision, kind] or 0) - 1e-6


def test_with_little_room_methods_come_before_models_and_the_front_keeps_half(monkeypatch: pytest.MonkeyPatch) -> None:
    """However many models there are, other methods are looked at."""
    ready = read_scenario({**SCENARIO, **CHANGES})
    problem = build_problem(ready.scenario, ready.space, ready.catalog)
    _, found, _ = search_problem(problem, ready.scenario)
    recipes, at = ready.space.recipes, found.front[:1]
    room = 2 * len(recipes.methods) + 1
    monkeypatch.setattr(module, "CANDIDATES", room * problem.offers)
    rows = module._candidates(problem, found.front, at)
    taken = np.unique(rows // problem.offers)
    assert len(taken) <= room
    own = at[0] // problem.offers
    assert own in taken
    assert set(recipes.split(taken)[1].tolist()) == set(range(len(recipes.methods)))


def test_rules_hold_for_a_part_too(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "WALKED_WHOLE", 100)
    made = planner.plan({**SCENARIO, **CHANGES, "exclude": [{"gpu": "l40s", "method": "qlora"}, {"model": "qwen*"}]})
    assert made.alternatives.found
    for one in made.alternatives.found:
        c = made.configuration(one.id)
        assert c is not None
        assert (c.hardware.gpu, c.method["name"]) != ("l40s", "qlora")
        assert not c.model.startswith("qwen")


def test_of_a_continuous_space_the_grid_and_the_front_are_looked_at() -> None:
    few = {"methods": ["lora"], "hardware": {"gpus": ["l4", "l40s"], "counts": [1], "providers": ["aws", "gcp"]}}
    axes = {"train.epochs": {"between": [1, 3]}}
    made = planner.plan({**SCENARIO, **CHANGES, **few, "axes": axes, "search": {"evaluations": 20, "polish": "none"}})
    assert made.alternatives.searched.startswith("the points of the front, and of the grid all")
    assert not made.alternatives.whole
    for one in made.alternatives.found:
        assert max(loss or 0.0 for loss in one.losses.values()) <= 0.25 + 1e-6


def test_brief_plans_go_without(made: Plan) -> None:
    brief = plan_ready(read_scenario({**SCENARIO, **CHANGES}), brief=True)
    assert brief.alternatives.near is None
    assert brief.decision_notes == made.decision_notes


@pytest.mark.parametrize(
    ("kinds", "told"),
    [
        (["provider"], "other provider"),
        (["card"], "other card"),
        (["older card"], "older card"),
        (["card", "older card"], "older card"),
        (["provider", "card", "older card", "model"], "other provider, older card and model"),
        (["tier", "method"], "other tier and method"),
    ],
)
def test_kinds_in_words(kinds: list[str], told: str) -> None:
    assert kinds_text(kinds) == told


def test_the_type_says_which_kinds_there_are() -> None:
    assert all(kind in str(Alternative.model_fields["kinds"].description) for kind in KINDS)
