"""MLflow runs as rows: with a client that only looks like MLflow's, and with the real one where it is installed."""

import builtins
from collections.abc import Sequence
from pathlib import Path
from types import SimpleNamespace as Made
from typing import Any

import pytest

from planner.calibrate.mlflow_runs import MISSING, connect, read_mlflow
from planner.calibrate.runs import understand
from planner.errors import InputError, SetupError
from tests.calibrate.known_truth import CATALOG, conditions

DAY = 86_400_000


class Page(list[Any]):
    token: str | None = None


class Client:
    """Two pages of runs in one experiment, and an empty second one."""

    def __init__(self, logged: Sequence[Any], broken: str = "") -> None:
        self.logged, self.broken, self.asked = list(logged), broken, []  # type: ignore[var-annotated]

    def search_experiments(self) -> list[Any]:
        return [Made(experiment_id="1", name="tuning"), Made(experiment_id="2", name="other")]

    def get_experiment_by_name(self, name: str) -> Any:
        return next((one for one in self.search_experiments() if one.name == name), None)

    def search_runs(self, experiment_ids: list[str], *, max_results: int, page_token: str | None) -> Page:
        if self.broken:
            raise ConnectionError(self.broken)
        self.asked.append((experiment_ids, page_token))
        assert max_results <= 1000
        half = len(self.logged) // 2
        page = Page(self.logged[half:] if page_token else self.logged[:half])
        page.token = None if page_token else "next"
        return page


def run(number: int, params: dict[str, str], metrics: dict[str, float], status: str = "FINISHED", **tags: str) -> Any:
    info = Made(run_id=f"r{number}", status=status, start_time=number * DAY)
    return Made(info=info, data=Made(params=params, metrics=metrics, tags=tags))


def logged() -> list[Any]:
    params = conditions(1)[0]
    return [
        run(3, params | {"learning_rate": "1e-4"}, {"tokens_per_s_per_gpu": 900.5, "loss": 1.2}),
        run(2, params, {"preemptions": 2.0, "running_hours": 7.5}, provider="gcp", tier="spot"),
        run(1, params, {"loss": 0.7}),
        run(4, params, {"tokens_per_s_per_gpu": 1.0}, status="FAILED"),
    ]


def test_finished_runs_with_an_outcome_become_rows_in_order_of_time() -> None:
    client = Client(logged())
    read = read_mlflow(client, None)
    assert [row.file for row in read.rows] == ["mlflow run r2", "mlflow run r3"]
    assert client.asked == [(["1", "2"], None), (["1", "2"], "next")]
    assert read.remarks == ["mlflow: 1 run without an outcome of ours"]
    runs, problems = understand(read.rows, CATALOG)
    assert not problems
    assert (runs[0].machine, runs[0].preemptions, runs[0].running_hours) == ("gcp/spot", 2.0, 7.5)
    assert (runs[1].tokens_per_s_per_gpu, runs[1].date) == (900.5, "1970-01-04")


def test_one_experiment_may_be_asked_for() -> None:
    client = Client(logged())
    read_mlflow(client, "other")
    assert client.asked[0][0] == ["2"]
    with pytest.raises(InputError, match="no experiment 'tuned'; there are: other, tuning"):
        read_mlflow(client, "tuned")


def test_the_digest_is_of_what_the_runs_say() -> None:
    one, two = read_mlflow(Client(logged()), None), read_mlflow(Client(logged()[::-1]), None)
    assert one.digest == two.digest
    other = logged()
    other[0].data.metrics["tokens_per_s_per_gpu"] = 901.0
    assert read_mlflow(Client(other), None).digest != one.digest


def test_a_bad_run_is_told_by_its_id() -> None:
    read = read_mlflow(Client([run(1, conditions(1)[0] | {"gpu_id": "l40x"}, {"tokens_per_s_per_gpu": 9.0})] * 2), None)
    _, problems = understand(read.rows[:1], CATALOG)
    assert [(problem.file, problem.span) for problem in problems] == [("mlflow run r1", None)]
    assert "l40x" in problems[0].message


def test_a_server_that_does_not_answer_is_told() -> None:
    with pytest.raises(InputError, match="MLflow: nobody there"):
        read_mlflow(Client([], broken="nobody there"), None)


def test_without_mlflow_the_extra_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    real = builtins.__import__

    def without(name: str, *rest: Any, **others: Any) -> Any:
        if name.startswith("mlflow"):
            raise ImportError(name)
        return real(name, *rest, **others)

    monkeypatch.setattr(builtins, "__import__", without)
    with pytest.raises(SetupError, match=r"pip install 'finetune-planner\[mlflow\]'"):
        connect("somewhere")
    assert "finetune-planner[mlflow]" in MISSING


@pytest.mark.filterwarnings("ignore")
def test_a_real_folder_of_runs(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Runs where MLflow's client is installed; the planner's own environment has none."""
    mlflow = pytest.importorskip("mlflow")
    monkeypatch.setenv("MLFLOW_ALLOW_FILE_STORE", "true")
    uri = (tmp_path / "mlruns").as_uri()
    mlflow.set_tracking_uri(uri)
    mlflow.set_experiment("tuning")
    for speed in (900.0, 910.0):
        with mlflow.start_run():
            mlflow.log_params(conditions(1)[0])
            mlflow.log_metric("tokens_per_s_per_gpu", speed)
    read = read_mlflow(connect(uri), "tuning")
    runs, problems = understand(read.rows, CATALOG)
    assert not problems
    assert [one.tokens_per_s_per_gpu for one in runs] == [900.0, 910.0]
