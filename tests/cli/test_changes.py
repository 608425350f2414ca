"""--override and --set on the command line, and bases."""

import json
from pathlib import Path

import pytest

from tests.cli.calls import SMALL, run

pytestmark = pytest.mark.usefixtures("without_advice")

OVERRIDES = """\
overrides:
  cheap: {constraints: {max_cost: $2}}
  many: {hardware: {counts: [1, 2, 4]}, train: {epochs: 1}}
"""


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "small.yaml").write_text(SMALL + OVERRIDES)
    return tmp_path


def test_plan_with_overrides_and_assignments(folder: Path) -> None:
    words = ["--override", "many", "--override", "cheap", "--set", "train.epochs=2", "--set", "hardware.gpus=[l40s]"]
    done = run("plan", "small.yaml", "--outputs", "none", "--format", "json", *words, cwd=folder)
    assert done.returncode in (0, 3), done.stderr
    plan = json.loads(done.stdout)
    assert plan["scenario"]["changes"] == [f"{a} {b}" for a, b in zip(words[::2], words[1::2], strict=True)]
    assert next(c["limit"] for c in plan["constraints"] if c["name"] == "constraints.max_cost") == 2
    found = plan["front"] + plan["beside"]
    assert {(c["hardware"]["gpu"], c["train"]["epochs"]) for c in found} <= {("l40s", 2)}


def test_a_plan_names_the_files_it_rests_on(folder: Path) -> None:
    (folder / "mine.yaml").write_text("extends: small.yaml\nmetadata: {name: mine}\n")
    done = run("plan", "mine.yaml", "--outputs", "none", "--format", "json", cwd=folder)
    plan = json.loads(done.stdout)
    assert plan["metadata"]["name"] == "mine"
    assert (plan["scenario"]["path"], plan["scenario"]["extends"]) == ("mine.yaml", ["small.yaml"])
    alone = json.loads(run("plan", "small.yaml", "--outputs", "none", "--format", "json", cwd=folder).stdout)
    assert alone["scenario"]["digest"] != plan["scenario"]["digest"]
    assert alone["front"] == plan["front"]


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["--override", "cheep"], "--override cheep: no override 'cheep'\n  = hint: did you mean 'cheap'?"),
        (["--override", "fastest"], "there are: cheap, many"),
        (["--set", "train.epoch=2"], "--set train.epoch=2:1:7: unknown key 'epoch'\n  |\n1 | train.epoch=2\n"),
        (["--set", "train.epochs=two"], "--set train.epochs=two:1:14: expected a number, found text 'two'"),
        (["--set", "constraints.max_cost=3 XYZ"], "--set constraints.max_cost=3 XYZ:1:22:"),
        (["--set", "hardware.gpus=[l40x]"], "--set hardware.gpus=[l40x]:1:16: unknown GPU 'l40x'"),
        (["--set", "models.0=llama-3.1-8b"], "--set models.0=llama-3.1-8b:1:8: expected a list, found a mapping"),
        (["--set", "axes.train.epoch=[1]"], "--set axes.train.epoch=[1]:1:6: 'train.epoch' is no single value"),
        (["--set", "models=null"], "missing key 'models'"),
        (["--set", "train.epochs"], "--set train.epochs:1:1: has no value"),
        (["--set", "=1"], "--set =1:1:1: '' is no dotted path"),
    ],
)
def test_bad_changes(folder: Path, words: list[str], said: str) -> None:
    for verb in ("plan", "validate"):
        done = run(verb, "small.yaml", *words, cwd=folder)
        assert done.returncode == 2
        assert said in done.stderr
        assert "Traceback" not in done.stderr
    assert not (folder / "reports").exists()


def test_validate_tries_overrides_and_knows_bases(folder: Path) -> None:
    assert run("validate", "small.yaml", cwd=folder).returncode == 0
    (folder / "small.yaml").write_text(SMALL + "overrides: {x: {trian: {}}}\n")
    done = run("validate", "small.yaml", cwd=folder)
    assert (done.returncode, "unknown key 'trian'" in done.stderr) == (2, True)
    (folder / "base.yaml").write_text("hardware: {gpus: [l40s]}\n")
    done = run("validate", "base.yaml", cwd=folder)
    assert done.returncode == 2
    (folder / "base.yaml").write_text("kind: FineTune\nhardware: {gpus: [l40s]}\n")
    done = run("validate", "base.yaml", cwd=folder)
    assert "base.yaml: if others only extend it, write `abstract: true` in it" in done.stderr
    (folder / "base.yaml").write_text("abstract: true\nhardware: {gpus: [l40s]}\n")
    assert run("validate", "base.yaml", cwd=folder).returncode == 0
    done = run("plan", "base.yaml", cwd=folder)
    assert (done.returncode, "base.yaml:1:1: is only a base for others" in done.stderr) == (2, True)


def test_a_rule_that_only_an_override_leaves_idle_is_told_with_the_override(folder: Path) -> None:
    rule = "exclude: [{gpu: l40s}]\noverrides: {big: {hardware: {gpus: [a100-80gb]}}}\n"
    (folder / "small.yaml").write_text(SMALL + rule)
    done = run("validate", "small.yaml", cwd=folder)
    assert done.returncode == 0
    assert done.stderr.count("matches no combination of the scenario") == 1
    assert "matches no combination of the scenario (with --override big)" in done.stderr


def test_old_prices_are_not_blamed_on_a_key(folder: Path) -> None:
    done = run("validate", "small.yaml", cwd=folder, PLANNER_PRICE_MAX_AGE_MONTHS="0.01")
    assert done.returncode == 2
    line = next(n for n, text in enumerate(SMALL.splitlines(), 1) if text.startswith("hardware:"))
    assert f"small.yaml:{line}:11: no offer of the catalog matches" in done.stderr
