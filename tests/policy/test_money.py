"""Budgets and approvals, with sums worked out by hand."""

import datetime

import pytest

from planner.outcome import ScenarioDifference
from planner.policy.judge import judge
from tests.policy.making import (
    TODAY,
    approval,
    cost,
    difference,
    edit,
    exception,
    governance,
    judged,
    named,
    only,
    policy,
    scenario,
    spend,
)

TEAM = "budgets:\n  - {name: team, per: team, amount: $1000}\n"
SPENT = spend("  - {team: ml, usd: $700}\n  - {team: ml, cost_centre: cc-1, usd: 50}\n  - {team: infra, usd: 900}\n")


def test_a_budget_adds_what_is_planned_to_what_was_spent() -> None:
    found = judged(TEAM, named("a", 40), named("b", 60), named("c", 50, "infra"), s=SPENT)
    ml, infra = sorted(found.budgets, key=lambda state: -state.planned_usd if state.planned_usd else 0)
    assert (ml.who, ml.month, ml.spent_usd, ml.planned_usd, ml.limit_usd) == ("team ml", "2026-02", 750, 100, 1000)
    assert (ml.share, ml.share_before, ml.spent_as_of) == (0.85, 0.75, "2026-02-09")
    assert (ml.reached, ml.crossed) == ([0.5, 0.75, 0.8], [0.8])
    assert (infra.who, infra.share, infra.reached) == ("team infra", 0.95, [0.5, 0.75, 0.8, 0.9])
    assert infra.crossed == []
    verdict = next(verdict for verdict in found.verdicts if verdict.subject == "team ml")
    assert (verdict.result, verdict.value, verdict.limit) == ("warn", 850, 1000)
    assert verdict.message == (
        "Team ml: $750 spent to 2026-02-09 and $100 planned are 85 % of $1,000 in 2026-02; this crosses 80 %"
    )


@pytest.mark.parametrize(
    ("usd", "options", "result"),
    [
        (250, "", "warn"),  # exactly the amount: 100 % is crossed, not passed
        (251, "", "deny"),
        (251, ", severity: warn", "warn"),
        (251, ", deny_at: 110 %", "warn"),
        (351, ", deny_at: 110 %", "deny"),
        (251, ", alert: info, deny_at: 2", "info"),
        (49, ", alerts: [90 %]", "pass"),
        (51, ", deny_at: 80 %", "deny"),
    ],
)
def test_levels_and_limits_of_a_budget(usd: float, options: str, result: str) -> None:
    body = TEAM.replace("$1000", f"$1000{options}")
    assert only(judged(body, named("a", usd), s=SPENT), "team").result == result


def test_unknown_spend_is_shown_unknown_and_what_is_planned_is_judged_alone() -> None:
    found = judged(TEAM, named("a", 600))
    state, verdict = found.budgets[0], only(found, "team")
    assert (state.spent_usd, state.share, state.share_before, state.planned_usd) == (None, None, None, 600)
    assert (state.reached, verdict.result) == ([0.5], "warn")
    why = "what was spent is unknown: no committed file says what was spent in 2026-02"
    assert verdict.message == f"Team ml: $600 planned alone are 60 % of $1,000 in 2026-02; this crosses 50 %; {why}"
    assert found.warnings == [f"budget team: {why}; only what is planned counts"]
    assert only(judged(TEAM, named("a", 1001)), "team").result == "deny"
    quiet = TEAM.replace("$1000", "$1000, unknown_spend: pass")
    assert only(judged(quiet, named("a", 10)), "team").result == "pass"
    assert judged(quiet, named("a", 10)).warnings == []
    strict = TEAM.replace("$1000", "$1000, unknown_spend: deny")
    assert only(judged(strict, named("a", 10)), "team").result == "deny"


def test_a_team_without_an_entry_has_not_spent_nothing() -> None:
    found = judged(TEAM, named("a", 10, "new"), s=SPENT)
    assert found.budgets[0].spent_usd is None
    assert "policies/s.yaml has no entry for team new" in only(found, "team").message
    zero = judged(TEAM, named("a", 10, "new"), s=spend("  - {team: new, usd: 0}\n"))
    assert (zero.budgets[0].spent_usd, zero.budgets[0].share, zero.result) == (0, 0.01, "pass")


def test_scenarios_without_a_team_share_a_budget_of_their_own() -> None:
    found = judged(TEAM, named("a", 2000, None), s=SPENT)
    assert (found.budgets[0].who, found.result) == ("no team", "deny")


