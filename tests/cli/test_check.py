"""`planner check`, `diff` and `lock` as a shell calls them: output, files and exit codes."""

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from planner.cli.check import _folder
from tests.cli.calls import run
from tests.gate.changes import scenario
from tests.gate.test_check import RULES, SPEND
from tests.revision.repositories import ENVIRONMENT, Repo, make_repository

pytestmark = pytest.mark.usefixtures("without_advice")

BOT = "scenarios/bot.yaml"


@pytest.fixture
def repo(tmp_path: Path) -> Repo:
    files = {BOT: scenario(), "policies/spend.yaml": RULES, "policies/2026-11.yaml": SPEND}
    made = make_repository(tmp_path / "repo", files)
    made.branch("pr")
    return made


def _call(repo: Repo, *words: str, **env: str) -> tuple[int, str, str]:
    done = run(
        *words, cwd=repo.root, PLANNER_CACHE=str(repo.root.parents[1] / "plans-without-advice"), **ENVIRONMENT, **env
    )
    assert "Traceback" not in done.stderr
    return done.returncode, done.stdout, done.stderr


def test_a_folder_with_nothing_but_a_review_of_spend_is_told_of(repo: Repo) -> None:
    review = "api_version: planner/v1\nkind: SpendReview\nmetadata: {name: r}\nsources: [{focus: b.csv}]\n"
    repo.write({"reviews/spend.yaml": review, "empty/notes.txt": "none"})
    code, _, told = _call(repo, "check", "reviews")
    assert code == 2
    assert (
        "reviews: no scenario there, neither before nor after; reviews, portfolios and cases are held against no"
        in told
    )
    code, _, told = _call(repo, "check", "empty")
    assert (code, told) == (2, "error: empty: no scenario there, neither before nor after\n")


def test_a_case_that_changes_is_told_of_and_not_compared(repo: Repo) -> None:
    case = (
        "api_version: planner/v1\nkind: BusinessCase\nmetadata: {name: c}\nhorizon: 3 years\ndiscount_rate: 10 %\n"
        "options: [{name: a, costs: [{name: x, category: other, once: $5}]}]\n"
    )
    repo.commit({"scenarios/case.yaml": case})
    repo.write({"scenarios/case.yaml": case.replace("horizon: 3 years", "horizon: 4 years")})
    _, told, _ = _call(repo, "check", "--base", "HEAD")
    assert "scenarios/case.yaml changed, and a BusinessCase is neither compared nor held against rules" in told
    repo.commit({}, "longer")
    assert "neither compared" not in _call(repo, "check", "--base", "HEAD")[1]


def test_a_denied_change_ends_with_5_after_its_files_are_written(repo: Repo) -> None:
    repo.write({BOT: scenario(epochs="9")})
    code, printed, _ = _call(repo, "check", "--base", "main", "--out", "../out", "--today", "2026-11-29")
    assert code == 5
    assert "team ml-platform" in printed
    out = repo.root.parent / "out"
    check = json.loads((out / "check.json").read_text("utf-8"))
    assert check["judgement"]["result"] == "deny"
    assert (out / "plans" / "scenarios" / "bot" / "plan.json").is_file()
    assert "1 policy denies" in (out / "comment.md").read_text("utf-8")
    assert (out / "annotations.txt").read_text("utf-8").startswith(f"::error file={BOT},line=10")
    assert "<html" in (out / "check.html").read_text("utf-8")
    code, _, _ = _call(repo, "check", "--base", "main", "--fail-on", "never", "-q", "--today", "2026-11-29")
    assert code == 0


def test_what_a_check_wrote_into_the_repository_is_no_scenario_of_the_next(repo: Repo) -> None:
    repo.write({BOT: scenario(epochs="4")})
    words = ("check", "--base", "main", "--out", "chk", "--today", "2026-11-29")
    first, second = _call(repo, *words), _call(repo, *words)
    assert (first[0], first[1]) == (second[0], second[1])
    assert "unknown kind" not in first[1] + second[1] + second[2]
    code, printed, _ = _call(repo, "diff", "--base", "main", "--format", "json")
    (repo.root / "chk" / "difference.json").write_text(printed, "utf-8")
    assert (code, [one["path"] for one in json.loads(printed)["scenarios"]]) == (0, [BOT])
    assert _call(repo, "diff", "--base", "main", "--format", "json")[:2] == (0, printed)


