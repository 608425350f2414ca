"""What a change calls itself does not decide what judges it: names, teams and scopes that move with the change."""

from typing import Any

import pytest

from planner.outcome import Judgement, Revision, ScenarioDifference
from planner.policy.judge import judge
from tests.policy.making import TODAY, approval, difference, exception, governance, judged, only, policy, scenario

LIMIT = "rules:\n  - {name: cost, figure: cost_usd, max: $100}\n"
LEVELS = "approvals:\n  levels:\n    - {above: $100, from: [alice]}\n"
FOR_NAME = exception("rules: [cost]\nscenarios: ['auto*']\nuntil: 2026-05-01\n")
FOR_PATH = exception("rules: [cost]\nscenarios: [scenarios/autocomplete.yaml]\nuntil: 2026-05-01\n")
GIVEN = approval("scenario: autocomplete\napprover: alice\nup_to: $500\ndate: 2026-02-01\nuntil: 2026-03-01\n")


def _job(usd: float = 300, name: str = "autocomplete", **metadata: Any) -> dict[str, Any]:
    return {"metadata": {"name": name, "team": "ml", **metadata}, "figures": {"cost_usd": usd}}


def _at(path: str, after: dict[str, Any], before: dict[str, Any] | None = None, **more: Any) -> ScenarioDifference:
    return scenario(after, before, path=f"scenarios/{path}.yaml", name=after["metadata"]["name"], **more)


def _removed(path: str) -> ScenarioDifference:
    return _at(path, _job(), _job()).model_copy(update={"change": "removed", "after": None, "metadata_before": None})


UNKNOWN = _at("autocomplete", _job(), _job()).model_copy(update={"metadata_before": None})
THEFTS: dict[str, tuple[list[ScenarioDifference], str]] = {
    "the file that bore it": ([_at("autocomplete", _job(), _job())], ""),
    "a new file": (
        [_at("zz", _job())],
        "scenarios/zz.yaml is new and calls itself autocomplete, and a name counts only for the file that bore it "
        "before; what is granted by path counts: scenarios/zz.yaml",
    ),
    "a new file for one taken away": (
        [_removed("autocomplete"), _at("zz", _job())],
        "2 scenarios are called autocomplete, so the name counts for none of them",
    ),
    "taken for a move": (
        [_at("zz", _job(), _job(), moved_from="scenarios/autocomplete.yaml")],
        "autocomplete was in scenarios/autocomplete.yaml before this change",
    ),
    "renamed": (
        [_at("zz", _job(), _job(name="other"))],
        "scenarios/zz.yaml was called other before this change, so the name autocomplete does not count",
    ),
    "a twin": (
        [_at("autocomplete", _job(1), _job(1)), _at("zz", _job(), _job())],
        "2 scenarios are called autocomplete, so the name counts for none of them",
    ),
    "one left its name to another": (
        [_at("autocomplete", _job(1, "free"), _job(1)), _at("zz", _job(), _job(name="other"))],
        "2 scenarios are called autocomplete, so the name counts for none of them",
    ),
    "a base that cannot be read": ([UNKNOWN], "what scenarios/autocomplete.yaml was called before this change is unkn"),
}


@pytest.mark.parametrize("case", THEFTS)
def test_an_exception_by_name_is_held_by_the_file_that_bore_it(case: str) -> None:
    scenarios, why = THEFTS[case]
    path = scenarios[-1].path
    found = judged(LIMIT, *scenarios, e=FOR_NAME)
    (verdict,) = [one for one in found.verdicts if one.subject == path]
    assert verdict.result == ("deny" if why else "excepted")
    assert why in verdict.exception
    assert verdict.exception.startswith("policies/e.yaml:7 does not count: ") == bool(why)


@pytest.mark.parametrize("case", THEFTS)
def test_an_approval_by_name_is_held_by_the_file_that_bore_it(case: str) -> None:
    scenarios, why = THEFTS[case]
    found = judged(LEVELS, *scenarios, g=GIVEN)
    (state,) = [one for one in found.approvals if one.scenario == scenarios[-1].path]
    assert bool(state.approved_by) != bool(why)
    assert why in state.text
    (verdict,) = [one for one in found.verdicts if one.subject == state.scenario]
    assert verdict.result == ("deny" if why else "pass")
    assert ("policies/g.yaml does not count: " in verdict.message) == bool(why)


@pytest.mark.parametrize("case", THEFTS)
def test_a_path_counts_always_and_for_no_other(case: str) -> None:
    *_, last = THEFTS[case][0]
    found = judged(LIMIT, last, e=FOR_PATH)
    assert only(found, "cost").result == ("excepted" if last.path == "scenarios/autocomplete.yaml" else "deny")


def test_without_a_base_a_name_counts() -> None:
    rules = governance(spend=policy(LIMIT + LEVELS), e=FOR_NAME, g=GIVEN)
    alone = difference(_at("zz", _job()), base=Revision(name=""))
    assert judge(alone, rules, TODAY).result == "pass"
    twins = difference(_at("zz", _job()), _at("yy", _job()), base=Revision(name=""))
    assert judge(twins, rules, TODAY).result == "deny"


def test_a_path_that_is_already_expired_says_that_first_of_all() -> None:
    late = FOR_PATH.replace("2026-05-01", "2026-02-01")
    verdict = only(judged(LIMIT, _at("autocomplete", _job(), _job()), e=late), "cost")
    assert verdict.exception == "policies/e.yaml:8 expired on 2026-02-01"


FOR_TEAM = exception("rules: [cost]\nteams: [ml]\nuntil: 2026-05-01\n")


