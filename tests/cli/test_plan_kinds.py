"""Portfolios and business cases from the file to the exit code, through the command line and through Python."""

import json
import re
import subprocess
import sys
from pathlib import Path

import pytest

import planner
from planner.outcome.any_plan import parse_outcome
from planner.outcome.business_case import Case
from planner.outcome.portfolio import PortfolioPlan
from planner.source import InvalidInput
from tests.cli.calls import SMALL, run

TUNE = """
    inline:
      kind: FineTune
      models: [llama-3.2-3b]
      methods: [lora]
      dataset: {samples: 20k, tokens_per_sample: 200}
      hardware: {gpus: [l4], counts: [1], providers: [gcp]}
"""
PORTFOLIO = f"""api_version: planner/v1
kind: Portfolio
metadata: {{name: pair, team: research}}
begins: 2026-12-01
horizon: 1 week
jobs:
  - name: first{TUNE}
  - name: second
    after: [first]{TUNE}
quotas: [{{gpu: l4, gpus: 1}}]
solver: {{front: 0}}
"""
CASE = """api_version: planner/v1
kind: BusinessCase
metadata: {name: buy-it}
horizon: 12 months
discount_rate: 10 %
options:
  - name: tool
    costs: [{name: price, category: licences, once: $120k}]
    income: [{name: saved, per_month: $15k}]
"""


@pytest.fixture
def here(tmp_path: Path) -> Path:
    (tmp_path / ".git").mkdir()
    (tmp_path / "pair.yaml").write_text(PORTFOLIO)
    (tmp_path / "case.yaml").write_text(CASE)
    return tmp_path


def test_a_batch_of_both_kinds_has_its_files_and_its_index(here: Path) -> None:
    done = run("plan", "pair.yaml", "case.yaml", "--outputs", "md,html", cwd=here)
    assert done.returncode == 0, done.stderr
    plans = {name: parse_outcome((here / f"reports/{name}/plan.json").read_bytes()) for name in ("pair", "buy-it")}
    pair, case = plans["pair"], plans["buy-it"]
    assert isinstance(pair, PortfolioPlan)
    assert isinstance(case, Case)
    runs = {job.name: job.run for job in pair.jobs}
    assert runs["first"] is not None
    assert runs["second"] is not None
    assert runs["second"].start >= runs["first"].end
    assert "All 2 jobs run" in (here / "reports/pair/summary.md").read_text()
    index = (here / "reports/index.html").read_text()
    assert "pair" in index
    assert "buy-it" in index


def test_what_cannot_be_scheduled_names_the_conflict_and_ends_with_3(here: Path) -> None:
    text = PORTFOLIO.replace("  - name: second\n", "  - name: second\n    deadline: 2026-12-01T01:00\n    hard: true\n")
    (here / "pair.yaml").write_text(text)
    done = run("plan", "pair.yaml", "--outputs", "md", cwd=here)
    assert done.returncode == 3
    assert "no schedule keeps all constraints; in conflict are:" in done.stderr
    assert "second" in done.stderr
    assert json.loads((here / "reports/pair/plan.json").read_text())["proof"]["status"] == "infeasible"


def test_a_job_that_cannot_be_read_fails_alone(here: Path) -> None:
    text = PORTFOLIO.replace("models: [llama-3.2-3b]", "models: [lama-3.2-3b]", 1).replace("    after: [first]\n", "\n")
    (here / "pair.yaml").write_text(text)
    done = run("plan", "pair.yaml", "--outputs", "md", cwd=here)
    assert done.returncode == 3
    assert "pair.yaml:10:16" in done.stderr
    assert "job first is not planned" in done.stderr
    jobs = {job["name"]: job["status"] for job in json.loads((here / "reports/pair/plan.json").read_text())["jobs"]}
    assert jobs == {"first": "failed", "second": "runs"}
    assert run("validate", "pair.yaml", cwd=here).returncode == 2


def test_json_on_stdout_is_the_plan_alone(here: Path) -> None:
    done = run("plan", "pair.yaml", "--format", "json", "--outputs", "md", cwd=here)
    assert json.loads(done.stdout)["kind"] == "Portfolio"


def test_from_python(here: Path) -> None:
    case = planner.business_case(here / "case.yaml")
    (option,) = case.options
    assert option.returns is not None
    assert option.returns.npv_usd.value == pytest.approx(51_007.32, abs=0.005)  # T-10.1
    assert planner.plan_portfolio(here / "pair.yaml").totals.runs == 2
    with pytest.raises(InvalidInput, match="this is a BusinessCase scenario and no Portfolio"):
        planner.plan_portfolio(here / "case.yaml")
    with pytest.raises(InvalidInput, match="this is a Portfolio scenario and no BusinessCase"):
        planner.business_case(here / "pair.yaml")
    with pytest.raises(InvalidInput, match="a FineTune is needed here, and this is a Portfolio"):
        planner.plan(here / "pair.yaml")


def test_other_verbs_say_what_these_kinds_are(here: Path) -> None:
    run("plan", "case.yaml", "--outputs", "md", "-q", cwd=here)
    told = run("explain", "reports/buy-it", cwd=here)
    assert told.returncode == 2
    assert "a business case, and this takes a plan of fine-tuning or serving" in told.stderr
    assert "held against no rule" in run("check", "case.yaml", cwd=here).stderr


def test_a_plan_of_fine_tuning_waits_for_no_other_kind(here: Path) -> None:
    (here / "small.yaml").write_text(SMALL)
    code = (
        "import sys; from planner.cli.main import main\n"
        "sys.argv = ['planner', 'plan', 'small.yaml', '--outputs', 'md', '-q']\n"
        "try: main()\nexcept SystemExit as end: assert not end.code\n"
        "print(*sorted(sys.modules))"
    )
    told = subprocess.run([sys.executable, "-c", code], check=True, capture_output=True, text=True, cwd=here)
    others = r"planner\.(scenario|outcome|kinds|report)\S*\.(\w*review|portfolio|business_case|case_lines)\b"
    assert "planner.outcome.plan " in told.stdout
    assert re.findall(others, told.stdout) == []
