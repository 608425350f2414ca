"""Managed fine-tuning services beside machines: what they cost, the fronts they join, and the rules they keep to."""

from collections.abc import Mapping
from dataclasses import replace
from functools import cache
from typing import Any

import numpy as np
import pytest

import planner
from planner.catalog.loader import load_catalog
from planner.catalog.rows import Catalog, Floats, Score
from planner.kinds.describe import describe
from planner.kinds.evaluate import parts
from planner.kinds.managed import offer_managed
from planner.kinds.managed_jobs import managed_jobs
from planner.kinds.searching import build_problem, search_problem
from planner.outcome import Configuration, Managed, ManagedFront, ManagedJob, Plan
from planner.planning import plan_ready, read_scenario
from planner.report.gather import report_data
from planner.report.sections.text import text
from planner.source import InvalidInput

LENGTHS = {"samples": 2_000, "tokens_per_sample": 400}


def scenario(**changes: Any) -> dict[str, Any]:
    return {
        "api_version": "planner/v1",
        "kind": "FineTune",
        "metadata": {"name": "managed"},
        "models": ["llama-3.1-8b", "mixtral-8x7b", "gpt-4.1-mini"],
        "methods": ["lora"],
        "dataset": LENGTHS,
        "hardware": {"providers": ["openai", "together", "fireworks", "lambda"], "gpus": ["a100", "h100"]},
        "axes": {"train.epochs": [1, 3]},
    } | changes


def services(**changes: Any) -> dict[str, Any]:
    """The same with managed services alone."""
    return scenario(hardware={"providers": ["openai", "together", "fireworks"]}) | changes


@cache
def mixed() -> Plan:
    return planner.plan(scenario())


def jobs_of(plan: Plan) -> list[ManagedJob]:
    assert plan.managed is not None
    return plan.managed.jobs


def one(plan: Plan, provider: str, model: str, epochs: int = 3) -> ManagedJob:
    (job,) = [
        job for job in jobs_of(plan)
        if (job.provider, job.model, job.axes.get("train.epochs", 3)) == (provider, model, epochs)
    ]  # fmt: skip
    return job


def front_over(plan: Plan, *objectives: str) -> ManagedFront:
    assert plan.managed is not None
    (front,) = [front for front in plan.managed.fronts if front.objectives == list(objectives)]
    return front


@pytest.fixture
def whole_samples() -> Mapping[str, Any]:
    """2,000 samples of 400 tokens, none cut: 800,000 tokens, of which 2 % are held out."""
    return {"samples": 2_000, "tokens_per_sample": {"mean": 400, "p95": 400}}


def test_openai_bills_tokens_times_epochs(whole_samples: Mapping[str, Any]) -> None:
    plan = planner.plan(services(dataset=whole_samples))
    job = one(plan, "openai", "gpt-4.1-mini")
    assert job.billed_tokens == pytest.approx(784_000 * 3)
    assert job.cost_parts.training == pytest.approx(2.352 * 5.0)
    assert job.cost_parts.reruns == pytest.approx(0.15 * 11.76)
    assert job.cost_usd == pytest.approx(1.15 * 11.76)
    assert job.serving.input_uplift == pytest.approx(2.0)
    assert job.serving.hosting_usd_per_month == 0.0


def test_together_bills_validation_and_a_minimum(whole_samples: Mapping[str, Any]) -> None:
    job = one(planner.plan(services(dataset=whole_samples)), "together", "llama-3.1-8b")
    assert job.billed_tokens == pytest.approx(800_000 * 3)
    assert job.cost_usd == pytest.approx(1.15 * 4.0)  # 2.4 M tokens at 0.48 are 1.15
    large = one(planner.plan(services(dataset={**whole_samples, "samples": 50_000})), "together", "llama-3.1-8b")
    assert large.cost_usd == pytest.approx(1.15 * 60 * 0.48)


def test_a_bracket_and_a_name(whole_samples: Mapping[str, Any]) -> None:
    hardware = {"providers": ["openai", "together", "fireworks"], "allow": ["stale"]}
    plan = planner.plan(services(hardware=hardware, dataset={**whole_samples, "samples": 50_000}))
    assert one(plan, "together", "mixtral-8x7b").usd_per_mtok == 1.5
    assert one(plan, "fireworks", "mixtral-8x7b").usd_per_mtok == 2.0
    # The price by name is of 2024: held back it is, but no bracket stands in for it.
    held = planner.plan(services())
    assert ("fireworks", "mixtral-8x7b") not in {(job.provider, job.model) for job in jobs_of(held)}
    assert one(plan, "fireworks", "llama-3.1-8b").usd_per_mtok == 0.5
    assert "priced by size" in one(plan, "fireworks", "llama-3.1-8b").cost_usd_label


