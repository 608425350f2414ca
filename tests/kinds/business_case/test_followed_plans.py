"""What a case makes of plans that supply costs: what moves which part, what is one input, what counts twice."""

import math
from typing import Any

import pytest

from planner.kinds.business_case.inputs import PlanAmount, PlanCosts
from tests.kinds.business_case.asked import case_of, option

RUN = PlanCosts(
    "cheapest of bot: …", "bot.yaml", "cheapest", "a1", "run",
    (PlanAmount("training", 100.0, 50.0, 200.0), PlanAmount("engineering", 300.0, math.nan, math.nan),
     PlanAmount("other", 40.0, math.nan, math.nan)),
    math.nan,
)  # fmt: skip
MONTH = PlanCosts(
    "cheapest of chat: …", "chat.yaml", "cheapest", "b2", "month",
    (PlanAmount("inference", 900.0, 450.0, 1800.0), PlanAmount("training", 100.0, 50.0, 200.0)), 1e6,
)  # fmt: skip
WORLD: dict[str, Any] = {
    "demand": {"predictions_per_month": 1e6, "growth": 1.0},
    "market": {"price_decline": 0.5},
    "horizon": 13,
}


def test_prices_fall_for_machines_and_not_for_people() -> None:
    runs = {"name": "build", "plans": [{"scenario": "bot.yaml", "runs_per_year": 12}]}
    one = option(case_of({("build", 0): RUN}, **WORLD, options=[runs]), "build")
    month_13 = {category: usd[13] for category, usd in one.costs_by_month_usd.items()}
    assert month_13 == pytest.approx({"training": 50.0, "engineering": 300.0, "other": 40.0})


def test_a_month_grows_with_demand_and_the_runs_in_it_do_not() -> None:
    served = {"name": "build", "plans": [{"scenario": "chat.yaml", "market_price": False}]}
    one = option(case_of({("build", 0): MONTH}, **WORLD, options=[served]), "build")
    assert one.costs_by_month_usd["inference"][13] == pytest.approx(1800.0)
    assert one.costs_by_month_usd["training"][13] == pytest.approx(100.0)


def test_options_that_follow_the_same_plan_share_its_cost() -> None:
    options = [{"name": name, "role": name, "plans": [{"scenario": "chat.yaml"}],
                "costs": [{"name": "people", "per_month": usd, "category": "support"}]}
               for name, usd in (("build", 10.0), ("buy", 11.0))]  # fmt: skip
    case = case_of({("build", 0): MONTH, ("buy", 0): MONTH}, **WORLD, options=options)
    plans = [one for one in case.inputs if one.form == "plan"]
    assert [(one.key, one.text) for one in plans] == [("options.build.plans.0", "cheapest of chat, each month")]
    assert case.decision is not None
    # The plan's cost is uncertain, and the same for both: the dollar a month between them is all that is left.
    assert case.decision.chance_build_wins == 1.0
    other = PlanCosts(MONTH.text, "chat-2.yaml", "cheapest", "b2", "month", MONTH.amounts, 1e6)
    apart = case_of({("build", 0): MONTH, ("buy", 0): other}, **WORLD, options=options)
    assert apart.decision is not None
    assert 0.4 < (apart.decision.chance_build_wins or 0.0) < 0.6


def test_runs_beside_a_month_that_has_runs_are_told() -> None:
    plans = [{"scenario": "bot.yaml", "runs_per_year": 6}, {"scenario": "chat.yaml"}]
    supplied = {("build", 0): RUN, ("build", 1): MONTH}
    case = case_of(supplied, **WORLD, options=[{"name": "build", "plans": plans}])
    assert [text for text in case.warnings if "runs_per_year" in text] == [
        "build: the month of chat has training runs in it, and runs_per_year of bot counts more; where these are the "
        "same runs, leave runs_per_year out"
    ]
    once = [{"scenario": "bot.yaml", "runs_once": 6}, {"scenario": "chat.yaml"}]
    case = case_of(supplied, **WORLD, options=[{"name": "build", "plans": once}])
    assert not [text for text in case.warnings if "runs_per_year" in text]
