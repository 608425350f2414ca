"""What jobs may choose from: which plans are asked for, and what the portfolio's rules take out."""

from types import SimpleNamespace
from typing import Any

import pytest

from planner.errors import InputError
from planner.kinds.portfolio.inputs import Place
from planner.outcome import Source, TimedPrice
from tests.report.sample_serving import serving_plan

from .made import BEGINS, Fronts, job_of, plan_of, planned, portfolio, way, where


def test_a_job_is_planned_without_each_place_that_it_touches_and_without_all_of_them() -> None:
    called: list[tuple[str, tuple[Place, ...]]] = []
    scenario = portfolio(
        [{"name": "a"}], quotas=[{"provider": "lambda", "gpus": 1}, {"provider": "aws", "gpus": 1},
                                 {"provider": "lambda", "gpus": 2}],
        outages=[{"provider": "nebius", "region": "eu-north1"}],
    )  # fmt: skip
    front = [way("l"), way("n", provider="nebius", region="eu-north1"), way("r", provider="runpod", usd=50.0)]
    planned(scenario, {"a": front}, called=called, shown=lambda left: left[:2])
    lambda_, nebius = Place("lambda"), Place("nebius", "eu-north1")
    assert [places for _, places in called] == [(), (lambda_,), (nebius,), (lambda_, nebius)]


def test_what_a_plan_without_a_place_stands_on_is_avoided_too() -> None:
    called: list[tuple[str, tuple[Place, ...]]] = []
    scenario = portfolio([{"name": "a"}], outages=[{"provider": name} for name in ("lambda", "nebius", "runpod")])
    front = [way("l"), way("n", provider="nebius"), way("r", provider="runpod"), way("v", provider="vast")]
    plan = planned(scenario, {"a": front}, called=called, shown=lambda left: left[:1])
    assert [len(places) for _, places in called] == [0, 1, 2, 3]
    assert job_of(plan, "a").on_front == 4
    assert all(effect.feasible for effect in plan.outages)


def test_without_every_machine_there_is_nothing_to_ask() -> None:
    called: list[tuple[str, tuple[Place, ...]]] = []
    plan = planned(portfolio([{"name": "a"}], quotas=[{"gpus": 3}]), {"a": [way("a1")]}, called=called)
    assert called == [("a", ())]
    metadata = job_of(plan, "a").metadata
    assert metadata is not None
    assert metadata.name == "support-bot"


def test_the_union_of_the_fronts_is_what_a_job_chooses_from() -> None:
    scenario = portfolio(
        [{"name": "a", "deadline": "2026-06-01T08:00"}, {"name": "b", "deadline": "2026-06-01T08:00"}],
        quotas=[{"provider": "lambda", "gpus": 1}],
    )
    front = [way("l", hours=8.0, usd=10.0), way("n", hours=8.0, usd=12.0, provider="nebius")]
    plan = planned(scenario, {"a": front, "b": front}, shown=lambda left: left[:1])
    assert {id_ for id_, _ in where(plan).values()} == {"l", "n"}
    elsewhere = next(job for job in plan.jobs if job.chosen and job.chosen.id == "n")
    assert elsewhere.chosen
    assert elsewhere.chosen.avoids == "lambda"
    assert elsewhere.on_front == 2
    assert elsewhere.considered == 2
    assert "front of its own plan and of its plans without a place" in plan.proof.note
    assert any("what no such front has is not considered" in row.note for row in plan.assumptions)


def test_a_family_of_cards_is_every_variant_of_it() -> None:
    scenario = portfolio([{"name": "a"}, {"name": "b"}], quotas=[{"gpu": "h100", "gpus": 1}])
    plan = planned(scenario, {"a": [way("a1")], "b": [way("b1", gpu="h100-pcie")]})
    assert sorted(start for _, start in where(plan).values()) == [0.0, 4.0]
    assert plan.quotas[0].used[:3] == [1.0, 1.0, 0.0]


def test_gpus_of_all_nodes_are_held() -> None:
    scenario = portfolio([{"name": "a", "optional": True, "value": 100}], quotas=[{"gpus": 15}])
    plan = planned(scenario, {"a": [way("big", gpus=8, nodes=2)]})
    assert job_of(plan, "a").status == "left out"


def test_data_stay_in_the_countries_of_the_portfolio_and_unknown_is_none() -> None:
    front = [way("us"), way("de", usd=30.0, country="DE"), way("nowhere", usd=5.0, country="")]
    plan = planned(portfolio([{"name": "a"}], residency=["EU"]), {"a": front})
    assert where(plan)["a"][0] == "de"
    assert job_of(plan, "a").passed_over == {"in no known country, where data must lie in EU": 1, "outside EU": 1}


