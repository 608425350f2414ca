"""What a schedule keeps, and how it is told: budgets, rates, failures, conflicts, outages, prices."""

import datetime as dt
from typing import Any

import numpy as np
import pytest

from planner.errors import InputError, PlannerError
from planner.kinds.portfolio.chances import SHARED_VARIANCE
from tests.report.sample_serving import serving_plan

from .made import Fronts, job_of, plan_of, planned, portfolio, way, where

NIGHT = {"providers": ["lambda"], "hours": "20:00-06:00", "percent_off": 40}


def test_priority_is_team_weight_times_urgency_times_impact() -> None:
    teams = [{"name": "lab", "weight": 2}]
    jobs: list[dict[str, Any]] = [
        {"name": "a", "team": "lab", "urgency": 3, "impact": 0.5},
        {"name": "b", "urgency": 2},
    ]
    scenario = portfolio(jobs, teams=teams)
    plan = planned(scenario, {"a": [way("a1", quality=0.8)], "b": [way("b1", quality=0.5)]})
    assert (job_of(plan, "a").priority, job_of(plan, "b").priority) == (3.0, 2.0)
    assert plan.totals.quality == pytest.approx((3 * 0.8 + 2 * 0.5) / 5)


def test_lateness_counts_by_the_day_the_job_s_own_else_the_portfolio_s() -> None:
    deadline = {"deadline": "2026-06-01T06:00"}
    jobs: list[dict[str, Any]] = [
        {"name": "a", "urgency": 2, "late_per_day": 240, **deadline},
        {"name": "b", **deadline},
        {"name": "c"},
    ]
    fronts = {n: [way(n, hours=12.0)] for n in "abc"}
    plan = planned(portfolio(jobs, objective={"late_per_day": 48}), fronts)
    assert [job_of(plan, n).late_usd_per_day for n in "abc"] == [240.0, 48.0, 0.0]
    assert (plan.totals.late_jobs, plan.totals.late_hours) == (2, 12.0)
    assert plan.totals.lateness_usd == pytest.approx(2 * 10 * 6 + 2 * 6)
    assert plan.proof.objective_usd == pytest.approx(-30 - 132)


def test_a_begin_within_an_hour_is_moved_to_the_next_full_one_and_told() -> None:
    scenario = portfolio([{"name": "a"}], begins="2026-06-01T08:20", time_zone="Europe/Berlin")
    plan = planned(scenario, {"a": [way("a1")]})
    assert plan.calendar.begins == "2026-06-01T09:00:00+02:00"
    assert plan.warnings == []  # reading tells it, with its place
    assert job_of(plan, "a").run.start == "2026-06-01T09:00:00+02:00"  # type: ignore[union-attr]


def test_months_and_times_go_by_the_clocks_of_the_zone_over_a_change_of_them() -> None:
    """Clocks go back on 25 October; November begins 24 x 7 + 1 hours after its last midnight of a week before."""
    scenario = portfolio(
        [{"name": "a"}], begins="2026-10-25", time_zone="Europe/Berlin", horizon="10 days",
        blackouts=[{"begins": "2026-10-25", "ends": "2026-10-31T22:00"}], solver={"slot_hours": 1},
    )  # fmt: skip
    plan = planned(scenario, {"a": [way("a1", hours=4.0)]})
    run = job_of(plan, "a").run
    assert run
    assert (run.start, run.start_hours) == ("2026-10-31T22:00:00+01:00", 6 * 24 + 22 + 1)
    assert run.cost_by_month_usd == pytest.approx({"2026-10": 5.0, "2026-11": 5.0})
    assert any(row.key == "clocks" for row in plan.assumptions)


def test_a_budget_for_each_month_one_month_and_all_of_them() -> None:
    teams = [{"name": "lab", "budgets": [{"amount": 100}, {"amount": 30, "month": "2026-07"}]}]
    scenario = portfolio(
        [{"name": "a", "team": "lab"}], begins="2026-06-30", teams=teams, horizon="4 days",
        budgets=[{"amount": 500, "whole": True}, {"amount": 9, "month": "2027-01"}],
    )  # fmt: skip
    plan = planned(scenario, {"a": [way("a1", hours=48.0, usd=40.0)]})
    assert [(line.name, line.limit_usd) for line in plan.budgets] == [
        ("lab in 2026-06", 100.0), ("lab in 2026-07", 30.0), ("all teams, the whole portfolio", 500.0)
    ]  # fmt: skip
    assert [round(line.spent_usd, 6) for line in plan.budgets] == [20.0, 20.0, 40.0]
    assert plan.warnings == []  # reading tells of 2027-01, with its place
    assert [(of.team, of.month, of.limit_usd) for of in plan.team_months] == [
        ("lab", "2026-06", 100.0), ("lab", "2026-07", 30.0)
    ]  # fmt: skip


