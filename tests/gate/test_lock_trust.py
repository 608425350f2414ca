"""What a change can and cannot do with a lock."""

import re
from pathlib import Path

import pytest

from planner.outcome import Check
from tests.gate.changes import scenario
from tests.gate.repeated import lock_of
from tests.gate.test_check import BOT, LOCK, POLICY, RULES, _check
from tests.revision.repositories import Repo, make_repository


@pytest.fixture
def repo(tmp_path: Path) -> Repo:
    made = make_repository(tmp_path / "repo", {BOT: scenario(), POLICY: RULES})
    made.branch("pr")
    return made


def _lock(repo: Repo, catalog: Path | None = None) -> str:
    return lock_of(repo, BOT, catalog)


def _state(check: Check) -> tuple[str, bool]:
    (one,) = check.difference.scenarios
    assert one.lock is not None
    (note,) = check.difference.trust
    return one.lock.state, note.allowed


def test_an_honest_lock_is_believed(repo: Repo) -> None:
    repo.write({LOCK: _lock(repo)})
    assert _state(_check(repo)) == ("current", True)


@pytest.mark.parametrize(
    ("what", "says"),
    [
        ("figures", "figures are not those that this planner gives"),
        ("rows", "offers where the scenario may choose from"),
        ("name", "is the lock of another scenario, other"),
        ("figures and digest", "is not what it was when it was locked"),
        ("figures and planner", "was made by planner 0.0.9"),
        ("garbage", "cannot be read"),
    ],
)
def test_a_lock_that_is_not_what_the_planner_would_write_is_refused(repo: Repo, what: str, says: str) -> None:
    honest = _lock(repo)
    head, _, table = honest.partition("offers: |\n")
    wrong = {
        "figures": re.sub(r"cost_usd: [0-9.]+", "cost_usd: 0.01", honest),
        "rows": f"{head}offers: |\n" + "\n".join(table.splitlines()[:5]) + "\n",
        "figures and digest": re.sub(
            r"digest: '?[0-9a-f]{64}'?",
            f"digest: '{'0' * 64}'",
            re.sub(r"cost_usd: [0-9.]+", "cost_usd: 300.0", honest),
            count=1,
        ),
        "figures and planner": re.sub(
            r"planner: .*", "planner: 0.0.9", re.sub(r"cost_usd: [0-9.]+", "cost_usd: 300.0", honest)
        ),
        "name": honest.replace("name: bot", "name: other"),
        "garbage": "kind: Lock\n",
    }[what]
    assert wrong != honest
    repo.write({LOCK: wrong})
    check = _check(repo)
    assert _state(check)[1] is False
    assert says in check.difference.trust[0].text
    assert check.judgement.result == "deny"


def test_a_fake_catalog_is_refused_whatever_else_may_come_along(repo: Repo) -> None:
    repo.git("switch", "-q", "main")
    repo.commit({POLICY: RULES + "trust: {same_change: [policy, exception, approval, spend]}\n"})
    repo.git("switch", "-q", "-C", "pr")
    cheap = re.sub(r",(\d+\.?\d*),2026-", ",0.01,2026-", _lock(repo))
    fake = re.sub(r"digest: [0-9a-f]{64}", "digest: " + "ab" * 32, cheap)
    repo.write({LOCK: fake})
    check = _check(repo)
    assert _state(check)[1] is False
    assert check.judgement.result == "deny"


def test_a_comment_makes_no_lock_stale_and_no_scenario_changed(repo: Repo) -> None:
    repo.git("switch", "-q", "main")
    repo.commit({LOCK: _lock(repo)})
    repo.git("switch", "-q", "-C", "pr")
    repo.write({BOT: "# a word\n" + scenario()})
    check = _check(repo)
    assert (check.difference.scenarios, check.difference.unchanged) == ([], 1)
    assert check.difference.trust == []


def test_what_only_moves_is_told_and_changes_nothing(repo: Repo) -> None:
    repo.git("switch", "-q", "main")
    repo.commit({LOCK: _lock(repo)})
    repo.git("switch", "-q", "-C", "pr")
    repo.git("mv", BOT, "scenarios/help.yaml")
    repo.git("mv", LOCK, "scenarios/help.lock.yaml")
    check = _check(repo)
    assert check.difference.scenarios == []
    assert check.difference.warnings == [f"{BOT} moved to scenarios/help.yaml and is otherwise the same"]


