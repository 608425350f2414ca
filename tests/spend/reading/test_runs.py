"""Run logs: what people, Slurm, Kubernetes and W&B write, histories, runs that stand twice, and what is refused."""

import datetime as dt
import json
import random
from pathlib import Path
from typing import Any

import pytest

from planner.errors import InputError
from planner.scenario.spend_rules import DIMENSIONS, Told
from planner.scenario.spend_sources import Runs
from planner.spend.reading.runs import read_runs
from planner.spend.reading.statuses import status_of
from planner.spend.store import Store
from tests.spend.made import made
from tests.spend.reading.read_files import lines, objects, reading, refused

SOURCE = Runs(runs="runs.csv")


def read(store: Store, *files: Path, source: Runs = SOURCE, **told: Told) -> Any:
    return read_runs(store, reading(None, **told), source, "log", files)


def at(day: int, hour: int = 0, minute: int = 0) -> dt.datetime:
    return dt.datetime(2026, 10, day, hour, minute)


def test_a_run_as_it_is_documented(tmp_path: Path) -> None:
    row = {
        "run": "r-1", "job": "tune", "model": "llama-8b", "version": "v3", "team": "research", "gpu": "H100",
        "gpu_count": 8, "provider": "AWS", "region": "us-east-1", "tier": "preemptible", "method": "QLoRA",
        "stack": "trl", "start": "2026-10-02T08:00:00+02:00", "end": "2026-10-02T12:30:00+02:00", "status": "completed",
        "epochs": 3, "samples": 12000, "tokens": 9.5e6, "metric": "accuracy", "value": 0.81, "cost": 120.5,
        "storage_gb": 100, "egress": 4, "scenario": "support-bot", "colour": "red",
        "history": [
            {"epoch": 2, "eval_loss": 0.9, "accuracy": 0.78, "hours": 3, "samples": 8000},
            {"epoch": 1, "loss": 1.5, "eval_loss": 1.2, "runtime": 3600},
            {"epoch": 3, "loss": float("inf"), "timestamp": "2026-10-02T10:30:00Z"},
        ],
    }  # fmt: skip
    with made() as store:
        told = read(store, objects(tmp_path / "runs.jsonl", [row]))
        assert store.rows(
            """SELECT run, job, scenario, version, method, stack, gpu, gpu_count, provider, region, tier, started,
            ended, status, epochs, samples, tokens, metric, value, higher_is_better, cost_usd, cost_from, egress_gib,
            day, team, model, project FROM runs"""
        ) == [(
            "r-1", "tune", "support-bot", "v3", "qlora", "trl", "h100-sxm", 8.0, "aws", "us-east-1", "spot",
            at(2, 6), at(2, 10, 30), "ok", 3.0, 12000.0, 9.5e6, "accuracy", 0.81, True, 120.5, "log", 4.0,
            dt.date(2026, 10, 2), "research", "llama-8b", "",
        )]  # fmt: skip
        assert store.rows("SELECT storage_gib FROM runs") == [(pytest.approx(100e9 / 2**30),)]
        assert store.rows("SELECT epoch, hours, loss, value, samples, run FROM histories ORDER BY epoch") == [
            (1.0, 1.0, 1.2, None, None, "r-1"), (2.0, 3.0, 0.9, 0.78, 8000.0, "r-1")
        ]  # fmt: skip
        assert (told.rows, told.kept, told.first_day, told.last_day) == (1, 1, "2026-10-02", "2026-10-02")
        assert told.notes == ["columns that are not read: 'colour'"]


