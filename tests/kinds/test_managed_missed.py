"""What a limit would have to be for a managed job to come in, held against every job; brief plans; what is told."""

from typing import Any

import numpy as np
import pytest
from scipy.special import ndtri

import planner
from planner.kinds import managed, managed_jobs
from planner.kinds.managed_fronts import keep_jobs
from planner.kinds.searching import build_problem
from planner.outcome import Plan
from planner.planning import plan_ready, read_scenario
from tests.kinds.test_managed import scenario, services


def fits(**changes: Any) -> int:
    ready = read_scenario(services(**changes))
    return keep_jobs(build_problem(ready.scenario, ready.space, ready.catalog)).feasible


def needed(constraint: str, **changes: Any) -> float:
    plan = planner.plan(services(**changes))
    assert plan.managed is not None
    (way,) = [way for way in plan.managed.relaxations if way.constraint == constraint]
    assert way in plan.relaxations
    assert way.needed is not None
    return way.needed


@pytest.mark.parametrize(
    "limits",
    [
        lambda usd: {"max_cost": usd},
        lambda usd: {"max_cost": {"usd": usd, "confidence": 0.9}},
        lambda usd: {"max_cost": usd, "confidence": 0.9},
    ],
)
def test_the_limit_that_is_named_lets_one_in_and_a_cent_less_does_not(limits: Any) -> None:
    value = needed("constraints.max_cost", constraints=limits(0.05))
    assert fits(constraints=limits(value)) == 1
    assert fits(constraints=limits(round(value - 0.01, 2))) == 0


def test_the_floor_that_is_named_lets_one_in() -> None:
    value = needed("quality.floor.q", models=["llama-3.1-8b"], quality={"floor": {"q": 0.99}})
    assert fits(models=["llama-3.1-8b"], quality={"floor": {"q": value}}) >= 1
    assert fits(models=["llama-3.1-8b"], quality={"floor": {"q": value + 0.001}}) == 0


def test_a_service_that_nothing_is_left_of_is_told_with_what_lets_it_in() -> None:
    """Only the budget keeps the dearest service out, beside others and machines that are let in."""
    whole = planner.plan(scenario())
    assert whole.managed is not None
    assert whole.managed.lost == {}
    least: dict[str, float] = {}
    for job in whole.managed.jobs:
        if job.cost_usd is not None:
            least[job.provider] = min(least.get(job.provider, np.inf), job.cost_usd)
    dearest, second = sorted(least, key=lambda name: -least[name])[:2]
    assert least[second] < least[dearest]
    budget = round((least[second] + least[dearest]) / 2, 2)
    plan = planner.plan(scenario(constraints={"max_cost": budget}))
    assert plan.managed is not None
    assert plan.managed.feasible
    assert list(plan.managed.lost) == [dearest]
    (told,) = [line for line in plan.warnings if line.startswith(f"nothing of {dearest} is left")]
    assert "max_cost" in told
    assert f"{dearest} then tunes" in told
    assert not any(line.startswith("nothing of") for line in whole.warnings)


def test_what_two_limits_cut_is_let_in_by_neither_alone() -> None:
    plan = planner.plan(
        services(models=["llama-3.1-8b"], quality={"floor": {"q": 0.99}}, constraints={"max_cost": 0.05})
    )
    assert plan.managed is not None
    assert (plan.managed.feasible, plan.managed.relaxations, plan.relaxations) == (0, [], [])


def test_the_least_cost_is_that_of_brute_force() -> None:
    ready = read_scenario(services())
    problem = build_problem(ready.scenario, ready.space, ready.catalog)
    high = [jobs.cost_usd(float(ndtri(0.8))) for jobs in managed_jobs.managed_jobs(problem)]
    least = float(np.nanmin(np.concatenate(high)))
    value = needed("constraints.max_cost", constraints={"max_cost": {"usd": 0.01, "confidence": 0.8}})
    assert least <= value < least + 0.01


def test_no_relaxation_where_a_job_is_feasible() -> None:
    plan = planner.plan(services(constraints={"max_cost": "$1"}))
    assert plan.managed is not None
    assert plan.managed.feasible > 0
    assert (plan.managed.relaxations, plan.relaxations) == ([], [])


