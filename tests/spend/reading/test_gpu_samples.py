"""Exports of GPU metrics by the hour and host, against a brute force; doubles, the future, and damaged files."""

import datetime as dt
import random
from collections import defaultdict
from pathlib import Path
from typing import Any

import pytest

from planner.errors import InputError
from planner.scenario.spend_sources import GpuSamples
from planner.spend.reading.gpu_samples import read_gpu_samples
from planner.spend.store import Store
from tests.spend.made import made
from tests.spend.reading.read_files import lines, reading, refused

HEADER = (
    "timestamp,hostname,gpu,uuid,modelName,DCGM_FI_DEV_GPU_UTIL,DCGM_FI_PROF_SM_ACTIVE,DCGM_FI_DEV_FB_USED,"
    "DCGM_FI_DEV_FB_FREE"
)
SQL = """SELECT hour, host, gpu, gpus, busy, sm_active, peak_memory_gib, memory_gib, minutes FROM gpu_samples
    ORDER BY hour, host"""


def read(store: Store, *files: Path, **columns: str) -> Any:
    source = GpuSamples(gpu_samples="x", columns=columns)
    return read_gpu_samples(store, reading(), source, "dcgm", files)


def samples(seed: int) -> list[tuple[dt.datetime, str, int, int, float, int]]:
    """Time, host, GPU, busy in %, share of multiprocessors, MiB used; every minute of three hours, some missing."""
    draw = random.Random(seed)
    return [
        (dt.datetime(2026, 10, 1, 9) + dt.timedelta(minutes=minute), host, gpu, draw.randrange(101), draw.random(),
         draw.randrange(80_000))
        for minute in range(180) for host in ("a", "b") for gpu in range(3) if draw.random() < 0.9
    ]  # fmt: skip


def written(rows: list[tuple[dt.datetime, str, int, int, float, int]]) -> list[str]:
    return [
        f"{when:%Y-%m-%dT%H:%M:%SZ},{host},{gpu},GPU-{host}{gpu},NVIDIA H100 80GB HBM3,{busy},{sm},{used},"
        f"{81_559 - used}"
        for when, host, gpu, busy, sm, used in rows
    ]


def test_hours_are_those_of_a_brute_force(tmp_path: Path) -> None:
    rows = samples(1)
    hours: dict[Any, Any] = defaultdict(lambda: defaultdict(list))
    for when, host, gpu, busy, sm, used in rows:
        hours[when.replace(minute=0), host][gpu].append((busy / 100, sm, used / 1024))
    file = lines(tmp_path / "a.csv", HEADER, *written(rows))
    with made() as store:
        told = read(store, file)
        found = store.rows(SQL)
        assert [(hour, host) for hour, host, *_ in found] == sorted(hours)
        for hour, host, card, gpus, busy, sm, peak, whole, minutes in found:
            own = hours[hour, host]
            every = [one for cards in own.values() for one in cards]
            assert (card, gpus, minutes) == ("h100-sxm", 3.0, pytest.approx(len(every) / 3))
            assert busy == pytest.approx(sum(one[0] for one in every) / len(every))
            assert sm == pytest.approx(sum(one[1] for one in every) / len(every))
            assert peak == pytest.approx(max(one[2] for one in every))
            assert whole == pytest.approx(81_559 / 1024)
        assert (told.rows, told.kept, told.first_day) == (len(rows), len(rows), "2026-10-01")


def test_hours_that_two_files_have_count_once(tmp_path: Path) -> None:
    rows = samples(2)
    whole, part = (
        lines(tmp_path / "a.csv", HEADER, *written(rows)),
        lines(tmp_path / "b.csv", HEADER, *written(rows[300:600])),
    )
    with made() as store:
        read(store, whole)
        before = store.rows(SQL)
        read(store, part, whole)
        read(store, part)
        assert store.rows(SQL) == before
    with made() as store:
        read(store, part, whole)
        assert store.rows(SQL) == before


def test_an_hour_with_a_figure_that_one_card_lacks(tmp_path: Path) -> None:
    file = lines(
        tmp_path / "a.csv", "timestamp,host,index,name,utilization.gpu [%],memory.used [MiB]",
        "2026/10/01 10:00:00.000, n1:9400, 0, NVIDIA L4, 40 %, 1024 MiB",
        "2026/10/01 10:00:00.000, n1:9400, 1, NVIDIA L4, [N/A], 2048 MiB",
        "2026/10/01 10:01:00.000, n1:9400, 0, NVIDIA L4, 60 %, 1024 MiB",
        "2026/10/01 10:01:00.000, n1:9400, 1, NVIDIA L4, [N/A], 2048 MiB",
    )  # fmt: skip
    with made() as store:
        read(store, file)
        assert store.rows(SQL) == [(dt.datetime(2026, 10, 1, 10), "n1", "l4", 2.0, 0.5, None, 2.0, None, 2.0)]


def test_the_future_and_rows_without_use_are_counted(tmp_path: Path) -> None:
    rows = written(samples(3))[:100]
    file = lines(
        tmp_path / "a.csv", HEADER, *rows, "2026-11-02T00:00:00Z,a,0,GPU-a0,H900,1,0.1,1,1",
        "noon,a,0,GPU-a0,H900,1,0.1,1,1",
    )  # fmt: skip
    with made() as store:
        told = read(store, file)
        assert (told.rows, told.kept, told.future, told.rejected) == (102, 100, 1, 1)
        assert refused(store) == [("a.csv", 102, "", "is no time", "'noon'")]


def test_a_damaged_file_is_set_aside_and_missing_columns_are_told(tmp_path: Path) -> None:
    (tmp_path / "b.csv").write_bytes(b"PK\x03\x04")
    with made() as store:
        told = read(store, tmp_path / "b.csv", lines(tmp_path / "a.csv", HEADER, *written(samples(4))))
        assert refused(store) == [
            ("b.csv", 0, "", "is a zip file (write the log as CSV or JSON lines, plain or .gz)", "")
        ]
        assert told.kept > 500
        with pytest.raises(InputError, match="has no column with a figure of a GPU"):
            read(store, lines(tmp_path / "c.csv", "timestamp,host,loss", "2026-10-01,a,1"))
        with pytest.raises(InputError, match="`columns` is not read here"):
            read(store, tmp_path / "b.csv", busy="load")