def test_what_slurm_and_weights_and_biases_write(tmp_path: Path) -> None:
    slurm = lines(
        tmp_path / "sacct.txt", "JobID|JobName|State|Start|Elapsed|Account",
        "77|train|CANCELLED by 1000|2026-10-01T00:00:00|1-02:30:00|ops",
        "78|train|NODE_FAIL|2026-10-01T00:00:00|00:30:00|ops",
    )  # fmt: skip
    wandb = objects(tmp_path / "wandb.jsonl", [{
        "id": "w1", "name": "brave-sun", "state": "crashed", "created_at": "2026-10-03T00:00:00Z", "_runtime": 5400,
        "config": {"model_name": "m", "gpu_type": "8x A100-80GB", "num_train_epochs": 2},
        "summary": {"eval_loss": 0.7, "eval_f1": 0.5},
    }])  # fmt: skip
    with made() as store:
        read(store, slurm)
        told = read(store, wandb)
        assert store.rows(
            "SELECT run, status, started, ended, gpu_count, epochs, metric, value FROM runs ORDER BY run"
        ) == [
            ("77", "stopped", at(1), at(2, 2, 30), None, None, "", None),
            ("78", "failed", at(1), at(1, 0, 30), None, None, "", None),
            ("w1", "failed", at(3), at(3, 1, 30), 8.0, 2.0, "f1", 0.5),
        ]  # fmt: skip
        assert store.rows("SELECT gpu, model FROM runs WHERE run = 'w1'") == [("a100-80gb-sxm", "m")]
        assert told.kept == 1


@pytest.mark.parametrize(
    ("written", "status"),
    [("FINISHED", "ok"), ("KILLED", "stopped"), ("SCHEDULED", "running"), ("OUT_OF_MEMORY", "failed"),
     ("OOMKilled", "failed"), ("Succeeded", "ok"), ("PREEMPTED", "preempted"), ("Evicted", "preempted"),
     ("TIMEOUT", "failed"), ("COMPLETED+", "ok"), ("in progress", "running"), ("", ""), ("purple", None)],
)  # fmt: skip
def test_words_for_how_a_run_ended(written: str, status: str | None) -> None:
    assert status_of(written) == status


def test_everything_that_is_wrong_with_a_row_is_told(tmp_path: Path) -> None:
    file = lines(
        tmp_path / "runs.csv",
        "run,start,end,gpu_count,cost,history,status,gpu",
        "a,2026-10-01,2026-09-30,-8,x,,ok,H100",
        ",2026-10-01,,,,,ok,",
        "b,soon,,,,,ok,",
        "c,,,,,,ok,",
        'd,2026-10-01,,,,"[{""loss"": ""high""}, 3]",ok,',
        'e,2026-10-01,,,,"[{""loss",ok,',
        "f,2026-11-01,,,,,ok,",
        "g,2026-10-01,2026-10-02,8,nan,,odd,H900",
        "h,2026-10-01",
    )
    with made() as store:
        told = read(store, file)
        assert refused(store) == [
            ("runs.csv", 1, "cost", "is no number", "x"),
            ("runs.csv", 1, "end", "is before the start, 2026-10-01T00:00:00Z", "2026-09-30"),
            ("runs.csv", 1, "gpu_count", "is negative", "-8"),
            ("runs.csv", 2, "run", "the row names neither run nor job", ""),
            ("runs.csv", 3, "start", "is no time", "soon"),
            ("runs.csv", 4, "start", "the run has no start", ""),
            ("runs.csv", 5, "history[0].loss", "is no number", "high"),
            ("runs.csv", 5, "history[1]", "is no object", "3"),
            ("runs.csv", 6, "history", "is no list in JSON", '[{"loss'),
            ("runs.csv", 9, "", "the row has not as many cells as the header", "2 instead of 8"),
        ]
        assert (told.rows, told.kept, told.rejected, told.future) == (9, 1, 7, 1)
        assert store.rows("SELECT run, gpu, status, cost_usd, cost_from FROM runs") == [("g", "", "", None, "")]
        assert told.notes == [
            "cards that the catalog does not have, or has several of: 'H900'",
            "statuses that are not understood: 'odd'",
        ]  # fmt: skip


