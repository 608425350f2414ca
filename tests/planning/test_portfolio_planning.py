"""Jobs of a portfolio are planned when they are asked for, each scenario once for the same places."""

from pathlib import Path
from typing import Any

import pytest

from planner.catalog.names import resolve_gpus
from planner.errors import InputError, PlannerError
from planner.kinds.portfolio.inputs import Place
from planner.outcome import Plan
from planner.planning import remarks_of
from planner.planning.portfolio_planning import JobPlanner, input_of, origin_of_portfolio, portfolio_ready
from tests.kinds.portfolio.rule_book import broken
from tests.planning.test_portfolio_reading import TUNING, portfolio, ready

EXAMPLES = Path(__file__).parents[2] / "scenarios" / "portfolio"
SMALL: dict[str, Any] = {**TUNING, "hardware": {"gpus": ["h100"], "counts": [1], "providers": ["lambda", "gcp"]}}


def test_a_plan_is_made_once_for_all_jobs_that_share_it(tmp_path: Path) -> None:
    jobs = [{"name": name, "inline": SMALL} for name in ("a",)]
    jobs += [
        {"name": "b", "inline": {**SMALL, "metadata": {"name": "a"}}},
        {"name": "c", "inline": {"kind": "Serving"}},
    ]
    found = ready(portfolio(tmp_path, jobs[0], {**jobs[0], "name": "again"}, *jobs[1:]))
    told: list[str] = []
    planner = JobPlanner(found.jobs, told.append)
    first, gcp = planner.plan(0, ()), Place(provider="gcp")
    assert isinstance(first, Plan)
    assert planner.plan(1, ()) is first
    assert {c.offer.provider for c in first.front} == {"lambda", "gcp"}
    away = planner.plan(1, (gcp, gcp))
    assert isinstance(away, Plan)
    assert {c.offer.provider for c in away.front} == {"lambda"}
    assert planner.plan(0, (gcp,)) is away
    for _ in range(2):
        with pytest.raises(InputError, match="no offer is left without gcp; lambda"):
            planner.plan(0, (Place(provider="lambda"), gcp)[::-1])
    with pytest.raises(PlannerError, match=r"portfolio.yaml:\d+:\d+: missing key"):
        planner.plan(3, ())
    assert told == [
        "planning a (1 of 2)", "planning again without gcp (1 of 2)", "planning a without gcp; lambda (1 of 2)",
    ]  # fmt: skip


def test_a_job_is_handed_on_with_its_team_and_scenario(tmp_path: Path) -> None:
    (tmp_path / "broken.yaml").write_text("kind: FineTune\napi_version: planner/v1\n")
    path = portfolio(
        tmp_path,
        {"name": "a", "inline": SMALL, "team": "ours", "change": {"train.epochs": 2}},
        {"name": "b", "scenario": "broken.yaml"},
    )
    found = ready(path)
    a, b = map(input_of, found.jobs)
    assert (a.name, a.kind, a.team, a.failure) == ("a", "FineTune", "ours", "")
    assert a.reference.path == "portfolio.yaml#jobs/a"
    assert a.reference.changes == ["--set train.epochs=2"]
    assert a.reference.digest == found.jobs[0].digest
    assert (b.team, b.reference.path) == ("", "broken.yaml")
    assert "broken.yaml:1:1: missing key" in b.failure
    assert b.failure.endswith(" more")
    origin = origin_of_portfolio(found)
    assert origin.extends == ()
    path.write_text(path.read_text().replace("train.epochs: 2", "train.epochs: 3"))
    assert origin_of_portfolio(ready(path)).digest != origin.digest


def test_a_changed_scenario_of_a_job_is_another_portfolio(tmp_path: Path) -> None:
    scenario = tmp_path / "alone.yaml"
    path = portfolio(tmp_path, {"name": "a", "scenario": "alone.yaml"})
    scenario.write_text("kind: FineTune\n")
    first = origin_of_portfolio(ready(path))
    scenario.write_text("kind: FineTune\nmethods: [lora]\n")
    assert origin_of_portfolio(ready(path)).digest != first.digest


