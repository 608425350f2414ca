"""Runs of MLflow as rows of a run log: what was logged, under the names that run logs use."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Final

from planner.calibrate.mlflow_runs import HistoryClient, logged_runs, metric_history
from planner.spend.reading.naming import Wanted
from planner.spend.reading.records import Record
from planner.spend.reading.run_columns import HISTORY, LOSSES, METRICS
from planner.spend.reading.run_record import OTHER

_OF_THE_RUN: Final = ("run", "started", "ended", "status")


def mlflow_records(client: HistoryClient, experiment: str, wanted: Wanted) -> Iterator[Record]:
    """The runs of an experiment, oldest first, whatever became of them; raises InputError as the client's reader does.

    Of one name the metric counts before the parameter, and that before the tag. The history is that of the held-out
    loss, else the loss, and of the run's metric, step by step.
    """
    for number, run in enumerate(logged_runs(client, experiment), 1):
        yield Record(f"mlflow:{experiment}", number, _cells(client, run, wanted))


def _cells(client: HistoryClient, run: Any, wanted: Wanted) -> dict[str, Any]:  # noqa: ANN401 - MLflow's own type
    data = run.data
    said: dict[str, Any] = {}
    for source in (data.tags, data.params, data.metrics):
        said.update({name: value for name, value in source.items() if value not in (None, "", "None")})
    places = wanted.among((name,) for name in said)
    used = {path[0] for path in places.values()}
    cells = {f"{OTHER}{name}": value for name, value in said.items() if name not in used}
    cells |= {field: said[path[0]] for field, path in places.items() if field not in _OF_THE_RUN}
    info = run.info
    cells |= {"run": info.run_id, "started": info.start_time, "ended": info.end_time, "status": info.status}
    cells.setdefault("job", getattr(info, "run_name", None) or said.get("mlflow.runName"))
    history = _history(client, info.run_id, data.metrics, cells.get("metric"))
    if history:
        cells["history"] = history
    return {name: value for name, value in cells.items() if value is not None}


def _history(
    client: HistoryClient, run: str, metrics: Mapping[str, float], metric: object
) -> list[dict[str, float | int]]:
    """Entries by step, with the time of the first figure of each."""
    loss = next((name for name in LOSSES if name in metrics), None)
    value = _named(metrics, metric)
    epoch = next((name for name in HISTORY["epoch"] if name in metrics), None)
    entries: dict[int, dict[str, float | int]] = {}
    for key, name in (("loss", loss), ("value", value), ("epoch", epoch)):
        for one in metric_history(client, run, name) if name else ():
            if key == "epoch" and one.step not in entries:
                continue
            entry = entries.setdefault(one.step, {"step": one.step, "timestamp": one.timestamp})
            entry[key] = one.value
    return [entries[step] for step in sorted(entries)]


def _named(metrics: Mapping[str, float], metric: object) -> str | None:
    """The metric that a run is told by: as it says, else the first that is known."""
    if isinstance(metric, str) and metric:
        return next((name for name in (metric, f"eval_{metric}") if name in metrics), None)
    known: Sequence[str] = [name for field, names in METRICS.items() if field != "loss" for name in names]
    return next((name for name in known if name in metrics), None)
