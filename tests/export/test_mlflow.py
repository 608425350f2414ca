"""What is logged to MLflow, and that a plan is logged once: with a client that keeps it in memory."""

import re
import sys
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any

import pytest

from planner.errors import InputError, SetupError
from planner.export.asked import Asked, Given, Made
from planner.export.mlflow.export import DIGEST, export, log
from planner.export.mlflow.figures import figures_of
from planner.export.mlflow.tracking import MISSING, Server
from tests.export.asking import START
from tests.report.review.made_review import empty_review, hostile_review, made_review
from tests.report.sample_plan import empty_plan, hostile_plan, sample_plan
from tests.report.sample_serving import apis_alone, serving_plan

if TYPE_CHECKING:
    from planner.outcome.any_plan import Outcome

NAME = re.compile(r"[A-Za-z0-9_\-. :/]{1,250}")
"""What MLflow takes as the name of a metric or parameter."""


@dataclass
class Client:
    """MLflow's client, as far as it is asked; everything stays here."""

    experiments: dict[str, str] = field(default_factory=dict)
    runs: dict[str, dict[str, Any]] = field(default_factory=dict)
    broken: str = ""
    deleted: bool = False

    def get_experiment_by_name(self, name: str) -> Any:
        stage = "deleted" if self.deleted else "active"
        found = self.experiments.get(name)
        return None if found is None else SimpleNamespace(experiment_id=found, lifecycle_stage=stage)

    def create_experiment(self, name: str) -> str:
        return self.experiments.setdefault(name, str(len(self.experiments)))

    def search_runs(self, experiment_ids: list[str], filter_string: str, *, max_results: int) -> Any:
        digest = re.fullmatch(
            rf"tags.`{DIGEST}` = '([0-9a-f]{{64}})' and attributes.status = 'FINISHED'", filter_string
        )
        assert digest
        found = [
            SimpleNamespace(info=SimpleNamespace(run_id=run)) for run, kept in self.runs.items()
            if kept["tags"][DIGEST] == digest[1] and kept["status"] == "FINISHED" and kept["of"] in experiment_ids
        ]  # fmt: skip
        return found[:max_results]

    def create_run(self, experiment_id: str, *, tags: dict[str, str], run_name: str) -> Any:
        run = f"run{len(self.runs)}"
        self.runs[run] = {
            "of": experiment_id, "tags": tags, "name": run_name, "params": {}, "metrics": {}, "files": [], "status": "",
        }  # fmt: skip
        return SimpleNamespace(info=SimpleNamespace(run_id=run, start_time=1_764_000_000_000))

    def log_batch(self, run_id: str, metrics: Sequence[Any], params: Sequence[Any]) -> None:
        if self.broken:
            raise RuntimeError(self.broken)
        assert len(metrics) <= 1000
        assert len(params) <= 100
        self.runs[run_id]["metrics"] |= {key: value for key, value, *_ in metrics}
        self.runs[run_id]["params"] |= dict(params)

    def log_artifact(self, run_id: str, local_path: str) -> None:
        self.runs[run_id]["files"].append(Path(local_path).name)

    def set_terminated(self, run_id: str, status: str) -> None:
        self.runs[run_id]["status"] = status


def send(client: Client, given: Sequence[Given], asked: Asked) -> Made:
    return log(Server(client, lambda *told: told, lambda *told: told), given, asked)


def placed(folder: Path, outcome: "Outcome") -> Given:
    folder.mkdir(exist_ok=True)
    (folder / "plan.json").write_text(outcome.model_dump_json(), "utf-8")
    return Given(folder / "plan.json", outcome)


def test_a_plan_is_logged_once(tmp_path: Path) -> None:
    client, given = Client(), placed(tmp_path, sample_plan())
    asked = Asked(START)
    assert send(client, [given], asked).told == [f"{given.file}: logged as run run0"]
    assert send(client, [given], asked).told == [f"{given.file}: logged already as run run0; --again logs it once more"]
    assert len(client.runs) == 1
    send(client, [given], Asked(START, again=True))
    assert len(client.runs) == 2
    given.file.write_text(given.file.read_text("utf-8") + "\n", "utf-8")
    send(client, [given], asked)
    assert len(client.runs) == 3
    assert {run["status"] for run in client.runs.values()} == {"FINISHED"}
    assert client.experiments == {"planner": "0"}


