"""Lists of deployments: names and units, what counts once, what is refused."""

import datetime as dt
from pathlib import Path

import pytest

from planner.errors import InputError
from planner.scenario.spend_sources import Deployments
from planner.spend.reading.deployments import read_deployments
from tests.spend.made import made
from tests.spend.reading.read_files import lines, objects, reading, refused

SOURCE = Deployments(deployments="x")


def test_deployments_as_they_are_listed(tmp_path: Path) -> None:
    file = objects(tmp_path / "d.jsonl", [
        {"endpoint": "chat", "model": "m", "team": "t", "instance_type": "p5.48xlarge", "replicas": 2,
         "start": "2026-10-01T00:00:00Z", "requests": 1000, "errors": 4, "p95_latency_ms": 800},
        {"endpoint": "old", "gpu": "L4", "gpu_count": 1},
    ])  # fmt: skip
    with made() as store:
        told = read_deployments(store, reading(), SOURCE, "d", [file])
        assert store.rows(
            """SELECT deployment, model, team, gpu, gpu_count, replicas, started, ended, requests, failed,
            latency_p95_ms FROM deployments ORDER BY deployment"""
        ) == [
            ("chat", "m", "t", "h100-sxm", 8.0, 2.0, dt.datetime(2026, 10, 1), None, 1000.0, 4.0, 800.0),
            ("old", "", "", "l4", 1.0, None, None, None, None, None, None),
        ]
        assert (told.rows, told.kept) == (2, 2)
        again = read_deployments(store, reading(), SOURCE, "d", [file])
        assert store.rows("SELECT count(*) FROM deployments") == [(2,)]
        assert (again.kept, again.duplicate) == (0, 2)


def test_what_cannot_be_right_is_refused(tmp_path: Path) -> None:
    file = lines(
        tmp_path / "d.csv", "deployment,start,end,replicas,requests,failed",
        "a,2026-10-02,2026-10-01,-1,5,6", ",2026-10-01,,,,", "b,2026-12-01,,,,", "c,2026-10-01,,1,5,5",
    )  # fmt: skip
    with made() as store:
        told = read_deployments(store, reading(), SOURCE, "d", [file])
        assert refused(store) == [
            ("d.csv", 1, "end", "is before the start, 2026-10-02T00:00:00Z", "2026-10-01"),
            ("d.csv", 1, "failed", "more requests failed than there were", "6.0"),
            ("d.csv", 1, "replicas", "is negative", "-1"),
            ("d.csv", 2, "deployment", "the row names no deployment", ""),
        ]
        assert (told.rows, told.kept, told.rejected, told.future) == (4, 1, 2, 1)
        with pytest.raises(InputError, match="has no column deployment"):
            read_deployments(store, reading(), SOURCE, "d", [lines(tmp_path / "e.csv", "deploy,x", "a,1")])
