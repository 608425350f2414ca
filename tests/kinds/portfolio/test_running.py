"""Planning the rest of a portfolio that runs already."""

from typing import Any

import pytest

from planner.errors import InputError, PlannerError
from planner.outcome import Configuration
from planner.outcome.portfolio import PortfolioPlan
from planner.scenario.portfolio import Portfolio
from tests.report.sample_serving import serving_plan

from .made import Fronts, job_of, planned, portfolio, way, where

JOBS: list[dict[str, Any]] = [
    {"name": "a", "team": "lab", "deadline": "2026-06-01T08:00"},
    {"name": "b", "team": "lab", "deadline": "2026-06-01T16:00"},
    {"name": "c", "after": ["b"]},
]
FRONTS: dict[str, list[Configuration]] = {
    "a": [way("a1", hours=8.0, usd=20.0, quality=0.5)],
    "b": [way("b1", hours=8.0, usd=30.0, quality=0.7)],
    "c": [way("c1", hours=4.0), way("c2", hours=4.0, usd=11.0, provider="nebius")],
}
TEAMS = [{"name": "lab", "budgets": [{"amount": 100}]}]


def rest_of(states: list[dict[str, Any]], *, now: str = "2026-06-01T09:00", **others: Any) -> Portfolio:
    given: dict[str, Any] = {"quotas": [{"provider": "lambda", "gpus": 1}], "teams": TEAMS} | others
    running = {"now": now, "jobs": states} | given.pop("running", {})
    return portfolio(given.pop("jobs", JOBS), running=running, **given)


@pytest.fixture(scope="module")
def earlier() -> PortfolioPlan:
    plan = planned(portfolio(JOBS, quotas=[{"provider": "lambda", "gpus": 1}], teams=TEAMS), FRONTS)
    assert where(plan) == {"a": ("a1", 0.0), "b": ("b1", 8.0), "c": ("c1", 16.0)}
    return plan


def test_the_rest_stays_where_it_was_planned_and_what_runs_and_ran_is_kept(earlier: PortfolioPlan) -> None:
    first, other = "a", "b"
    states: list[dict[str, Any]] = [
        {"job": first, "status": "done", "end": "2026-06-01T07:30", "spent": 33},
        {"job": other, "status": "started", "start": "2026-06-01T08:00"},
    ]
    plan = planned(rest_of(states), FRONTS, earlier=earlier)
    assert [job.status for job in plan.jobs] == ["done", "started", "runs"]
    done = job_of(plan, first)
    assert done.run
    assert done.chosen
    assert (done.run.start_hours, done.run.hours, done.run.cost_usd, done.run.cost_usd_hi) == (0.0, 7.5, 33.0, 33.0)
    assert done.chosen.id == f"{first}1"
    assert where(plan)[other] == (f"{other}1", 8.0)
    assert plan.calendar.now == "2026-06-01T09:00:00+00:00"
    line = plan.budgets[0]
    usual = FRONTS[other][0].cost_usd or 0.0
    assert (line.limit_usd, line.spent_before_usd) == (100.0, 33.0)
    assert line.spent_usd == pytest.approx(33.0 + usual)
    assert plan.totals.cost_usd == pytest.approx(33.0 + usual + (job_of(plan, "c").run.cost_usd))  # type: ignore[union-attr]
    assert plan.quotas[0].used[:4] == [1.0, 1.0, 1.0, 1.0]
    assert not job_of(plan, "c").run.moved  # type: ignore[union-attr]


def test_done_jobs_that_the_earlier_plan_knows_are_not_planned_again(earlier: PortfolioPlan) -> None:
    called: list[Any] = []
    states = [{"job": "a", "status": "done", "end": "2026-06-01T08:00", "spent": 20}]
    planned(rest_of(states), FRONTS, earlier=earlier, called=called)
    assert {name for name, _ in called} == {"b", "c"}


@pytest.mark.parametrize(("costs", "moves"), [(0, True), (100, False)])
def test_a_job_moves_only_where_it_pays_more_than_moving_costs(
    earlier: PortfolioPlan, costs: float, *, moves: bool
) -> None:
    cheaper = FRONTS | {"c": [way("c1", hours=4.0), way("c2", hours=4.0, usd=3.0, provider="nebius")]}
    was = job_of(earlier, "c")
    assert was.chosen
    assert was.run
    assert was.chosen.id == "c1"
    scenario = rest_of([], now="2026-06-01", running={"moving_costs": costs})
    plan = planned(scenario, cheaper, earlier=earlier)
    run = job_of(plan, "c").run
    assert run
    assert run.moved is moves
    assert (where(plan)["c"][0] == "c2") is moves
    before = f"1x h100-sxm at lambda us-west-3, on demand, {was.run.start[:16].replace('T', ' ')}"
    assert run.before == (before if moves else "")
    assert plan.totals.moved >= int(moves)