def test_a_cheaper_night_is_waited_for_and_costs_what_the_integral_says() -> None:
    """12 hours from 20:00: ten at 60 % of $1 compute an hour, two at the full price, and $6 of storage."""
    scenario = portfolio([{"name": "a"}], time_rates=[NIGHT])
    plan = planned(scenario, {"a": [way("a1", hours=12.0, usd=18.0, fixed=6.0)]})
    run = job_of(plan, "a").run
    assert run
    assert run.start == "2026-06-01T20:00:00+00:00"
    assert run.cost_usd == pytest.approx(6 + 10 * 0.6 + 2)
    assert run.mean_rate_cost_usd == pytest.approx(6 + 12 * (10 * 0.6 + 14) / 24)
    assert run.cost_usd_lo == pytest.approx(run.cost_usd / 1.2)
    assert run.cost_usd_hi == pytest.approx(run.cost_usd * 1.2)
    assert any(row.key == "time_rates" for row in plan.assumptions)


def test_rates_are_told_in_utc_and_their_offset_and_count_in_the_portfolio_s_zone() -> None:
    """Nights from 00:00 to 06:00 of UTC+05:30 are 20:30 to 02:30 in Berlin's summer; half hours count their mean."""
    rate = {"providers": ["lambda"], "hours": "00:00-06:00", "utc_offset": "+05:30", "percent_off": 50}
    scenario = portfolio([{"name": "a"}], time_rates=[rate], time_zone="Europe/Berlin", solver={"slot_hours": 1})
    run = job_of(planned(scenario, {"a": [way("a1", hours=6.0, usd=6.0)]}), "a").run
    assert run
    assert run.start in ("2026-06-01T20:00:00+02:00", "2026-06-01T21:00:00+02:00")
    assert run.cost_usd == pytest.approx(5 * 0.5 + 0.75)


@pytest.mark.parametrize("changes", [{"tier": "spot"}, {"provider": "nebius"}, {"gpu": "l4"}, {"service": "sagemaker"}])
def test_rates_hold_for_their_providers_cards_and_tiers_only(changes: dict[str, str]) -> None:
    scenario = portfolio([{"name": "a"}], time_rates=[NIGHT | {"gpus": ["h100"]}])
    plan = planned(scenario, {"a": [way("a1", **changes)]})  # type: ignore[arg-type]
    run = job_of(plan, "a").run
    assert run
    assert (run.start_hours, run.cost_usd, run.mean_rate_cost_usd) == (0.0, 10.0, 10.0)
    assert plan.warnings == [
        "time_rates[0] (40 % off 20:00-06:00 UTC) holds for no configuration of any job; it is for tiers: on_demand"
    ]


def test_a_job_whose_own_plan_fails_is_told_and_the_others_are_planned() -> None:
    scenario = portfolio([
        {"name": "bad"}, {"name": "unread"}, {"name": "none"}, {"name": "good"}, {"name": "waits", "after": ["bad"]},
        {"name": "might", "after": ["waits"], "optional": True, "value": 9},
    ])  # fmt: skip
    fronts: Fronts = {
        "bad": PlannerError("no such model\n  write another"), "unread": [way("u")], "good": [way("g")],
        "waits": [way("w")], "none": plan_of([], infeasible={"does not fit in memory": 40, "constraints.max_cost": 2}),
        "might": [way("m")],
    }  # fmt: skip
    plan = planned(scenario, fronts, failures={"unread": "line 3: unknown key"})
    assert where(plan) == {"good": ("g", 0.0)}
    told = {job.name: (job.status, job.why) for job in plan.jobs}
    assert told["bad"] == ("failed", "no such model; write another")
    assert told["unread"] == ("failed", "line 3: unknown key")
    assert told["none"][1] == "nothing is feasible: most combinations stop at does not fit in memory (40 of 42)"
    assert told["waits"] == ("failed", "waits for bad, which cannot run")
    assert told["might"] == ("left out", "waits for waits, which cannot run")
    assert (plan.totals.runs, plan.totals.failed, plan.totals.left_out) == (1, 4, 1)
    assert plan.proof.status == "within the gap"


