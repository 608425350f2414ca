"""The whole judgement: sides, locks, trust, conflicts, decisions, order; and that more policies never loosen it."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from planner.outcome import LockState, Place, Revision, TrustNote
from planner.policy.governance import (
    GOVERNING,
    Governance,
    allowed_in_same_change,
    decision_of,
)
from planner.policy.judge import judge
from tests.policy.making import TODAY, cost, difference, exception, governance, judged, named, only, policy, scenario

LEVELS = "approvals:\n  levels:\n    - {above: $100, from: [alice]}\n"
LIMIT = "rules:\n  - {name: cost, figure: cost_usd, max: $100}\n"


def test_no_policy_passes_and_says_so() -> None:
    found = judge(difference(scenario(cost(5))), Governance(), TODAY, policies_from="main")
    assert (found.result, found.verdicts, found.policies_from) == ("pass", [], "main")
    assert found.warnings == ["no policies at main: nothing was held against limits (to begin: planner policy init)"]
    assert judge(difference(), Governance(), TODAY).warnings == [
        "no policies: nothing was held against limits (to begin: planner policy init)"
    ]


def test_what_cannot_be_read_or_run_is_denied_unless_the_policy_says_otherwise() -> None:
    broken, stuck = scenario({"state": "unreadable"}), scenario({"state": "infeasible"})
    assert only(judged(LIMIT, broken), "unreadable").result == "deny"
    assert only(judged(LIMIT, stuck), "infeasible").result == "deny"
    found = judged(LIMIT + "infeasible: info\nunreadable: warn\n", broken, stuck)
    assert [(verdict.rule, verdict.result) for verdict in found.verdicts] == [
        ("unreadable", "warn"),
        ("infeasible", "info"),
    ]
    assert only(found, "unreadable").place == Place(file="policies/spend.yaml", line=7, column=13)


def test_a_removed_scenario_is_not_judged() -> None:
    gone = scenario(cost(500), cost(500)).model_copy(update={"change": "removed", "after": None})
    assert judged(LIMIT + "lock: {required: true}\n", gone).verdicts == []


def test_of_two_policies_in_conflict_deny_wins_and_both_are_shown() -> None:
    loose = policy("rules:\n  - {name: cost, figure: cost_usd, max: $500}\n", "loose")
    found = judge(difference(scenario(cost(200))), governance(a=loose, b=policy(LIMIT)), TODAY)
    assert found.result == "deny"
    assert [(v.policy, v.result) for v in found.verdicts] == [("spend", "deny"), ("loose", "pass")]
    assert found.policies == ["policies/a.yaml", "policies/b.yaml"]


def test_verdicts_are_ordered_by_what_came_of_them() -> None:
    rules = (
        "rules:\n"
        "  - {name: a, figure: cost_usd, max: $500}\n"
        "  - {name: b, figure: cost_usd, max: $1, severity: info}\n"
        "  - {name: c, figure: cost_usd, max: $1, severity: warn}\n"
        "  - {name: d, figure: cost_usd, max: $1}\n"
    )
    found = judged(rules, scenario(cost(5)))
    assert [verdict.rule for verdict in found.verdicts] == ["d", "c", "b", "a"]


def _lock(state: str, as_of: str = "2026-01-01") -> LockState:
    return LockState.model_validate(
        {"file": "scenarios/bot.lock.yaml", "state": state, "as_of": as_of, "text": f"is {state}"}
    )


@pytest.mark.parametrize(
    ("rules", "lock", "result", "message"),
    [
        ("required: true", None, "deny", "There is no lock, and one that fits is required"),
        ("required: true", _lock("missing"), "deny",
         "There is no lock, and one that fits is required"),
        ("required: true, severity: warn", _lock("stale-scenario"), "warn",
         "scenarios/bot.lock.yaml was made for another text of the scenario, and one that fits is required"),
        ("required: true", _lock("current"), "pass", "scenarios/bot.lock.yaml fits the scenario"),
        ("max_age: 30 d", None, "pass", "There is no lock, and none is required"),
        ("max_age: 40 d", _lock("current"), "pass",
         "scenarios/bot.lock.yaml has prices of 2026-01-01, 40 days old, at most 40 are allowed"),
        ("max_age: 39 d", _lock("other-catalog"), "deny",
         "scenarios/bot.lock.yaml has prices of 2026-01-01, 40 days old, and at most 39 are allowed"),
        ("max_age: 39 d", _lock("current", "someday"), "deny",
         "scenarios/bot.lock.yaml: the age of its prices is unknown, and at most 39 days are allowed"),
    ],
)  # fmt: skip
def test_locks(rules: str, lock: LockState | None, result: str, message: str) -> None:
    verdict = only(judged(f"lock: {{{rules}}}\n", scenario(cost(1), lock=lock)), "lock")
    assert (verdict.result, verdict.message) == (result, message)


@pytest.mark.parametrize("rules", ["rules: []\n", "lock: {severity: info}\n"])
def test_an_edited_lock_is_always_denied_and_never_excused(rules: str) -> None:
    forgiving = exception("rules: ['*']\nscenarios: ['*']\nuntil: 2026-12-31\n")
    found = judged(rules, scenario(cost(1), lock=_lock("edited")), e=forgiving)
    verdict = only(found, "lock")
    assert (found.result, verdict.result, verdict.exception) == ("deny", "deny", "")
    assert verdict.cause == Place(file="scenarios/bot.lock.yaml", line=1)


@pytest.mark.parametrize(
    ("lock", "fix", "cause"),
    [
        (None, "write it: planner lock scenarios/bot.yaml", "scenarios/bot.yaml"),
        (_lock("missing"), "write it: planner lock scenarios/bot.yaml", "scenarios/bot.yaml"),
        (_lock("stale-scenario"), "renew it: planner lock --refresh scenarios/bot.yaml", "scenarios/bot.lock.yaml"),
        (_lock("other-catalog"), "renew it: planner lock --refresh scenarios/bot.yaml", "scenarios/bot.lock.yaml"),
        (_lock("edited"), "renew it: planner lock --refresh scenarios/bot.yaml", "scenarios/bot.lock.yaml"),
    ],
)
def test_how_a_lock_is_mended_and_where(lock: LockState | None, fix: str, cause: str) -> None:
    verdict = only(judged("lock: {required: true, max_age: 1 d}\n", scenario(cost(1), lock=lock)), "lock")
    assert (verdict.result, verdict.fix, verdict.cause) == ("deny", fix, Place(file=cause, line=1))
    assert verdict.place.file == "policies/spend.yaml"


def test_a_path_in_a_fix_can_be_pasted() -> None:
    verdict = only(judged("lock: {required: true}\n", scenario(cost(1), path="scenarios/$(id) x.yaml")), "lock")
    assert verdict.fix == "write it: planner lock 'scenarios/$(id) x.yaml'"


OLD = LIMIT + LEVELS + "lock: {required: true}\n"


def test_what_the_change_leaves_alone_is_not_judged_but_counts_in_budgets_of_all() -> None:
    budget = "budgets:\n  - {name: all, per: everyone, amount: $500, counts: all, unknown_spend: pass}\n"
    old = [
        scenario(cost(200)),
        scenario({"state": "unreadable"}),
        scenario({"state": "infeasible"}),
        scenario(cost(200), lock=_lock("edited")),
    ]
    same = [one.model_copy(update={"change": "unchanged"}) for one in old]
    found = judged(OLD + budget, *same)
    assert [(verdict.rule, verdict.result) for verdict in found.verdicts] == [("all", "warn")]
    assert found.approvals == []
    denied = {verdict.rule for verdict in judged(OLD, *old).verdicts if verdict.result == "deny"}
    assert denied == {"cost", "approvals", "unreadable", "infeasible", "lock"}


def test_without_a_base_everything_is_judged() -> None:
    same = scenario(cost(200)).model_copy(update={"change": "unchanged"})
    rules = governance(spend=policy(OLD))
    assert judge(difference(same, base=Revision(name="")), rules, TODAY).result == "deny"
    assert judge(difference(same), rules, TODAY).verdicts == []


def _note(*, allowed: bool) -> TrustNote:
    return TrustNote(
        file="policies/spend.yaml", what="policy", change="changed", text="is looser; main's counts", allowed=allowed,
        place=Place(file="policies/spend.yaml", line=4),
    )  # fmt: skip


def test_what_a_change_brings_to_judge_itself_comes_first_and_is_denied() -> None:
    rules = policy(LIMIT + "trust: {same_change: [spend]}\n")
    found = judge(difference(scenario(cost(200)), trust=[_note(allowed=False)]), governance(spend=rules), TODAY)
    first = found.verdicts[0]
    assert (found.result, first.rule, first.result, first.policy) == ("deny", "trust", "deny", "spend")
    assert (first.figure, first.value_text, first.limit_text) == ("", "", "")
    assert first.fix == "bring it in a change of its own, which its owners review"
    assert first.message == "policies/spend.yaml: is looser; main's counts"
    assert (first.place.line, first.cause) == (6, Place(file="policies/spend.yaml", line=4))


def test_a_lock_that_is_not_trusted_is_made_anew() -> None:
    note = TrustNote(file="scenarios/bot.lock.yaml", what="lock", change="changed", text="edited", allowed=False)
    locked = scenario(cost(1), lock=_lock("other-catalog"))
    first = judge(difference(locked, trust=[note]), governance(spend=policy(LIMIT)), TODAY).verdicts[0]
    assert first.fix == "renew it: planner lock --refresh scenarios/bot.yaml"


def test_what_a_change_may_bring_is_only_told() -> None:
    found = judge(difference(scenario(cost(1)), trust=[_note(allowed=True)]), governance(spend=policy(LIMIT)), TODAY)
    first = found.verdicts[0]
    assert (found.result, first.rule, first.result, first.fix) == ("pass", "trust", "info", "")
    assert first.message == "policies/spend.yaml: is looser; main's counts"


def test_governing_documents_that_come_alone_are_told_and_do_not_count_yet() -> None:
    base, head = governance(spend=policy(LIMIT)), governance(spend=policy(LIMIT), e=WAIVER)
    note = _note(allowed=True).model_copy(update={"what": "exception", "text": "judges from the next change on"})
    alone = judge(difference(trust=[note]), base, TODAY, head_governance=head)
    assert (alone.result, [verdict.result for verdict in alone.verdicts]) == ("pass", ["info"])
    with_job = judge(difference(scenario(cost(200)), trust=[note]), base, TODAY, head_governance=head)
    assert with_job.result == "deny"


def test_trust_is_denied_without_any_policy_too() -> None:
    found = judge(difference(trust=[_note(allowed=False)]), Governance(), TODAY)
    assert (found.result, found.verdicts[0].policy) == ("deny", "")


WAIVER = exception("rules: [cost]\nscenarios: [scenarios/bot.yaml]\nuntil: 2026-12-31\n")


@pytest.mark.parametrize(("trust", "result"), [("", "deny"), ("trust: {same_change: [exception]}\n", "pass")])
def test_the_heads_exception_counts_only_where_the_base_allows_it(trust: str, result: str) -> None:
    base, head = governance(spend=policy(LIMIT + trust)), governance(spend=policy(LIMIT + trust), e=WAIVER)
    assert judge(difference(scenario(cost(200))), base, TODAY, head_governance=head).result == result


@pytest.mark.parametrize(("trust", "result"), [("", "deny"), ("trust: {same_change: [policy]}\n", "pass")])
def test_the_heads_policy_counts_only_where_the_base_allows_it(trust: str, result: str) -> None:
    base = governance(spend=policy(LIMIT + trust))
    head = governance(spend=policy(LIMIT.replace("$100", "$900") + "trust: {same_change: [policy, exception]}\n"))
    assert judge(difference(scenario(cost(200))), base, TODAY, head_governance=head).result == result


def test_all_policies_must_allow_what_a_change_brings() -> None:
    one = policy("trust: {same_change: [exception, spend]}\n", "a")
    assert allowed_in_same_change(governance(a=one)) == {"exception", "spend"}
    assert allowed_in_same_change(governance(a=one, b=policy("rules: []\n", "b"))) == set()
    assert allowed_in_same_change(Governance()) == GOVERNING


def test_the_first_policy_by_file_name_names_the_decision() -> None:
    several = governance(
        b=policy("decision: fastest\n", "b"), a=policy("decision: cheapest\n", "a"), c=policy("rules: []\n", "c")
    )
    assert decision_of(several) == "cheapest"
    assert decision_of(Governance()) == "knee"
    warnings = judge(difference(scenario(cost(1))), several, TODAY).warnings
    assert warnings[0] == (
        "policies disagree on the decision to judge: cheapest (policies/a.yaml:4), fastest (policies/b.yaml:4); "
        "cheapest counts, the first by file name"
    )
    assert warnings[1] == "policies/a.yaml asks for the decision cheapest, and knee is judged"


RULES = st.sampled_from([
    "rules:\n  - {name: r, figure: cost_usd, max: $50}\n",
    "rules:\n  - {name: r, figure: cost_usd, max: $5000, unknown: pass}\n",
    "rules:\n  - {name: r, allow: {providers: [gcp]}}\n",
    "rules:\n  - {name: r, figure: delta.cost_usd, max: $10, severity: warn}\n",
    "budgets:\n  - {name: r, per: team, amount: $100}\n",
    "budgets:\n  - {name: r, per: everyone, amount: $9000, counts: all, unknown_spend: pass}\n",
    "approvals: {levels: [{above: $80, from: [alice]}]}\n",
    "infeasible: info\nunreadable: info\n",
    "decision: cheapest\ntrust: {same_change: [policy, exception, approval, spend]}\n",
    "lock: {required: true, max_age: 3 d}\n",
])  # fmt: skip
SCENARIOS = st.sampled_from([
    scenario(cost(200)),
    scenario(cost(60), cost(55)),
    scenario({"figures": {}}),
    scenario({"state": "infeasible"}),
    scenario({"state": "unreadable"}),
    named("other", 90, "infra"),
    scenario(cost(3), lock=_lock("edited")),
])  # fmt: skip
RANK = {"pass": 0, "warn": 1, "deny": 2}


@given(
    st.lists(RULES, max_size=3), RULES, st.lists(SCENARIOS, min_size=1, max_size=3), st.booleans(), st.booleans()
)  # fmt: skip
def test_one_policy_more_never_makes_it_milder(
    bodies: list[str], more: str, scenarios: list[object], waived: bool, brought: bool
) -> None:
    texts = {f"p{i}": policy(body, f"p{i}") for i, body in enumerate(bodies)}
    extra = {"e": WAIVER.replace("policy: spend", "policy: p0")} if waived and bodies else {}
    extra = {name: text.replace("rules: [cost]", "rules: ['*']") for name, text in extra.items()}
    base = {} if brought else extra
    change = difference(*scenarios)  # type: ignore[arg-type]
    added = {"added": policy(more, "added")}
    heads = (
        [governance(**texts, **extra), governance(**texts, **extra, **added)] if brought and bodies else [None, None]
    )
    before = judge(change, governance(**texts, **base), TODAY, head_governance=heads[0])
    after = judge(change, governance(**texts, **base, **added), TODAY, head_governance=heads[1])
    assert RANK[after.result] >= RANK[before.result]


def test_the_same_arguments_give_the_same_judgement() -> None:
    change = difference(named("b", 200), named("a", 300), scenario(cost(5)))
    rules = governance(spend=policy(LIMIT + "budgets:\n  - {name: all, per: team, amount: $1}\n"))
    assert judge(change, rules, TODAY).model_dump_json() == judge(change, rules, TODAY).model_dump_json()