def test_an_unknown_cost_breaks_the_budget() -> None:
    found = judged(TEAM, named("a", 10), named("b", None), s=SPENT)
    assert (found.budgets[0].planned_usd, found.budgets[0].share, found.result) == (None, None, "deny")
    verdict = only(found, "team")
    assert verdict.message == (
        "Team ml: $750 spent to 2026-02-09 and an unknown amount planned (at least $10.00) are at least 76 % of $1,000 "
        "in 2026-02; the planned cost of scenarios/b.yaml is unknown, so the budget fails closed"
    )
    assert (verdict.value, verdict.value_text, verdict.limit_text) == (None, "unknown", "$1,000")
    assert verdict.fix.startswith("make the cost of scenarios/b.yaml known; ")
    many = judged(TEAM, *(named(name, None) for name in "abcde"))
    assert only(many, "team").message == (
        "Team ml: an unknown amount planned of $1,000 in 2026-02; the planned cost of scenarios/a.yaml, "
        "scenarios/b.yaml, scenarios/c.yaml and 2 more is unknown, so the budget fails closed; what was spent is "
        "unknown: no committed file says what was spent in 2026-02"
    )


@pytest.mark.parametrize(
    ("state", "options", "result"),
    [
        ("infeasible", "", "deny"),
        ("unreadable", "", "deny"),
        ("infeasible", "infeasible: info\n", "info"),
        ("infeasible", "unreadable: info\n", "deny"),
        ("unreadable", "unreadable: warn\n", "warn"),
    ],
)
def test_what_cannot_be_planned_plans_no_zero(state: str, options: str, result: str) -> None:
    stuck = scenario({"state": state, "metadata": {"name": "x", "team": "ml"}}, cost(4), path="scenarios/x.yaml")
    found = judged(TEAM + options, stuck, s=SPENT)
    (budget,) = found.budgets
    assert (budget.planned_usd, budget.share, budget.share_before) == (None, None, 0.75)
    verdict = only(found, "team")
    assert verdict.result == result
    assert "the planned cost of scenarios/x.yaml is unknown" in verdict.message
    assert ("fails closed" in verdict.message) == (result == "deny")
    assert "$0" not in verdict.message


ALL = "budgets:\n  - {name: all, per: everyone, amount: $1000, counts: all, period: total, unknown_spend: pass}\n"


def _gone(usd: float) -> ScenarioDifference:
    removed = scenario(cost(usd), cost(usd))
    return removed.model_copy(update={"change": "removed", "after": None, "path": "scenarios/gone.yaml"})


def test_where_all_scenarios_count_a_removed_one_is_freed() -> None:
    same = named("a", 500).model_copy(update={"change": "unchanged"})
    grown = scenario(cost(400), cost(300))
    found = judged(ALL, same, grown, s=spend("  - {usd: 50}\n", "2025-12"))
    assert (found.budgets[0].planned_usd, found.budgets[0].spent_usd, found.budgets[0].share) == (900, 50, 0.95)
    over = judged(ALL, same, grown, _gone(200), named("new", 300))
    assert (over.budgets[0].planned_usd, over.result) == (1200, "deny")
    freed = judged(ALL.replace("$1000", "$800"), same, grown, _gone(200))
    assert only(freed, "all").result == "warn"
    assert "too much, though nothing here adds to it" in only(freed, "all").message


@pytest.mark.parametrize("state", ["feasible", "infeasible"])
def test_an_old_unknown_cost_stops_only_what_adds_to_the_budget(state: str) -> None:
    old = scenario({"state": state, "figures": {}}, None, path="scenarios/old.yaml", change="unchanged")
    quiet = only(judged(ALL, old), "all")
    assert quiet.result == "warn"
    assert "; the planned cost of scenarios/old.yaml is unknown, as before this change" in quiet.message
    assert only(judged(ALL, old, _renamed(scenario(cost(3), cost(5)), "b")), "all").result == "warn"
    grown = only(judged(ALL, old, _renamed(scenario(cost(6), cost(5)), "b")), "all")
    assert grown.result == ("deny" if state == "feasible" else "warn")


def _renamed(one: ScenarioDifference, name: str) -> ScenarioDifference:
    """The same under a name of its own, on both sides."""
    metadata = one.metadata.model_copy(update={"name": name}) if one.metadata else None
    path = f"scenarios/{name}.yaml"
    return one.model_copy(update={"name": name, "path": path, "metadata": metadata, "metadata_before": metadata})