def test_hourly_prices_are_known_without_a_cost() -> None:
    hardware = {"providers": ["azure-openai"], "allow": ["retired", "stale"]}
    plan = planner.plan(services(models=["davinci-002"], axes={}, hardware=hardware, constraints={"max_cost": "$1"}))
    (job,) = jobs_of(plan)
    assert (job.usd_per_hour, job.usd_per_mtok, job.cost_usd, job.quality) == (40.0, None, None, None)
    assert any(told.startswith("constraints.max_cost: ") for told in job.unknown)
    assert plan.managed is not None
    assert plan.managed.fronts == []
    assert job.serving.hosting_usd_per_month == pytest.approx(2.0 * 730)


def test_time_is_unknown_and_the_quality_is_that_of_a_rented_run() -> None:
    for job in jobs_of(mixed()):
        assert job.hours is None
        assert "time: no managed service tells how long a job takes" in job.unknown
    rented = {(c.model, c.axes["train.epochs"]): c.quality for c in mixed().front}
    assert rented
    for (model, epochs), quality in rented.items():
        theirs = [job for job in jobs_of(mixed()) if (job.model, job.axes["train.epochs"]) == (model, epochs)]
        assert all(job.quality == pytest.approx(quality) for job in theirs)


def everything(written: dict[str, Any], catalog: Catalog | None = None) -> tuple[Floats, Floats]:
    """(n, 2) cost and negated quality of every feasible machine, and of every managed job, one by one."""
    ready = read_scenario(written, catalog)
    problem = build_problem(ready.scenario, ready.space, ready.catalog)
    machines = []
    for part in parts(problem):
        chunk = part.chunk
        good = chunk.stop == 0
        for broken in chunk.broken.values():
            good &= ~broken
        at = [problem.objectives.index(name) for name in ("cost", "quality")]
        machines.append(chunk.losses[good][:, at])
    jobs = [np.stack([group.cost_usd(), -group.quality.q], axis=1) for group in managed_jobs(problem)]
    return np.concatenate(machines), np.concatenate(jobs)


def weighed(written: dict[str, Any], *, services: bool = True) -> tuple[list[Configuration], Managed]:
    """The front of machines and what is said of services, without all else that a plan holds."""
    ready = read_scenario(written)
    problem, found, _ = search_problem(build_problem(ready.scenario, ready.space, ready.catalog), ready.scenario)
    front = found.front[np.lexsort(found.front_losses.T[::-1])]
    configurations = describe(problem, front)
    offered = offer_managed(problem, front, found.beside, configurations)
    assert (offered is not None) is services
    empty = Managed(jobs=[], fronts=[], covered=0, feasible=0)
    return configurations, empty if offered is None else offered.managed


def undominated(points: Floats) -> set[tuple[float, ...]]:
    points = points[np.isfinite(points).all(axis=1)]
    return {
        tuple(np.round(p, 9).tolist())
        for p in points
        if not ((points <= p).all(axis=1) & (points < p).any(axis=1)).any()
    }


@pytest.mark.parametrize(
    "changes",
    [
        {},
        {"constraints": {"max_cost": "$3", "deadline": "30 min"}},
        {
            "dataset": {"samples": 20_000, "tokens_per_sample": 400},
            "methods": [{"lora": {"rank": 8}}, "qlora"],
            "axes": {"train.epochs": [1, 2, 4], "dataset.share": [0.1, 1.0]},
            "objectives": ["cost", "quality"],
        },
    ],
)
def test_fronts_against_brute_force(changes: dict[str, Any]) -> None:
    """Every machine and every job, compared with each other one by one."""
    configurations, managed = weighed(scenario(**changes))
    machines, jobs = everything(scenario(**changes))
    limit = 3.0 if "constraints" in changes else np.inf
    jobs = jobs[~(jobs[:, 0] > limit)]
    wanted = undominated(np.concatenate([machines, jobs]))
    (front,) = [front for front in managed.fronts if front.objectives == ["cost", "quality"]]
    figures: dict[str, Any] = {c.id: c for c in configurations} | {job.id: job for job in managed.jobs}
    found = [(figures[id_].cost_usd, -figures[id_].quality) for id_ in front.members]
    assert {tuple(np.round(point, 9).tolist()) for point in found} == wanted
    assert len(found) == len(wanted)
    known = jobs[np.isfinite(jobs).all(axis=1)]
    beaten = {
        c.id for c in configurations
        for point in [np.array([c.cost_usd, -(c.quality or 0.0)])]
        if ((known <= point).all(axis=1) & (known < point).any(axis=1)).any()
    }  # fmt: skip
    assert set(front.beaten) == beaten
    assert front.complete is ("objectives" in changes)
    cheapest = min(np.nanmin(jobs[:, 0]), machines[:, 0].min())
    for over in managed.fronts:
        assert figures[over.decisions["cheapest"]].cost_usd == pytest.approx(cheapest)