def test_machines_outside_the_residency_are_planned_without() -> None:
    front = [way("us", region="any"), way("de", usd=30.0, country="FI", provider="nebius", region="eu-north1")]
    plan = planned(portfolio([{"name": "a"}], residency=["EU"]), {"a": front}, shown=lambda left: left[:1])
    assert where(plan)["a"][0] == "de"


def test_a_rule_that_leaves_a_job_nothing_is_told() -> None:
    scenario = portfolio([{"name": "a"}, {"name": "b", "optional": True, "value": 9}, {"name": "c"}], residency=["FR"])
    plan = planned(scenario, {"a": [way("a1")], "b": [way("b1")], "c": [way("c1", country="FR")]})
    assert [(job.name, job.status) for job in plan.jobs] == [("c", "runs"), ("a", "failed"), ("b", "left out")]
    assert job_of(plan, "a").why == "rules of the portfolio take out all of its configurations: outside FR (1)"


def test_with_a_limit_on_emissions_they_must_be_known() -> None:
    front = [way("dark", usd=1.0, carbon_kg=None), way("known", carbon_kg=3.0)]
    free = planned(portfolio([{"name": "a"}]), {"a": front})
    assert where(free)["a"][0] == "dark"
    assert free.totals.carbon_kg is None
    assert any(row.key == "carbon" for row in free.assumptions)
    limited = planned(portfolio([{"name": "a"}], max_carbon="5 kg"), {"a": front})
    assert where(limited)["a"][0] == "known"
    assert job_of(limited, "a").passed_over == {"emissions are unknown, and max_carbon limits them": 1}


def test_spot_has_to_save_enough_against_what_is_no_worse_on_demand() -> None:
    front = [
        way("spot", usd=6.5, quality=0.6, tier="spot"), way("same", usd=10.0, quality=0.6),
        way("worse", usd=2.0, quality=0.5),
    ]  # fmt: skip
    objective = {"quality_point": 5.0}
    allowed = planned(portfolio([{"name": "a"}], spot={"least_saving": 0.35}, objective=objective), {"a": front})
    assert where(allowed)["a"][0] == "spot"
    refused = planned(portfolio([{"name": "a"}], spot={"least_saving": 0.36}, objective=objective), {"a": front})
    assert where(refused)["a"][0] == "same"
    assert job_of(refused, "a").passed_over == {"spot that saves less than 36 %": 1}


def test_spot_without_anything_to_compare_with_is_passed_over() -> None:
    scenario = portfolio([{"name": "a", "optional": True, "value": 99}], spot={"least_saving": 0.1})
    plan = planned(scenario, {"a": [way("spot", tier="spot")]})
    assert "spot, with nothing on demand that is no worse to compare with (1)" in job_of(plan, "a").why


@pytest.mark.parametrize(("slack", "id_"), [(0.5, "spot"), (1.1, "safe")])
def test_spot_needs_time_to_spare_before_the_deadline(slack: float, id_: str) -> None:
    scenario = portfolio([{"name": "a", "deadline": "2026-06-01T16:00", "hard": True}], spot={"least_slack": 0.5})
    scenario = scenario.model_copy(update={"spot": scenario.spot.model_copy(update={"least_slack": slack})})
    plan = planned(scenario, {"a": [way("spot", hours=8.0, tier="spot"), way("safe", hours=8.0, usd=30.0)]})
    assert where(plan)["a"][0] == id_


def test_a_later_start_leaves_spot_less_time_to_spare() -> None:
    """With 50 % to spare 8 hours of spot have to start by hour 4; the one quota is taken until then."""
    jobs = [
        {"name": "first", "deadline": "2026-06-01T08:00", "hard": True},
        {"name": "a", "deadline": "2026-06-01T16:00", "hard": True},
    ]
    fronts = {
        "first": [way("f", hours=8.0)],
        "a": [way("spot", hours=8.0, tier="spot"), way("safe", hours=8.0, usd=30.0)],
    }
    scenario = portfolio(jobs, quotas=[{"gpus": 1}], spot={"least_slack": 0.5})
    assert where(planned(scenario, fronts))["a"] == ("safe", 8.0)
    assert where(planned(portfolio(jobs, quotas=[{"gpus": 1}]), fronts))["a"] == ("spot", 8.0)


