"""Runs of MLflow: with a client that only looks like MLflow's, and with the real one and a real server."""

import datetime as dt
from types import SimpleNamespace as Made
from typing import Any

import pytest

from planner.errors import InputError
from planner.scenario.spend_sources import Runs
from planner.spend.reading.runs import read_runs
from tests.mlflow_server import Server
from tests.spend.made import made
from tests.spend.reading.read_files import reading, refused

SOURCE = Runs(mlflow="tuning")
START = 1_790_812_800_000
HOUR = 3_600_000
NOBODY = "nobody there"


class Page(list[Any]):
    token: str | None = None


class Client:
    """One experiment with these runs; metrics are lists of step, hours since the start, value."""

    def __init__(self, *runs: Any, broken: bool = False) -> None:
        self.runs, self.broken = runs, broken

    def search_experiments(self) -> list[Any]:
        return [Made(experiment_id="1", name="tuning")]

    def get_experiment_by_name(self, name: str) -> Any:
        return next((one for one in self.search_experiments() if one.name == name), None)

    def search_runs(self, experiment_ids: list[str], *, max_results: int, page_token: str | None) -> Page:
        return Page(self.runs)

    def get_metric_history(self, run_id: str, key: str) -> list[Any]:
        if self.broken:
            raise ConnectionError(NOBODY)
        run = next(one for one in self.runs if one.info.run_id == run_id)
        return [
            Made(key=key, step=step, timestamp=int(run.info.start_time + hours * HOUR), value=value)
            for step, hours, value in reversed(run.logged[key])
        ]


def run(
    name: str, params: dict[str, str], logged: dict[str, list[tuple[int, float, float]]], status: str = "FINISHED",
    ended: int | None = START + 2 * HOUR, tags: dict[str, str] | None = None,
) -> Any:  # fmt: skip
    metrics = {key: points[-1][2] for key, points in logged.items()}
    info = Made(run_id=name, run_name=f"run {name}", status=status, start_time=START, end_time=ended)
    return Made(info=info, data=Made(params=params, metrics=metrics, tags=tags or {}), logged=logged)


def test_what_was_logged_becomes_runs_with_their_histories() -> None:
    logged = {
        "eval_loss": [(10, 0.5, 1.4), (20, 1.0, 1.1)], "loss": [(5, 0.2, 2.0)], "eval_accuracy": [(20, 1.0, 0.7)],
        "epoch": [(5, 0.2, 0.5), (10, 0.5, 1.0), (20, 1.0, 2.0)], "cost_usd": [(0, 2.0, 12.5)],
    }  # fmt: skip
    client = Client(
        run("a", {"gpu": "H100", "n_gpus": "8", "model_name": "m", "num_train_epochs": "2", "peft": "None"}, logged,
            tags={"team": "research", "mlflow.user": "x"}),
        run("b", {"team": "ops"}, {}, "RUNNING", None),
        run("c", {}, {}, "KILLED", START - HOUR),
    )  # fmt: skip
    with made() as store:
        told = read_runs(store, reading(), SOURCE, "mlflow", [], client)
        assert store.rows(
            """SELECT run, job, gpu, gpu_count, model, team, status, ended, epochs, metric, value, cost_usd, place
            FROM runs ORDER BY run"""
        ) == [
            ("a", "run a", "h100-sxm", 8.0, "m", "research", "ok", dt.datetime(2026, 10, 1, 2), 2.0, "accuracy", 0.7,
             12.5, "mlflow:tuning:1"),
            ("b", "run b", "", None, "", "ops", "running", None, None, "", None, None, "mlflow:tuning:2"),
        ]  # fmt: skip
        assert store.rows("SELECT run, step, epoch, hours, loss, value FROM histories ORDER BY step") == [
            ("a", 10.0, 1.0, 0.5, 1.4, None), ("a", 20.0, 2.0, 1.0, 1.1, 0.7)
        ]  # fmt: skip
        assert [(row, column, reason) for _, row, column, reason, _ in refused(store)] == [
            (3, "ended", "is before the start, 2026-10-01T00:00:00Z")
        ]
        assert (told.kind, told.rows, told.kept, told.rejected) == ("mlflow", 3, 2, 1)
        again = read_runs(store, reading(), SOURCE, "mlflow", [], client)
        assert (again.kept, again.duplicate) == (0, 2)
        assert store.rows("SELECT count(*) FROM histories") == [(2,)]


def test_what_mlflow_cannot_do_is_told() -> None:
    with made() as store:
        with pytest.raises(InputError, match="no experiment 'other'; there are: tuning"):
            read_runs(store, reading(), Runs(mlflow="other"), "mlflow", [], Client())
        with pytest.raises(InputError, match="MLflow: nobody there"):
            read_runs(store, reading(), SOURCE, "mlflow", [], Client(run("a", {}, {"loss": [(1, 1, 1)]}), broken=True))


REAL = """
import sys, time
import mlflow
from mlflow.tracking import MlflowClient
mlflow.set_experiment("tuning")
with mlflow.start_run(run_name="first", tags={"team": "research"}) as one:
    mlflow.log_params({"gpu": "A100-80GB-SXM", "gpu_count": 4, "model": "llama-8b", "metric": "eval_f1"})
    for step, (loss, f1) in enumerate([(2.0, 0.3), (1.5, 0.5), (1.25, 0.5)], 1):
        mlflow.log_metrics({"eval_loss": loss, "eval_f1": f1, "epoch": step}, step=step * 100)
    mlflow.log_metric("cost_usd", 41.5)
try:
    with mlflow.start_run(run_name="second"):
        raise RuntimeError("out of memory")
except RuntimeError:
    pass
client = MlflowClient()
client.create_run(one.info.experiment_id, run_name="third")

from planner.calibrate.mlflow_runs import connect
from planner.scenario.spend_sources import Runs
from planner.spend.reading.runs import read_runs
from tests.spend.made import made
from tests.spend.reading.read_files import reading
import datetime
with made(as_of=datetime.date(2099, 1, 1)) as store:
    told = read_runs(store, reading(), Runs(mlflow="tuning"), "mlflow", [], connect(sys.argv[1]))
    print(told.rows, told.kept, told.kind)
    columns = "job, status, team, gpu, gpu_count, model, metric, value, cost_usd, ended IS NULL"
    print(*store.rows(f"SELECT {columns} FROM runs ORDER BY job"), sep="\\n")
    print(*store.rows("SELECT step, epoch, loss, value, hours >= 0 FROM histories ORDER BY step"), sep="\\n")
"""


@pytest.mark.real
def test_runs_that_the_real_client_logged_to_a_real_server(mlflow_server: Server) -> None:
    printed = mlflow_server.run("-c", REAL, mlflow_server.uri).splitlines()
    assert [line for line in printed if not line.startswith(("🏃", "🧪"))] == [
        "3 3 mlflow",
        "('first', 'ok', 'research', 'a100-80gb-sxm', 4.0, 'llama-8b', 'eval_f1', 0.5, 41.5, False)",
        "('second', 'failed', '', '', None, '', '', None, None, False)",
        "('third', 'running', '', '', None, '', '', None, None, True)",
        "(100.0, 1.0, 2.0, 0.3, True)",
        "(200.0, 2.0, 1.5, 0.5, True)",
        "(300.0, 3.0, 1.25, 0.5, True)",
    ]