def test_a_failed_job_is_planned_again_and_what_it_cost_stays_spent(earlier: PortfolioPlan) -> None:
    states = [{"job": "b", "status": "failed", "start": "2026-06-01", "end": "2026-06-01T08:00", "spent": 30}]
    plan = planned(rest_of(states, teams=[{"name": "lab", "budgets": [{"amount": 90}]}]), FRONTS, earlier=earlier)
    job = job_of(plan, "b")
    assert job.status == "runs"
    assert job.run
    assert job.run.start_hours >= 12.0
    assert plan.budgets[0].spent_usd == pytest.approx(30 + 20 + 30)
    assert plan.team_months[-1].spent_usd == pytest.approx(80.0)
    assert any("$30.00 went into attempts that failed" in warning for warning in plan.warnings)
    assert plan.totals.cost_usd == pytest.approx(60.0)


def test_what_was_overspent_leaves_nothing_to_spend(earlier: PortfolioPlan) -> None:
    states = [{"job": "a", "status": "done", "end": "2026-06-01T08:00", "spent": 120}]
    jobs = [JOBS[0], JOBS[1] | {"optional": True, "value": 500}, {"name": "c"}]
    plan = planned(rest_of(states, jobs=jobs), FRONTS, earlier=earlier)
    assert job_of(plan, "b").status == "left out"
    assert (plan.budgets[0].spent_usd, plan.budgets[0].holds) == (120.0, 0.0)


def test_a_started_job_runs_on_over_a_spent_budget_and_nothing_else_is_spent() -> None:
    states: list[dict[str, Any]] = [
        {"job": "a", "status": "done", "configuration": "a1", "end": "2026-06-01T08:00", "spent": 90},
        {"job": "b", "status": "started", "configuration": "b1", "start": "2026-06-01T08:00"},
    ]
    jobs = [*JOBS[:2], {"name": "c", "team": "lab", "optional": True, "value": 500}]
    plan = planned(rest_of(states, jobs=jobs), FRONTS)
    assert {job.name: job.status for job in plan.jobs} == {"a": "done", "b": "started", "c": "left out"}
    assert plan.budgets[0].spent_usd == pytest.approx(120.0)
    assert any("lab in 2026-06 is exceeded by what ran and runs: $120 of $100" in warning for warning in plan.warnings)


@pytest.mark.parametrize(("limit", "runs"), [("2 kg", False), ("3 kg", True)])
def test_what_done_jobs_emitted_is_off_the_limit(limit: str, *, runs: bool) -> None:
    states = [{"job": "a", "status": "done", "configuration": "a1", "end": "2026-06-01T08:00", "spent": 9}]
    jobs = [JOBS[0], *({"name": n, "optional": True, "value": 500} for n in "bc")]
    plan = planned(rest_of(states, jobs=jobs, max_carbon=limit), FRONTS)
    assert plan.totals.carbon_kg == (3.0 if runs else 2.0)


def test_spending_of_a_job_over_two_months_is_even_by_the_hour() -> None:
    states = [{"job": "a", "status": "done", "configuration": "a1", "start": "2026-06-30T18:00",
               "end": "2026-07-01T06:00", "spent": 40}]  # fmt: skip
    scenario = rest_of(states, begins="2026-06-30", now="2026-07-01T08:00", horizon="4 days")
    plan = planned(scenario, FRONTS)
    assert job_of(plan, "a").run.cost_by_month_usd == {"2026-06": 20.0, "2026-07": 20.0}  # type: ignore[union-attr]
    assert [line.spent_before_usd for line in plan.budgets] == [20.0, 20.0]


def test_what_the_job_s_plan_no_longer_lists_is_as_the_earlier_plan_had_it(earlier: PortfolioPlan) -> None:
    first = "a"
    fronts = FRONTS | {first: [way("new", hours=1.0, usd=1.0)]}
    plan = planned(rest_of([{"job": first, "status": "started"}], now="2026-06-01T02:00"), fronts, earlier=earlier)
    job, was = job_of(plan, first), job_of(earlier, first)
    assert job.status == "started"
    assert job.chosen == was.chosen
    assert job.run
    assert was.run
    assert (job.run.cost_usd, job.run.hours) == (was.run.cost_usd, was.run.hours)
    assert job.run.cost_usd_hi == pytest.approx(was.run.cost_usd_hi)