def test_spot_is_judged_by_the_fastest_that_it_could_wait_for() -> None:
    second: dict[str, Any] = {"name": "a", "after": ["first"], "deadline": "2026-06-01T16:00", "hard": True}
    jobs: list[dict[str, Any]] = [{"name": "first"}, second]
    fronts = {
        "first": [way("slow", hours=40.0), way("quick", usd=15.0)],
        "a": [way("spot", hours=8.0, tier="spot"), way("safe", hours=8.0, usd=90.0)],
    }
    plan = planned(portfolio(jobs, spot={"least_slack": 0.5}), fronts)
    assert where(plan) == {"first": ("quick", 0.0), "a": ("spot", 4.0)}


def test_without_a_deadline_spot_may_run() -> None:
    plan = planned(portfolio([{"name": "a"}], spot={"least_slack": 1.0}), {"a": [way("spot", tier="spot")]})
    assert where(plan) == {"a": ("spot", 0.0)}


def test_unknown_cost_or_time_is_passed_over_and_unknown_quality_is_told() -> None:
    front = [way("free", usd=None), way("ever", hours=None), way("plain"), way("good", usd=12.0, quality=0.9)]
    plan = planned(portfolio([{"name": "a"}], objective={"quality_point": 0.01}), {"a": front})
    job = job_of(plan, "a")
    assert job.passed_over == {"the cost is unknown": 1, "the time is unknown": 1}
    assert job.chosen
    assert job.chosen.id == "plain"
    assert job.run
    assert job.run.quality is None
    assert plan.totals.quality is None


def test_thinning_keeps_what_each_place_is_best_at_and_never_what_a_quota_forbids_alone() -> None:
    many = [way(f"m{k}", hours=40.0 - k, usd=10.0 + k, quality=0.5, gpus=8) for k in range(30)]
    few = way("few", hours=47.0, usd=200.0, quality=0.1, gpus=1)
    elsewhere = way("else", hours=48.0, usd=300.0, provider="nebius", gpus=8)
    front = [*many, few, elsewhere]
    scenario = portfolio([{"name": "a"}], solver={"configurations": 5}, outages=[{"provider": "lambda"}])
    plan = planned(scenario, {"a": front})
    assert job_of(plan, "a").on_front == 32
    assert job_of(plan, "a").considered == 5  # cheapest, fastest and least of lambda, that of nebius, one between
    assert plan.outages[0].feasible
    tight = portfolio([{"name": "a"}], solver={"configurations": 5}, quotas=[{"provider": "lambda", "gpus": 1}])
    assert where(planned(tight, {"a": front}))["a"][0] == "few"


def test_where_few_configurations_have_no_schedule_all_are_tried() -> None:
    """Two jobs of a budget and a hard deadline that only what lies between the cheapest and the fastest keeps."""
    front = [way(f"m{k}", hours=44.0 - 2 * k, usd=float((20 - k) ** 0 * (10 + k * k))) for k in range(20)]
    jobs = [{"name": n, "deadline": "2026-06-02T12:00", "hard": True} for n in "ab"]
    # Done within 36 hours takes m4, $26; the next that one row of thinning could keep are dearer.
    scenario = portfolio(jobs, solver={"configurations": 1}, budgets=[{"amount": 52, "whole": True}])
    plan = planned(scenario, {"a": front, "b": front})
    assert where(plan) == {"a": ("m4", 0.0), "b": ("m4", 0.0)}


def test_a_service_is_up_until_the_end_from_its_first_start_at_its_months_price() -> None:
    scenario = portfolio([{"name": "s", "earliest": "2026-06-01T05:00"}])
    plan = planned(scenario, {"s": serving_plan()}, kinds={"s": "Serving"})
    job = job_of(plan, "s")
    assert job.run
    assert job.chosen
    assert (job.run.start_hours, job.run.hours) == (8.0, 40.0)
    own = serving_plan().configuration(job.chosen.id)
    assert own
    assert own.cost_usd_per_month
    assert job.run.cost_usd == pytest.approx(own.cost_usd_per_month * 40 / 730)
    assert any(row.key == "jobs.s.runs_for" for row in plan.assumptions)


def test_a_service_holds_the_machines_of_its_busiest_hour_and_an_api_none() -> None:
    own = serving_plan()
    rented = next(c for c in own.front if c.machine and c.capacity)
    assert rented.machine
    assert rented.capacity
    api = next(c for c in own.beside if c.id in own.decisions.values() and c.way == "api")
    scenario = portfolio([{"name": "s", "runs_for": "10 h"}], quotas=[{"gpus": 1000}])
    alone = own.model_copy(update={"front": [rented], "beside": []})
    plan = planned(scenario, {"s": alone}, kinds={"s": "Serving"})
    assert plan.quotas[0].peak == rented.capacity.machines_peak * rented.machine.gpus_per_machine
    only_api = own.model_copy(update={"front": [], "beside": [api]})
    plan = planned(portfolio([{"name": "s", "runs_for": "10 h"}]), {"s": only_api}, kinds={"s": "Serving"})
    chosen = job_of(plan, "s").chosen
    assert chosen
    assert (chosen.id, chosen.gpus, chosen.gpu) == (api.id, 0, "")