@pytest.mark.parametrize(
    ("after", "before", "why"),
    [
        (_job(), _job(), ""),
        (_job(), None, ""),
        (_job(), _job(team="infra"), "scenarios/x.yaml was of team infra before this change"),
        (_job(), _job(team=None), "scenarios/x.yaml was of no team before this change"),
    ],
)
def test_an_exception_of_a_team_covers_what_was_the_teams(
    after: dict[str, Any], before: dict[str, Any] | None, why: str
) -> None:
    verdict = only(judged(LIMIT, _at("x", after, before), e=FOR_TEAM), "cost")
    assert verdict.result == ("deny" if why else "excepted")
    assert verdict.exception.startswith(f"policies/e.yaml:7 does not count: {why}" if why else "until")


def test_an_exception_of_a_team_needs_to_know_the_team_at_the_base() -> None:
    verdict = only(judged(LIMIT, UNKNOWN, e=FOR_TEAM), "cost")
    assert verdict.result == "deny"
    assert verdict.exception.endswith("whose scenarios/autocomplete.yaml was before this change is unknown")


BASE: dict[str, Any] = {"team": "care", "cost_centre": "cc-1", "labels": {"data-class": "special"}}


@pytest.mark.parametrize(
    ("where", "head", "told"),
    [
        ("team: care", {"team": "devx"}, "team care"),
        ("team: care", {"team": None}, "team care"),
        ("cost_centre: cc-1", {"cost_centre": None}, "cost centre cc-1"),
        ("name: autocomplete", {"name": "free"}, "name autocomplete"),
        ("labels: {data-class: 'special*'}", {"labels": {}}, "label data-class special"),
        ("team: care, cost_centre: cc-1", {"team": "devx", "cost_centre": "cc-2"}, "team care, cost centre cc-1"),
        ("path: 'production/*'", {}, "path production/x.yaml"),
        ("team: care", {"name": "free"}, ""),
    ],
)
@pytest.mark.parametrize("kind", ["rules", "approvals", "job budget"])
def test_a_change_does_not_take_itself_out_of_a_rule(where: str, head: dict[str, Any], told: str, kind: str) -> None:
    rules = {
        "rules": LIMIT.replace("max: $100", f"max: $100, where: {{{where}}}"),
        "approvals": f"{LEVELS}  where: {{{where}}}\n",
        "job budget": f"budgets: [{{name: job, per: job, amount: $100, where: {{{where}}}}}]\n",
    }[kind]
    after = _job() | {"metadata": {"name": "autocomplete", **BASE} | head}
    moved = {"moved_from": "production/x.yaml"} if "path" in where else {}
    found = judged(rules, _at("x", after, _job(**BASE), **moved))
    assert found.result == "deny"
    (verdict,) = found.verdicts
    assert verdict.message.endswith(f"; the rule applies because of the base: {told}") == bool(told)
    assert ("because of the base" in verdict.message) == bool(told)


def test_a_scenario_enters_a_rule_by_its_head_and_leaves_it_with_the_next_change() -> None:
    rules = LIMIT.replace("max: $100", "max: $100, where: {team: care}")
    assert judged(rules, _at("x", _job(team="care"), _job())).result == "deny"
    assert judged(rules, _at("x", _job(), _job())).verdicts == []
    assert judged(rules, _at("x", _job(), None)).verdicts == []


KNOWN = "rules:\n  - {name: who, allow: {teams: [ml, 'care-*'], cost_centres: [cc-1]}}\n"


@pytest.mark.parametrize(
    ("metadata", "messages"),
    [
        ({"cost_centre": "cc-1"}, ["Allowed: team ml, cost centre cc-1"]),
        ({"team": "care-eu", "cost_centre": "cc-1"}, ["Allowed: team care-eu, cost centre cc-1"]),
        ({"team": "made-up", "cost_centre": "cc-1"}, ["Team made-up is not allowed, only ml or care-*"]),
        ({"team": None}, ["The cost centre is unknown, and only cc-1 is allowed",
                          "The team is unknown, and only ml or care-* is allowed"]),
    ],
)  # fmt: skip
@pytest.mark.parametrize("state", ["feasible", "infeasible"])
def test_only_known_teams_and_cost_centres_pass(metadata: dict[str, Any], messages: list[str], state: str) -> None:
    found: Judgement = judged(KNOWN + "infeasible: info\n", _at("x", _job(**metadata) | {"state": state}))
    mine = [verdict for verdict in found.verdicts if verdict.rule == "who"]
    assert [verdict.message for verdict in mine] == messages
    assert {verdict.result for verdict in mine} == {"pass" if messages[0].startswith("Allowed") else "deny"}


def test_an_unknown_team_is_in_no_list_however_wide() -> None:
    wide = KNOWN.replace("[ml, 'care-*']", "['*']").replace(", cost_centres: [cc-1]", "")
    assert judged(wide, _at("x", _job())).result == "pass"
    nobody = only(judged(wide, _at("x", _job(team=None))), "who")
    assert (nobody.result, nobody.figure, nobody.value_text, nobody.limit_text) == ("deny", "team", "unknown", "*")
    assert nobody.fix == "name what is allowed under metadata.team"
    unread = _at("x", _job()).model_copy(update={"metadata": None})
    assert only(judged(wide, unread), "who").result == "deny"
    exact = only(judged("rules:\n  - {name: who, allow: {teams: [a, b]}}\n", _at("x", _job())), "who")
    assert exact.fix == "write one of them as metadata.team"