def test_a_started_job_runs_on_where_its_scenario_no_longer_plans(earlier: PortfolioPlan) -> None:
    first = "a"
    state = [{"job": first, "status": "started"}]
    broken = FRONTS | {first: PlannerError("gone")}
    plan = planned(rest_of(state, now="2026-06-01T02:00"), broken, earlier=earlier)
    assert job_of(plan, first).status == "started"
    state = [{"job": first, "status": "started", "start": "2026-06-01", "configuration": "x"}]
    blind = planned(rest_of(state, now="2026-06-01T02:00"), broken)
    assert job_of(blind, first).status == "failed"
    assert any("what it holds and costs is not counted" in warning for warning in blind.warnings)


def test_a_configuration_may_be_named_by_a_decision() -> None:
    states = [{"job": "a", "status": "started", "start": "2026-06-01", "configuration": "cheapest"}]
    plan = planned(rest_of(states, now="2026-06-01T02:00"), FRONTS)
    assert where(plan)["a"] == ("a1", 0.0)
    assert job_of(plan, "a").status == "started"


def test_a_started_job_that_stands_in_the_way_is_told_as_started() -> None:
    jobs = [JOBS[0], {"name": "b", "deadline": "2026-06-01T12:00", "hard": True}, {"name": "c"}]
    states = [{"job": "a", "status": "started", "start": "2026-06-01", "configuration": "a1"}]
    plan = planned(rest_of(states, now="2026-06-01T02:00", jobs=jobs), FRONTS)
    assert plan.proof.status == "infeasible"
    assert [job.status for job in plan.jobs] == ["started", "left out", "left out"]
    assert plan.totals.cost_usd == 20.0
    assert plan.conflict
    assert any("b is done by" in part.constraint for part in plan.conflict.parts)


def test_without_its_provider_a_started_job_begins_again_and_not_before_now() -> None:
    jobs = [JOBS[0] | {"blackouts": [{"begins": "2026-06-01T04:00", "ends": "2026-06-01T08:00"}]}]
    fronts = {"a": [*FRONTS["a"], way("a2", hours=8.0, usd=50.0, provider="nebius")]}
    states = [{"job": "a", "status": "started", "start": "2026-06-01", "configuration": "a1"}]
    scenario = rest_of(states, jobs=jobs, now="2026-06-01T02:00", outages=[{"provider": "lambda"}])
    effect = planned(scenario, fronts).outages[0]
    # 2 of its 8 hours are over: $5 of its $20 are spent, beside the $50 of the other run.
    assert (effect.feasible, effect.more_cost_usd, effect.cost_usd) == (True, 35.0, 55.0)
    short = rest_of(states, jobs=jobs, now="2026-06-01T02:00", outages=[{"provider": "lambda"}],
                    teams=[{"name": "lab", "budgets": [{"amount": 54}]}])  # fmt: skip
    assert not planned(short, fronts).outages[0].feasible
    assert "from 2026-06-01 08:00" in effect.moved[0].after


@pytest.mark.parametrize(
    ("state", "message"),
    [
        ({"job": "z", "status": "started"}, "there is no job z"),
        ({"job": "a", "status": "started", "configuration": "a1"}, "give its start"),
        ({"job": "a", "status": "started", "start": "2026-06-01"}, "give its configuration"),
        ({"job": "a", "status": "started", "start": "2026-06-01", "configuration": "zz"}, "zz"),
        (
            {"job": "a", "status": "started", "start": "2026-05-01", "configuration": "a1"},
            "before the portfolio begins",
        ),
    ],
)
def test_a_state_that_cannot_be_is_refused(state: dict[str, Any], message: str) -> None:
    with pytest.raises(InputError, match=message):
        planned(rest_of([state]), FRONTS)


def test_now_after_the_horizon_is_refused() -> None:
    with pytest.raises(InputError, match=r"running\.now"):
        planned(rest_of([], now="2026-07-01"), FRONTS)


def test_where_all_is_done_there_is_nothing_to_plan() -> None:
    states = [{"job": "a", "status": "done", "configuration": "a1", "end": "2026-06-01T08:00", "spent": 5}]
    plan = planned(rest_of(states, jobs=[JOBS[0]]), FRONTS)
    assert (plan.proof.status, plan.totals.cost_usd, plan.totals.runs) == ("nothing to plan", 5.0, 1)
    assert plan.budgets[0].spent_usd == 5.0


def test_a_service_that_has_started_is_up_since_then_and_not_from_now_on() -> None:
    own = serving_plan()
    scenario = portfolio([{"name": "s"}], running={"now": "2026-06-01T00:00", "jobs": []})
    first = planned(scenario, {"s": own}, kinds={"s": "Serving"})
    run = job_of(first, "s").run
    assert run
    states = [{"job": "s", "status": "started"}]
    scenario = portfolio([{"name": "s"}], running={"now": "2026-06-02T00:00", "jobs": states})
    again = planned(scenario, {"s": own}, earlier=first, kinds={"s": "Serving"})
    assert job_of(again, "s").status == "started"
    assert job_of(again, "s").run == run
    assert run.hours == 48.0