def test_sources_of_all_jobs_stand_once_in_order() -> None:
    a, b = Source(what="b", source="x", as_of="2026-01-01"), Source(what="a", source="y", as_of="2026-01-01")
    plans = {n: plan_of([way(n)], sources=[a, b]) for n in "jk"}
    assert planned(portfolio([{"name": "j"}, {"name": "k"}]), plans).sources == [b, a]


def test_jobs_that_wait_for_each_other_are_refused() -> None:
    scenario = portfolio([{"name": "a", "after": ["b"]}, {"name": "b", "after": ["a"]}])
    with pytest.raises(InputError, match="wait for each other"):
        planned(scenario, {"a": [way("a1")], "b": [way("b1")]})


def test_rates_that_hold_at_one_time_are_refused() -> None:
    rate = {"providers": ["lambda"], "days": ["sat"], "percent_off": 10}
    with pytest.raises(InputError, match="hold at one time"):
        planned(portfolio([{"name": "a"}], time_rates=[rate, rate]), {"a": [way("a1")]})


def test_a_service_that_waits_starts_when_what_it_waits_for_is_done_at_the_latest() -> None:
    """The job before it takes 4 to 10 hours; from hour 12, the next slot, 36 hours are left."""
    scenario = portfolio([{"name": "s", "after": ["t"]}, {"name": "t"}])
    fronts: Fronts = {"s": serving_plan(), "t": [way("quick", hours=4.0, usd=90.0), way("slow", hours=10.0)]}
    plan = planned(scenario, fronts, kinds={"s": "Serving"})
    run = job_of(plan, "s").run
    assert run
    assert (run.start_hours, run.hours) == (12.0, 36.0)
    assert where(plan)["t"] == ("slow", 0.0)


def test_a_service_for_which_no_time_is_left_is_told() -> None:
    scenario = portfolio([{"name": "s", "earliest": "2026-06-03"}, {"name": "t"}])
    plan = planned(scenario, {"s": serving_plan(), "t": [way("t1")]}, kinds={"s": "Serving"})
    assert job_of(plan, "s").why == "no time is left for it before the portfolio ends"


def test_managed_services_are_not_planned_with_and_that_is_told() -> None:
    managed = SimpleNamespace(jobs=["one that nobody can schedule"])
    scenario = portfolio([{"name": "a"}, {"name": "b"}])
    plan = planned(scenario, {"a": plan_of([way("a1")], managed=managed), "b": [way("b1")]})
    assert [row.value for row in plan.assumptions if row.key == "managed services"] == ["not planned with, of a"]


def test_a_price_by_the_time_of_its_own_stays_at_its_mean() -> None:
    price = TimedPrice(
        plan="half at night", source="overlay", start="", taken="mean", billed_hours=4.0, share_off=0.25,
        best_start="mon 22:00 UTC", best_cost_usd=5.0, worst_start="mon 08:00 UTC", worst_cost_usd=10.0,
    )  # fmt: skip
    rate = {"providers": ["lambda"], "hours": "20:00-06:00", "percent_off": 40}
    plan = planned(portfolio([{"name": "a"}], time_rates=[rate]), {"a": [way("a1", timed=price)]})
    run = job_of(plan, "a").run
    assert run
    assert (run.cost_usd, run.mean_rate_cost_usd) == (10.0, 10.0)
    assert any(row.key == "timed prices" for row in plan.assumptions)


def test_what_an_earlier_plan_has_a_job_in_is_kept_however_few_are_considered() -> None:
    front = [way(f"m{k}", hours=10.0 + k, usd=40.0 - k, quality=0.5) for k in range(12)]
    first = planned(portfolio([{"name": "a"}]), {"a": [front[5]]})
    running = {"now": BEGINS, "moving_costs": 100}
    scenario = portfolio([{"name": "a"}], running=running, solver={"configurations": 1})
    plan = planned(scenario, {"a": front}, earlier=first)
    assert where(plan)["a"] == ("m5", 0.0)
    assert job_of(plan, "a").considered == 3  # and the cheapest and the fastest
