"""Changes in real repositories, held against the policies of their base."""

import datetime
from pathlib import Path

import pytest

from planner.gate.check import held_against, read_rules
from planner.gate.difference import Wanted, find_difference
from planner.gate.plans import Setting
from planner.outcome import Check, Verdict
from planner.revision.git import Repository
from planner.revision.reading import opened
from planner.source import InvalidInput
from tests.gate.changes import scenario
from tests.gate.repeated import lock_of, plans_of
from tests.revision.repositories import Repo, make_repository

TODAY = datetime.date(2026, 11, 29)
BOT, LOCK, POLICY = "scenarios/bot.yaml", "scenarios/bot.lock.yaml", "policies/spend.yaml"
RULES = """\
api_version: planner/v1
kind: Policy
metadata: {name: spend}
rules:
  - {name: job, figure: cost_usd, max: $100}
budgets:
  - {name: team, per: team, amount: $40, period: month}
"""
SPEND = """\
api_version: planner/v1
kind: Spend
month: 2026-11
as_of: 2026-11-28
entries:
  - {team: ml-platform, usd: $35}
"""
EXCEPTION = """\
api_version: planner/v1
kind: PolicyException
policy: spend
rules: [team]
teams: [ml-platform]
until: %s
justification: The launch was moved up by the board.
owner: finance
"""


def _check(repo: Repo, base: str = "main", head: str | None = None) -> Check:
    repository = Repository.around(repo.root)
    assert repository is not None
    with opened(repository, base, head) as sides:
        rules = read_rules(sides.rules, sides.base, sides.head, "policies")
        usual = ("scenarios",)
        wanted = Wanted(usual, usual, elsewhere=True, ignored=rules.ignored, decision=rules.decision)
        found = find_difference(sides.base, sides.head, wanted, Setting(), plans_of(repo))
        return held_against(found.difference, rules, TODAY, sides.base, sides.head)


def _one(check: Check, rule: str) -> Verdict:
    (found,) = [verdict for verdict in check.judgement.verdicts if verdict.rule == rule]
    return found


@pytest.fixture
def repo(tmp_path: Path) -> Repo:
    made = make_repository(tmp_path / "repo", {BOT: scenario(), POLICY: RULES, "policies/spend/2026-11.yaml": SPEND})
    made.branch("pr")
    return made


def test_a_change_within_everything_passes(repo: Repo) -> None:
    repo.write({BOT: scenario(rank="8")})
    check = _check(repo)
    assert check.judgement.result in ("pass", "warn")
    assert _one(check, "job").result == "pass"
    assert check.judgement.policies_from.startswith("main (")


def test_a_broken_budget_is_denied_and_named_with_both_places(repo: Repo) -> None:
    repo.write({BOT: scenario(epochs="9")})
    check = _check(repo)
    verdict = _one(check, "team")
    assert check.judgement.result == "deny"
    assert (verdict.place.file, verdict.place.line) == (POLICY, 7)
    assert verdict.cause is not None
    assert (verdict.cause.file, verdict.cause.line) == (BOT, 10)
    (state,) = check.judgement.budgets
    assert (state.spent_usd, state.limit_usd) == (35.0, 40.0)
    assert state.planned_usd is not None
    assert state.planned_usd > 5


def test_an_exception_lets_it_pass_and_an_expired_one_does_not(repo: Repo) -> None:
    repo.git("switch", "-q", "main")
    repo.commit({"policies/launch.yaml": EXCEPTION % "2026-11-29"})
    repo.git("switch", "-q", "-C", "pr")
    repo.write({BOT: scenario(epochs="9")})
    assert _one(_check(repo), "team").result == "excepted"
    assert _check(repo).judgement.result != "deny"
    repo.git("checkout", "-q", ".")
    repo.git("switch", "-q", "main")
    repo.commit({"policies/launch.yaml": EXCEPTION % "2026-11-28"})
    repo.git("switch", "-q", "-C", "pr")
    repo.write({BOT: scenario(epochs="9")})
    verdict = _one(_check(repo), "team")
    assert verdict.result == "deny"
    assert "2026-11-28" in verdict.exception


@pytest.mark.parametrize(
    ("file", "text"),
    [
        (POLICY, RULES.replace("$40", "$4000")),
        (POLICY, None),
        ("policies/launch.yaml", EXCEPTION % "2027-01-01"),
        ("policies/spend/2026-11.yaml", SPEND.replace("$35", "$0")),
        ("policies/spend/2026-11.yaml", "no: document\n"),
        (POLICY, "kind: [broken\n"),
    ],
)
def test_a_change_cannot_loosen_what_judges_it(repo: Repo, file: str, text: str | None) -> None:
    """The base's budget still denies, and so does the attempt; that comes first."""
    repo.write({BOT: scenario(epochs="9"), file: text})
    check = _check(repo)
    assert _one(check, "team").result == "deny"
    assert _one(check, "trust").result == "deny"
    assert check.judgement.verdicts[0].rule == "trust"
    assert check.difference.trust[0].file == file
    assert not check.difference.trust[0].allowed