def test_a_service_that_waits_for_what_is_done_is_up_from_its_lag_on() -> None:
    jobs: list[dict[str, Any]] = [JOBS[0], {"name": "s", "after": [{"job": "a", "lag": 6.0}]}]
    states = [{"job": "a", "status": "done", "configuration": "a1", "end": "2026-06-01T08:00", "spent": 9}]
    fronts: Fronts = {"a": FRONTS["a"], "s": serving_plan()}
    plan = planned(rest_of(states, jobs=jobs), fronts, kinds={"s": "Serving"})
    run = job_of(plan, "s").run
    assert run
    assert (run.start_hours, run.hours) == (16.0, 32.0)


def test_a_started_job_that_should_have_ended_is_told() -> None:
    states = [{"job": "a", "status": "started", "start": "2026-06-01", "configuration": "a1"}]
    plan = planned(rest_of(states, now="2026-06-01T10:00"), FRONTS)
    assert [text for text in plan.warnings if "was to end at 2026-06-01 08:00" in text]
    assert not [text for text in planned(rest_of(states, now="2026-06-01T07:00"), FRONTS).warnings if "to end" in text]


def test_what_an_outage_does_not_touch_stays_where_it_was() -> None:
    """Any start costs the same; the job that is worth most has to go elsewhere, and takes the place that is free."""
    names = [f"j{k}" for k in range(8)]
    fronts: dict[str, list[Configuration]] = {n: [way(n, provider="nebius", hours=8.0)] for n in names}
    fronts |= {"x": [way("x1", hours=8.0), way("x2", hours=8.0, usd=19.0, provider="nebius")]}
    jobs: list[dict[str, Any]] = [{"name": n, "optional": True, "value": 100} for n in names]
    quotas = [{"provider": "nebius", "gpus": 3}]
    scenario = portfolio(
        [*jobs, {"name": "x", "optional": True, "value": 900}], quotas=quotas, outages=[{"provider": "lambda"}],
        solver={"gap": 0.05},
    )  # fmt: skip
    effect = planned(scenario, fronts).outages[0]
    assert [change.job for change in effect.moved] == ["x"]
    assert effect.more_cost_usd == 9.0


def test_unknown_emissions_of_what_ran_are_told_under_a_limit() -> None:
    states = [{"job": "a", "status": "done", "configuration": "a1", "end": "2026-06-01T08:00", "spent": 9}]
    fronts = {"a": [way("a1", carbon_kg=None)], "b": [way("b1")]}
    jobs = [{"name": "a"}, {"name": "b"}]
    told = planned(rest_of(states, jobs=jobs, max_carbon="2 kg"), fronts).warnings
    assert "what a emitted is unknown, and max_carbon counts nothing for it" in told
    assert not any("emitted" in text for text in planned(rest_of(states, jobs=jobs), fronts).warnings)


def test_a_started_job_keeps_more_than_a_quota_has_and_nothing_else_is_placed_there() -> None:
    states = [{"job": "a", "status": "started", "start": "2026-06-01", "configuration": "a1"}]
    fronts = {"a": [way("a1", hours=20.0, gpus=4)], "b": [way("b1", hours=4.0)]}
    quotas = [{"provider": "lambda", "gpus": 8, "changes": [{"begins": "2026-06-01T08:00", "gpus": 2}]}]
    scenario = rest_of(states, jobs=[{"name": "a"}, {"name": "b", "earliest": "2026-06-01T08:00"}], quotas=quotas)
    plan = planned(scenario, fronts)
    assert where(plan) == {"a": ("a1", 0.0), "b": ("b1", 20.0)}
    told = "the quota GPUs at lambda is exceeded by what runs: 4 of 2 GPUs from 2026-06-01 08:00 on"
    assert told in plan.warnings
    assert plan.quotas[0].units[2] == 2.0


def test_a_started_job_that_outlasts_the_horizon_asks_for_a_longer_one() -> None:
    states = [{"job": "a", "status": "started", "start": "2026-06-01T08:00", "configuration": "a1"}]
    plan = planned(rest_of(states, jobs=[{"name": "a"}]), {"a": [way("a1", hours=60.0)]})
    assert plan.conflict
    assert [part.text for part in plan.conflict.parts] == [
        "It has started, and runs until 2026-06-03 20:00: give a longer horizon."
    ]
