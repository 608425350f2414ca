"""A value beside an axis of its name: warned of once, and not where the axis overrides a base on purpose."""

from pathlib import Path

import pytest

from planner.planning import read_scenario, warning_text
from planner.scenario.compose import Changes
from tests.cli.calls import SMALL, run

BASE = f"abstract: true\n{SMALL}train: {{epochs: 3}}\n".replace(
    "methods: [lora, qlora]", "methods: [{lora: {rank: 16}}]"
)
AXES = "axes: {train.epochs: [1, 2], method.rank: [8, 16]}\n"
EPOCHS, RANK = (f"{name} is replaced by the axis of that name" for name in ("train.epochs", "method.rank"))


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / ".git").mkdir()
    return tmp_path


def warned(path: Path, *assignments: str) -> list[str]:
    return [warning_text(problem) for problem in read_scenario(path, changes=Changes((), assignments)).warnings]


def written(folder: Path, text: str, base: str = BASE) -> Path:
    (folder / "base.yaml").write_text(base)
    (folder / "s.yaml").write_text(text)
    return folder / "s.yaml"


def test_in_one_file_it_is_a_mistake(folder: Path) -> None:
    found = warned(written(folder, BASE.removeprefix("abstract: true\n") + AXES))
    assert found == [EPOCHS, f"methods[0].lora.rank: {RANK}"]


def test_an_axis_over_an_inherited_value_overrides_it(folder: Path) -> None:
    assert warned(written(folder, f"extends: base.yaml\n{AXES}")) == []
    assert warned(written(folder, BASE.removeprefix("abstract: true\n")), "axes={train.epochs: [1, 2]}") == []


def test_a_value_over_an_inherited_axis_does_nothing_and_is_told(folder: Path) -> None:
    found = warned(written(folder, "extends: base.yaml\ntrain: {epochs: 2}\n", BASE + AXES))
    assert found == [EPOCHS, f"methods[0].lora.rank: {RANK}"]


def test_the_terminal_tells_it_once(folder: Path) -> None:
    path = written(folder, BASE.removeprefix("abstract: true\n") + AXES)
    table = run("plan", path.name, "--outputs", "none", "-o", "out", cwd=folder)
    assert (table.stdout + table.stderr).count(EPOCHS) == 1
    assert f"warning: {EPOCHS}" in table.stderr
    assert run("plan", path.name, "--outputs", "none", "-o", "out", "--format", "json", cwd=folder).stdout.count(EPOCHS)
