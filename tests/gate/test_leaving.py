"""A job must not leave what is judged: by moving, by its name or ending, by a link, by how it is written."""

import json
import os
from pathlib import Path

import pytest

from planner.cli.comparing import _usual
from planner.errors import InputError
from planner.outcome import Check
from planner.revision.git import CommitTree, Repository
from planner.revision.tree import RevisionError
from planner.source import parse_document
from tests.gate.changes import scenario
from tests.gate.test_check import BOT, POLICY, _check, _one
from tests.revision.repositories import Repo, make_repository

CHEAP = (
    "api_version: planner/v1\nkind: Policy\nmetadata: {name: cap}\nrules: [{name: job, figure: cost_usd, max: $1}]\n"
)
DEAR = scenario("dear", epochs="30")


@pytest.fixture
def repo(tmp_path: Path) -> Repo:
    made = make_repository(tmp_path / "repo", {BOT: scenario(), POLICY: CHEAP})
    made.branch("pr")
    return made


def _denied(check: Check) -> list[str]:
    return sorted(
        {v.scenario for v in check.judgement.verdicts if v.result == "deny" and v.rule in ("job", "unreadable")}
    )


@pytest.mark.parametrize(
    "path",
    ["dear.yaml", "jobs/dear.yaml", "scenarios/dear.YAML", "scenarios/dear.txt", "scenarios/dear.lock.yaml", "x/y/dear",
     "scenarios/dear.json"],
)  # fmt: skip
def test_a_new_job_is_judged_wherever_it_lies_and_whatever_it_is_called(repo: Repo, path: str) -> None:
    repo.write({path: DEAR})
    assert _denied(_check(repo)) == [path]


@pytest.mark.parametrize("path", ["bot.yaml", "jobs/bot.yaml", "scenarios/bot.YAML", "scenarios/bot.txt"])
def test_a_job_that_moves_is_still_the_same_job(repo: Repo, path: str) -> None:
    repo.write({BOT: None, path: scenario(epochs="30")})
    check = _check(repo)
    assert _denied(check) == [path]
    assert [(one.change, one.moved_from) for one in check.difference.scenarios] == [("changed", BOT)]


@pytest.mark.parametrize(
    "head",
    [
        "labels: {a: &v planner/v1, b: &k FineTune}\napi_version: *v\nkind: *k\n",
        "base: &m {api_version: planner/v1, kind: FineTune}\n<<: *m\n",
        '"api_version": "planner\\/v1"\n"k\\x69nd": "Fine\\x54une"\n',
    ],
)
def test_a_job_that_is_written_oddly_is_judged_or_refused(repo: Repo, head: str) -> None:
    body = DEAR.partition("metadata:")[2]
    repo.write({"scenarios/dear.yaml": f"{head}metadata:{body}"})
    assert _denied(_check(repo)) == ["scenarios/dear.yaml"]


def test_links_do_not_hide_a_job(repo: Repo) -> None:
    repo.write({"hidden/dear.txt": DEAR})
    (repo.root / "scenarios/link.yaml").symlink_to("../hidden/dear.txt")
    assert _denied(_check(repo)) == ["hidden/dear.txt", "scenarios/link.yaml"]
    (repo.root / "scenarios/link.yaml").unlink()
    (repo.root / "scenarios/link.yaml").symlink_to("/etc/hostname")
    assert "scenarios/link.yaml" in _denied(_check(repo))


def test_the_folder_of_scenarios_may_become_a_link(repo: Repo) -> None:
    repo.git("mv", "scenarios", "real")
    (repo.root / "scenarios").symlink_to("real")
    repo.write({"real/bot.yaml": scenario(epochs="30")})
    assert _denied(_check(repo)) == ["real/bot.yaml"]
    (repo.root / "scenarios").unlink()
    (repo.root / "scenarios").symlink_to("/tmp")
    with pytest.raises(RevisionError, match="leads out of the repository"):
        _check(repo)


def test_a_folder_that_only_the_head_has_narrows_nothing(tmp_path: Path) -> None:
    repo = make_repository(tmp_path / "r", {"jobs/bot.yaml": scenario()})
    repository = Repository.around(repo.root)
    assert repository is not None
    base = CommitTree(repository, repository.commit("main"), "main")
    try:
        assert _usual(base) == ("",)
    finally:
        base.close()


def test_files_that_only_look_a_little_like_one_are_left_alone(repo: Repo) -> None:
    repo.write({
        "tsconfig.json": '{"extends": "./tsconfig.base.json"}', "tsconfig.base.json": "{}",
        "compose.yaml": "x: &a {b: c}\nservices: {web: {<<: *a}}\n", "notes.md": "kind: FineTune\n{{{\n",
        "plan.json": '{"api_version": "planner/v1", "kind": "FineTune", "planner": {"version": "0.1.0"}}',
        "k8s.yaml": "api_version: v1\nkind: Pod\n", "data.bin": b"\x00\x01kind: FineTune",
    })  # fmt: skip
    assert _check(repo).difference.scenarios == []


