"""Figures and files at a real tracking server of MLflow."""

import json
from pathlib import Path

import pytest

from tests.mlflow_server import Server
from tests.report.review.made_review import made_review
from tests.report.sample_plan import sample_plan

pytestmark = [pytest.mark.real, pytest.mark.xdist_group("mlflow")]
ASK = """
import json, sys
from mlflow.tracking import MlflowClient
client = MlflowClient()
experiment = client.get_experiment_by_name(sys.argv[1])
print(json.dumps([
    {"params": run.data.params, "metrics": run.data.metrics, "tags": run.data.tags, "status": run.info.status,
     "files": sorted(file.path for file in client.list_artifacts(run.info.run_id))}
    for run in client.search_runs([experiment.experiment_id])
]))
"""


def test_a_plan_and_a_review_are_logged_once(mlflow_server: Server, tmp_path: Path) -> None:
    plan, review = sample_plan(), made_review()
    for name, outcome in {"plan": plan, "review": review}.items():
        (tmp_path / name).mkdir()
        (tmp_path / name / "plan.json").write_text(outcome.model_dump_json(), "utf-8")
    (tmp_path / "plan" / "report.html").write_text("<p>x", "utf-8")
    words = ("-m", "planner.cli.main", "export", "mlflow", str(tmp_path / "plan"), str(tmp_path / "review"))
    for more in ((), (), ("--again",)):
        mlflow_server.run(*words, "--experiment", "exported", *more)
    runs = json.loads(mlflow_server.run("-c", ASK, "exported"))
    assert len(runs) == 4  # twice each: at first, and with --again
    assert {run["status"] for run in runs} == {"FINISHED"}
    chosen = plan.configuration(plan.decisions["knee"])
    assert chosen is not None
    of_plan = [run for run in runs if run["tags"]["planner.kind"] == "FineTune"]
    assert [run["metrics"]["planned_cost_usd"] for run in of_plan] == [chosen.cost_usd] * 2
    assert [run["files"] for run in of_plan] == [["plan.json", "report.html"]] * 2
    assert of_plan[0]["params"]["model"] == chosen.model
    of_review = [run for run in runs if run["tags"]["planner.kind"] == "SpendReview"]
    assert of_review[0]["metrics"]["month_spend_usd"] == review.months[-1].effective_usd
