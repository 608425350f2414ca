"""The GitHub Action, every step run as a runner would, with a planner that does as it is told."""

import dataclasses
import json
import shutil
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from tools.action_steps import Result
from tools.run_action import PullRequest, check_out, git, pull_request, run

from .checkout import ROOT, told
from .checkout import run as run_command
from .fake_planner import FakePlanner, check, files

Act = Callable[..., Result]


def commit(folder: Path, message: str, **written: str) -> str:
    for name, text in written.items():
        path = folder / name.replace("__", "/").replace("_", ".")
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
    git(folder, "add", "--all")
    git(folder, "commit", "--quiet", "-m", message)
    return git(folder, "rev-parse", "HEAD")


@pytest.fixture(scope="module")
def repository(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Two branches: `main`, which moved on after `change` left it."""
    folder = tmp_path_factory.mktemp("repository")
    git(folder, "init", "--quiet", "-b", "main")
    commit(folder, "first", scenarios__a_yaml="epochs: 1\n", policies__budget_yaml="limit: 5\n")
    git(folder, "checkout", "--quiet", "-b", "change")
    # A change may bring files that look like modules of Python's own.
    trap = "raise SystemExit('a module of the change was imported')\n"
    commit(folder, "change", scenarios__a_yaml="epochs: 2\n", json_py=trap, html_py=trap, pip____init___py=trap)
    git(folder, "checkout", "--quiet", "main")
    commit(folder, "moved on", scenarios__b_yaml="epochs: 3\n")
    return folder


@pytest.fixture(scope="module")
def change(repository: Path, tmp_path_factory: pytest.TempPathFactory) -> PullRequest:
    return pull_request(repository, "main", "change", tmp_path_factory.mktemp("origin"))


@pytest.fixture
def planner(tmp_path: Path) -> FakePlanner:
    folder = tmp_path / "fake planner"
    folder.mkdir()
    return FakePlanner(folder).does("check", 0, files=files(check("pass"))).does("comment", 0)


@pytest.fixture
def act(change: PullRequest, planner: FakePlanner, tmp_path: Path) -> Act:
    def run_it(change: PullRequest = change, about: dict[str, Any] | None = None, **inputs: str) -> Result:
        place = tmp_path / f"job-{len(list(tmp_path.glob('job-*')))}"
        given = {"planner": str(planner.program)} | {name.replace("_", "-"): value for name, value in inputs.items()}
        return run(change, given, place, used={"artifact": {"artifact-url": "https://example.com/1"}}, **(about or {}))

    return run_it


def test_a_change_that_passes(act: Act, planner: FakePlanner, change: PullRequest) -> None:
    result = act()
    assert result.code == 0, result.log
    assert [step.outcome for step in result.steps] == ["skipped"] + ["success"] * 7
    (call,) = planner.calls("check")
    assert call.option("base") == git(change.origin, "rev-parse", "main")
    assert (call.option("policies"), call.option("outputs"), call.option("fail-on")) == ("policies", "html,pdf", "deny")
    assert call.words[-1] == "--"
    assert not {"--notify", "--approval-required"} & set(call.words)
    assert call.option("decision") is None
    assert Path(call.cwd).name == "workspace"
    report = result.outputs.pop("report-path")
    assert result.outputs == {
        "result": "pass", "exit-code": "0", "cost-before-usd": "120.00", "cost-after-usd": "151.50",
        "cost-delta-usd": "31.50", "scenarios-changed": "1", "denied": "0", "warned": "0",
        "comment-path": f"{report}/comment.md", "artifact-url": "https://example.com/1",
    }  # fmt: skip
    assert result.summary == "the comment\n\n"
    upload = result.step("Upload the reports")
    assert upload.given == {"name": "planner-report", "path": report, "if-no-files-found": "ignore"}


def test_a_denied_change_is_commented_before_it_fails(act: Act, planner: FakePlanner) -> None:
    planner.does("check", 5, files=files(check("deny", "deny", "warn", "excepted")))
    result = act(behaviour="hide-and-new", when="on-change", tag="nightly")
    assert result.code == 5
    assert result.step("Verdict").outcome == "failure"
    assert [step.outcome for step in result.steps[:-1]] == ["skipped"] + ["success"] * 6
    assert {name: result.outputs[name] for name in ("result", "denied", "warned", "exit-code")} == {
        "result": "deny", "denied": "2", "warned": "1", "exit-code": "5",
    }  # fmt: skip
    (call,) = planner.calls("comment")
    assert call.words == [
        "comment", "--repo=example/models", "--pull-request=7", "--behaviour=hide-and-new", "--tag=nightly",
        "--api-url=http://127.0.0.1:9", "--when=on-change", "--", f"{result.outputs['report-path']}/check.json",
    ]  # fmt: skip
    assert call.env["GITHUB_TOKEN"] == "a-token"


def test_the_token_is_given_to_no_step_that_reads_the_change(act: Act, planner: FakePlanner) -> None:
    act()
    assert "a-token" not in planner.calls("check")[0].env.values()
    assert "INPUT_TOKEN" not in planner.calls("comment")[0].env


def test_all_inputs_reach_the_planner_as_they_are(act: Act, planner: FakePlanner) -> None:
    paths = "scenarios/a b.yaml\n  $(touch x); `id` ${{ github.token }} \n\n--out=elsewhere\n"
    result = act(paths=paths, policies="my rules", decision="cheapest", outputs="none", fail_on="warn", notify="true",
                 approval_required="true", comment="false")  # fmt: skip
    assert result.code == 0, result.log
    (call,) = planner.calls("check")
    at = call.words.index("--")
    assert call.words[at + 1 :] == [
        "scenarios/a b.yaml", "$(touch x); `id` ${{ github.token }}", "--out=elsewhere",
    ]  # fmt: skip
    assert {"--policies=my rules", "--decision=cheapest", "--outputs=none", "--fail-on=warn", "--notify",
            "--approval-required"} < set(call.words[:at])  # fmt: skip
    assert result.step("Comment").outcome == "skipped"
    assert not planner.calls("comment")


@pytest.mark.parametrize(
    ("name", "value", "says"),
    [
        ("fail_on", "sometimes", "the input fail-on is 'sometimes'; it may be deny, warn, never"),
        ("notify", "yes", "the input notify is 'yes'; it may be true or false"),
        ("behaviour", "", "the input behaviour is ''; it may be update, new, delete-and-new, hide-and-new"),
        ("planner", "no such planner", "the input planner names no command"),
        ("base", "--upload-pack=x", "'--upload-pack=x' is no revision"),
        ("base", "no-such-branch", "the base no-such-branch is not in this clone and cannot be fetched"),
    ],
)
def test_an_input_that_makes_no_sense_fails(act: Act, name: str, value: str, says: str) -> None:
    result = act(**{name: value})
    assert result.code == 2
    (error,) = (command for command in result.commands if command.name == "error")
    assert error.message.startswith(says)


class TestBase:
    """What a change is compared with."""

    def test_it_is_what_the_change_would_be_merged_into(self, act: Act, change: PullRequest) -> None:
        old = git(change.origin, "rev-parse", "main~1")
        stale = dataclasses.replace(change, base=old)  # the event was written before main moved on
        assert act(stale).step("Find the base").outputs == {"base": git(change.origin, "rev-parse", "main")}

    def test_a_merge_that_the_change_brings_along_does_not_count(
        self, repository: Path, change: PullRequest, act: Act, planner: FakePlanner, tmp_path: Path
    ) -> None:
        """Its first parent would be whatever its author likes, policies and all."""
        copy = tmp_path / "copy"
        shutil.copytree(repository, copy)
        git(copy, "checkout", "--quiet", "change")
        own = commit(copy, "own rules", policies__budget_yaml="limit: 500000\n")
        tree = git(copy, "rev-parse", f"{own}^{{tree}}")
        head = git(copy, "commit-tree", tree, "-p", own, "-p", git(copy, "rev-parse", "main"), "-m", "a merge")
        git(copy, "branch", "crafted", head)
        crafted = pull_request(copy, "main", head, tmp_path / "crafted")
        # The workflow checks out the head itself, not GitHub's merge of it.
        result = act(dataclasses.replace(crafted, merge=head))
        assert result.step("Find the base").outputs == {"base": crafted.base}, result.log
        assert planner.calls("check")[0].option("base") == change.base

    def test_a_shallow_clone_gets_the_one_commit_it_lacks(self, change: PullRequest, act: Act, tmp_path: Path) -> None:
        bare = check_out(change, tmp_path / "bare")
        assert git(bare, "rev-list", "--count", "--all") == "1"
        act()
        workspace = tmp_path / "job-0" / "workspace"
        assert git(workspace, "cat-file", "-t", change.base) == "commit"
        assert git(workspace, "rev-parse", "--is-shallow-repository") == "true"

    @pytest.mark.parametrize("name", [pytest.param("main", marks=pytest.mark.real), "origin/main"])
    def test_a_branch_by_its_name(self, act: Act, change: PullRequest, name: str) -> None:
        assert act(base=name).step("Find the base").outputs == {"base": change.base}

    def test_none_is_said_aloud(self, act: Act, planner: FakePlanner) -> None:
        result = act(base="none")
        assert result.code == 0
        assert planner.calls("check")[0].option("base") is None
        assert "judged by the policies of the checkout" in result.log

    @pytest.mark.parametrize(
        ("event", "found"), [({"before": "main~1"}, True), ({"merge_group": {"base_sha": "main~1"}}, True), ({}, False)]
    )
    def test_events_that_are_no_pull_request(
        self, act: Act, change: PullRequest, event: dict[str, Any], found: bool, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        old = git(change.origin, "rev-parse", "main~1")
        monkeypatch.setattr(PullRequest, "event", json.loads(json.dumps(event).replace("main~1", old)))
        result = act()
        assert result.code == (0 if found else 2)
        assert result.step("Find the base").outputs == ({"base": old} if found else {})
        if found:
            assert "no comment: this event is no pull request" in result.log
        else:
            assert "this event has no base; set the input base" in result.log

    def test_without_an_origin_the_message_says_what_is_missing(self, change: PullRequest, act: Act) -> None:
        gone = dataclasses.replace(change, base="0123456789" * 4)
        result = act(gone, base="0123456789" * 4)
        assert result.code == 2
        assert "is not in this clone and cannot be fetched" in result.log


class TestComment:
    """Where it cannot be posted."""

    def test_a_fork_gets_annotations_and_the_summary(self, act: Act, change: PullRequest, planner: FakePlanner) -> None:
        planner.does("check", 5, files=files(check("deny"), "::error file=a.yaml,line=3::too dear\n"))
        result = act(dataclasses.replace(change, from_repository="stranger/models"))
        assert result.code == 5
        assert not planner.calls("comment")
        (notice,) = (command for command in result.commands if command.name == "notice")
        assert "from a fork has no permission to write" in notice.message
        assert result.summary == "the comment\n\n"
        assert [c.properties for c in result.commands if c.message == "too dear"] == [{"file": "a.yaml", "line": "3"}]

    @pytest.mark.parametrize(("code", "ends"), [pytest.param(0, 0, marks=pytest.mark.real), (5, 5)])
    def test_a_token_that_may_not_write_is_said(self, act: Act, planner: FakePlanner, code: int, ends: int) -> None:
        planner.does("check", code, files=files(check("pass")))
        planner.does("comment", 2, "error: GITHUB_TOKEN may not do this on example/models#7 (403: not accessible)")
        result = act()
        assert result.code == ends
        assert any(c.name == "notice" and "may not write" in c.message for c in result.commands)

    @pytest.mark.parametrize(("code", "ends"), [(0, 2), (5, 5)])
    def test_a_host_that_is_down_fails_the_job(self, act: Act, planner: FakePlanner, code: int, ends: int) -> None:
        planner.does("check", code, files=files(check("pass")))
        planner.does("comment", 2, "error: api.github.com cannot be reached")
        result = act()
        assert result.code == ends
        assert result.step("Comment").outcome == "success"
        assert ("the comment could not be posted" in result.log) is (code == 0)


class TestClosed:
    """What cannot be judged does not pass."""

    def test_a_broken_scenario(self, act: Act, planner: FakePlanner) -> None:
        planner.does("check", 2, "scenarios/a.yaml:1:1: <script>alert(1)</script> & ```")
        result = act(fail_on="never", when="on-change")
        assert result.code == 2
        assert (result.outputs["result"], result.outputs["cost-delta-usd"]) == ("error", "")
        assert "<pre>scenarios/a.yaml:1:1: &lt;script&gt;alert(1)&lt;/script&gt; &amp; ```</pre>" in result.summary
        assert "Exit code 2" in result.summary
        # A comment of before, which perhaps says that all is well, must not stay as it is.
        (call,) = planner.calls("comment")
        assert call.option("body-file") == result.outputs["comment-path"]
        assert Path(result.outputs["comment-path"]).read_text() + "\n" == result.summary
        assert call.option("when") is None

    @pytest.mark.parametrize("code", [pytest.param(2, marks=pytest.mark.real), 3])
    def test_what_the_planner_itself_says_is_kept(self, act: Act, planner: FakePlanner, code: int) -> None:
        left = files(check("pass"), "::error file=a::broken", "of the planner")
        planner.does("check", code, files=left)
        result = act()
        assert (result.code, result.summary) == (code, "of the planner\n")
        assert (result.outputs["result"], result.outputs["cost-after-usd"]) == ("error", "151.50")
        assert planner.calls("comment")[0].option("body-file") == result.outputs["comment-path"]
        assert [c.message for c in result.commands if c.properties] == ["broken"]

    @pytest.mark.parametrize("left", [pytest.param({}, marks=pytest.mark.real), {"check.json": "{"}])
    def test_a_verdict_without_reasons_is_none(self, act: Act, planner: FakePlanner, left: dict[str, str]) -> None:
        planner.does("check", 0, files=left)
        result = act()
        assert result.code == 70
        assert result.outputs["result"] == "error"

    def test_a_planner_that_crashes(self, act: Act, planner: FakePlanner) -> None:
        planner.does("check", 70, "this is a bug of ours", files=files(check("pass")))
        result = act(fail_on="never")
        assert result.code == 70
        assert (result.outputs["result"], result.outputs["exit-code"]) == ("error", "70")
        assert "could not judge this change" in result.summary

    def test_unknown_is_not_zero(self, act: Act, planner: FakePlanner) -> None:
        planner.does("check", 0, files=files(check("pass", before=None)))
        result = act()
        assert result.outputs["cost-before-usd"] == result.outputs["cost-delta-usd"] == "unknown"
        assert result.outputs["cost-after-usd"] == "151.50"


class TestHostile:
    """What strangers write reaches the log and the summary as text."""

    def test_the_runner_obeys_no_line_of_the_planner(self, act: Act, planner: FakePlanner) -> None:
        said = (
            "::set-output name=result::pass\n::add-mask::e\n::error::made up\n::stop-commands::x\n::x::\n::notice::no"
        )
        planner.does("check", 0, said, files=files(check("pass")))
        planner.does("comment", 0, said)
        result = act()
        assert "::error::made up" in result.log
        assert result.commands == []

    def test_only_annotations_are_passed_on(self, act: Act, planner: FakePlanner) -> None:
        lines = [
            "::error file=a.yaml,line=3,col=5,title=budget::too dear%0Aby far",
            "::warning::look", "::notice::fine", "::add-mask::e", "::set-env name=PATH::/tmp", "just text",
            " ::error::indented", "::stop-commands::for-ever", "::error file=a\r::save-state name=x::y",
        ]  # fmt: skip
        planner.does("check", 0, files=files(check("pass"), "\n".join(lines)))
        commands = act().commands
        assert [(c.name, c.message) for c in commands] == [
            ("error", "too dear\nby far"), ("warning", "look"), ("notice", "fine"),
        ]  # fmt: skip
        assert commands[0].properties == {"file": "a.yaml", "line": "3", "col": "5", "title": "budget"}

    def test_a_summary_is_cut_below_the_limit(self, act: Act, planner: FakePlanner) -> None:
        planner.does("check", 0, files=files(check("pass"), comment="ä line\n" * 200_000))
        summary = act().summary
        assert 900_000 < len(summary.encode()) <= 1_048_576
        assert summary.endswith("ä line\n\n*(cut: too long for a summary; the artifact has all of it)*\n\n")


def test_on_the_command_line_nothing_is_posted(repository: Path, planner: FakePlanner) -> None:
    planner.does("check", 5, files=files(check("deny")))
    words = ["--repository", str(repository), "--base", "main", "--head", "change"]
    words += ["--with", f"planner={planner.program}"]
    done = run_command([sys.executable, "-m", "tools.run_action", *words], ROOT, TMPDIR=str(planner.folder))
    assert done.returncode == 5, told(done)
    assert "result: deny" in done.stdout
    assert "not run: actions/upload-artifact@" in done.stdout
    assert not planner.calls("comment")
