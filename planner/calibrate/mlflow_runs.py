"""Runs that MLflow has logged, as rows: parameters, metrics and tags that have the names of a run file's columns."""

import hashlib
import json
from collections.abc import Iterable, Mapping
from datetime import UTC, datetime
from typing import Any, Final, Protocol

from planner.calibrate.run_columns import KNOWN, OUTCOMES
from planner.calibrate.run_rows import Row, RunRows
from planner.errors import InputError, SetupError

MISSING: Final = "reading MLflow runs needs its client: pip install 'finetune-planner[mlflow]'"
PAGE: Final = 1000
"""Runs asked for at a time."""
_SAYS_NOTHING_ALONE: Final = ("provider", "tier", "task", "date", "metric", "benchmark", "configuration")


class Client(Protocol):
    """What is asked of MLflow's client."""

    def search_experiments(self) -> Iterable[Any]:
        """All experiments."""

    def get_experiment_by_name(self, name: str) -> Any:  # noqa: ANN401 - MLflow's own type
        """One experiment, or None."""

    def search_runs(self, experiment_ids: list[str], *, max_results: int, page_token: str | None) -> Any:  # noqa: ANN401
        """A page of runs with its `token`."""


class HistoryClient(Client, Protocol):
    """The same, with what a metric was over the course of a run."""

    def get_metric_history(self, run_id: str, key: str) -> list[Any]:
        """Every value that was logged, with its `step` and `timestamp` in milliseconds since 1970."""


def connect(uri: str) -> HistoryClient:
    """MLflow's client of a tracking URI: a server, a folder or `sqlite:///file`."""
    try:
        from mlflow.tracking import MlflowClient  # an extra of its own
    except ImportError as error:
        raise SetupError(MISSING) from error
    client: HistoryClient = MlflowClient(tracking_uri=uri)
    return client


def read_mlflow(client: Client, experiment: str | None) -> RunRows:
    """The finished runs of one experiment, or of all, that name an outcome of ours; oldest first.

    Where parameter, metric and tag have one name the metric counts, then the parameter. What MLflow cannot do is told
    as InputError.
    """
    found = RunRows()
    others = 0
    for run in logged_runs(client, experiment):
        if run.info.status != "FINISHED":
            continue
        cells = _cells(run)
        if cells.keys() & (OUTCOMES.keys() - {*_SAYS_NOTHING_ALONE}):
            found.rows.append(Row(f"mlflow run {run.info.run_id}", 0, cells))
        else:
            others += 1
    if others:
        found.remarks.append(f"mlflow: {others:,} run{'s' if others > 1 else ''} without an outcome of ours")
    text = json.dumps([[row.file, dict(sorted(row.cells.items()))] for row in found.rows])
    found.digests.append(hashlib.sha256(text.encode()).hexdigest())
    return found


def logged_runs(client: Client, experiment: str | None) -> list[Any]:
    """All runs of one experiment, or of all, oldest first; raises InputError with what MLflow cannot do."""
    try:
        ids = _experiments(client, experiment)
        logged = list(_pages(client, ids)) if ids else []
    except Exception as error:
        if isinstance(error, InputError):
            raise
        message = f"MLflow: {error}"
        raise InputError(message) from error
    return sorted(logged, key=lambda run: (run.info.start_time or 0, run.info.run_id))


def metric_history(client: HistoryClient, run_id: str, key: str) -> list[Any]:
    """Values of a metric in the order of step and time; raises InputError with what MLflow cannot do."""
    try:
        found = client.get_metric_history(run_id, key)
    except Exception as error:
        message = f"MLflow: {error}"
        raise InputError(message) from error
    return sorted(found, key=lambda one: (one.step, one.timestamp))


def _experiments(client: Client, name: str | None) -> list[str]:
    if name is None:
        return sorted(each.experiment_id for each in client.search_experiments())
    one = client.get_experiment_by_name(name)
    if one is None:
        known = ", ".join(sorted(each.name for each in client.search_experiments()))
        message = f"MLflow has no experiment {name!r}; there are: {known}"
        raise InputError(message)
    return [one.experiment_id]


def _pages(client: Client, experiments: list[str]) -> Iterable[Any]:
    token: str | None = None
    while True:
        page = client.search_runs(experiments, max_results=PAGE, page_token=token)
        yield from page
        token = page.token
        if not token:
            return


def _cells(run: Any) -> dict[str, str]:  # noqa: ANN401 - MLflow's own type
    sources: tuple[Mapping[str, Any], ...] = (run.data.tags, run.data.params, run.data.metrics)
    cells = {name: _word(source[name]) for source in sources for name in KNOWN if name in source}
    if "date" not in cells and run.info.start_time:
        cells["date"] = datetime.fromtimestamp(run.info.start_time / 1000, UTC).date().isoformat()
    return {name: cell for name, cell in cells.items() if cell and cell != "None"}


def _word(value: object) -> str:
    """A metric is a float even where it counts: 2.0 preemptions are 2."""
    whole = isinstance(value, float) and value.is_integer()
    return str(int(value)) if whole and isinstance(value, float) else str(value).strip()
