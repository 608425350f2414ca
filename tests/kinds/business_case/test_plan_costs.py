"""What plans supply to a business case."""

import math
from typing import Any

import pytest

from planner.errors import InputError
from planner.kinds.business_case.inputs import PlanAmount
from planner.kinds.business_case.plan_costs import plan_costs
from planner.outcome import Plan
from planner.outcome.serving_plan import ServingPlan
from planner.planning import read_any, read_scenario
from planner.planning.making import plan_ready
from planner.scenario.case_lines import CasePlan
from tests.planning.serving_scenarios import by_api, rented

TUNED: dict[str, Any] = {
    "api_version": "planner/v1", "kind": "FineTune", "metadata": {"name": "tuned"},
    "models": ["llama-3.1-8b"], "methods": ["lora"], "dataset": {"samples": 1000, "tokens_per_sample": 500},
    "hardware": {"gpus": ["l40s"], "counts": [1], "providers": ["aws"], "tiers": ["on_demand"]},
    "labour": {"setup_hours": 3, "usd_per_hour": 100, "management_percent": 10},
}  # fmt: skip


@pytest.fixture(scope="module")
def tuned() -> Plan:
    return plan_ready(read_scenario(TUNED), brief=True)


@pytest.fixture(scope="module")
def served() -> ServingPlan:
    plan = plan_ready(read_any(rented(levers={"semantic_cache": {"hit_rate": "10 %", "upfront": 4000}})), brief=True)
    assert isinstance(plan, ServingPlan)
    return plan


def asked(decision: str = "cheapest") -> CasePlan:
    return CasePlan(scenario="x.yaml", decision=decision)


def pulled(plan: ServingPlan) -> tuple[ServingPlan, str]:
    """The plan with the decision `best` set to a way in which the lever is pulled, and its id."""
    one = next(c for c in (*plan.front, *plan.beside) if c.cost_parts.upfront)
    return plan.model_copy(update={"decisions": {**plan.decisions, "best": one.id}}), one.id


def test_a_run_costs_what_the_decision_costs_and_its_people_beside_it(tuned: Plan) -> None:
    costs = plan_costs(tuned, asked(), "tuned.yaml")
    chosen = tuned.configuration(tuned.decisions["cheapest"])
    assert chosen is not None
    assert chosen.cost_usd is not None
    assert (costs.per, costs.path, costs.decision, costs.configuration) == ("run", "tuned.yaml", "cheapest", chosen.id)
    training, labour, management = costs.amounts
    assert training == PlanAmount("training", chosen.cost_usd, chosen.cost_usd_lo or 0, chosen.cost_usd_hi or 0)
    assert training.usd_lo < training.usd < training.usd_hi
    # 3 h at $100, and a tenth of it and of the run.
    assert (labour.category, labour.usd) == ("engineering", 300.0)
    assert management.category == "other"
    assert management.usd == pytest.approx(0.1 * (chosen.cost_usd + 300.0))
    assert math.isnan(labour.usd_lo)
    assert math.isnan(management.usd_hi)
    assert math.isnan(costs.predictions_per_month)
    assert costs.text.startswith("cheapest of tuned: llama-3.1-8b by lora on 1 x l40s at aws (on demand), $")


def test_the_parts_of_a_month_add_up_and_so_do_their_bands(served: ServingPlan) -> None:
    for decision, id_ in served.decisions.items():
        costs, chosen = plan_costs(served, asked(decision), "chat.yaml"), served.configuration(id_)
        assert chosen is not None
        assert costs.per == "month"
        monthly = [amount for amount in costs.amounts if not amount.once]
        for field, whole in (("usd", ""), ("usd_lo", "_lo"), ("usd_hi", "_hi")):
            told = getattr(chosen, f"cost_usd_per_month{whole}")
            assert sum(getattr(amount, field) for amount in monthly) == pytest.approx(told)
        assert costs.predictions_per_month == pytest.approx(2_000_000)


def test_machines_are_inference_and_tokens_an_api(served: ServingPlan) -> None:
    plan = plan_ready(read_any(by_api()), brief=True)
    assert [a.category for a in plan_costs(plan, asked("cheapest_api"), "x").amounts] == ["external_apis"]
    machines = next(c for c in served.front if c.way == "rented" and not c.levers)
    own = served.model_copy(update={"decisions": {"cheapest": machines.id}})
    costs = plan_costs(own, asked(), "x")
    assert [amount.category for amount in costs.amounts] == ["inference"]
    assert "on 1 x l40s at aws (on demand)" in costs.text


def test_what_levers_cost_once_is_no_part_of_a_month(served: ServingPlan) -> None:
    plan, _ = pulled(served)
    costs = plan_costs(plan, asked("best"), "x")
    once = [amount for amount in costs.amounts if amount.once]
    assert [(amount.category, amount.usd, math.isnan(amount.usd_lo)) for amount in once] == [
        ("infrastructure", 4000.0, True)
    ]
    assert costs.text.endswith("a month and $4,000 once")


def test_a_month_that_costs_nothing_has_no_band(served: ServingPlan) -> None:
    plan, id_ = pulled(served)
    free = {"cost_usd_per_month": 0.0, "cost_usd_per_month_lo": 0.0, "cost_usd_per_month_hi": 0.0}
    none = dict.fromkeys(("compute", "tokens", "first_tier", "levers", "training"))
    ways = [
        c.model_copy(update={**free, "cost_parts": c.cost_parts.model_copy(update=none)}) if c.id == id_ else c
        for c in (*plan.front, *plan.beside)
    ]
    costs = plan_costs(plan.model_copy(update={"front": ways, "beside": []}), asked("best"), "x")
    month = costs.amounts[0]
    assert (month.category, month.usd, math.isnan(month.usd_lo), math.isnan(month.usd_hi)) == (
        "inference",
        0.0,
        True,
        True,
    )


def test_a_decision_that_the_plan_does_not_have_is_told_with_those_there_are(tuned: Plan) -> None:
    with pytest.raises(
        InputError, match="tuned: its plan has no decision 'topsis'; it has cheapest, fastest, best, knee"
    ):
        plan_costs(tuned, asked("topsis"), "x")
    with pytest.raises(InputError, match="tuned: its plan has nothing feasible"):
        plan_costs(tuned.model_copy(update={"decisions": {}, "front": []}), asked(), "x")


def test_an_unknown_cost_is_told_with_its_reason(served: ServingPlan) -> None:
    plan, id_ = pulled(served)
    unknown = {"cost_usd_per_month": None, "unknown": ["latency: nobody measured it", "cost: no price known"]}
    ways = [c.model_copy(update=unknown) if c.id == id_ else c for c in (*plan.front, *plan.beside)]
    broken = plan.model_copy(update={"front": [], "beside": ways})
    with pytest.raises(InputError, match=r"the cost of its decision 'best' is unknown \(cost: no price known\)"):
        plan_costs(broken, asked("best"), "x")