def test_the_figures_are_the_decisions_own(tmp_path: Path) -> None:
    client, plan = Client(), sample_plan()
    send(client, [placed(tmp_path, plan)], Asked(START, decision="cheapest", experiment="tuning"))
    (run,) = client.runs.values()
    chosen = plan.configuration(plan.decisions["cheapest"])
    assert chosen is not None
    metrics, gpus = run["metrics"], chosen.hardware.count * chosen.hardware.nodes
    assert metrics["planned_cost_usd"] == chosen.cost_usd
    assert metrics["planned_hours"] == chosen.hours
    assert metrics["planned_gpu_hours"] == pytest.approx((chosen.hours or 0) * gpus)
    assert metrics["planned_mfu"] == chosen.work.mfu
    assert run["params"]["model"] == chosen.model
    assert run["params"]["method.name"] == chosen.method["name"]
    assert run["params"]["configuration"] == chosen.id
    assert client.experiments == {"tuning": "0"}


def test_a_cost_per_sample_is_that_of_the_samples_trained_on() -> None:
    plan = sample_plan()
    chosen = plan.configuration(plan.decisions["knee"])
    assert chosen is not None
    trained = chosen.model_copy(update={"train": {"dataset_samples": 4000, "dataset_share": 0.25}})
    other = plan.model_copy(update={"front": [trained if c.id == chosen.id else c for c in plan.front]})
    assert figures_of(other, "knee").metrics["planned_cost_per_sample_usd"] == pytest.approx(
        (chosen.cost_usd or 0) / 1000
    )
    unknown = trained.model_copy(update={"train": {}})
    other = plan.model_copy(update={"front": [unknown if c.id == chosen.id else c for c in plan.front]})
    assert "planned_cost_per_sample_usd" not in figures_of(other, "knee").metrics


@pytest.mark.parametrize(
    "outcome",
    [sample_plan(), hostile_plan(), empty_plan(), serving_plan(), apis_alone(), made_review(), hostile_review(),
     empty_review()],
    ids=["tuning", "hostile", "empty", "serving", "apis", "review", "hostile review", "empty review"],
)  # fmt: skip
def test_names_and_values_are_such_as_mlflow_takes(outcome: "Outcome", tmp_path: Path) -> None:
    client = Client()
    send(client, [placed(tmp_path, outcome)], Asked(START))
    (run,) = client.runs.values()
    assert all(NAME.fullmatch(key) for key in (*run["params"], *run["metrics"]))
    assert all(0 < len(text) <= 500 and "\n" not in text for text in run["params"].values())
    assert all(value == value and abs(value) != float("inf") for value in run["metrics"].values())
    assert run["tags"][DIGEST]


def test_the_reviews_figures() -> None:
    review = made_review()
    metrics = figures_of(review, "knee").metrics
    assert metrics["month_spend_usd"] == review.months[-1].effective_usd
    assert metrics["gpu_hours"] == sum(card.gpu_hours for card in review.operations.cards)
    assert metrics["budget_used." + review.budgets[0].name] == review.budgets[0].used


def test_reports_beside_the_plan_go_with_it_and_nothing_else(tmp_path: Path) -> None:
    secret = tmp_path / "secret.html"
    secret.write_text("x", "utf-8")
    folder = tmp_path / "out"
    given = placed(folder, sample_plan())
    for name in ("report.html", "report.pdf", ".hidden.html", "model.bin"):
        (folder / name).write_text("x", "utf-8")
    (folder / "link.html").symlink_to(secret)
    client = Client()
    send(client, [given], Asked(START))
    assert client.runs["run0"]["files"] == ["plan.json", "report.html", "report.pdf"]


def test_what_mlflow_cannot_do_is_told_and_the_run_has_failed(tmp_path: Path) -> None:
    client = Client(broken="disk\x1b full at http://me:hunter22@host")
    with pytest.raises(InputError, match=r"MLflow: disk full at http://me:\*\*\*@host"):
        send(client, [placed(tmp_path, sample_plan())], Asked(START, tracking_uri="http://me:hunter22@host"))
    assert client.runs["run0"]["status"] == "FAILED"
    client.broken = ""
    assert "logged as run" in send(client, [placed(tmp_path, sample_plan())], Asked(START)).told[0]
    client.deleted = True
    with pytest.raises(InputError, match="the experiment planner was deleted"):
        send(client, [placed(tmp_path, sample_plan())], Asked(START))


def test_without_a_server_or_its_client(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    given = placed(tmp_path, sample_plan())
    with pytest.raises(InputError, match="Say --tracking-uri URI, or set MLFLOW_TRACKING_URI"):
        export([given], Asked(START))
    monkeypatch.setitem(sys.modules, "mlflow.entities", None)
    with pytest.raises(SetupError, match=re.escape(MISSING)):
        export([given], Asked(START, tracking_uri="http://127.0.0.1:1"))
