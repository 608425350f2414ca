"""Approvals and budgets of policies held against a portfolio, with sums worked out by hand."""

from pathlib import Path

import pytest

from planner.catalog.loader import load_catalog
from planner.errors import InputError
from planner.outcome.plan import Metadata
from planner.outcome.portfolio import Approval, JobPlan, PortfolioPlan
from planner.planning import PortfolioReady
from planner.policy.folder import policies_of
from planner.policy.portfolio_approvals import governance_of, with_approvals
from planner.scenario.portfolio import Portfolio
from planner.source import InvalidInput, parse_document
from tests.policy.making import approval, exception, governance, policy, spend
from tests.report.portfolio.made_jobs import job, out, run
from tests.report.portfolio.made_portfolio import plan_of

TODAY = "2026-02-10"
LEVELS = """approvals:
  levels:
    - {above: $500, from: [alice, bob]}
    - {above: $2000, from: [carol]}
"""
DATES = "date: 2026-02-01\nuntil: 2026-03-01\n"


def judged(*jobs: JobPlan, rules: str = LEVELS, **texts: str) -> PortfolioPlan:
    return with_approvals(plan_of(jobs), governance(spend=policy(rules), **texts), TODAY)


def only(*jobs: JobPlan, rules: str = LEVELS, **texts: str) -> Approval | None:
    """Of the first job."""
    return judged(*jobs, rules=rules, **texts).jobs[0].approval


def given(scenario: str, up_to: int, approver: str = "alice", dates: str = DATES) -> str:
    return approval(f"scenario: {scenario}\napprover: {approver}\nup_to: {up_to}\n{dates}")


@pytest.mark.parametrize(
    ("usd", "above", "who"),
    [(500.0, None, ""), (501.0, 500.0, "alice or bob"), (2000.0, 500.0, "alice or bob"), (2001.0, 2000.0, "carol")],
)
def test_the_highest_level_below_the_cost_says_who_approves(usd: float, above: float | None, who: str) -> None:
    found = only(job("a", run=run(0, 10, usd)))
    assert (found is None) == (above is None)
    if found is not None:
        assert (found.above_usd, found.approver, found.policy, found.enforced) == (above, who, "spend", True)
        assert (found.amount_usd, found.open, found.given_by, found.file) == (usd, True, "", "")
        assert found.text == f"needs approval from {who}"


def test_what_does_not_run_needs_no_approval_and_what_runs_already_does() -> None:
    jobs = judged(
        job("started", status="started"), job("done", status="done"), out("left", "left out", "it does not pay"),
        out("failed", "failed", "no machine"),
    ).jobs  # fmt: skip
    assert [each.name for each in jobs if each.approval] == ["started"]


def test_without_policies_the_plan_stays_as_it_is() -> None:
    plan = plan_of([job("a")])
    assert with_approvals(plan, governance(), TODAY) is plan
    assert judged(job("a"), rules="budgets: []\n").jobs == plan.jobs


@pytest.mark.parametrize("named", ["jobs/a.yaml", "bot"])
def test_a_committed_approval_covers_the_job_that_it_names(named: str) -> None:
    found = only(job("a", metadata=Metadata(name="bot")), yes=given(named, 900))
    assert found is not None
    assert (found.open, found.given_by, found.file) == (False, "alice", "policies/yes.yaml")
    assert found.text == "alice approves up to $900 until 2026-03-01"


@pytest.mark.parametrize(
    ("document", "why"),
    [
        (given("jobs/a.yaml", 899), "it covers up to $899 only"),
        (given("jobs/a.yaml", 900, dates="date: 2026-01-01\nuntil: 2026-02-09\n"), "it expired on 2026-02-09"),
        (given("jobs/a.yaml", 900, dates="date: 2026-02-11\nuntil: 2026-03-01\n"), "it is dated 2026-02-11"),
        (given("jobs/a.yaml", 900, "mallory"), "mallory may not approve amounts above $500"),
        (given("bot", 900), "2 scenarios are called bot"),
    ],
)
def test_what_does_not_count_is_told(document: str, why: str) -> None:
    twin = job("b", metadata=Metadata(name="bot"), run=run(0, 10, 1.0))
    found = only(job("a", metadata=Metadata(name="bot")), twin, no=document)
    assert found is not None
    assert found.open
    assert f"policies/no.yaml does not count: {why}" in found.text


def test_an_approval_of_another_scenario_says_nothing() -> None:
    found = only(job("a"), job("b"), other=given("jobs/b.yaml", 900))
    assert found is not None
    assert found.text == "needs approval from alice or bob"


def test_jobs_of_one_scenario_are_one_amount() -> None:
    same = job("a").scenario
    jobs = [job(name, scenario=same, run=run(0, 10, 300.0)) for name in ("a", "b")]
    for each in judged(*jobs, yes=given("jobs/a.yaml", 599)).jobs:
        assert each.approval is not None
        assert (each.approval.amount_usd, each.approval.open) == (600.0, True)
        assert "the 2 jobs of jobs/a.yaml count together" in each.approval.text
    for each in judged(*jobs, yes=given("jobs/a.yaml", 600)).jobs:
        assert each.approval is not None
        assert not each.approval.open