def test_where_no_job_is_left_nothing_is_planned() -> None:
    plan = planned(portfolio([{"name": "a"}]), {"a": PlannerError("no")})
    assert (plan.proof.status, plan.proof.objective_usd, plan.totals.finish) == ("nothing to plan", None, "")
    assert plan.shadow.sentences == ["Not computed: there is no schedule."]


def test_what_cannot_be_kept_together_is_named_with_what_frees_it() -> None:
    jobs = [{"name": n, "deadline": "2026-06-01T08:00", "hard": True} for n in "ab"]
    scenario = portfolio(jobs, quotas=[{"gpus": 1, "provider": "lambda"}])
    plan = planned(scenario, {n: [way(n, hours=8.0)] for n in "ab"})
    assert plan.proof.status == "infeasible"
    assert (plan.proof.objective_usd, plan.totals.cost_usd, plan.front, plan.outages) == (None, 0.0, [], [])
    assert {(job.status, job.why) for job in plan.jobs} == {("left out", "no schedule keeps all constraints")}
    assert plan.conflict
    assert plan.conflict.smallest
    told = {part.constraint: part.text for part in plan.conflict.parts}
    assert told["1 GPUs: GPUs at lambda"] == "Raise it to 2 GPUs."
    assert "Move its deadline to 2026-06-01 16:00." in told.values()
    assert plan.quotas[0].peak == 0.0


def test_a_run_longer_than_the_horizon_is_told_as_such() -> None:
    plan = planned(portfolio([{"name": "a"}, {"name": "b"}]), {"a": [way("a1", hours=60.0)], "b": [way("b1")]})
    assert plan.conflict
    assert [part.constraint for part in plan.conflict.parts] == ["a must run"]
    assert plan.conflict.parts[0].text.startswith("Give a longer horizon: its shortest run takes 60.0 h.")


def test_each_kind_of_constraint_is_told_in_words_with_what_frees_it() -> None:
    jobs: list[dict[str, Any]] = [
        {"name": "a", "earliest": "2026-06-01T20:00"},
        {"name": "b", "after": [{"job": "a", "lag": 4.0}], "deadline": "2026-06-02T02:00", "hard": True},
    ]
    late = planned(portfolio(jobs), {n: [way(n)] for n in "ab"}).conflict
    assert late
    told = {part.constraint: part.text for part in late.parts}
    assert told["a starts no earlier than 2026-06-01 20:00"] == "Let it start at 2026-06-01 12:00."
    assert told["b is done by 2026-06-02 02:00"] == "Move its deadline to 2026-06-02 08:00."
    assert told["b after a"] == "Do not let it wait: b after a."
    closed = [{"begins": "2026-06-01", "ends": "2026-06-02T22:00"}]
    blocked = planned(portfolio([{"name": "a"}], blackouts=closed), {"a": [way("a1")]}).conflict
    assert blocked
    assert "Lift blackouts of all jobs, or shorten them." in {part.text for part in blocked.parts}
    emitted = planned(portfolio([{"name": "a"}, {"name": "b"}], max_carbon="1.5 kg"), {n: [way(n)] for n in "ab"})
    assert emitted.conflict
    assert "Allow 2.0 kg." in {part.text for part in emitted.conflict.parts}
    one = [{"name": n, "deadline": "2026-06-01T04:00", "hard": True} for n in "ab"]
    licence = planned(portfolio(one, only_one=[{"name": "licence", "jobs": ["a", "b"]}]), {n: [way(n)] for n in "ab"})
    assert licence.conflict
    assert "licence, which only one can use" in {part.constraint for part in licence.conflict.parts}


def test_a_quota_is_to_be_opened_only_where_it_is_closed() -> None:
    jobs: list[dict[str, Any]] = [{"name": "a", "deadline": "2026-06-01T08:00", "hard": True}]
    fronts = {"a": [way("a1", gpus=4)]}

    def told(**quota: Any) -> list[str]:
        found = planned(portfolio(jobs, quotas=[{"provider": "lambda"} | quota]), fronts).conflict
        return [part.text for part in found.parts if "GPUs" in part.constraint] if found else []

    assert told(gpus=8, closed=[{"begins": "2026-06-01", "ends": "2026-06-02"}]) == [
        "Open it while it is closed: no number will do."
    ]
    assert told(gpus=2) == ["Raise it to 4 GPUs."]
    assert told(gpus=2, closed=[{"begins": "2026-06-01T04:00", "ends": "2026-06-02"}]) == ["Raise it to 4 GPUs."]
    assert told(gpus=2, changes=[{"begins": "2026-06-01T02:00", "gpus": 1}]) == [
        "Raise it by 3 GPUs, at its changes too."
    ]