def test_the_front_of_machines_is_what_it_is_without_services() -> None:
    hardware = {"providers": ["lambda"], "gpus": ["a100", "h100"]}
    configurations, _ = weighed(scenario(models=["llama-3.1-8b", "mixtral-8x7b"], hardware=hardware), services=False)
    assert configurations == mixed().front


def test_the_cheapest_is_told_of_a_cheaper_service() -> None:
    cheapest = mixed().configuration(mixed().decisions["cheapest"])
    assert cheapest is not None
    least = min((job for job in jobs_of(mixed()) if job.cost_usd is not None), key=lambda job: job.cost_usd or 0.0)
    assert (least.cost_usd or 0.0) < (cheapest.cost_usd or 0.0)
    assert f"{least.provider} would tune {least.model}" in mixed().decision_notes["cheapest"].text


def test_services_alone_are_a_plan() -> None:
    plan = planner.plan(services(constraints={"deadline": "5 h", "max_cost": "$3"}))
    assert (plan.front, plan.feasible, plan.decisions) == ([], 0, {})
    assert plan.managed is not None
    assert set(front_over(plan, "cost", "quality").decisions) >= {"cheapest", "best"}
    assert plan.managed.untold.keys() == {"constraints.deadline"}
    assert any("cannot be shown to be kept" in warning for warning in plan.warnings)
    assert all((job.cost_usd or 0.0) <= 3.0 for job in jobs_of(plan))
    assert plan.managed.broken["constraints.max_cost"] == plan.managed.covered - plan.managed.feasible > 0


def test_services_that_all_break_a_limit_are_counted_with_what_would_let_the_cheapest_in() -> None:
    plan = planner.plan(services(constraints={"max_cost": "$0.01"}))
    assert plan.managed is not None
    assert (plan.managed.feasible, plan.managed.jobs) == (0, [])
    cut = plan.managed.broken["constraints.max_cost"]
    assert cut == plan.managed.covered > 0
    (way,) = plan.relaxations
    assert way.text == "raise constraints.max_cost from $0.01 to $0.45: fireworks then tunes llama-3.1-8b"
    assert f"no managed fine-tuning job keeps to the limits (constraints.max_cost: {cut}); {way.text}" in plan.warnings
    assert way.text in " ".join(text(report_data(plan)).split())


def test_machines_cut_as_well_are_relaxed_beside_the_services() -> None:
    plan = planner.plan(scenario(constraints={"max_cost": "$0.01"}))
    told = [way.text for way in plan.relaxations if way.constraint == "constraints.max_cost"]
    assert len(told) == 2
    assert sum("then tunes" in text for text in told) == 1
    assert plan.relaxations[0].change == min(way.change for way in plan.relaxations if way.change is not None)


def test_a_limit_with_a_confidence_bounds_the_quantile() -> None:
    plan = planner.plan(services(models=["gpt-4.1-mini"], axes={}))
    (job,) = jobs_of(plan)
    high = job.cost_usd_hi or 0.0
    for usd, kept in ((1.001 * high, 1), (0.999 * high, 0)):
        limits = {"max_cost": {"usd": usd, "confidence": 0.95}}
        found = planner.plan(services(models=["gpt-4.1-mini"], axes={}, constraints=limits))
        assert found.managed is not None
        assert found.managed.feasible == kept
        together = planner.plan(
            services(models=["gpt-4.1-mini"], axes={}, constraints={"max_cost": usd, "confidence": 0.95})
        )
        assert together.managed is not None
        assert together.managed.feasible == kept


def test_a_floor_counts_for_what_is_known() -> None:
    plan = planner.plan(services(quality={"floor": {"q": 0.70}}))
    assert {job.model for job in jobs_of(plan)} == {"mixtral-8x7b", "gpt-4.1-mini"}
    assert any(told.startswith("quality.floor.q") for told in one(plan, "openai", "gpt-4.1-mini").unknown)


