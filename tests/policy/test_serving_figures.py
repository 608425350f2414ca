"""Rules, budgets and approvals held against what is served: by the month, and never passed for want of a figure."""

import math

import pytest

from planner.gate.plan_files import plans_alone
from planner.outcome import Judgement, ScenarioDifference
from planner.outcome.serving_plan import ServingPlan
from planner.policy.figures import figures
from planner.policy.serving_figures import SHARED
from planner.policy.testing import run_tests
from planner.source import InvalidInput
from tests.policy.making import approval, difference, governance, judged, only, policy, scenario
from tests.report.sample_serving import apis_alone, serving_plan

RULE = "rules:\n  - name: r\n    {}\n"
ONLY_OF_JOBS = [
    name
    for name, kind in figures().items()
    if not kind.change and kind.topic in ("hours", "memory") and name not in SHARED
]


def served(plan: ServingPlan | None = None) -> ScenarioDifference:
    (found,) = plans_alone([("plan.json", serving_plan() if plan is None else plan)], "knee")
    return found


def held(rule: str, plan: ServingPlan | None = None) -> Judgement:
    return judged(RULE.format(rule), served(plan))


def month() -> float:
    after = served().after
    assert after is not None
    assert after.serving is not None
    return after.serving.cost_usd_per_month or math.nan


@pytest.mark.parametrize("name", [*ONLY_OF_JOBS, "cost_usd", "cost_usd_hi", "carbon_kg", "hours_lo", "gpu_hours"])
def test_a_limit_on_what_only_jobs_have_is_unknown_and_fails_closed(name: str) -> None:
    verdict = only(held(f"figure: {name}\n    max: 1e-9"), "r")
    assert verdict.result == "deny"
    assert verdict.value is None
    assert "unknown" in verdict.message
    assert "kind: [FineTune]" in verdict.fix


def test_a_limit_on_the_cost_of_a_month_is_held() -> None:
    assert only(held(f"figure: cost_usd_per_month\n    max: {month() * 1.01}"), "r").result == "pass"
    verdict = only(held(f"figure: cost_usd_per_month\n    max: {month() * 0.99}"), "r")
    assert verdict.result == "deny"
    assert verdict.value == pytest.approx(month())


@pytest.mark.parametrize(
    ("rule", "result"),
    [
        ("figure: latency_s\n    max: 1 ms", "deny"),
        ("figure: latency_s\n    max: 10 min", "pass"),
        ("figure: latencies.ttft_p95_s\n    max: 10 min", "pass"),
        ("figure: capacity.replicas_peak\n    max: 0", "deny"),
        ("figure: unit_costs.per_1k_requests\n    max: $1,000", "pass"),
        ("figure: quality\n    min: 0.01", "pass"),
        ("figure: gpu_count\n    min: 1", "pass"),
        ("figure: price_usd_per_gpu_hour\n    max: $0.01", "deny"),
        ("allow: {providers: [nobody]}", "deny"),
        ("allow: {models: ['*'], providers: ['*'], gpus: ['*'], tiers: [on_demand, spot]}", "pass"),
        ("allow: {methods: ['*']}", "deny"),
        ("allow: {stacks: ['*']}", "deny"),
        ("confidence: {hours: prior}", "deny"),
        ("confidence: {price: low}", "pass"),
        ("figure: cost_usd\n    max: $1\n    where: {kind: [FineTune]}", None),
        ("figure: cost_usd\n    max: $1\n    where: {kind: [Serving, FineTune]}", "deny"),
    ],
)
def test_rules_on_what_is_served(rule: str, result: str | None) -> None:
    found = [verdict.result for verdict in held(rule).verdicts if verdict.rule == "r"]
    assert found == ([] if result is None else [result])


def test_an_api_has_no_machine_and_no_known_latency() -> None:
    for rule in ("figure: latency_s\n    max: 1 h", "figure: gpu_count\n    max: 99", "allow: {regions: ['*']}"):
        assert only(held(rule, apis_alone()), "r").result == "deny"
    assert only(held("allow: {services: [api]}", apis_alone()), "r").result == "pass"


def test_figures_of_what_is_served_say_nothing_of_a_job() -> None:
    for name in ("cost_usd_per_month", "latency_s", "delta.cost_usd_per_month", "latencies.itl_p95_s"):
        verdict = only(judged(RULE.format(f"figure: {name}\n    max: 1e-9"), scenario()), "r")
        assert verdict.result == "pass"
        assert "tunes a model" in verdict.message


def test_a_new_service_adds_the_cost_of_its_month() -> None:
    limit = f"figure: delta.cost_usd_per_month\n    max: {month() * 0.99}"
    judgement = judgement_of_change(limit)
    assert only(judgement, "r").result == "deny"
    assert only(judgement_of_change("figure: delta.cost_usd\n    max: $1"), "r").result == "deny"


def judgement_of_change(rule: str) -> Judgement:
    from planner.policy.judge import judge
    from tests.policy.making import TODAY

    return judge(difference(served()), governance(spend=policy(RULE.format(rule))), TODAY)


def test_a_monthly_budget_counts_a_month_and_a_total_one_fails_closed() -> None:
    body = "budgets:\n  - {{name: b, per: everyone, amount: {}, period: {}, unknown_spend: pass}}\n"
    enough = judged(body.format(month() * 2, "month"), served())
    assert enough.budgets[0].planned_usd == pytest.approx(month())
    assert only(enough, "b").result != "deny"
    assert only(judged(body.format(month() * 0.9, "month"), served()), "b").result == "deny"
    total = only(judged(body.format(month() * 1e6, "total"), served()), "b")
    assert total.result == "deny"
    assert "unknown" in total.message


def test_an_approval_is_of_the_cost_of_a_month() -> None:
    body = f"approvals:\n  required: true\n  levels: [{{above: {month() * 0.5}, from: [boss]}}]\n"
    open_ = judged(body, served())
    (state,) = open_.approvals
    assert state.amount_usd == pytest.approx(month())
    assert only(open_, "approvals").figure == "cost_usd_per_month"
    given = approval(
        f"scenario: {served().path}\nup_to: {month() * 1.1}\napprover: boss\ndate: 2026-02-01\nuntil: 2026-03-01\n"
        "note: Agreed for the launch of the assistant.\n"
    )
    assert only(judged(body, served(), a=given), "approvals").result == "pass"


def test_a_policy_test_names_a_plan_of_what_is_served() -> None:
    cases = (
        "api_version: planner/v1\nkind: PolicyTest\ncases:\n"
        "  - {name: served, plan: plan.json, today: 2026-02-10, expect: {result: deny, rules: {r: deny}}}\n"
    )
    documents = governance(spend=policy(RULE.format("figure: cost_usd\n    max: $1")), t=cases)
    assert all(outcome.ok for outcome in run_tests(documents, lambda *_: serving_plan()))


def test_an_example_job_has_no_figure_of_what_is_served() -> None:
    cases = (
        "api_version: planner/v1\nkind: PolicyTest\ncases:\n"
        "  - {name: x, job: {figures: {latency_s: 1 s}}, today: 2026-02-10, expect: {result: pass}}\n"
    )
    with pytest.raises(InvalidInput, match="has no latency_s"):
        governance(t=cases)