def test_a_policy_may_leave_out_what_nobody_runs(repo: Repo) -> None:
    repo.git("switch", "-q", "main")
    repo.commit({POLICY: CHEAP + "ignore: [tests/*]\n"})
    repo.git("switch", "-q", "-C", "pr")
    repo.write({"tests/cases/dear.yaml": DEAR, "other/dear.yaml": DEAR})
    assert _denied(_check(repo)) == ["other/dear.yaml"]
    repo.write({"other/dear.yaml": None, POLICY: CHEAP + "ignore: [tests/*, other/*]\n", "other/more.yaml": DEAR})
    assert _denied(_check(repo)) == ["other/more.yaml"]


def test_what_became_a_base_for_others_is_told_as_removed(repo: Repo) -> None:
    repo.write({BOT: scenario() + "abstract: true\n"})
    (one,) = _check(repo).difference.scenarios
    assert (one.change, one.after) == ("removed", None)
    assert one.notes == ["is only a base for others now (abstract: true)"]


def test_a_name_that_is_no_text_is_refused_by_name(repo: Repo) -> None:
    (repo.root / os.fsdecode(b"scenarios/\xe9.yaml")).write_text(DEAR, "utf-8")
    with pytest.raises(RevisionError, match="is no UTF-8; rename it"):
        _check(repo)


@pytest.mark.parametrize("how", ["ending", "link", "empty"])
def test_policies_that_are_not_where_or_how_they_belong_do_not_vanish(tmp_path: Path, how: str) -> None:
    files = {
        "ending": {"policies/p.YAML": CHEAP}, "link": {"gov/p.yaml": CHEAP}, "empty": {"policies/README.md": "soon\n"},
    }[how]  # fmt: skip
    root = tmp_path / "r"
    root.mkdir()
    if how == "link":
        (root / "policies").symlink_to("gov")
    repo = make_repository(root, {BOT: scenario(), **files})
    repo.branch("pr")
    repo.write({BOT: scenario(epochs="30")})
    if how == "empty":
        with pytest.raises(InputError, match="holds no document of kind Policy"):
            _check(repo)
        return
    assert _one(_check(repo), "job").result == "deny"


def test_a_job_elsewhere_is_seen_when_only_what_it_rests_on_changes(tmp_path: Path) -> None:
    files = {
        BOT: scenario(), POLICY: CHEAP.replace("$1}", "$20}"), "common/base.yaml": scenario() + "abstract: true\n",
        "jobs/x.yaml": "extends: ../common/base.yaml\nmetadata: {name: x}\nabstract: null\n",
    }  # fmt: skip
    repo = make_repository(tmp_path / "r", files)
    repo.branch("pr")
    repo.write({"common/base.yaml": scenario(epochs="300") + "abstract: true\n"})
    assert _denied(_check(repo)) == ["jobs/x.yaml"]
    repo.write({POLICY: CHEAP.replace("$1}", "$2000}")})
    check = _check(repo)
    assert [note.allowed for note in check.difference.trust] == [False]


def test_policies_that_come_with_anything_else_do_not_come_alone(repo: Repo) -> None:
    repo.write({POLICY: CHEAP.replace("$1}", "$2}"), "README.md": "word\n"})
    assert [note.allowed for note in _check(repo).difference.trust] == [False]


def test_a_link_to_a_folder_of_jobs_brings_them_in(repo: Repo) -> None:
    repo.git("switch", "-q", "main")
    repo.commit({"tests/y.yaml": DEAR, POLICY: CHEAP + "ignore: ['tests/*']\n"})
    repo.git("switch", "-q", "-C", "pr")
    (repo.root / "scenarios/big").symlink_to("../tests")
    assert _denied(_check(repo)) == ["tests/y.yaml"]


def test_another_notation_and_name_is_still_the_same_job(repo: Repo) -> None:
    data = parse_document(scenario("renamed", epochs="4").encode(), "-").data
    repo.write({BOT: None, "scenarios/other.json": json.dumps(data)})
    (one,) = _check(repo).difference.scenarios
    assert (one.moved_from, one.renamed_from) == (BOT, "bot")


def test_variants_that_a_change_writes_are_told(repo: Repo) -> None:
    repo.write({BOT: scenario() + "overrides: {big: {train: {epochs: 99}}}\n"})
    (one,) = _check(repo).difference.scenarios
    assert (one.change, one.edits) == ("changed", [])
    assert "overrides are written by this change and not judged: big" in one.notes


def test_scenarios_that_become_a_submodule_cannot_be_read(repo: Repo) -> None:
    repo.git("rm", "-rq", "scenarios")
    repo.git("update-index", "--add", "--cacheinfo", f"160000,{'1' * 40},scenarios")
    repo.git("commit", "-qm", "submodule")
    assert _denied(_check(repo, head="pr")) == [BOT]


def test_what_a_sparse_checkout_leaves_out_is_not_removed(repo: Repo) -> None:
    repo.commit({"other/x.txt": "x"})
    repo.git("sparse-checkout", "set", "other")
    with pytest.raises(InputError, match="not in this sparse checkout"):
        _check(repo)
