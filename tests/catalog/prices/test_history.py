"""The history only grows, adds nothing twice, and says which of its files is no part of it."""

import os
from datetime import timedelta
from pathlib import Path

import duckdb
import numpy as np
import pytest

from planner.catalog.prices.history import record, record_dated
from planner.catalog.prices.history_files import History, open_history
from planner.catalog.prices.series import ahead, nearest_keys, read_series
from planner.errors import InputError, SetupError
from tests.catalog.prices.price_histories import KEY, NOW, at, filled

HOUR = timedelta(hours=1)


def prices(folder: Path) -> list[float]:
    return [float(usd) for one in read_series(open_history(folder), {}, NOW) for usd in one.usd_per_hour]


def test_recording_the_same_again_adds_nothing(tmp_path: Path) -> None:
    rows = [at(20.0), at(9.0, region="eu-west-1")]
    first = record(tmp_path / "h", rows, NOW, NOW)
    assert first.file is not None
    before = first.file.read_bytes()
    again = record(tmp_path / "h", rows, NOW, NOW)
    more = record(tmp_path / "h", [*rows, at(7.0, region="eu-west-2")], NOW, NOW)
    assert (first.added, again.added, again.known, again.file, more.added, more.known) == (2, 0, 2, None, 1, 2)
    assert first.file.read_bytes() == before
    assert prices(tmp_path / "h") == [9.0, 7.0, 20.0]


def test_the_same_rows_make_the_same_bytes(tmp_path: Path) -> None:
    rows = [at(20.0), at(9.0, region="eu-west-1")]
    one, other = (record(tmp_path / name, order, NOW, NOW).file for name, order in (("a", rows), ("b", rows[::-1])))
    assert one is not None
    assert other is not None
    assert (one.name, one.read_bytes()) == (other.name, other.read_bytes())
    assert one.parent.name == "2026-11"


def test_two_that_record_at_once_count_once(tmp_path: Path) -> None:
    # Neither saw the other's file when it looked.
    for name, rows in (("a", [at(20.0)]), ("b", [at(20.0), at(9.0, region="eu-west-1")])):
        made = record(tmp_path / name, rows, NOW, NOW).file
        assert made is not None
        (tmp_path / "h" / "2026-11").mkdir(parents=True, exist_ok=True)
        made.rename(tmp_path / "h" / "2026-11" / made.name)
    assert prices(tmp_path / "h") == [9.0, 20.0]


def test_another_price_of_the_same_time_is_told_and_left_out(tmp_path: Path) -> None:
    record(tmp_path, [at(20.0)], NOW, NOW)
    done = record(tmp_path, [at(21.0)], NOW, NOW)
    assert (done.added, done.conflicting) == (0, (KEY,))
    assert prices(tmp_path) == [20.0]


def test_what_was_seen_earlier_is_put_in_between(tmp_path: Path) -> None:
    record(tmp_path, [at(20.0)], NOW, NOW)
    assert record(tmp_path, [at(18.0)], NOW - 2 * HOUR, NOW).late == 1
    assert prices(tmp_path) == [18.0, 20.0]


def test_a_clock_that_is_ahead_records_nothing(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="seen at 2026-11-30 13:00 UTC, but it is 2026-11-30 12:00 UTC"):
        record(tmp_path, [at(20.0)], NOW + HOUR, NOW)
    assert not list(tmp_path.rglob("*"))
    record(tmp_path, [at(20.0)], NOW + HOUR, NOW + HOUR)
    held = open_history(tmp_path)
    assert ahead(held, NOW) == 1
    assert read_series(held, {}, NOW) == []


@pytest.mark.parametrize("usd", [0.0, -1.0, float("nan"), float("inf")])
def test_a_price_that_is_none_is_not_recorded(tmp_path: Path, usd: float) -> None:
    with pytest.raises(InputError, match="is no price"):
        record(tmp_path, [at(3.0, region="a"), at(usd)], NOW, NOW)
    assert not list(tmp_path.rglob("*"))


def test_two_prices_of_one_key_are_refused(tmp_path: Path) -> None:
    with pytest.raises(InputError, match=r"two prices at once, 3\.0 and 4\.0"):
        record(tmp_path, [at(3.0), at(4.0)], NOW, NOW)


def test_a_price_carried_along_is_no_new_sighting(tmp_path: Path) -> None:
    rows = [at(20.0), at(9.0, region="old", as_of="2026-11-02")]
    assert record_dated(tmp_path, rows, NOW, asked_now=True).added == 2
    assert record_dated(tmp_path, rows, NOW + HOUR, asked_now=True).added == 1
    times = {one.key[2]: one.seen_at.astype("datetime64[m]").astype(str).tolist() for one in read_series(
        open_history(tmp_path), {}, NOW + HOUR)}  # fmt: skip
    assert times == {"old": ["2026-11-02T00:00"], "us-east-1": ["2026-11-30T12:00", "2026-11-30T13:00"]}