def test_unknown_spend_does_not_stop_a_change_that_touches_nothing() -> None:
    strict = ALL.replace("unknown_spend: pass", "unknown_spend: deny")
    assert judged(strict, named("a", 1).model_copy(update={"change": "unchanged"})).result == "warn"
    assert judged(strict, named("a", 1)).result == "deny"


def test_a_job_that_changes_its_team_counts_for_the_new_one() -> None:
    moved = scenario(cost(400) | {"metadata": {"name": "bot", "team": "ml"}},
                     cost(400) | {"metadata": {"name": "bot", "team": "infra"}})  # fmt: skip
    rest = named("a", 700).model_copy(update={"change": "unchanged"})
    rules = TEAM.replace("$1000", "$1000, counts: all, unknown_spend: pass")
    found = judged(rules, moved, rest, named("b", 5, "infra"))
    assert {state.who: state.planned_usd for state in found.budgets} == {"team ml": 1100, "team infra": 5}
    ml = next(verdict for verdict in found.verdicts if verdict.subject == "team ml")
    assert ml.result == "deny"  # the same cost as before, but not this team's
    assert ml.message.endswith("; scenarios/bot.yaml was of team infra before this change")
    (infra,) = [state for state in found.budgets if state.who == "team infra"]
    assert (infra.share_before, infra.crossed) == (None, [])
    freed = next(verdict for verdict in found.verdicts if verdict.subject == "team infra")
    assert (freed.result, "before this change" in freed.message) == ("pass", False)


def test_a_new_name_or_path_does_not_leave_behind_what_a_job_has_spent() -> None:
    body = "budgets:\n  - {name: job, per: job, amount: $100, where: {name: bot}}\n"
    after, before = cost(41) | {"metadata": {"name": "new"}}, cost(41) | {"metadata": {"name": "bot"}}
    moved = scenario(after, before, path="scenarios/new.yaml", moved_from="scenarios/old.yaml")
    for written in ("bot", "scenarios/old.yaml"):
        found = judged(body, moved, s=spend(f"  - {{scenario: {written}, usd: 60}}\n"))
        verdict = only(found, "job")
        assert (found.budgets[0].spent_usd, verdict.result) == (60, "deny")
        assert verdict.message.endswith("; the rule applies because of the base: name bot")


def test_an_unchanged_scenario_does_not_count_where_only_changes_do() -> None:
    same = named("a", 5000).model_copy(update={"change": "unchanged"})
    assert judged(TEAM, same, s=SPENT).budgets == []


def test_a_budget_per_job_takes_its_own_spend() -> None:
    body = "budgets:\n  - {name: job, per: job, amount: $100, where: {name: 'b*'}}\n"
    spent = spend("  - {scenario: b, usd: 60}\n  - {scenario: scenarios/c.yaml, usd: 99}\n")
    found = judged(body, named("a", 500), named("b", 41), named("bc", 99), s=spent)
    assert [(state.who, state.spent_usd) for state in found.budgets] == [
        ("scenarios/b.yaml", 60),
        ("scenarios/bc.yaml", None),
    ]
    assert [verdict.result for verdict in found.verdicts] == ["deny", "warn"]  # 101 of 100; 99 crosses levels
    assert found.warnings == []


def test_a_cost_centre_has_its_own_entries() -> None:
    body = "budgets:\n  - {name: cc, per: cost_centre, amount: $100, where: {cost_centre: cc-1}}\n"
    found = judged(body, scenario(cost(51)), s=SPENT)
    assert (found.budgets[0].who, found.budgets[0].spent_usd, found.result) == ("cost centre cc-1", 50, "deny")


def test_a_budget_names_the_edit_of_its_dearest_scenario() -> None:
    dear = named("a", 2000, edits=[edit("train.epochs", 12)])
    verdict = only(judged(TEAM, dear, named("b", 1), s=SPENT), "team")
    assert verdict.cause is not None
    assert (verdict.cause.line, verdict.place.line) == (12, 5)


LEVELS = "approvals:\n  levels:\n    - {above: $100, from: [alice, lead]}\n    - {above: $1k, from: [cfo]}\n"
GIVEN = "scenario: scenarios/bot.yaml\napprover: {}\nup_to: {}\ndate: {}\nuntil: {}\n"


def _given(approver: str = "alice", up_to: str = "$500", date: str = "2026-02-01", until: str = "2026-02-10") -> str:
    return approval(GIVEN.format(approver, up_to, date, until))