def test_an_approval_of_the_portfolio_covers_its_jobs_where_it_covers_their_sum() -> None:
    jobs = job("a", run=run(0, 10, 900.0)), job("b", run=run(0, 10, 1200.0))
    covered = judged(*jobs, yes=given("december-batch", 2100, "carol"))
    assert [each.approval.open for each in covered.jobs if each.approval] == [False, False]
    assert covered.jobs[0].approval is not None
    assert covered.jobs[0].approval.text == "carol approves up to $2,100 until 2026-03-01, for the whole portfolio"
    assert covered.warnings == []
    # alice may approve each of them, and not the sum.
    short = judged(*jobs, no=given("scenarios/december.yaml", 2100))
    assert [each.approval.open for each in short.jobs if each.approval] == [True, True]
    assert short.warnings == [
        "policy spend: the whole portfolio needs approval from carol; policies/no.yaml does not count: alice may not "
        "approve amounts above $2,000"
    ]


def test_a_policy_is_for_the_scenarios_of_its_scope_with_the_team_of_the_job() -> None:
    rules = (
        "approvals:\n  required: false\n  where: {team: care, cost_centre: cc-1}\n  levels: [{above: 1, from: [x]}]\n"
    )
    whose = Metadata(name="bot", team="other", cost_centre="cc-1")
    found = only(job("a", "care", metadata=whose), rules=rules)
    assert found is not None
    assert not found.enforced
    assert only(job("a", "other", metadata=whose), rules=rules) is None
    assert only(job("a", "care", metadata=whose.model_copy(update={"cost_centre": None})), rules=rules) is None
    assert only(job("a", "care"), rules=rules) is None


def test_the_most_pressing_of_several_policies_comes_first() -> None:
    mild = policy("approvals:\n  required: false\n  levels: [{above: 800, from: [dora]}]\n", "mild")
    strict = policy("approvals:\n  levels: [{above: 100, from: [erik]}]\n", "strict")
    (found,) = judged(job("a"), mild=mild, strict=strict, yes=given("jobs/a.yaml", 900)).jobs
    assert found.approval is not None
    needed = [found.approval, *found.further_approvals]
    assert [(one.policy, one.open, one.enforced) for one in needed] == [
        ("strict", True, True), ("mild", True, False), ("spend", False, True)
    ]  # fmt: skip


@pytest.mark.parametrize(("until", "is_open"), [("2026-02-10", False), ("2026-02-09", True)])
def test_an_exception_stands_for_an_approval_until_it_ends(until: str, *, is_open: bool) -> None:
    plan = judged(job("a"), let=exception(f"rules: [approvals]\nscenarios: [jobs/a.yaml]\nuntil: {until}\n"))
    (found,) = plan.jobs
    assert found.approval is not None
    assert (found.approval.open, found.approval.given_by) == (is_open, "")
    assert ("an exception does not count" if is_open else "an exception counts: until") in found.approval.text
    assert ("ends today" in "".join(plan.warnings)) != is_open


BUDGET = "budgets:\n  - {name: team, per: team, amount: $1000%s}\n"


def two_months(name: str, team: str, december: float, january: float, **more: object) -> JobPlan:
    months = {"2026-12": december, "2027-01": january}
    return job(name, team, run=run(0, 10, december + january, cost_by_month_usd=months), **more)


def warned(*jobs: JobPlan, rules: str = BUDGET % "", **texts: str) -> list[str]:
    plan = plan_of(jobs)
    calendar = plan.calendar.model_copy(update={"months": ["2026-12", "2027-01"]})
    plan = plan.model_copy(update={"calendar": calendar})
    return with_approvals(plan, governance(spend=policy(rules), **texts), TODAY).warnings


def test_a_budget_of_each_team_and_month_is_held_against_what_is_planned_and_spent() -> None:
    jobs = two_months("a", "ml", 600, 100), two_months("b", "ml", 400, 950), two_months("c", "care", 1000, 0)
    assert warned(*jobs) == ["team ml: $1,050 planned in 2027-01, above $1,000 of budget team (policy spend)"]
    spent = spend("  - {team: ml, usd: 1}\n", "2026-12")
    assert warned(*jobs, s=spent) == [
        "team ml: $1,050 planned in 2027-01, above $1,000 of budget team (policy spend), and in 1 more month"
    ]
    more = spend("  - {team: ml, usd: 100}\n", "2026-12")
    assert warned(*jobs, s=more) == [
        "team ml: $1,000 planned in 2026-12 and $100 spent to 2026-12-09, above $1,000 of budget team (policy spend), "
        "and in 1 more month"
    ]
    assert warned(*jobs, rules=BUDGET % ", deny_at: 110 %") == []


