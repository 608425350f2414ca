"""`planner init --kind BusinessCase` writes a first case that can be reckoned, from the scenarios that lie there."""

import io
import subprocess
import sys
from pathlib import Path
from unittest.mock import patch

import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st

from planner.cli.init import scenario_text
from planner.cli.init_case import CaseAnswers
from planner.planning import read_ready
from planner.planning.case_planning import case_ready
from planner.planning.ready import CaseReady
from tests.cli import calls
from tests.planning.test_case_reading import FINE_TUNE, SERVING


def init(*words: str, cwd: Path) -> subprocess.CompletedProcess[str]:
    with patch.object(sys, "stdin", io.StringIO()):
        return calls.run("init", "--kind", "BusinessCase", *words, cwd=cwd)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / ".git").mkdir()
    (tmp_path / "models").mkdir()
    (tmp_path / "models" / "tune.yaml").write_text(yaml.safe_dump(FINE_TUNE))
    (tmp_path / "serve.yaml").write_text(yaml.safe_dump(SERVING))
    (tmp_path / "broken.yaml").write_text(yaml.safe_dump({**FINE_TUNE, "models": ["no-such-model"]}))
    (tmp_path / "other.yaml").write_text("kind: Policy\n")
    return tmp_path


def ready(path: Path) -> CaseReady:
    found = read_ready(path)
    assert isinstance(found, CaseReady)
    return found


def test_scenarios_that_lie_there_supply_costs(folder: Path) -> None:
    done = init("own.yaml", "--requests", "2M", cwd=folder)
    assert (done.returncode, done.stderr) == (0, "wrote own.yaml\nnext: planner plan own.yaml\n")
    case = ready(folder / "own.yaml")
    assert case.scenario.metadata.name == "own"
    assert case.scenario.demand.predictions_per_month == 2e6
    found = [(plan.scenario, plan.decision, plan.runs_per_year) for plan in case.scenario.options[0].plans]
    assert found == [("serve.yaml", "cheapest_api", None), ("models/tune.yaml", "cheapest", 4.0)]
    assert not case.warnings


def test_without_a_scenario_machines_are_bought_and_the_case_can_be_reckoned(tmp_path: Path) -> None:
    assert init("--horizon", "18 months", "--discount-rate", "0.05", cwd=tmp_path).returncode == 0
    case = case_ready(ready(tmp_path / "scenario.yaml"))
    assert (case.metadata.name, case.months, case.discount_rate_per_year) == ("my-first-case", 18, 0.05)
    assert case.decision is not None
    assert case.decision.chance_build_wins is not None
    assert {"hardware", "power", "engineering"} <= {part.category for part in case.options[0].breakdown}


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["--horizon", "soon"], "--horizon: 'soon' is not a number of months; write for example 36 months or 3 years"),
        (["--discount-rate", "10 %/month"], "--discount-rate: '10 %/month' is not a yearly rate"),
        (["--horizon", "1.3 years"], "a horizon is whole months, and this is 15.6; write it as 36 months or 3 years"),
        (["--discount-rate", "10"], "expected at most 1, found 10; did you mean 10 %?"),
        (["--plans", "serv.yaml"], "no such file: 'serv.yaml'; did you mean 'serve.yaml'?"),
        (["--budget", "5"], "--budget: a scenario of the kind BusinessCase says no such thing"),
    ],
)
def test_answers_that_make_no_case_are_told_and_nothing_is_written(folder: Path, words: list[str], said: str) -> None:
    done = init("own.yaml", *words, cwd=folder)
    assert done.returncode == 2
    assert said in done.stderr
    assert not (folder / "own.yaml").exists()


@settings(max_examples=25)
@given(st.text(st.characters(codec="utf-8", exclude_categories=["Cc", "Cs"]), min_size=1, max_size=30))
def test_any_text_is_read_back_as_it_was_written(text: str) -> None:
    answers = CaseAnswers(name=text, horizon=text, discount_rate=text, requests=text, plans="none")
    data = yaml.safe_load(scenario_text(answers, Path("case.yaml")))
    said = {str(data["metadata"]["name"]), str(data["horizon"]), str(data["demand"]["predictions_per_month"])}
    assert said <= {text, str(int(text)) if text.isdecimal() else text}