@pytest.mark.parametrize(
    ("usd", "text", "result", "says"),
    [
        (100, None, "pass", "Cost $100 needs no approval up to $100"),
        (300, None, "deny", "Cost $300 is above $100 and needs approval from alice or lead"),
        (300, _given(), "pass", "Cost $300 is above $100: alice approves up to $500 until 2026-02-10 (policies/g.ya"),
        (300, _given("bob"), "deny", "policies/g.yaml does not count: bob may not approve amounts above $100"),
        (1200, _given(up_to="$5k"), "deny", "alice may not approve amounts above $1,000"),
        (1200, _given("cfo", "$5k"), "pass", "cfo approves up to $5,000"),
        (501, _given(), "deny", "does not count: it covers up to $500 only"),
        (300, _given(until="2026-02-09"), "deny", "does not count: it expired on 2026-02-09"),
        (300, _given(date="2026-02-11", until="2026-03-01"), "deny", "it is dated 2026-02-11, after today"),
    ],
)  # fmt: skip
def test_approvals_by_amount(usd: float, text: str | None, result: str, says: str) -> None:
    others = {"g": text} if text else {}
    verdict = only(judged(LEVELS, scenario(cost(usd)), **others), "approvals")
    assert verdict.result == result
    assert says in verdict.message


@pytest.mark.parametrize(
    ("own", "switch", "result"),
    [
        ("", None, "deny"),
        ("  required: false\n", None, "warn"),
        ("", False, "warn"),
        ("  required: false\n", True, "deny"),
    ],
)
def test_whether_a_missing_approval_denies(own: str, switch: bool | None, result: str) -> None:
    rules = governance(spend=policy(LEVELS + own))
    found = judge(difference(scenario(cost(300))), rules, TODAY, approval_required=switch)
    assert found.result == result
    (state,) = found.approvals
    assert (state.amount_usd, state.needed_from, state.approved_by) == (300, ["alice", "lead"], "")
    assert state.place.line == 6


def test_an_increase_may_be_what_needs_approval() -> None:
    rules = LEVELS + "  counts: increase\n"
    assert judged(rules, scenario(cost(900), cost(850))).result == "pass"
    assert judged(rules, scenario(cost(900), cost(750))).result == "deny"
    assert judged(rules, scenario(cost(101))).result == "deny"
    assert judged(rules, scenario(cost(101), {})).result == "deny"


def test_an_unknown_cost_needs_somebody_unknown() -> None:
    assert only(judged(LEVELS, scenario({"figures": {}})), "approvals").result == "deny"


def test_one_approval_by_name_does_not_serve_two_scenarios() -> None:
    by_name = _given().replace("scenario: scenarios/bot.yaml", "scenario: bot")
    mine, twin = scenario(cost(300), cost(1)), scenario(cost(300), cost(1), path="scenarios/copy.yaml")
    assert judged(LEVELS, mine, g=by_name).result == "pass"
    both = judged(LEVELS, mine, twin, g=by_name)
    why = "2 scenarios are called bot, so the name counts for none of them"
    assert [why in state.text for state in both.approvals] == [True, True]
    assert both.result == "deny"
    by_path = _given().replace("scenarios/bot.yaml", "scenarios/copy.yaml")
    found = judged(LEVELS, mine, twin, g=by_path)
    assert {state.scenario: state.approved_by for state in found.approvals} == {
        "scenarios/bot.yaml": "",
        "scenarios/copy.yaml": "alice",
    }


def test_a_budget_is_excused_only_for_all_that_count_for_it() -> None:
    covers_a = exception("rules: [team]\nscenarios: [scenarios/a.yaml]\nuntil: 2026-05-01\n")
    assert judged(TEAM, named("a", 2000), s=SPENT, e=covers_a).result == "pass"
    assert judged(TEAM, named("a", 2000), named("b", 1), s=SPENT, e=covers_a).result == "deny"
    raised = exception("rules: [team]\nteams: [ml]\nuntil: 2026-05-01\nlimit: $3000\n")
    assert judged(TEAM, named("a", 2000), named("b", 1), s=SPENT, e=raised).result == "pass"
    assert judged(TEAM, named("a", 2000), named("b", 251), s=SPENT, e=raised).result == "deny"


def test_the_month_of_a_budget_is_that_of_today() -> None:
    rules = governance(spend=policy(TEAM), s=SPENT)
    found = judge(difference(named("a", 1)), rules, datetime.date(2026, 3, 1))
    assert (found.budgets[0].month, found.budgets[0].spent_usd) == ("2026-03", None)