def test_done_jobs_count_where_no_document_says_what_was_spent() -> None:
    jobs = two_months("a", "ml", 600, 0), two_months("b", "ml", 500, 0, status="done")
    assert warned(*jobs) == [
        "team ml: $600 planned in 2026-12 and $500 spent by jobs that are done, above $1,000 of budget team "
        "(policy spend)"
    ]
    assert warned(*jobs, s=spend("  - {team: ml, usd: 300}\n", "2026-12")) == []


def test_budgets_of_a_job_of_all_time_and_of_a_cost_centre() -> None:
    jobs = two_months("a", "ml", 600, 500), two_months("b", "ml", 700, 0)
    everyone = "budgets:\n  - {name: all, per: everyone, amount: $1700, period: total}\n"
    assert warned(*jobs, rules=everyone) == ["everyone: $1,800 planned, above $1,700 of budget all (policy spend)"]
    each = "budgets:\n  - {name: each, per: job, amount: $650, where: {path: jobs/*}}\n"
    assert warned(*jobs, rules=each) == [
        "jobs/b.yaml: $700 planned in 2026-12, above $650 of budget each (policy spend)"
    ]
    centre = "budgets:\n  - {name: cc, per: cost_centre, amount: $650, where: {cost_centre: cc-1}}\n"
    charged = jobs[1].model_copy(update={"metadata": Metadata(name="b", cost_centre="cc-1")})
    assert warned(jobs[0], charged, rules=centre) == [
        "cost centre cc-1: $700 planned in 2026-12, above $650 of budget cc (policy spend)"
    ]


def test_many_who_break_a_budget_are_counted() -> None:
    jobs = [two_months(f"j{i}", f"t{i}", 1001, 0) for i in range(8)]
    found = warned(*jobs)
    assert len(found) == 6
    assert found[-1] == "budget team of policy spend breaks for 3 more"


def test_policies_are_found_from_the_root_of_the_repository(tmp_path: Path) -> None:
    scenario = tmp_path / "scenarios" / "batch.yaml"
    for folder in (".git", "scenarios", "policies", "rules"):
        (tmp_path / folder).mkdir()
    scenario.write_text("kind: Portfolio\n")
    assert policies_of(scenario).policies == ()
    with pytest.raises(InputError, match="policies: no policies there"):
        policies_of(scenario, "policies")
    with pytest.raises(InputError, match="no policies"):
        policies_of(scenario, "rules")
    with pytest.raises(InputError, match="names no folder"):
        policies_of(scenario, "../elsewhere")
    (tmp_path / "policies" / "spend.yaml").write_text(policy(LEVELS))
    (tmp_path / "rules" / "yes.yaml").write_text(policy(LEVELS, "rules"))
    (usual,) = policies_of(scenario).policies
    assert (usual.file, usual.value.metadata.name) == ("policies/spend.yaml", "spend")
    assert [each.value.metadata.name for each in policies_of(scenario, "rules").policies] == ["rules"]
    (tmp_path / "rules" / "yes.yaml").write_text(policy(LEVELS.replace("2000", "400"), "rules"))
    with pytest.raises(InvalidInput, match="rise"):
        policies_of(scenario, "rules")


def written(scenario: Path, approvals: dict[str, str] | None) -> PortfolioReady:
    """A portfolio as it was read, with what it says of approvals."""
    data: dict[str, object] = {
        "api_version": "planner/v1", "kind": "Portfolio", "metadata": {"name": "december-batch"},
        "begins": "2026-12-01", "horizon": 672, "jobs": [{"name": "a", "scenario": "a.yaml"}],
        **({} if approvals is None else {"approvals": approvals}),
    }  # fmt: skip
    return PortfolioReady(
        document=parse_document(b"{}", str(scenario)), scenario=Portfolio.model_validate(data), jobs=(), earlier=None,
        catalog=load_catalog(), warnings=(), path="scenarios/batch.yaml", texts={},
    )  # fmt: skip


def test_a_plan_is_held_against_the_policies_that_its_scenario_names(tmp_path: Path) -> None:
    for folder in (".git", "scenarios", "policies", "rules"):
        (tmp_path / folder).mkdir()
    (tmp_path / "policies" / "spend.yaml").write_text(policy(LEVELS))
    (tmp_path / "rules" / "spend.yaml").write_text(policy(LEVELS, "rules"))
    plan, scenario = plan_of([job("a")]), tmp_path / "scenarios" / "batch.yaml"
    scenario.write_text("{}")
    for approvals, name in ((None, "spend"), ({}, "spend"), ({"policies": "rules"}, "rules")):
        (found,) = with_approvals(plan, governance_of(written(scenario, approvals)), TODAY).jobs
        assert found.approval is not None
        assert found.approval.policy == name
    with pytest.raises(InputError, match="none: no policies there"):
        governance_of(written(scenario, {"policies": "none"}))