def test_every_form_is_printed_and_the_json_keeps_the_contract(repo: Repo) -> None:
    repo.write({BOT: scenario(epochs="4")})
    code, printed, _ = _call(repo, "diff", "--base", "main", "--format", "json")
    told = json.loads(printed)
    assert code == 0
    assert {"base", "head", "scenarios", "totals"} <= told.keys()
    (one,) = told["scenarios"]
    assert {"path", "name", "change", "before", "after", "flipped", "margin", "delta"} - one.keys() <= {"margin"}
    for name in ("cost_usd", "hours", "quality", "carbon_kg"):
        assert {"planner", "prices", "scenario", "total"} <= one["delta"][name].keys()
    assert "::notice" in _call(repo, "diff", "--base", "main", "--format", "github")[1]
    assert "<details>" in _call(repo, "diff", "--base", "main", "--format", "markdown")[1]


def test_without_a_base_plans_and_scenarios_are_judged_as_they_are(repo: Repo) -> None:
    code, printed, _ = _call(repo, "check", BOT, "--today", "2026-11-29")
    assert (code, "policies of working tree" in printed) == (0, True)
    assert _call(repo, "plan", BOT, "--outputs", "none", "-q")[0] == 0
    code, _, _ = _call(repo, "check", "reports/bot/plan.json", "--today", "2026-11-29")
    assert code == 0


@pytest.mark.parametrize(
    ("words", "code", "said"),
    [
        (("check", "--base", "nowhere"), 2, "no commit 'nowhere'"),
        (("check", "--base", "--help-me"), 2, "--help-me"),
        (("check", "--head", "main"), 2, "--head needs --base"),
        (("check", "--base", "main", "--today", "soon"), 2, "is not a date"),
        (("check", "--base", "main", "../elsewhere"), 2, "outside the repository"),
        (("diff", "--base", "main", "missing.yaml"), 2, "neither in main nor in working tree"),
        (("check", "--base", "main", "--policies", "polices"), 2, "polices: no policies there in main"),
        (("check", "--base", "main", "--policies", "../policies"), 2, "names no folder of the repository"),
        (("diff", "one"), 2, "name BASE and HEAD"),
        (("diff", "a.yaml", "b.yaml"), 2, "no commit 'a.yaml'"),
        (("lock", "missing.yaml"), 2, "no such file"),
    ],
)
def test_bad_usage_is_told_plainly(repo: Repo, words: tuple[str, ...], code: int, said: str) -> None:
    got, _, err = _call(repo, *words)
    assert (got, said in err) == (code, True), err


def test_a_shallow_clone_says_what_to_fetch(repo: Repo) -> None:
    repo.commit({BOT: scenario(epochs="4")})
    clone = repo.root.parent / "clone"
    repo.git("clone", "-q", "--depth=1", f"file://{repo.root}", str(clone))
    code, _, err = _call(Repo(clone), "check", "--base", "main~0")
    assert code == 2
    assert "git fetch --depth=1" in err


def test_outside_git_two_folders_can_be_compared_and_no_base_named(tmp_path: Path) -> None:
    for name, epochs in (("a", "3"), ("b", "4")):
        (tmp_path / name).mkdir()
        (tmp_path / name / "bot.yaml").write_text(scenario(epochs=epochs), "utf-8")
    env = {"PLANNER_CACHE": "none", "GIT_CEILING_DIRECTORIES": str(tmp_path.parent)}
    done = run("diff", "a", "b", "--format", "json", cwd=tmp_path, **env)
    (one,) = json.loads(done.stdout)["scenarios"]
    assert [edit["key"] for edit in one["edits"]] == ["train.epochs"]
    done = run("check", "--base", "main", cwd=tmp_path, **env)
    assert (done.returncode, "not inside a git repository" in done.stderr) == (2, True)


def test_an_unwritable_cache_is_told_and_stops_nothing(repo: Repo) -> None:
    repo.write({BOT: scenario(epochs="4"), "blocked": "a file"})
    done = run("diff", "--base", "main", cwd=repo.root, PLANNER_CACHE=str(repo.root / "blocked" / "x"), **ENVIRONMENT)
    assert done.returncode == 0
    assert "cannot be written" in done.stderr


