"""Runs held against a plan, by hand."""

import datetime
import math
from typing import Any

import pytest

from planner.outcome import Configuration, Plan
from planner.spend.against_plan import against_plans
from planner.spend.against_plan.comparing import Pair, term_error
from planner.spend.against_plan.planned import cost_usd
from tests.report.sample_plan import sample_plan
from tests.spend.advice.past import blank

START = datetime.datetime(2026, 10, 5, 8)


@pytest.fixture(scope="module")
def plan() -> Plan:
    return sample_plan()


@pytest.fixture(scope="module")
def knee(plan: Plan) -> Configuration:
    found = plan.configuration(plan.decisions["knee"])
    assert found is not None
    return found


def followed(
    c: Configuration, number: int = 1, times: float = 1.0, price: float = 1.0, **others: Any
) -> dict[str, Any]:
    """A run of a configuration that took `times` as long at `price` times the price."""
    assert c.hours is not None
    usual = {
        "run": f"r{number}", "scenario": "", "model": f"Qwen/{c.model.upper()}", "method": c.method["name"],
        "gpu": c.hardware.gpu, "gpu_count": float(c.hardware.count), "provider": c.offer.provider,
        "region": c.offer.region, "tier": c.offer.tier, "status": "ok", "epochs": 3.0, "tokens": c.work.tokens,
        "started": START, "ended": START + datetime.timedelta(hours=c.hours * times), "cost_from": "bill",
        "cost_usd": cost_usd(c)[0] * times * price,
    }  # fmt: skip
    return usual | others


def test_errors_of_one_run_by_hand(plan: Plan, knee: Configuration) -> None:
    with blank({"runs": [followed(knee, times=1.25, price=1.2, scenario="support-bot")]}) as store:
        found = against_plans(store, [("plans/support-bot/plan.json", plan)])
    (one,) = found.matched
    assert (one.plan, one.configuration, one.matched_by) == ("support-bot", knee.id, "scenario")
    terms = {term.term: term for term in found.terms}
    assert terms["hours"].median_ape == pytest.approx(0.2)  # |1.25 - 1| / 1.25
    assert terms["hours"].bias == pytest.approx(math.log(1.25))
    assert terms["hours"].coverage == 1.0  # up to 1.3 times
    assert terms["gpu_hours"].bias == pytest.approx(math.log(1.25))
    assert terms["cost_usd"].bias == pytest.approx(math.log(1.5))
    assert terms["cost_usd"].coverage == 0.0  # up to 1.36 times
    assert terms["tokens_per_s_per_gpu"].bias == pytest.approx(-math.log(1.25), abs=1e-6)
    assert "quality" not in terms
    assert found.planned_usd == pytest.approx(cost_usd(knee)[0])
    assert found.actual_usd == pytest.approx(1.5 * cost_usd(knee)[0])
    assert one.why.startswith("cost 1.50 times the plan: time ")
    assert "runs-for-calibration.csv" in found.note
    assert f"the speed of {int(knee.offer.tier != 'spot')} of these runs" in found.note
    assert "price" in one.why


def test_the_planned_cost_is_of_one_run(knee: Configuration) -> None:
    assert knee.cost_usd is not None
    assert knee.cost_parts.reruns is not None
    assert cost_usd(knee)[0] == pytest.approx(knee.cost_usd - knee.cost_parts.reruns)
    assert cost_usd(knee)[2] / cost_usd(knee)[0] == pytest.approx(1.36, abs=1e-3)


@pytest.mark.parametrize(
    ("told", "by"),
    [
        ({"scenario": "support-bot"}, "scenario"),
        ({"scenario": "Support-Bot", "model": ""}, "scenario"),
        ({"scenario": "ID"}, "scenario"),
        ({"scenario": "support-bot@ID"}, "scenario"),
        ({"version": "ID", "gpu": "l4"}, "scenario"),
        ({}, "model, method and machine"),
        ({"scenario": "another"}, "model, method and machine"),
    ],
)
def test_how_runs_find_their_plan(plan: Plan, knee: Configuration, told: dict[str, Any], by: str) -> None:
    told = {name: text.replace("ID", knee.id[:8]) for name, text in told.items()}
    with blank({"runs": [followed(knee, **told)]}) as store:
        (one,) = against_plans(store, [("plan.json", plan)]).matched
    assert (one.configuration, one.matched_by) == (knee.id, by)


@pytest.mark.parametrize("told", [{"gpu_count": 3.0}, {"model": "other"}, {"method": ""}, {"gpu": "b200"}])
def test_runs_that_follow_no_plan(plan: Plan, knee: Configuration, told: dict[str, Any]) -> None:
    with blank({"runs": [followed(knee, **told)]}) as store:
        found = against_plans(store, [("plan.json", plan)])
        assert found.unmatched == ["r1"]
        assert found.matched == []
        assert found.terms == []
        assert found.planned_usd is None
        assert against_plans(store, []).unmatched == ["r1"]


def test_failed_runs_and_prices_of_the_catalog_are_no_actuals(plan: Plan, knee: Configuration) -> None:
    runs = [followed(knee, 1, status="failed"), followed(knee, 2, cost_from="catalog")]
    with blank({"runs": runs}) as store:
        found = against_plans(store, [("plan.json", plan)])
    (one,) = found.matched
    assert one.run == "r2"
    assert one.actual_usd is None
    assert {term.term for term in found.terms} == {"hours", "gpu_hours", "tokens_per_s_per_gpu"}
    assert "1 runs that failed" in found.note


@pytest.mark.parametrize(
    ("changed", "said"),
    [
        ({"times": 2.0, "epochs": 6.0}, "cost 2.00 times the plan: 6 epochs in place of 3"),
        ({"price": 2.0, "tier": "spot"}, "spot where on demand was planned"),
        ({"times": 1.01}, "cost within 5 % of the plan"),
        ({"times": 2.0, "cost_usd": None}, "time 2.00 times the plan: time "),
        ({"times": 2.0, "gpu_count": 2.0, "scenario": "support-bot"}, "2 GPUs in place of 4"),
    ],
)
def test_why(plan: Plan, knee: Configuration, changed: dict[str, Any], said: str) -> None:
    run = followed(knee, **({"scenario": knee.id} | changed))
    with blank({"runs": [run]}) as store:
        (one,) = against_plans(store, [("plan.json", plan)]).matched
    assert said in one.why


def test_quality_only_on_the_plans_own_scale(plan: Plan, knee: Configuration) -> None:
    runs = [followed(knee, 1, metric="q", value=0.7), followed(knee, 2, metric="accuracy", value=0.7)]
    with blank({"runs": runs}) as store:
        found = against_plans(store, [("plan.json", plan)])
    (quality,) = [term for term in found.terms if term.term == "quality"]
    assert quality.runs == 1
    assert knee.quality is not None
    assert quality.median_ape == pytest.approx((knee.quality - 0.7) / 0.7)
    assert [one.actual_quality for one in found.matched] == [0.7, None]


def test_a_median_of_three() -> None:
    pairs = [
        Pair(1.0, 0.9, 1.1, 2.0),
        Pair(1.0, math.nan, 1.1, 1.0),
        Pair(1.0, 0.5, 1.5, 0.8),
        Pair(1.0, 0, 9, math.nan),
    ]
    error = term_error("hours", pairs)
    assert error.runs == 3
    assert error.median_ape == pytest.approx(0.25)  # of 0.5, 0 and 0.25
    assert error.bias == pytest.approx(math.log(2.0 * 0.8) / 3)
    assert error.coverage == 0.5