def test_names_that_are_patterns_elsewhere_are_names_here(tmp_path: Path) -> None:
    folder = filled(tmp_path / "h [1]*'?", [3.0, 4.0], HOUR)
    filled(tmp_path / "h 1x", [5.0], HOUR)
    assert prices(folder) == [3.0, 4.0]


def test_every_foreign_or_broken_file_is_named(tmp_path: Path) -> None:
    filled(tmp_path, [3.0], HOUR)
    (tmp_path / ".gitignore").write_text("*")
    open_history(tmp_path)
    (tmp_path / "notes.txt").write_text("mine")
    with pytest.raises(InputError, match=r"notes\.txt: no file of a price history"):
        open_history(tmp_path)
    (tmp_path / "notes.txt").unlink()
    sound = next(tmp_path.rglob("*.parquet")).read_bytes()
    (tmp_path / "cut.parquet").write_bytes(sound[: len(sound) // 2])
    (tmp_path / "empty.parquet").write_bytes(b"")
    with pytest.raises(InputError, match=r"cut\.parquet: cannot be read(.|\n)*empty\.parquet: cannot be read"):
        open_history(tmp_path)


def test_a_file_with_other_columns_is_named(tmp_path: Path) -> None:
    filled(tmp_path, [3.0], HOUR)
    duckdb.execute(f"COPY (SELECT 1 AS a) TO '{tmp_path / 'other.parquet'}'")
    with pytest.raises(InputError, match=r"other\.parquet: not the columns of a price history"):
        open_history(tmp_path)


@pytest.mark.parametrize("usd", ["-2.0::DOUBLE", "0.0::DOUBLE", "'nan'::DOUBLE", "NULL::DOUBLE"])
def test_a_price_that_is_none_in_a_file_is_named(tmp_path: Path, usd: str) -> None:
    file = next(filled(tmp_path, [3.0], HOUR).rglob("*.parquet"))
    duckdb.execute(
        f"COPY (SELECT * REPLACE ({usd} AS usd_per_hour) FROM read_parquet('{file}')) TO '{tmp_path / 'bad.parquet'}'"
    )
    with pytest.raises(InputError, match=r"bad\.parquet: row 1: aws p5\.48xlarge us-east-1 spot: price"):
        open_history(tmp_path)


def test_without_a_folder_or_duckdb_it_is_said(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(InputError, match="no folder with a price history"):
        open_history(tmp_path / "none")
    monkeypatch.setitem(__import__("sys").modules, "duckdb", None)
    with pytest.raises(SetupError, match=r"finetune-planner\[history\]"):
        record(tmp_path, [at(3.0)], NOW, NOW)


def test_series_are_those_of_their_keys(tmp_path: Path) -> None:
    rng = np.random.default_rng(1)
    expected: dict[str, list[float]] = {"a": [], "b": [], "c": []}
    for back in range(6, -1, -1):
        seen = [name for name in expected if rng.random() < 0.7]
        usd = {name: float(rng.uniform(1, 9)) for name in seen}
        record(tmp_path, [at(usd[name], region=name) for name in seen], NOW - back * HOUR, NOW)
        for name in seen:
            expected[name].append(usd[name])
    found = {one.key[2]: one.usd_per_hour.tolist() for one in read_series(open_history(tmp_path), {}, NOW)}
    assert found == expected
    only = read_series(open_history(tmp_path), {"region": ("b",)}, NOW)
    assert [one.usd_per_hour.tolist() for one in only] == [expected["b"]]
    with pytest.raises(ValueError, match="source"):
        read_series(open_history(tmp_path), {"source": ("x",)}, NOW)


def test_an_empty_history_has_no_series() -> None:
    assert read_series(History(Path(), ()), {}, NOW) == []


def test_nearest_keys_are_those_of_the_machine(tmp_path: Path) -> None:
    record(tmp_path, [at(1.0, region="eu"), at(1.0, provider="gcp", instance="a3-highgpu-8g")], NOW, NOW)
    assert nearest_keys(open_history(tmp_path), KEY, 1) == [("aws", "p5.48xlarge", "eu", "spot")]


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="this system has no pipes with names")
def test_a_pipe_in_the_folder_is_refused_and_not_waited_for(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "x.parquet")
    with pytest.raises(InputError, match="no file of a price history"):
        open_history(tmp_path)
