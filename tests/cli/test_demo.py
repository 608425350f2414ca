"""`planner demo`: one command to a report."""

import subprocess
import sys
from pathlib import Path

import pytest


def run(*words: str, cwd: Path) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "planner.cli.main", "demo", *words],
        cwd=cwd, capture_output=True, text=True, check=False,
    )  # fmt: skip


@pytest.mark.real
def test_demo_plans_and_says_where_the_report_is(tmp_path: Path) -> None:
    done = run("shown", cwd=tmp_path)
    assert done.returncode == 0, done.stderr
    assert "knee" in done.stdout
    assert "the report: shown/report/report.html" in done.stderr
    assert {path.name for path in (tmp_path / "shown/report").iterdir()} >= {"plan.json", "report.html", "summary.md"}
    command = done.stderr.splitlines()[-1].partition("planner plan ")[2]
    again = subprocess.run(
        [sys.executable, "-m", "planner.cli.main", "plan", *command.split(), "--outputs", "none", "-q"],
        cwd=tmp_path, capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert again.returncode == 0, again.stderr


def test_demo_never_overwrites(tmp_path: Path) -> None:
    (tmp_path / "planner-demo").mkdir()
    (tmp_path / "planner-demo/mine").write_text("mine")
    done = run(cwd=tmp_path)
    assert done.returncode == 2
    assert "is already there and not empty" in done.stderr
    assert [path.name for path in (tmp_path / "planner-demo").iterdir()] == ["mine"]
    (tmp_path / "file").write_text("mine")
    assert run("file", cwd=tmp_path).returncode == 2
