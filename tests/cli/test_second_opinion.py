"""`planner explain --second-opinion`: both estimators in one table, priced alike."""

import json
from pathlib import Path

import pytest

from tests.cli.calls import run
from tests.report.sample_plan import sample_plan
from tests.report.sample_serving import serving_plan
from tests.second_opinion.double import install


@pytest.fixture
def plan(tmp_path: Path) -> Path:
    path = tmp_path / "plan.json"
    path.write_text(serving_plan().model_dump_json(), "utf-8")
    return path


def _answers(folder: Path, patch: pytest.MonkeyPatch) -> None:
    install(folder / "double", {"tokens_per_s": 5000.0})
    patch.syspath_prepend(str(folder / "double"))


def test_a_table(plan: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    _answers(plan.parent, monkeypatch)
    done = run("explain", plan, "--second-opinion", cwd=plan.parent, PYTHONPATH=str(plan.parent / "double"))
    assert done.returncode == 0, done.stderr
    assert "full load     aiconfigurator     5,000" in done.stdout
    assert "$ per 1M output tokens" in done.stdout
    assert "without levers, spot or headroom" in done.stdout
    assert "aiconfigurator 0.12.0, measured with vllm 9.9" in done.stdout


def test_json(plan: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    _answers(plan.parent, monkeypatch)
    words = ("explain", plan, "knee", "--second-opinion", "--format", "json")
    done = run(*words, cwd=plan.parent, PYTHONPATH=str(plan.parent / "double"))
    full = json.loads(done.stdout)["opinions"][0]
    assert full["aiconfigurator"]["tokens_per_s"] == 5000.0
    assert full["aiconfigurator"]["usd_per_mtok_output"] == pytest.approx(full["usd_per_hour"] / 3600 / 5000 * 1e6)
    assert full["planner"]["tokens_per_s"] > 0


def test_without_the_package(plan: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("importlib.util.find_spec", lambda _name: None)
    done = run("explain", plan, "--second-opinion", cwd=plan.parent)
    assert (done.returncode, done.stdout) == (2, "")
    assert "pip install 'finetune-planner[second-opinion]'" in done.stderr


def test_an_api_has_none(plan: Path) -> None:
    done = run("explain", plan, "cheapest_api", "--second-opinion", cwd=plan.parent)
    assert done.returncode == 2
    assert "is an API" in done.stderr


def test_a_plan_of_fine_tuning_has_none(tmp_path: Path) -> None:
    path = tmp_path / "plan.json"
    path.write_text(sample_plan().model_dump_json(), "utf-8")
    done = run("explain", path, "--second-opinion", cwd=tmp_path)
    assert done.returncode == 2
    assert "this is one of fine-tuning" in done.stderr
