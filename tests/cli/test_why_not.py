"""`planner explain --why-not`: the scenario is found and read again, and the answer printed."""

import json
import shutil
from pathlib import Path

import pytest

from tests.cli.calls import SMALL, run


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    place = tmp_path_factory.mktemp("why")
    (place / "small.yaml").write_text(SMALL, "utf-8")
    done = run("plan", "small.yaml", "--outputs", "none", "-o", "out", "--set", "train.epochs=2", cwd=place)
    assert done.returncode == 0, done.stderr
    return place


def test_an_answer_in_words_and_as_json(folder: Path) -> None:
    asked = "model=llama-3.1-8b,gpu=a100-80gb-sxm,method=lora"
    done = run("explain", "out", "--why-not", asked, cwd=folder)
    assert done.returncode == 0, done.stderr
    assert "dominated by" in done.stdout
    assert "warning" not in done.stdout
    found = json.loads(run("explain", "out", "--why-not", asked, "--format", "json", cwd=folder).stdout)
    assert found["verdict"] == "dominated"
    assert found["looked"][0]["reason"] in done.stdout
    assert found["looked"][0]["dominated_by"][0]["id"] in done.stdout


def test_changes_of_the_command_line_are_laid_on_again(folder: Path) -> None:
    """The plan was made with two epochs: these are its own, and three are outside."""
    assert run("explain", "out", "--why-not", "train.epochs=2,gpu=l40s", cwd=folder).stdout.count("outside") == 0
    done = run("explain", "out", "--why-not", "train.epochs=3", cwd=folder)
    assert done.returncode == 0
    assert "train.epochs is 2 in the scenario" in done.stdout
    assert "--set train.epochs=3" in done.stdout


def test_a_scenario_that_changed_is_warned_about(folder: Path, tmp_path: Path) -> None:
    shutil.copytree(folder / "out", tmp_path / "out")
    (tmp_path / "small.yaml").write_text(SMALL + "stacks: [hf-trainer]\n", "utf-8")
    done = run("explain", "out", "--why-not", "gpu=l40s", cwd=tmp_path)
    assert done.returncode == 0, done.stderr
    assert done.stdout.startswith("warning: the scenario, or what it builds on, has changed since the plan was made")


def test_a_scenario_that_is_gone_must_be_named(folder: Path, tmp_path: Path) -> None:
    shutil.copytree(folder / "out", tmp_path / "out")
    done = run("explain", "out", "--why-not", "gpu=l40s", cwd=tmp_path)
    assert done.returncode == 2
    assert "'small.yaml' is not here; name it with --scenario FILE" in done.stderr
    named = run("explain", "out", "--why-not", "gpu=l40s", "--scenario", folder / "small.yaml", cwd=tmp_path)
    assert named.returncode == 0, named.stderr


def test_a_plan_cannot_have_other_files_read(folder: Path, tmp_path: Path) -> None:
    plan = json.loads((folder / "out" / "plan.json").read_text("utf-8"))
    inside = tmp_path / "inside"
    inside.mkdir()
    (tmp_path / "secret.yaml").write_text("password: 1\n", "utf-8")
    for path in ("../secret.yaml", str(tmp_path / "secret.yaml")):
        plan["scenario"]["path"] = path
        (inside / "plan.json").write_text(json.dumps(plan), "utf-8")
        done = run("explain", "plan.json", "--why-not", "gpu=l40s", cwd=inside)
        assert done.returncode == 2
        assert "is not here" in done.stderr
        assert "password" not in done.stderr


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (["--why-not", "modelx=x"], "did you mean 'model'"),
        (["knee", "--why-not", "gpu=l40s"], "leave out ID and --measure"),
        (["--scenario", "small.yaml"], "--scenario goes with --why-not"),
    ],
)
def test_bad_usage(folder: Path, words: list[str], message: str) -> None:
    done = run("explain", "out", *words, cwd=folder)
    assert done.returncode == 2
    assert message in done.stderr
    assert "Traceback" not in done.stderr
