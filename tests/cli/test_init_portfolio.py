"""`planner init --kind Portfolio` finds scenarios that can be jobs, and writes a portfolio of them that can be read."""

import io
import subprocess
import sys
from pathlib import Path
from typing import Any
from unittest.mock import patch

import pytest
import yaml

from planner.cli.init_portfolio import PortfolioAnswers, days
from planner.planning import PortfolioReady, read_ready
from tests.cli import calls

TUNING: dict[str, Any] = {
    "api_version": "planner/v1",
    "kind": "FineTune",
    "metadata": {"name": "support-bot"},
    "models": ["llama-3.1-8b"],
    "methods": ["lora"],
    "dataset": {"samples": 10_000, "tokens_per_sample": 500},
    "hardware": {"gpus": ["h100"]},
}
SERVING: dict[str, Any] = {
    "api_version": "planner/v1",
    "kind": "Serving",
    "metadata": {"name": "served"},
    "fine_tune": {"scenario": "../tune.yaml"},
    "traffic": {"requests_per_second": 1, "input_tokens": 100, "output_tokens": 50},
    "hardware": {"gpus": ["h100"]},
}


def init(*words: str, cwd: Path) -> subprocess.CompletedProcess[str]:
    with patch.object(sys, "stdin", io.StringIO()):
        return calls.run("init", "--kind", "Portfolio", *words, cwd=cwd)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / ".git").mkdir()
    files = {
        "tune.yaml": TUNING,
        "again.yml": {"extends": "tune.yaml"},
        "served/served.yaml": SERVING,
        "base.yaml": {**TUNING, "abstract": True},
        "broken.yaml": {**TUNING, "models": ["llama-9"]},
        "notes.yaml": {"kind": "Policy"},
        ".hidden.yaml": TUNING,
        "served/deep/far.yaml": TUNING,
    }
    for name, said in files.items():
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text(yaml.safe_dump(said))
    (tmp_path / "no.yaml").write_text("kind: [\n")
    (tmp_path / "link.yaml").symlink_to(tmp_path / "tune.yaml")
    return tmp_path


def written(path: Path) -> dict[str, Any]:
    said: dict[str, Any] = yaml.safe_load(path.read_text())
    ready = read_ready(path)
    assert isinstance(ready, PortfolioReady)
    assert all(job.ready is not None for job in ready.jobs)
    return said


def test_it_finds_the_scenarios_that_lie_there_and_what_tunes_a_service_comes_first(folder: Path) -> None:
    done = init(
        "month.yaml", "--begins", "2026-12-01", "--budget", "$5,000", "--time-zone", "Europe/Berlin", cwd=folder
    )
    assert (done.returncode, done.stderr) == (0, "wrote month.yaml\nnext: planner plan month.yaml\n")
    said = written(folder / "month.yaml")
    assert (folder / "month.yaml").read_text().startswith("# yaml-language-server: $schema=Portfolio.schema.json\n")
    assert said["jobs"] == [
        {"name": "support-bot", "scenario": "again.yml"},
        {"name": "support-bot-2", "scenario": "tune.yaml"},
        {"name": "served", "scenario": "served/served.yaml", "after": ["support-bot-2"]},
    ]
    assert said["budgets"] == [{"amount": "$5,000"}]
    assert (said["metadata"], said["time_zone"], said["horizon"]) == ({"name": "month"}, "Europe/Berlin", "4 weeks")


def test_without_a_scenario_it_writes_one_itself_that_begins_today(tmp_path: Path) -> None:
    with patch("planner.cli.prices_edge.today", lambda: "2026-05-04"):
        assert init(cwd=tmp_path).returncode == 0
    said = written(tmp_path / "scenario.yaml")
    assert [job["name"] for job in said["jobs"]] == ["first-job"]
    assert str(said["begins"]) == "2026-05-04"
    assert "budgets" not in said


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (["--jobs", "broken.yaml"], "models[0]: unknown model 'llama-9'"),
        (["--jobs", "tune.yaml, absent.yaml"], "jobs[1].scenario: no such file: 'absent.yaml'"),
        (["--begins", "2026-02-30", "--jobs", "none"], "there is no time 2026-02-30"),
        (["--begins", "soon: [", "--jobs", "none"], "begins: 'soon: ['"),
        (["--horizon", "4 furlongs"], "--horizon"),
        (["--time-zone", "Europe/Berlni", "--jobs", "none"], "did you mean 'Europe/Berlin'?"),
        (["--model", "8B"], "--model: a scenario of the kind Portfolio says no such thing"),
    ],
)
def test_what_makes_no_portfolio_is_not_written(folder: Path, words: list[str], told: str) -> None:
    done = init("month.yaml", *words, cwd=folder)
    assert done.returncode == 2
    assert told in " ".join(done.stderr.split())
    assert not (folder / "month.yaml").exists()


def test_a_portfolio_names_its_scenarios_from_where_it_lies(tmp_path: Path) -> None:
    done = init("nowhere/month.yaml", "--jobs", "none", cwd=tmp_path)
    assert "nowhere is no folder; a portfolio names its scenarios by their paths" in " ".join(done.stderr.split())


def test_days_of_its_examples_lie_after_it_begins(tmp_path: Path) -> None:
    """Whoever takes the `#` away has a portfolio that can be planned."""
    assert init("month.yaml", "--jobs", "none", "--begins", "2027-02-26", cwd=tmp_path).returncode == 0
    text = (tmp_path / "month.yaml").read_text()
    assert "#   deadline: 2027-03-08 " in text
    assert "#   earliest: 2027-03-01 " in text
    assert "month: 2027-02}" in text
    opened = [line.removeprefix("# ") for line in text.splitlines()]
    at = opened.index("blackouts:")
    again = "\n".join([*text.splitlines(), *opened[at : at + 2]])
    (tmp_path / "month.yaml").write_text(again + "\n")
    assert yaml.safe_load(again)["blackouts"][0]["why"] == "nobody is on call"
    ready = read_ready(tmp_path / "month.yaml")
    assert isinstance(ready, PortfolioReady)
    assert not ready.warnings


@pytest.mark.parametrize("begins", ["9999-12-31", "no day"])
def test_days_of_examples_are_told_of_every_first_day(begins: str) -> None:
    assert set(days(PortfolioAnswers(begins=begins))) == {"earliest", "closed", "open", "deadline", "month"}