def test_a_score_under_the_services_name_gives_a_quality() -> None:
    catalog = load_catalog()
    score = Score(
        model="", printed_model="gpt-4.1-mini", benchmark="MMLU", points=80.0, shots="5", variant="base", source="test"
    )
    ready = read_scenario(services(), replace(catalog, scores=(*catalog.scores, score)))
    job = one(plan_ready(ready), "openai", "gpt-4.1-mini")
    assert job.quality is not None
    assert job.quality > 0.733  # (80 - 25) / (100 - 25), and what tuning adds
    assert not any(told.startswith("quality") for told in job.unknown)


@pytest.mark.parametrize(
    ("hardware", "providers"),
    [
        ({}, set()),
        ({"services": ["vm", "tuning-api"]}, {"openai", "together", "fireworks"}),
        ({"providers": ["together", "lambda"]}, {"together"}),
        ({"providers": ["together", "lambda"], "services": ["vm"]}, set()),
        ({"providers": ["openai", "azure-openai", "lambda"], "allow": ["stale"]}, {"openai", "azure-openai"}),
        ({"providers": ["together", "gcp"], "residency": ["US"]}, set()),
        ({"providers": ["together", "aws"], "regions": ["us-east-1"]}, set()),
    ],
)
def test_who_is_asked(hardware: dict[str, Any], providers: set[str]) -> None:
    asked = scenario(
        models=["llama-3.1-8b", *(["gpt-4.1-mini"] if {"openai"} & providers else [])],
        hardware={"gpus": ["a100", "h100"]} | hardware,
    )
    assert {price.provider for price in read_scenario(asked).space.tuning.prices} == providers


def test_what_is_held_back_is_counted_with_its_line() -> None:
    plan = planner.plan(services(methods=["lora", "full"]))
    held = {r.what: (r.count, r.turn_off) for r in plan.removed}
    assert held["managed fine-tuning: prices of low confidence"] == (2, "hardware: {allow: [low_confidence]}")
    open_ = {"providers": ["openai", "together", "fireworks"], "allow": ["low_confidence", "stale"]}
    allowed = planner.plan(services(methods=["lora", "full"], hardware=open_))
    assert ("together", "full") in {(job.provider, job.method["name"]) for job in jobs_of(allowed)}
    assert ("together", "full") not in {(job.provider, job.method["name"]) for job in jobs_of(plan)}
    assert "managed fine-tuning: prices of low confidence" not in {r.what for r in allowed.removed}


def test_rules_count_for_services_too() -> None:
    plan = planner.plan(services(exclude=[{"model": "mixtral-8x7b"}, {"train.epochs": 1}]))
    assert {(job.model, job.axes["train.epochs"]) for job in jobs_of(plan)} == {
        ("llama-3.1-8b", 3),
        ("gpt-4.1-mini", 3),
    }
    # What a job has not, a GPU, is no match for a rule that asks for it.
    assert (
        planner.plan(services(include=[{"gpu": "h100"}])).managed
        == planner.plan(services(include=[{"gpu": "a100"}])).managed
    )


@pytest.mark.parametrize(
    ("changes", "message", "hint"),
    [
        ({"hardware": {"providers": ["opena"]}}, "'opena'", "openai"),
        ({"models": ["gpt-4.1-mni"]}, "unknown model 'gpt-4.1-mni'", "did you mean 'gpt-4.1-mini'?"),
        (
            {"hardware": {"providers": ["lambda"]}},
            "'gpt-4.1-mini' exists only with managed services, and none of them in play tunes it",
            "providers: [openai]",
        ),
        (
            {"models": ["gpt-4.1-mini"], "hardware": {"providers": ["azure-openai"]}},
            "'gpt-4.1-mini' exists only with managed services",
            "hardware.allow: [stale]",
        ),
        ({"models": ["o4-mini"]}, "'o4-mini' exists only with managed services", "not tuned under supervision"),
        (
            {"models": ["gpt-oss-120b"], "hardware": {"providers": ["together"]}},
            "no offer of the catalog matches",
            "widen",
        ),
    ],
)
def test_bad_names_have_a_hint(changes: dict[str, Any], message: str, hint: str) -> None:
    with pytest.raises(InvalidInput) as caught:
        read_scenario(scenario(**changes))
    told = [(problem.message, problem.hint or "") for problem in caught.value.problems]
    assert any(message in said and hint in cure for said, cure in told), told
