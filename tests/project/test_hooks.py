"""The hooks that other repositories use: which files they are given, what they say, and pre-commit itself."""

import re
import shlex
import shutil
import subprocess
import sysconfig
from pathlib import Path
from typing import Any

import pytest
import yaml

from tools.run_action import git

from .checkout import ROOT, run, told

HOOKS: dict[str, dict[str, Any]] = {
    hook["id"]: hook for hook in yaml.safe_load((ROOT / ".pre-commit-hooks.yaml").read_text("utf-8"))
}
SCENARIO = (ROOT / "scenarios" / "consumer-24gb.yaml").read_text("utf-8")
POLICY = """\
api_version: planner/v1
kind: Policy
metadata: {name: cheap}
rules:
  - name: most
    figure: cost_usd
    max: $0.05
"""
PRE_COMMIT = ROOT / ".foreign" / "pre-commit" / "bin" / "pre-commit"

real = [
    pytest.mark.real,
    pytest.mark.skipif(not PRE_COMMIT.is_file(), reason="needs pre-commit in .foreign/ (tools/foreign.sh)"),
]


def chosen(hook: str, paths: list[str]) -> list[str]:
    """The files that pre-commit gives a hook, by its regular expressions."""
    about = HOOKS[hook]
    return [path for path in paths if re.search(about["files"], path) and not re.search(about["exclude"], path)]


@pytest.mark.parametrize("hook", HOOKS)
def test_which_files_are_scenarios(hook: str) -> None:
    theirs = ["scenarios/a.yaml", "scenarios/deep/b.yml", "teams/nlp/scenarios/c.yaml", "scenarios/deadlock.yaml"]
    others = [
        "scenarios/a.lock.yaml", "teams/scenarios/c.lock.yml", "policies/budget.yaml", "scenarios/policies/x.yaml",
        "old-scenarios/a.yaml", "src/scenarios.yaml", "a.yaml",
    ]  # fmt: skip
    assert chosen(hook, theirs + others) == theirs
    assert HOOKS[hook]["types"] == ["yaml"]


@pytest.mark.parametrize("hook", HOOKS)
def test_a_hook_is_a_command_of_ours(hook: str) -> None:
    words = shlex.split(HOOKS[hook]["entry"])
    assert words[0] == "planner"
    assert HOOKS[hook]["language"] == "python"
    said = run(["planner", words[1], "--help"], ROOT)
    assert said.returncode == 0, told(said)
    for option in words[2:]:
        assert not option.startswith("-") or option in said.stdout


@pytest.fixture
def theirs(tmp_path: Path) -> Path:
    """Somebody's repository: a scenario, its lock, which is no scenario, and a policy that it breaks."""
    folder = tmp_path / "theirs"
    for name, text in {"scenarios/small.yaml": SCENARIO, "policies/cheap.yaml": POLICY}.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(text)
    git(folder, "init", "--quiet", "-b", "main")
    locked = run(["planner", "lock", "scenarios/small.yaml"], folder)
    assert locked.returncode == 0, told(locked)
    assert (folder / "scenarios" / "small.lock.yaml").is_file()
    git(folder, "add", "--all")
    return folder


def by_hand(hook: str, folder: Path) -> "subprocess.CompletedProcess[str]":
    """Run a hook's entry on its files, as pre-commit would."""
    listed = git(folder, "ls-files").splitlines()
    files = chosen(hook, [name for name in listed if name.endswith((".yaml", ".yml"))])
    return run([*shlex.split(HOOKS[hook]["entry"]), *files], folder)


@pytest.mark.real
def test_valid_scenarios_pass_and_others_are_told(theirs: Path) -> None:
    done = by_hand("planner-validate", theirs)
    assert (done.returncode, done.stdout) == (0, "1 scenario valid\n"), told(done)
    (theirs / "scenarios" / "small.yaml").write_text(SCENARIO.replace("counts:", "countz:"))
    done = by_hand("planner-validate", theirs)
    assert done.returncode == 2
    assert "did you mean 'counts'?" in done.stderr


@pytest.mark.real
def test_a_scenario_that_breaks_a_policy_is_stopped(theirs: Path) -> None:
    done = by_hand("planner-check", theirs)
    assert done.returncode == 5, told(done)
    assert "cheap" in done.stdout
    assert git(theirs, "status", "--porcelain", "--untracked-files=all").count("\n") == 2, "nothing is written"
    (theirs / "policies" / "cheap.yaml").write_text(POLICY.replace("$0.05", "$100k"))
    done = by_hand("planner-check", theirs)
    assert done.returncode == 0, told(done)


class TestRealPreCommit:
    """pre-commit clones this repository as it is here, makes its environment, and runs the hooks at a commit."""

    pytestmark = real

    @pytest.fixture
    def ours(self, tmp_path: Path) -> tuple[Path, str]:
        """This checkout as a commit, whatever of it is committed yet; its folder and the commit."""
        listed = git(ROOT, "ls-files", "--cached", "--others", "--exclude-standard", "-z").split("\0")
        for name in filter(None, listed):
            if (ROOT / name).is_file():
                (tmp_path / "ours" / name).parent.mkdir(parents=True, exist_ok=True)
                shutil.copy2(ROOT / name, tmp_path / "ours" / name)
        git(tmp_path / "ours", "init", "--quiet")
        git(tmp_path / "ours", "add", "--all")
        git(tmp_path / "ours", "commit", "--quiet", "-m", "as it is here")
        return tmp_path / "ours", git(tmp_path / "ours", "rev-parse", "HEAD")

    def test_hooks_run_at_a_commit(self, theirs: Path, ours: tuple[Path, str], tmp_path: Path) -> None:
        folder, commit = ours
        hooks = [{"id": name} for name in HOOKS]
        config = {"repos": [{"repo": folder.as_uri(), "rev": commit, "hooks": hooks}]}
        (theirs / ".pre-commit-config.yaml").write_text(yaml.safe_dump(config))
        git(theirs, "add", "--all")
        # The dependencies are those of this environment, so that no package is fetched; the planner is built anew.
        env = {
            "PRE_COMMIT_HOME": str(tmp_path / "cache"), "PYTHONPATH": sysconfig.get_path("purelib"),
            "PIP_NO_DEPS": "1", "PIP_NO_INDEX": "1", "PIP_NO_BUILD_ISOLATION": "0", "PIP_IGNORE_INSTALLED": "1",
        }  # fmt: skip
        first = run([PRE_COMMIT, "run"], theirs, **env)
        assert first.returncode == 1, told(first)
        assert re.search(r"scenarios are valid\.+Passed", first.stdout), told(first)
        assert re.search(r"scenarios keep to the policies\.+Failed", first.stdout)
        assert "exit code: 5" in first.stdout
        assert "cheap" in first.stdout
        (installed,) = (tmp_path / "cache").glob("*/py_env-*/bin/planner")
        where = run([installed.parent / "python", "-c", "import planner; print(planner.__file__)"], theirs)
        assert str(tmp_path / "cache") in where.stdout, told(where)

        (theirs / "policies" / "cheap.yaml").write_text(POLICY.replace("$0.05", "$100k"))
        git(theirs, "add", "--all")
        second = run([PRE_COMMIT, "run"], theirs, **env)
        assert second.returncode == 0, told(second)

        (theirs / "scenarios" / "small.yaml").write_text(SCENARIO.replace("counts:", "countz:"))
        git(theirs, "add", "--all")
        third = run([PRE_COMMIT, "run", "planner-validate"], theirs, **env)
        assert third.returncode == 1, told(third)
        assert "did you mean 'counts'?" in third.stdout