def test_a_portfolio_is_planned_and_again_to_the_same_bytes(tmp_path: Path) -> None:
    (tmp_path / "broken.yaml").write_text("kind: FineTune\napi_version: planner/v1\n")
    path = portfolio(
        tmp_path,
        {"name": "first", "inline": SMALL, "value": "$100", "team": "ours"},
        {"name": "then", "inline": SMALL, "after": ["first"], "change": {"train.epochs": 1}},
        {"name": "failed", "scenario": "broken.yaml", "optional": True, "value": "$10"},
        quotas=[{"gpus": 1, "gpu": "h100"}],
        outages=[{"provider": "lambda"}],
        solver={"front": 0, "configurations": 4},
    )
    told: list[str] = []
    plan = portfolio_ready(ready(path), told.append)
    by_name = {job.name: job for job in plan.jobs}
    assert [by_name[name].status for name in ("first", "then", "failed")] == ["runs", "runs", "failed"]
    first, then = by_name["first"].run, by_name["then"].run
    assert first is not None
    assert then is not None
    assert then.start >= first.end
    assert (by_name["first"].team, by_name["first"].scenario.path) == ("ours", "portfolio.yaml#jobs/first")
    assert "broken.yaml:1:1" in by_name["failed"].why
    assert plan.scenario.path == "portfolio.yaml"
    assert told[0] == "planning first (1 of 2)"
    assert portfolio_ready(ready(path)).model_dump_json() == plan.model_dump_json()


def test_the_examples_read_without_a_problem() -> None:
    found = ready(EXAMPLES / "re-plan.yaml")  # which extends the other
    assert not [problem for problem in remarks_of(found)[0] if problem.severity == "error"]
    assert all(job.ready is not None for job in found.jobs)
    assert {job.path.partition("#")[0] for job in found.jobs} > {"scenarios/portfolio/team-month.yaml"}


@pytest.mark.real
@pytest.mark.parametrize("name", ["team-month", "re-plan"])
def test_the_examples_are_planned_to_the_gap_that_they_ask_for(name: str) -> None:
    read = ready(EXAMPLES / f"{name}.yaml")
    plan = portfolio_ready(read)
    assert plan.conflict is None
    families = {quota.gpu for quota in read.scenario.quotas if quota.gpu}
    cards = {gpu: [read.catalog.gpus[i].id for i in resolve_gpus(read.catalog, gpu)] for gpu in families}
    assert broken(plan, read.scenario, cards=cards) == []
    assert plan.proof.gap is not None
    assert plan.proof.gap <= plan.proof.asked_gap + 1e-9
    assert all(job.status != "failed" for job in plan.jobs)
    assert plan.totals.runs + plan.totals.left_out == plan.totals.jobs


def test_a_portfolio_that_runs_is_planned_from_its_plan_of_before(tmp_path: Path) -> None:
    jobs = [{"name": name, "inline": SMALL} for name in ("first", "then", "last")]
    quotas = [{"gpus": 1, "gpu": "h100"}]
    worth = {"quality_point": 0}
    more: dict[str, Any] = {"quotas": quotas, "objective": worth, "solver": {"front": 0, "configurations": 4}}
    before = portfolio_ready(ready(portfolio(tmp_path, *jobs, **more)))
    (tmp_path / "plan.json").write_text(before.model_dump_json())
    started = min(before.jobs, key=lambda job: job.run.start_hours if job.run else 0)
    running = {"now": "2026-12-01T02:00", "plan": ".", "jobs": [{"job": started.name, "status": "started"}]}
    found = ready(portfolio(tmp_path, *jobs, running=running, **more))
    assert found.earlier == before
    assert not found.warnings
    after = portfolio_ready(found)
    again = next(job for job in after.jobs if job.name == started.name)
    assert again.status == "started"
    assert again.chosen is not None
    assert started.chosen is not None
    assert again.chosen.id == started.chosen.id
    assert after.totals.moved == 0

    new = {"name": "new", "inline": SMALL}
    other = ready(portfolio(tmp_path, *jobs[1:], new, objective=worth, running={**running, "jobs": []}))
    assert [problem.message for problem in other.warnings] == [
        "the earlier plan is of other jobs: it has first and lacks new"
    ]
