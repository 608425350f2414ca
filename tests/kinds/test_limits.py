"""Limits with a confidence: the quantile of each combination's own spread is bounded (DOMAIN 11)."""

import math
from typing import Any

import numpy as np
import pytest
from scipy.special import ndtri

import planner
from planner.kinds.limits import Limit, quantile
from planner.outcome import Plan
from planner.planning import plan_ready, read_scenario


def scenario(**changes: Any) -> dict[str, Any]:
    return {
        "api_version": "planner/v1",
        "kind": "FineTune",
        "metadata": {"name": "limits"},
        "models": ["llama-3.1-8b", "qwen2.5-7b"],
        "methods": ["qlora", "lora"],
        "dataset": {"samples": 20_000, "tokens_per_sample": {"mean": 420, "p95": 1400}},
        "hardware": {"gpus": ["l4", "l40s", "a100-80gb"], "counts": [1, 2], "providers": ["aws", "gcp"]},
        "quality": {"task": "general"},
    } | changes


def plan(**changes: Any) -> Plan:
    return plan_ready(read_scenario(scenario(**changes)), brief=True)


def test_t_11_6() -> None:
    """Median 80, sigma 0.3, p 0.9: quantile 117.506; the mean would be 83.682."""
    assert quantile(np.array([80.0]), np.array([0.3]), 0.9)[0] == pytest.approx(117.506, abs=5e-4)
    assert 80 * math.exp(0.3**2 / 2) == pytest.approx(83.682, abs=5e-4)


@pytest.mark.parametrize(("limit", "passes"), [(117.51, True), (117.50, False)])
def test_a_limit_is_held_against_the_quantile(limit: float, passes: bool) -> None:
    one = Limit("constraints.max_cost", limit, "usd", upper=True, text="", confidence=0.9)
    figure = one.figure(np.array([80.0]), np.array([0.3]))
    assert bool(one.broken(figure)[0]) is not passes


def test_the_same_limit_as_a_probability() -> None:
    one = Limit("constraints.max_cost", 117.506, "usd", upper=True, text="", confidence=0.9).seen_as_confidence()
    assert one.figure(np.array([80.0]), np.array([0.3]))[0] == pytest.approx(0.9, abs=1e-4)
    assert one.broken(np.array([0.89, 0.91])).tolist() == [True, False]


@pytest.mark.real
@pytest.mark.parametrize(
    ("name", "key", "figure"),
    [("max_cost", "usd", "cost_usd"), ("deadline", "hours", "hours"), ("max_carbon", "kg", "carbon_kg")],
)
def test_every_point_of_the_front_keeps_to_it(name: str, key: str, figure: str) -> None:
    objectives = ["cost", "time", "quality", "carbon"]
    # Just over the median of the front's largest: that point keeps to it as it stands, and not with 90 % confidence.
    value = 1.02 * max(getattr(c, figure) for c in plan(objectives=objectives).front)
    sure = plan(constraints={name: {key: value, "confidence": 0.9}}, objectives=objectives)
    plain = plan(constraints={name: value}, objectives=objectives)
    half = plan(constraints={name: {key: value, "confidence": 0.5}}, objectives=objectives)
    assert sure.front
    assert sure.feasible < plain.feasible
    assert (half.feasible, [c.id for c in half.front]) == (plain.feasible, [c.id for c in plain.front])
    for c in sure.front:
        median, high = getattr(c, figure), getattr(c, f"{figure}_hi")
        sigma = math.log(high / median) / ndtri(0.95)
        assert median * math.exp(ndtri(0.9) * sigma) <= value * (1 + 1e-12)
    assert sure.constraints[1].text.endswith("with 90 % confidence")


def test_what_to_relax_is_the_quantile_or_the_confidence() -> None:
    base = min(c.cost_usd or math.inf for c in plan().front)
    tight = planner.plan(scenario(constraints={"max_cost": {"usd": base * 1.05, "confidence": 0.95}}))
    assert not tight.feasible
    by = {r.constraint: r for r in tight.relaxations}
    cost, sure = by["constraints.max_cost"], by["constraints.max_cost.confidence"]
    assert cost.needed is not None
    assert sure.needed is not None
    assert cost.text.endswith("at 95 % confidence")
    assert plan(constraints={"max_cost": {"usd": cost.needed, "confidence": 0.95}}).feasible
    assert not plan(constraints={"max_cost": {"usd": cost.needed - 0.02, "confidence": 0.95}}).feasible
    assert 0.5 <= sure.needed < 0.95
    assert plan(constraints={"max_cost": {"usd": base * 1.05, "confidence": sure.needed}}).feasible
    assert not plan(constraints={"max_cost": {"usd": base * 1.05, "confidence": sure.needed + 0.011}}).feasible