def test_the_base_may_let_exceptions_come_along(repo: Repo) -> None:
    repo.git("switch", "-q", "main")
    repo.commit({POLICY: RULES + "trust: {same_change: [exception]}\n"})
    repo.git("switch", "-q", "-C", "pr")
    repo.write({BOT: scenario(epochs="9"), "policies/launch.yaml": EXCEPTION % "2027-01-01"})
    check = _check(repo)
    assert _one(check, "team").result == "excepted"
    assert check.difference.trust[0].allowed
    repo.write({POLICY: RULES.replace("$40", "$4000") + "trust: {same_change: [exception]}\n"})
    check = _check(repo)
    assert check.judgement.result == "deny"
    assert _one(check, "team").limit_text.startswith("$40")


def test_a_branch_from_before_the_policy_is_judged_by_it_all_the_same(repo: Repo) -> None:
    """The scenario's base is where the branch began; what judges is the base's newest."""
    repo.commit({BOT: scenario(epochs="9")})
    repo.git("switch", "-q", "main")
    repo.commit({POLICY: RULES.replace("$100", "$1")})
    check = _check(repo, head="pr")
    assert _one(check, "job").result == "deny"
    assert [(note.file, note.change) for note in check.difference.trust] == []


def test_an_old_branch_keeps_no_older_documents_where_some_may_come_along(repo: Repo) -> None:
    repo.git("switch", "-q", "main")
    repo.commit({POLICY: RULES + "trust: {same_change: [exception, policy]}\n"})
    repo.git("switch", "-q", "-C", "pr")
    repo.commit({BOT: scenario(epochs="9"), "policies/launch.yaml": EXCEPTION % "2027-01-01"})
    repo.git("switch", "-q", "main")
    repo.commit({POLICY: RULES.replace("$100", "$1") + "trust: {same_change: [exception, policy]}\n"})
    check = _check(repo, head="pr")
    assert _one(check, "job").result == "deny"
    assert _one(check, "team").result == "excepted"


def test_a_price_edited_in_a_lock_is_denied_and_changes_no_figure(repo: Repo) -> None:
    repo.git("switch", "-q", "main")
    honest = lock_of(repo, BOT)
    repo.commit({LOCK: honest})
    repo.git("switch", "-q", "-C", "pr")
    row = next(line for line in honest.splitlines() if "h100-sxm,8" in line)
    cells = row.split(",")
    cells[8] = "0.01"
    repo.write({LOCK: honest.replace(row, ",".join(cells)), BOT: scenario(epochs="4")})
    check = _check(repo)
    assert check.judgement.result == "deny"
    assert any("changed by hand" in verdict.message for verdict in check.judgement.verdicts)
    (one,) = check.difference.scenarios
    assert one.delta["cost_usd"].prices == 0


def test_a_policy_that_cannot_be_read_stops_the_check(repo: Repo) -> None:
    repo.git("switch", "-q", "main")
    repo.commit({POLICY: RULES.replace("cost_usd", "cost_usdd")})
    repo.git("switch", "-q", "-C", "pr")
    repo.write({BOT: scenario(epochs="4")})
    with pytest.raises(InvalidInput, match="did you mean 'cost_usd'"):
        _check(repo)


def test_a_scenario_that_cannot_be_read_is_denied(repo: Repo) -> None:
    repo.write({BOT: b"\x00binary"})
    assert _check(repo).judgement.result == "deny"


@pytest.mark.parametrize("folder", ["policies/", "./policies", "policies/../policies//"])
def test_the_folder_of_policies_may_be_written_in_any_way(repo: Repo, folder: str) -> None:
    repository = Repository.around(repo.root)
    assert repository is not None
    repo.write({POLICY: RULES.replace("$40", "$400")})
    with opened(repository, "main", None) as sides:
        rules = read_rules(sides.rules, sides.base, sides.head, folder)
        found = find_difference(sides.base, sides.head, Wanted(), Setting(), plans_of(repo))
        check = held_against(found.difference, rules, TODAY, sides.base, sides.head)
    assert (rules.folder, len(rules.governance.policies)) == ("policies", 1)
    assert [note.allowed for note in check.difference.trust] == [True]