def both(written: dict[str, Any]) -> tuple[Plan, Plan]:
    ready = read_scenario(written)
    return plan_ready(ready), plan_ready(ready, brief=True)


@pytest.mark.parametrize(
    "written",
    [
        scenario(models=["llama-3.1-8b"], axes={}),
        services(objectives=["time", "quality"]),
        services(constraints={"max_cost": "$0.01"}),
    ],
)
def test_a_brief_plan_has_the_jobs_of_the_fronts_and_the_same_cheapest(written: dict[str, Any]) -> None:
    whole, brief = both(written)
    assert whole.managed is not None
    assert brief.managed is not None
    assert brief.cheapest_service == whole.cheapest_service
    assert (brief.managed.fronts, brief.beside) == ([], [])
    wanted = {job.id for job in whole.managed.jobs if job.on_front}
    assert {job.id for job in brief.managed.jobs if job.on_front} == wanted
    assert len(brief.managed.jobs) <= len(wanted) + 1
    assert (brief.managed.feasible, brief.managed.broken) == (whole.managed.feasible, whole.managed.broken)


def test_a_brief_plan_is_bounded(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(managed, "MOST_LISTED", 1)
    plan = plan_ready(read_scenario(services()), brief=True)
    assert plan.managed is not None
    assert [job.id for job in plan.managed.jobs] == [plan.cheapest_service and plan.cheapest_service.id]


def test_the_cheapest_is_there_though_cost_is_no_objective() -> None:
    """The best of quality cost more; what a change does to cost is asked all the same."""
    written = services(objectives=["time", "quality"])
    ready = read_scenario(written)
    problem = build_problem(ready.scenario, ready.space, ready.catalog)
    scored = [jobs.cost_usd() for jobs in managed_jobs.managed_jobs(problem) if np.isfinite(jobs.quality.q).all()]
    job = plan_ready(ready, brief=True).cheapest_service
    assert job is not None
    assert job.cost_usd == pytest.approx(float(np.concatenate(scored).min()))
    assert not job.on_front


def test_more_settings_than_are_priced_are_told(monkeypatch: pytest.MonkeyPatch) -> None:
    axes = {"train.epochs": [1, 2, 3, 4, 5, 6]}
    assert not any("evenly spread" in warning for warning in planner.plan(services(axes=axes)).warnings)
    for module in (managed, managed_jobs):
        monkeypatch.setattr(module, "MOST", 5)
    plan = planner.plan(services(models=["gpt-4.1-mini"], axes=axes))
    assert plan.managed is not None
    told = (
        "of 6 settings of openai gpt-4.1-mini-2025-04-14 by undisclosed 5, evenly spread, were priced: there may be a "
        "better one"
    )
    assert plan.managed.sampled == [told]
    assert f"managed fine-tuning: {told}" in plan.warnings


def test_what_is_not_known_makes_the_cost_a_lower_bound() -> None:
    openai = planner.plan(services(models=["gpt-4.1-mini"])).cheapest_service
    assert openai is not None
    assert "at least this: no minimum or storage fee is known, and none is counted" in openai.cost_usd_label
    assert (openai.cost_parts.storage, openai.cost_usd_at_least) == (None, True)
    hardware = {"providers": ["mistral"], "allow": ["retired", "low_confidence", "stale"]}
    mistral = planner.plan(services(models=["mistral-nemo-12b"], hardware=hardware)).cheapest_service
    assert mistral is not None
    assert not mistral.cost_usd_at_least
    assert mistral.cost_parts.storage == 2.0  # it states a minimum of 4 and 2 a month
    assert "at least" not in mistral.cost_usd_label


def test_tax_stands_beside_the_cost() -> None:
    plain = planner.plan(services()).cheapest_service
    taxed = planner.plan(services(tax={"name": "VAT", "percent": 19})).cheapest_service
    assert plain is not None
    assert taxed is not None
    assert plain.cost_parts.tax is None
    assert taxed.cost_usd == plain.cost_usd
    assert taxed.cost_parts.tax == pytest.approx(0.19 * (plain.cost_usd or 0.0))