def test_a_budget_in_conflict_is_told_with_its_margin() -> None:
    teams = [{"name": "lab", "budgets": [{"amount": 15}]}]
    jobs = [{"name": n, "team": "lab"} for n in "ab"]
    fronts = {n: [way(n)] for n in "ab"}
    plain = planned(portfolio(jobs, teams=teams), fronts).conflict
    sure = planned(portfolio(jobs, teams=teams, budget_confidence=0.9), fronts).conflict
    assert plain
    assert sure
    needed, more = (next(p.needed for p in of.parts if "for lab" in p.constraint) for of in (plain, sure))
    assert needed == pytest.approx(20.0, rel=2e-3)
    assert more is not None
    assert more > 21.0


def test_an_outage_says_what_moves_what_is_lost_and_what_it_costs() -> None:
    scenario = portfolio(
        [{"name": "a"}, {"name": "b", "optional": True, "value": 100}],
        outages=[{"provider": "lambda"}, {"provider": "nebius"}],
    )
    plan = planned(scenario, {"a": [way("l"), way("n", usd=25.0, provider="nebius")], "b": [way("only")]})
    down, idle = plan.outages
    assert (down.feasible, down.lost, down.cost_usd, down.more_cost_usd) == (True, ["b"], 25.0, 5.0)
    assert [change.job for change in down.moved] == ["a"]
    assert "at nebius" in down.moved[0].after
    assert down.text == (
        "Without lambda 1 job changes, 1 job no longer runs (b), the whole costs $5.00 more, the schedule is worth "
        "$105 less."
    )
    assert (idle.more_cost_usd, idle.moved) == (0.0, [])
    assert idle.text == "Without nebius nothing changes: no job runs there."


def test_what_an_outage_takes_from_the_worth_counts_nothing_for_staying() -> None:
    """Job b stays, which the plan without lambda is made to prefer; that is not worth anything."""
    scenario = portfolio([{"name": "a"}, {"name": "b"}], outages=[{"provider": "lambda"}])
    fronts = {"a": [way("l"), way("n", usd=25.0, provider="nebius")], "b": [way("m", provider="nebius")]}
    (down,) = planned(scenario, fronts).outages
    assert down.text == "Without lambda 1 job changes, the whole costs $15.00 more, the schedule is worth $15.00 less."


def test_a_required_job_that_an_outage_leaves_nothing_is_lost_with_what_waits_for_it() -> None:
    jobs: list[dict[str, Any]] = [{"name": "a"}, {"name": "b", "after": ["a"]}, {"name": "c"}]
    scenario = portfolio(jobs, outages=[{"provider": "lambda"}])
    fronts = {"a": [way("a1")], "b": [way("b1", provider="nebius")], "c": [way("c1", provider="nebius")]}
    effect = planned(scenario, fronts).outages[0]
    assert (effect.feasible, effect.lost) == (False, ["a", "b"])


def test_shadow_prices_say_what_more_is_worth() -> None:
    """Two optional jobs worth $50 for $10 each, $15 to spend: at the margin a dollar more brings $4."""
    jobs = [{"name": n, "team": "lab", "optional": True, "value": 50} for n in "ab"]
    plan = planned(portfolio(jobs, teams=[{"name": "lab", "budgets": [{"amount": 15}]}]), {n: [way(n)] for n in "ab"})
    assert plan.budgets[0].worth_per_usd == pytest.approx(4.0)
    assert plan.shadow.sentences == ["$1 more for lab in 2026-06 would be worth $4.00."]
    assert "relaxation" in plan.shadow.label


def test_a_gpu_more_is_worth_what_waits_for_it() -> None:
    """Three jobs of a day each, worth $100 less $10: two fit, and a GPU more for a day brings the third."""
    jobs = [{"name": n, "optional": True, "value": 100} for n in "abc"]
    scenario = portfolio(jobs, quotas=[{"gpu": "h100-sxm", "provider": "lambda", "gpus": 1}])
    plan = planned(scenario, {n: [way(n, hours=24.0)] for n in "abc"})
    quota = plan.quotas[0]
    assert quota.mean_share == 1.0
    assert quota.bound_hours == pytest.approx(48.0)
    assert quota.worth_per_gpu_hour_usd == pytest.approx(90 / 24)
    assert quota.worth_per_gpu_usd == pytest.approx(180.0)
    assert plan.shadow.sentences == [
        "One more h100-sxm at lambda for an hour is worth $3.75 on the mean of the 48.0 h in which all are taken; "
        "all the time, $180."
    ]


