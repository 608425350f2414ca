"""How cost and time of spot jobs are spread: strips, lines, limits and sentences."""

import json
from functools import cache
from typing import Any

import pytest

from planner.outcome import Plan, SpotPolicy
from planner.report.charts.charts import charts
from planner.report.charts.spot_chart import MOST_GROUPS, spot_spec
from planner.report.data.spread import RunLimit, RunLimits
from planner.report.gather import report_data
from planner.report.sections.spot_spread import scope_of, spread_sentence
from tests.report.sample_plan import BREAKOUT, sample_plan


def policy(id_: str, **changed: object) -> SpotPolicy:
    usual = {
        "id": id_, "policy": "spot_only", "cost_usd": 12.0, "cost_usd_lo": 8.0, "cost_usd_q25": 9.0,
        "cost_usd_q50": 11.0, "cost_usd_q75": 14.0, "cost_usd_hi": 20.0, "hours": 3.0, "hours_lo": 2.0,
        "hours_q25": 2.5, "hours_q50": 2.8, "hours_q75": 3.2, "hours_hi": 6.0, "meets_deadline": 0.93,
        "on_demand_share": 0.0, "regions": ["gcp us-east1"], "on_demand_cost_usd": 30.0, "on_demand_hours": 2.6,
        "recommended": True,
    }  # fmt: skip
    return SpotPolicy.model_validate(usual | changed)


@cache
def the_sample() -> Plan:
    return sample_plan()


def with_policies(*changes: dict[str, Any]) -> Plan:
    plan = the_sample()
    first = plan.decisions["knee"]
    return plan.model_copy(update={"spot_policies": [policy(first, **change) for change in changes]})


def spec_of(plan: Plan, of: Any = "cost") -> dict[str, Any]:
    data = report_data(plan)
    spec = spot_spec(data.spot_policies, data.run_limits, of)
    assert spec is not None
    return spec


def test_a_strip_has_the_quantiles_the_mean_and_the_line_on_demand() -> None:
    spec = spec_of(with_policies({}, {"policy": "fallback", "recommended": False, "cost_usd": 13.0}))
    strips = spec["datasets"]["strips"]
    ends = ("low", "lower", "middle", "upper", "high", "mean")
    assert [strips[0][end] for end in ends] == [8.0, 9.0, 11.0, 14.0, 20.0, 12.0]
    assert len(strips) == 2
    (line,) = spec["datasets"]["on_demand"]
    assert (line["value"], line["text"], line["last"]) == (30.0, "on demand $30.00", strips[-1]["row"])
    told = json.dumps(spec)
    assert r"spot only \\u2713" in told
    assert r"fallback on demand \\u2713" not in told


def test_limits_are_drawn_where_they_are_near_and_told_where_they_are_not() -> None:
    plan = with_policies({})  # budget $200, deadline 12 h
    assert "limit" not in spec_of(plan, "cost")["datasets"]
    assert spec_of(plan, "hours")["datasets"]["limit"][0]["text"] == "deadline 12.0 h"
    data = report_data(plan)
    assert "The budget $200 is too far off to be drawn." in data.sentences.spot_cost
    assert "deadline" not in data.sentences.spot_time


@pytest.mark.parametrize(
    ("on_demand", "words"),
    [
        (30.0, "less than the $30.00 of the same machine on demand in over 95 % of the runs"),
        (15.0, "in at least three quarters of the runs"),
        (11.0, "in at least half of the runs"),
        (9.5, "More than half of the runs cost more than the $9.50"),
        (None, "one of twenty over $20.00."),
    ],
)
def test_the_sentence_holds_the_quantiles_against_on_demand(on_demand: float | None, words: str) -> None:
    data = report_data(with_policies({"on_demand_cost_usd": on_demand}))
    told = spread_sentence(data.spot_policies, RunLimits(), "cost")
    name = data.spot_policies[0].decisions
    assert told.startswith(f"In half of its simulated runs the {name} (spot only) costs $9.00 to $14.00, $11.00 at the")
    assert words in told


def test_runs_without_an_end_reach_the_edge_and_are_told() -> None:
    plan = with_policies({"hours": None, "hours_hi": None, "cost_usd": None, "cost_usd_hi": None})
    strip = spec_of(plan, "hours")["datasets"]["strips"][0]
    assert strip["high"] > 1.5 * 3.2
    assert strip["mean"] is None
    assert "some never end" in report_data(plan).sentences.spot_time
    nearly = with_policies({"hours": None, "hours_hi": None, "hours_q75": None})
    assert "is not known for all of its simulated runs" in report_data(nearly).sentences.spot_time


def test_unknown_prices_and_plans_of_before_give_no_chart() -> None:
    nothing = {f"cost_usd{end}": None for end in ("", "_lo", "_q25", "_q50", "_q75", "_hi")}
    data = report_data(with_policies({**nothing, "on_demand_cost_usd": None}))
    assert spot_spec(data.spot_policies, data.run_limits, "cost") is None
    assert data.sentences.spot_cost == ""
    assert [chart.name for chart in charts(data, ["spot-cost", "spot-time"])] == ["spot-time"]
    assert spot_spec((), RunLimits(), "cost") is None


def test_scales_are_logarithmic_over_a_wide_range_only() -> None:
    far = {"cost_usd_lo": 1.0, "cost_usd_hi": 100.0}
    near, wide, zero = (
        scope_of(report_data(with_policies(change)).spot_policies, RunLimits(), "cost")
        for change in ({}, far, far | {"cost_usd_lo": 0.0})
    )
    assert near is not None
    assert wide is not None
    assert zero is not None
    assert (near.log, wide.log, zero.log) == (False, True, False)
    same = {f"cost_usd{end}": 5.0 for end in ("", "_lo", "_q25", "_q50", "_q75", "_hi")} | {"on_demand_cost_usd": 5.0}
    spec = spec_of(with_policies(same))
    (low, high) = next(iter(_domains(spec)))
    assert low < 5.0 < high
    limit = RunLimits(cost=RunLimit(40.0, "budget $40.00"))
    scope = scope_of(report_data(with_policies({})).spot_policies, limit, "cost")
    assert scope is not None
    assert scope.limit is limit.cost


def test_no_dataset_is_empty_and_hostile_names_stay_names() -> None:
    plan = the_sample()
    decisions = {f"{BREAKOUT}{i}": c.id for i, c in enumerate(plan.front[:10])}
    rows = [policy(id_) for id_ in decisions.values()]
    data = report_data(plan.model_copy(update={"decisions": decisions, "spot_policies": rows}))
    for of in ("cost", "hours"):
        spec = spot_spec(data.spot_policies, data.run_limits, of)
        assert spec is not None
        assert len(spec["datasets"]["strips"]) == MOST_GROUPS
        assert all(spec["datasets"].values())


def _domains(spec: dict[str, Any]) -> list[list[float]]:
    scales = [layer["encoding"]["x"].get("scale", {}) for layer in spec["layer"] if "x" in layer["encoding"]]
    return [scale["domain"] for scale in scales if "domain" in scale]