def test_columns_that_are_missing_are_told_with_near_names(tmp_path: Path) -> None:
    file = lines(tmp_path / "runs.csv", "run_idd,begun", "a,2026-10-01")
    with made() as store, pytest.raises(InputError) as caught:
        read(store, file)
    assert "has no column run or job" in str(caught.value)
    assert "is 'run_idd' meant to be it? say so with columns: {run: run_idd}" in str(caught.value)
    assert "has no column start" in str(caught.value)
    with made() as store:
        read(store, file, source=Runs(runs="x", columns={"run": "run_idd", "start": "begun"}))
        assert store.rows("SELECT run, started FROM runs") == [("a", at(1))]


def test_a_run_in_several_files_is_one_and_the_later_end_counts(tmp_path: Path) -> None:
    head = "run,start,end,status,cost,team"
    first = lines(tmp_path / "a.csv", head, "r,2026-10-01,,running,,research", "s,2026-10-01,2026-10-02,failed,5,")
    second = lines(tmp_path / "b.csv", head, "r,2026-10-01,2026-10-03,ok,9,", "s,2026-10-01,,running,,ops")
    expected = [("r", at(3), "ok", 9.0, "research"), ("s", at(2), "failed", 5.0, "ops")]
    for files in ((first, second), (second, first), (first, second, first)):
        with made() as store:
            told = read(store, *files)
            assert store.rows("SELECT run, ended, status, cost_usd, team FROM runs ORDER BY run") == expected
            assert (told.kept, told.duplicate) == (2, 2 * len(files) - 2)
    with made() as store:
        for file in (first, second, first, second):
            told = read(store, file)
        assert store.rows("SELECT run, ended, status, cost_usd, team FROM runs ORDER BY run") == expected
        assert (told.rows, told.kept, told.duplicate) == (2, 0, 2)


def test_reading_again_changes_nothing_and_the_longer_history_counts(tmp_path: Path) -> None:
    draw = random.Random(3)
    rows: list[dict[str, Any]] = [
        {"run": f"r{n:02d}", "start": 1790812800 + n * 3600, "hours": draw.random() * 9, "gpu_count": 8,
         "history": [{"step": step, "loss": draw.random()} for step in range(draw.randrange(5))]}
        for n in range(40)
    ]  # fmt: skip
    file = objects(tmp_path / "runs.jsonl", rows)
    short = objects(tmp_path / "short.jsonl", [{**row, "history": json.dumps(row["history"][:1])} for row in rows])
    histories = "SELECT run, step, loss FROM histories ORDER BY run, step"
    with made() as store:
        read(store, file)
        before = store.rows("SELECT * FROM runs ORDER BY run")
        assert store.rows(histories) == [
            (row["run"], one["step"], one["loss"]) for row in rows for one in row["history"]
        ]
        ends: dict[str, dt.datetime] = dict(store.rows("SELECT run, ended FROM runs"))
        for row in rows:
            start = dt.datetime(1970, 1, 1) + dt.timedelta(seconds=row["start"])
            assert ends[row["run"]] == start + dt.timedelta(hours=row["hours"])
        for other in (file, short):
            read(store, other)
            assert len(store.rows(histories)) == sum(len(row["history"]) for row in rows)
        read(store, file)
        assert store.rows("SELECT * FROM runs ORDER BY run") == before


def test_names_are_cleaned_and_own_dimensions_told(tmp_path: Path) -> None:
    file = objects(tmp_path / "runs.jsonl", [
        {"run": "\x1b[2Jr\u202e", "start": "2026-10-01", "team": "Rsch\x00", "cost_centre": "42", "job": "x" * 5000}
    ])  # fmt: skip
    with made(dimensions=(*DIMENSIONS, "centre")) as store:
        read(store, file, team=Told(same={"research": ["rsch*"]}), centre=Told(tags=["Cost Centre"]))
        assert store.rows("SELECT run, team, centre, length(job) FROM runs") == [("[2Jr", "research", "42", 200)]


def test_mlflow_without_a_client_is_told() -> None:
    with made() as store, pytest.raises(InputError, match="where is MLflow\\? say --mlflow URI"):
        read(store, source=Runs(mlflow="tuning"))