def test_a_star_may_name_locks_and_policies_too(repo: Repo) -> None:
    assert _call(repo, "lock", BOT)[0] == 0
    code, printed, _ = _call(
        repo, "validate", BOT, "scenarios/bot.lock.yaml", "policies/spend.yaml", "policies/2026-11.yaml"
    )
    assert (code, printed) == (0, "1 scenario and 3 other documents valid\n")
    assert _call(repo, "lock", BOT, "scenarios/bot.lock.yaml", "--refresh")[0] == 0
    code, _, err = _call(repo, "plan", "scenarios/bot.lock.yaml")
    assert (code, "name its scenario, bot.yaml" in err) == (2, True)
    repo.write({"policies/spend.yaml": RULES.replace("max: $100", "max: plenty")})
    code, _, err = _call(repo, "validate", BOT, "policies/spend.yaml")
    assert (code, "policies/spend.yaml:5:" in err) == (2, True)


@pytest.mark.real
@pytest.mark.skipif(not Path("/proc/self/status").is_file(), reason="looks for processes in /proc")
@pytest.mark.parametrize("with_which", [signal.SIGTERM, signal.SIGKILL])
def test_a_cancelled_check_leaves_no_process_and_no_file(
    repo: Repo, tmp_path: Path, with_which: signal.Signals
) -> None:
    repo.write({f"scenarios/s{i}.yaml": scenario(f"s{i}", epochs=str(i + 1)) for i in range(12)})
    script = "import planner.gate.plans as p; p.WORTH_PROCESSES_S = 0.0; from planner.cli.main import main; main()"
    scratch = tmp_path / "scratch"
    scratch.mkdir()
    started = subprocess.Popen(
        [sys.executable, "-c", script, "diff", "--base", "main"], cwd=repo.root, stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL, env=os.environ | ENVIRONMENT | {"PLANNER_CACHE": "none", "TMPDIR": str(scratch)},
    )  # fmt: skip
    children = _until(lambda: _children(started.pid, "popen_loky"))
    started.send_signal(with_which)
    started.wait()
    assert _until(lambda: not any(Path(f"/proc/{child}").exists() for child in children))
    if with_which == signal.SIGTERM:
        assert started.returncode == 130
        assert list(scratch.iterdir()) == []


def _children(parent: int, named: str) -> list[int]:
    """Processes of a parent whose command has a word in it."""
    found = []
    for folder in Path("/proc").glob("[0-9]*"):
        try:
            mine = f"PPid:\t{parent}\n" in (folder / "status").read_text()
            if mine and named in (folder / "cmdline").read_text():
                found.append(int(folder.name))
        except OSError:
            continue
    return found


def _until(true: Callable[[], Any]) -> Any:
    for _ in range(400):
        if found := true():
            return found
        time.sleep(0.05)
    return None


def test_a_plan_s_folder_follows_its_scenario_and_leads_nowhere_else() -> None:
    found = {
        path: _folder(path).as_posix() for path in ("a/b.yaml", "a-b.yaml", "../../x.yaml", "/etc/x.yaml", "x.yml")
    }
    assert found["a/b.yaml"] == "a/b"
    assert found["a-b.yaml"] == "a-b"
    assert len(set(found.values())) == 5
    assert all(not path.startswith("/") and ".." not in path for path in found.values())


def test_plans_are_compared_with_plans_by_file_or_folder(repo: Repo) -> None:
    for name, epochs in (("a", "3"), ("b", "4")):
        repo.write({f"{name}.yaml": scenario(epochs=epochs)})
        assert _call(repo, "plan", f"{name}.yaml", "-o", f"out/{name}", "--outputs", "none", "-q")[0] == 0
    by_folder = json.loads(_call(repo, "diff", "out/a", "out/b", "--format", "json")[1])
    by_file = json.loads(_call(repo, "diff", "out/a/plan.json", "out/b/plan.json", "--format", "json")[1])
    assert by_folder["scenarios"] == by_file["scenarios"]
    (one,) = by_file["scenarios"]
    assert one["delta"]["cost_usd"]["scenario"] == one["delta"]["cost_usd"]["total"] > 0
    code, _, err = _call(repo, "diff", "a.yaml", "out/b/plan.json")
    assert (code, "is a plan and the other is not" in err) == (2, True)
