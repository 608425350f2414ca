"""make: its own help, a set-up that happens once, and nothing of one machine in the repository."""

import re
from pathlib import Path

import pytest

from tests.project.checkout import ROOT, make, run, told
from tools import addresses

MAKEFILE = (ROOT / "Makefile").read_text("utf-8")
HELPED = dict(re.findall(r"^([a-z-]+):.*?## (.+)$", MAKEFILE, re.MULTILINE))
TARGETS = re.findall(r"^([a-z][a-z-]*):", MAKEFILE, re.MULTILINE)
SCRIPTS = sorted((ROOT / "tools").glob("*.sh"))


def test_make_alone_prints_every_target_with_its_help() -> None:
    result = make()
    assert result.returncode == 0, told(result)
    for target, text in HELPED.items():
        assert re.search(rf"^  make {target} +{re.escape(text)}$", result.stdout, re.MULTILINE), target


def test_every_target_has_help_and_is_phony() -> None:
    phony = re.findall(r"^\.PHONY: (.+)$", MAKEFILE, re.MULTILINE)[0].split()
    assert set(TARGETS) == set(HELPED) == set(phony)


@pytest.mark.parametrize("target", TARGETS)
def test_every_target_sets_itself_up(target: str) -> None:
    result = make("-n", target, "SCENARIO=scenarios/support-bot.yaml")
    assert result.returncode == 0, told(result)
    if target not in ("help", "clean"):
        assert "tools/setup.sh" in result.stdout


def test_make_plan_without_a_scenario_names_some() -> None:
    result = make("plan")
    assert result.returncode == 2
    assert "make plan SCENARIO=" in result.stderr
    assert "scenarios/support-bot.yaml" in result.stderr


@pytest.mark.real
def test_make_plan_prints_the_planners_own_exit_code(tmp_path: Path) -> None:
    (tmp_path / "wrong.yaml").write_text("kind: Nothing\n")
    result = make("plan", f"SCENARIO={tmp_path}/wrong.yaml", f"OUT={tmp_path}/out")
    assert result.returncode == 2, told(result)
    assert "planner's exit code: 2" in result.stderr


def test_a_second_set_up_does_nothing() -> None:
    assert make("setup").returncode == 0  # the first, where a test run did not start with make
    before = {path: path.stat().st_mtime_ns for path in (ROOT / ".venv").iterdir()}
    result = make("setup")
    assert (result.returncode, result.stdout, result.stderr) == (0, "", ""), told(result)
    assert before == {path: path.stat().st_mtime_ns for path in (ROOT / ".venv").iterdir()}


@pytest.mark.parametrize("script", SCRIPTS, ids=lambda path: path.name)
def test_scripts_are_posix_shell(script: Path) -> None:
    text = script.read_text("utf-8")
    assert run(["sh", "-n", script], ROOT).returncode == 0
    assert not re.search(r"\[\[|\blocal |\bfunction |<<<|&>|\bsource ", text), "bash only"
    if text.startswith("#!"):
        assert text.startswith("#!/bin/sh\n")
        assert "\nset -eu\n" in text


def test_set_up_names_what_is_missing_when_python_is_too_old(tmp_path: Path) -> None:
    for name in ("requirements.lock", "pyproject.toml"):
        (tmp_path / name).write_text("")
    (tmp_path / "tools").mkdir()
    for script in SCRIPTS:
        (tmp_path / "tools" / script.name).write_bytes(script.read_bytes())
    result = run(["sh", "tools/setup.sh"], tmp_path, PYTHON="/bin/false")
    assert result.returncode == 1
    assert "needs Python 3.11 or newer; tried /bin/false" in result.stderr
    assert not (tmp_path / ".venv").exists()


def test_nothing_in_the_repository_is_true_of_one_machine_only() -> None:
    result = run(["python", "tools/addresses.py"], ROOT)
    assert result.returncode == 0, told(result)


@pytest.mark.parametrize(
    "line",
    [
        "--index" + "-url somewhere",
        "click==8.1 @ file:///wheels/click.whl \\",
        "click",
        "click>=8.1 \\",
        "    --hash=md5:0123",
        "# via flask",
    ],
)
def test_a_lock_holds_pins_and_hashes_only(line: str) -> None:
    assert addresses.lock_complaints(line)


@pytest.mark.parametrize(
    ("line", "complains"),
    [
        ("reads " + "/work" + "/shared/data", True),
        ("from file:///opt" + "/wheels/click.whl", True),
        ("pip install --index" + "-url=x", True),
        ("https://example.org/work/", False),
        ("reports/work/plan.json", False),
        ("uv pip compile --no-emit-index" + "-url", False),
    ],
)
def test_what_counts_as_true_of_one_machine(line: str, complains: bool) -> None:
    assert bool(addresses.file_complaints("a file", line)) is complains