def test_nothing_binds_is_one_sentence() -> None:
    plan = planned(portfolio([{"name": "a"}], quotas=[{"gpus": 9}]), {"a": [way("a1")]})
    assert len(plan.shadow.sentences) == 1
    assert "binds" in plan.shadow.sentences[0]


def test_the_portfolio_s_own_front_has_cheaper_faster_and_better_schedules_and_the_plan_s_own() -> None:
    jobs = [{"name": n, "deadline": "2026-06-01T04:00", "late_per_day": 24} for n in "ab"]
    front = [way("slow", hours=16.0, usd=5.0, quality=0.2), way("fast", hours=4.0, usd=30.0, quality=0.3),
             way("good", hours=16.0, usd=40.0, quality=0.9)]  # fmt: skip
    plan = planned(portfolio(jobs, solver={"front": 3}), {"a": front, "b": front})
    assert [s.chosen for s in plan.front].count(True) == 1
    own = next(s for s in plan.front if s.chosen)
    assert own.cost_usd == plan.totals.cost_usd
    assert own.lateness_usd == pytest.approx(plan.totals.lateness_usd)
    assert [s.cost_usd for s in plan.front] == sorted(s.cost_usd for s in plan.front)
    assert min(s.lateness_usd for s in plan.front) == 0.0
    assert max(s.quality or 0.0 for s in plan.front) == pytest.approx(0.9)
    assert {s.held for s in plan.front} == {"", "lateness", "quality"}


def _drawn(medians: list[float], sigma: float, share: float, limit: float) -> float:
    draw = np.random.default_rng(7)
    shared = draw.standard_normal((200_000, 1)) * sigma * share**0.5
    own = draw.standard_normal((200_000, len(medians))) * sigma * (1 - share) ** 0.5
    return float((np.array(medians) * np.exp(shared + own)).sum(axis=1).__le__(limit).mean())


@pytest.mark.parametrize("confidence", [0.6, 0.9, 0.98])
def test_budgets_hold_with_the_probability_that_is_asked_for_by_monte_carlo(confidence: float) -> None:
    sigma = np.log(1.5) / 1.6448536
    jobs = [{"name": f"j{k}", "team": "lab", "optional": True, "value": 500} for k in range(8)]
    fronts = {f"j{k}": [way(f"w{k}", usd=10.0 + k, spread=1.5)] for k in range(8)}
    teams = [{"name": "lab", "budgets": [{"amount": 70}]}]
    plan = planned(portfolio(jobs, teams=teams, budget_confidence=confidence), fronts)
    line = plan.budgets[0]
    medians = [job.run.cost_usd for job in plan.jobs if job.run]
    chance = _drawn(medians, sigma, SHARED_VARIANCE, 70.0)
    assert chance >= confidence - 0.005
    assert line.holds == pytest.approx(chance, abs=0.01)
    assert sum(medians) < line.held_usd <= 70.0
    # One job more would not keep it: the margin is no wider than need be.
    more = min(10.0 + k for k in range(8) if job_of(plan, f"j{k}").run is None)
    assert _drawn([*medians, more], sigma, SHARED_VARIANCE, 70.0) < confidence + 0.005
    assert any(row.key == "budget_confidence" for row in plan.assumptions)


def test_without_a_probability_asked_for_it_is_still_told_how_likely_a_budget_holds() -> None:
    teams = [{"name": "lab", "budgets": [{"amount": 10}]}]
    plan = planned(portfolio([{"name": "a", "team": "lab"}], teams=teams), {"a": [way("a1")]})
    assert plan.budgets[0].holds == pytest.approx(0.5, abs=0.02)
    assert plan.budgets[0].held_usd == plan.budgets[0].spent_usd == 10.0
    unknown = planned(portfolio([{"name": "a", "team": "lab"}], teams=teams), {"a": [way("a1", spread=None)]})
    assert unknown.budgets[0].holds is None
    assert (unknown.totals.cost_usd_lo, unknown.totals.cost_usd_hi) == (None, None)
    assert job_of(unknown, "a").run.cost_usd_lo is None  # type: ignore[union-attr]