def test_data_that_changed_since_the_lock_leaves_the_planner_s_part_unknown(repo: Repo) -> None:
    text = scenario().replace("dataset: {samples: 40k, tokens_per_sample: 420}", "dataset: {lengths: ../lengths.txt}")
    repo.git("switch", "-q", "main")
    repo.commit({BOT: text, "lengths.txt": "400,30000\n"})
    repo.commit({LOCK: _lock(repo)})
    repo.commit({"lengths.txt": "400,60000\n"})
    repo.git("switch", "-q", "-C", "pr")
    repo.write({BOT: text.replace("epochs: 3", "epochs: 4")})
    (one,) = _check(repo).difference.scenarios
    assert one.delta["cost_usd"].planner is None
    assert any("earlier text of the scenario" in note for note in one.notes)
    assert one.lock is not None
    assert one.lock.state == "stale-scenario"


def test_a_lock_of_another_catalog_and_another_text_is_stale_first(repo: Repo, cheaper: Path) -> None:
    repo.git("switch", "-q", "main")
    repo.commit({LOCK: _lock(repo, cheaper)})
    repo.git("switch", "-q", "-C", "pr")
    repo.write({BOT: scenario(epochs="4")})
    (one,) = _check(repo).difference.scenarios
    assert one.lock is not None
    assert one.lock.state == "stale-scenario"


def test_a_change_of_policies_alone_is_how_they_are_changed(repo: Repo) -> None:
    repo.write({POLICY: RULES.replace("$40", "$400")})
    check = _check(repo)
    assert check.judgement.result != "deny"
    assert "judges from the next change on" in check.difference.trust[0].text
    repo.write({POLICY: RULES.replace("cost_usd", "cost_usdd")})
    check = _check(repo)
    assert check.judgement.result == "deny"
    assert "cannot be read" in check.difference.trust[0].text


def test_a_lock_without_a_scenario_that_is_judged_is_not_slipped_in(tmp_path: Path) -> None:
    repo = make_repository(tmp_path / "r", {BOT: scenario(), "jobs/x.yaml": scenario("x"), POLICY: RULES})
    repo.branch("pr")
    honest = lock_of(repo, "jobs/x.yaml")
    repo.write({"jobs/x.lock.yaml": re.sub(r"digest: '?[0-9a-f]{64}'?", f"digest: '{'ab' * 32}'", honest)})
    check = _check(repo)
    assert check.judgement.result == "deny"
    assert [(note.file, note.allowed) for note in check.difference.trust] == [("jobs/x.lock.yaml", False)]


def test_data_files_that_change_places_are_a_change(repo: Repo) -> None:
    text = scenario().replace("dataset: {samples: 40k, tokens_per_sample: 420}", "dataset: {lengths: ../a.txt}")
    text = text.replace("cost_centre: cc-104", "cost_centre: cc-104, labels: {held-out: ../b.txt}")
    repo.git("switch", "-q", "main")
    repo.commit({BOT: text, "a.txt": "400,100\n", "b.txt": "400,60000\n"})
    repo.git("switch", "-q", "-C", "pr")
    repo.write({"a.txt": "400,60000\n", "b.txt": "400,100\n"})
    (one,) = _check(repo).difference.scenarios
    assert [edit.key for edit in one.edits] == ["a.txt", "b.txt"]
    cost = one.delta["cost_usd"]
    assert cost.before is not None
    assert cost.after is not None
    assert cost.after > 2 * cost.before


def test_a_link_that_leads_elsewhere_is_a_change_though_all_files_stay(tmp_path: Path) -> None:
    text = scenario().replace("dataset: {samples: 40k, tokens_per_sample: 420}", "dataset: {lengths: ../data/l.txt}")
    text = text.replace("cost_centre: cc-104", "cost_centre: cc-104, labels: {a: ../small/l.txt, b: ../large/l.txt}")
    root = tmp_path / "r"
    root.mkdir()
    (root / "data").symlink_to("small")
    files = {BOT: text, "small/l.txt": "400,100\n", "large/l.txt": "400,60000\n", POLICY: RULES}
    repo = make_repository(root, files)
    repo.branch("pr")
    (root / "data").unlink()
    (root / "data").symlink_to("large")
    (one,) = _check(repo).difference.scenarios
    assert [edit.key for edit in one.edits] == ["data"]
    assert (one.delta["cost_usd"].after or 0) > 2 * (one.delta["cost_usd"].before or 1e9)
