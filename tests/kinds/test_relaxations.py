"""Choices that the scenario closed: named only if opening that one alone makes something feasible."""

from typing import Any

import pytest

import planner
from planner.kinds import relaxations
from planner.outcome import Plan

pytestmark = pytest.mark.usefixtures("without_advice")

HARDWARE = {"gpus": ["l4", "l40s", "a100-80gb"], "counts": [1, 2], "providers": ["gcp"], "tiers": ["on_demand"]}


def plan(hardware: dict[str, Any], max_cost: float) -> Plan:
    return planner.plan(
        {
            "api_version": "planner/v1",
            "kind": "FineTune",
            "metadata": {"name": "closed"},
            "models": ["llama-3.1-8b"],
            "methods": ["qlora"],
            "dataset": {"samples": 20_000, "tokens_per_sample": {"mean": 420, "p95": 1400}},
            "hardware": HARDWARE | hardware,
            "constraints": {"max_cost": max_cost},
        }
    )


def cheapest(hardware: dict[str, Any]) -> float:
    return min(c.cost_usd or 1e9 for c in plan(hardware, 1e6).front)


def test_spot_is_named_when_it_alone_is_enough() -> None:
    on_demand, spot = cheapest({}), cheapest({"tiers": ["on_demand", "spot"]})
    assert spot < on_demand
    found = {r.constraint: r for r in plan({}, (spot + on_demand) / 2).relaxations}
    assert found["hardware.tiers"].text == "add spot to hardware.tiers"
    assert found["hardware.tiers"].needed is None
    assert found["constraints.max_cost"].needed is not None
    none = plan({}, spot * 0.5)
    assert "hardware.tiers" not in {r.constraint for r in none.relaxations}


@pytest.mark.parametrize("name", ["providers", "regions"])
def test_a_place_that_would_do_is_named_and_does(name: str) -> None:
    closed: dict[str, Any] = {"providers": ["gcp"]} if name == "providers" else {"regions": ["eu-west-3"]}
    closed = {"providers": "any"} | closed
    limit = cheapest(closed) * 0.9
    found = [r for r in plan(closed, limit).relaxations if r.constraint == f"hardware.{name}"]
    assert found
    place = found[0].text.split()[1]
    assert plan(closed | {name: [*closed[name], place]}, limit).feasible


def test_a_filter_that_would_do_is_named_and_does() -> None:
    closed: dict[str, Any] = {"providers": "any"}
    limit = cheapest(closed) * 0.9
    found = [r for r in plan(closed, limit).relaxations if r.constraint == "hardware.allow"]
    assert found
    for relaxation in found:
        assert plan(closed | {"allow": [relaxation.text.split()[1]]}, limit).feasible


def test_a_large_space_is_not_walked_again(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(relaxations, "MOST_COMBINATIONS", 3)
    found = plan({}, 0.01)
    assert not [r for r in found.relaxations if r.constraint.startswith("hardware")]
    said = "not tried for the size of the space: relaxing hardware.tiers"
    assert any(text.startswith(said) for text in found.warnings)
