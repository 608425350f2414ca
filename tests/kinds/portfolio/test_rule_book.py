"""Schedules of portfolios drawn by chance keep every rule, as a checker sees it that shares nothing with the engine."""

from typing import Any

import pytest

from planner.space.offers import countries_of

from .drawn import Drawn
from .made import catalog, planned, portfolio, way
from .rule_book import broken

SCHEDULED = ("within the gap", "time is up")
MORNING = {"begins": "2026-06-01T05:00", "ends": "2026-06-01T07:00"}


@pytest.mark.parametrize("seed", [*range(20), *(pytest.param(seed, marks=pytest.mark.real) for seed in range(20, 60))])
def test_schedules_keep_every_rule(seed: int) -> None:
    drawn = Drawn(seed)
    scenario = drawn.scenario()
    plan = planned(scenario, drawn.fronts)
    countries = None if scenario.residency is None else countries_of(scenario.residency, catalog())
    if plan.proof.status not in SCHEDULED:
        assert plan.proof.status in ("infeasible", "nothing to plan")
        return
    assert broken(plan, scenario, drawn.fronts, countries=countries) == []
    again = drawn.later(plan)
    rest = planned(again, drawn.fronts, earlier=plan)
    if rest.proof.status in SCHEDULED:
        assert broken(rest, again, drawn.fronts, countries=countries, before=plan) == []


def test_the_drawn_portfolios_have_every_rule() -> None:
    scenarios = [Drawn(seed).scenario() for seed in range(60)]
    for rule in ("budgets", "max_carbon", "only_one", "blackouts", "time_rates", "residency", "budget_confidence"):
        assert sum(bool(getattr(scenario, rule)) for scenario in scenarios) > 5, rule
    assert sum(scenario.spot.least_saving is not None for scenario in scenarios) > 5
    assert sum(scenario.spot.least_slack is not None for scenario in scenarios) > 5
    assert sum(bool(quota.changes) for scenario in scenarios for quota in scenario.quotas) > 5
    assert sum(bool(quota.closed) for scenario in scenarios for quota in scenario.quotas) > 5
    assert sum(job.hard for scenario in scenarios for job in scenario.jobs) > 20
    assert sum(bool(job.after) for scenario in scenarios for job in scenario.jobs) > 20


RULES: dict[str, tuple[dict[str, Any], str]] = {
    "blackouts": ({"blackouts": [MORNING]}, "blackout"),
    "quota": ({"quotas": [{"gpus": 1}]}, "holds 2 of 1 GPUs"),
    "change": ({"quotas": [{"gpus": 2, "changes": [{"begins": "2026-06-01T02:00", "gpus": 1}]}]}, "holds 2 of 1"),
    "closed": ({"quotas": [{"gpus": 2, "closed": [MORNING]}]}, "of 0 GPUs"),
    "budget": ({"budgets": [{"amount": 19}]}, "all spend 20.0 of 19.0"),
    "carbon": ({"max_carbon": "1.5 kg"}, "2.0 kg are emitted of 1.5"),
    "only_one": ({"only_one": [{"name": "licence", "jobs": ["a", "b"]}]}, "both use licence"),
    "horizon": ({"horizon": "6 h"}, "not within the horizon"),
    "now": ({"running": {"now": "2026-06-01T02:00"}}, "before now"),
    "deadline": ({"jobs": [{"name": "a", "deadline": "2026-06-01T06:00", "hard": True}, {"name": "b"}]}, "hard"),
    "earliest": ({"jobs": [{"name": "a", "earliest": "2026-06-01T01:00"}, {"name": "b"}]}, "too early"),
    "order": ({"jobs": [{"name": "a"}, {"name": "b", "after": ["a"]}]}, "before a is done"),
    "slack": (
        {"spot": {"least_slack": 0.5}, "jobs": [{"name": "a", "deadline": "2026-06-01T09:00"}, {"name": "b"}]},
        "time to spare",
    ),
    "saving": ({"spot": {"least_saving": 0.5}}, "saves too little"),
    "rates": ({"time_rates": [{"providers": ["lambda"], "hours": "00:00-06:00", "percent_off": 50}]}, "and should"),
}


@pytest.mark.parametrize("rule", RULES)
def test_the_checker_sees_a_rule_that_a_plan_does_not_keep(rule: str) -> None:
    """Planned without the rule, and held against it."""
    fronts = {"a": [way("a1", hours=8.0, tier="spot")], "b": [way("b1", hours=8.0)]}
    jobs = [{"name": "a"}, {"name": "b"}]
    free = portfolio(jobs, quotas=[{"gpus": 2}])
    plan = planned(free, fronts)
    assert broken(plan, free, fronts) == []
    changes, told = RULES[rule]
    others: dict[str, Any] = {"quotas": [{"gpus": 2}]} | changes
    asked = portfolio(others.pop("jobs", jobs), **others)
    assert any(told in problem for problem in broken(plan, asked, fronts))
    assert any("lies in US" in problem for problem in broken(plan, free, fronts, countries=frozenset({"DE"})))