def test_a_cost_without_a_band_cannot_keep_a_budget_with_a_probability() -> None:
    teams = [{"name": "lab", "budgets": [{"amount": 100}]}]
    scenario = portfolio([{"name": "a", "team": "lab"}], teams=teams, budget_confidence=0.9)
    plan = planned(scenario, {"a": [way("a1", spread=None), way("a2", usd=20.0)]})
    assert where(plan)["a"][0] == "a2"
    assert sum(job_of(plan, "a").passed_over.values()) == 1


def test_a_probability_that_cannot_be_reached_is_never_claimed() -> None:
    """A started job alone needs more than its budget for it."""
    states = [{"job": "a", "status": "started", "configuration": "a1", "start": "2026-06-01"}]
    teams = [{"name": "lab", "budgets": [{"amount": 11}]}]
    scenario = portfolio(
        [{"name": "a", "team": "lab"}], teams=teams, budget_confidence=0.95,
        running={"now": "2026-06-01T02:00", "jobs": states},
    )  # fmt: skip
    plan = planned(scenario, {"a": [way("a1", spread=1.5)]})
    line = plan.budgets[0]
    assert line.holds is not None
    assert line.holds < 0.95
    assert line.held_usd > 11
    assert any("all hold with 95 %: not lab in 2026-06" in warning for warning in plan.warnings)
    assert any("not reached for lab in 2026-06" in row.note for row in plan.assumptions)


def test_an_api_s_provider_can_be_down_too() -> None:
    own = serving_plan()
    ways = [c for c in own.beside if c.id in own.decisions.values() and c.way == "api"]
    assert ways
    assert ways[0].api
    scenario = portfolio([{"name": "s", "runs_for": "10 h"}], outages=[{"provider": ways[0].api.provider.upper()}])
    plan = planned(scenario, {"s": own.model_copy(update={"front": [], "beside": ways[:1]})}, kinds={"s": "Serving"})
    assert (plan.outages[0].feasible, plan.outages[0].lost) == (False, ["s"])


def test_the_band_of_the_sum_is_that_of_errors_shared_in_part() -> None:
    jobs = [{"name": f"j{k}"} for k in range(9)]
    totals = planned(portfolio(jobs), {f"j{k}": [way(f"w{k}", spread=1.5)] for k in range(9)}).totals
    assert totals.cost_usd == 90.0
    assert totals.cost_usd_hi
    assert totals.cost_usd_lo
    apart = 1.5 ** (1 / 3)
    assert 90 * apart < totals.cost_usd_hi < 90 * 1.5
    assert 90 / 1.5 < totals.cost_usd_lo < 90 / 1.1


def test_the_same_input_gives_the_same_bytes_and_nothing_is_printed(capfd: pytest.CaptureFixture[str]) -> None:
    jobs = [{"name": f"j{k}", "team": "lab", "deadline": "2026-06-01T12:00"} for k in range(4)]
    fronts = {f"j{k}": [way(f"w{k}{i}", hours=3.0 + i + k, usd=30.0 - 5 * i + k, quality=0.1 * i) for i in range(3)]
              for k in range(4)}  # fmt: skip
    scenario = portfolio(
        jobs, teams=[{"name": "lab", "budgets": [{"amount": 150}]}], quotas=[{"gpus": 2}],
        solver={"front": 2, "gap": 0.05}, outages=[{"provider": "lambda"}], budget_confidence=0.8, time_rates=[NIGHT],
    )  # fmt: skip
    first, second = (planned(scenario, fronts).model_dump_json() for _ in range(2))
    assert first == second
    assert capfd.readouterr().out == ""


def test_a_slot_longer_than_the_horizon_is_refused() -> None:
    with pytest.raises(InputError, match="slot"):
        planned(portfolio([{"name": "a"}], solver={"slot_hours": 100}), {"a": [way("a1")]})


def test_what_is_going_on_is_told() -> None:
    heard: list[str] = []
    planned(portfolio([{"name": "a"}], outages=[{"provider": "lambda"}]), {"a": [way("a1")]}, progress=heard.append)
    assert heard == ["scheduling", "prices what is shared", "plans without lambda"]


def test_closed_times_of_all_jobs_stand_in_the_calendar() -> None:
    closed = [{"begins": "2026-06-01", "ends": "2026-06-01T12:00", "why": "power"}]
    plan = planned(portfolio([{"name": "a"}], blackouts=closed), {"a": [way("a1")]})
    assert plan.calendar.closed == [["2026-06-01T00:00:00+00:00", "2026-06-01T12:00:00+00:00", "power"]]
    assert where(plan)["a"] == ("a1", 12.0)
    assert dt.datetime.fromisoformat(plan.totals.finish).hour == 16
