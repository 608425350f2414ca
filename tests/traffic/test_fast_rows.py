"""Reading with pyarrow says what reading without it says."""

import random
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from planner.source import InvalidInput
from planner.traffic import read_traffic
from planner.traffic.fast_rows import FastRows
from planner.traffic.raw_rows import CsvReader
from tests.traffic.logs import csv_log, every
from tests.traffic.test_reading import same

pytest.importorskip("pyarrow")
COLUMNS = ("timestamp", "input_tokens", "output_tokens", "prompt_hash", "latency_ms", "status", "tenant", "user")
CELLS = {
    "timestamp": ("2026-11-04T10:00:00Z", "2026-11-04 10:00:00.5Z", "2026-11-04T10:00:00+01:00", "1793786400", "", "x",
                  "2026-11-04", "1793786400000", "1999-01-01T00:00:00Z", "2026-11-04T10:00:00"),
    "input_tokens": ("5", "0", "-1", "", "null", "7.0", "1e2", " 8", "nan", "inf", "1_0", "99999999999", "x", '"9"'),
    "output_tokens": ("5", "0", "", "x"),
    "prompt_hash": ("h", "", " h ", "é", "y" * 70, '"h, ""i"""', "null"),
    "latency_ms": ("5", "", "-1", "x", "1e99"),
    "status": ("200", "500", "", "ok", "wat"),
    "tenant": ("a", " a", "", "z" * 200),
    "user": ("u", "", "v"),
}  # fmt: skip


def read(path: Path, monkeypatch: pytest.MonkeyPatch, *, fast: bool) -> object:
    """What is found, or what is said."""
    with monkeypatch.context() as patch:
        if not fast:
            patch.setattr(FastRows, "over", lambda _reader: None)
        try:
            found = read_traffic(path)
        except InvalidInput as error:
            return str(error)
        return found


@pytest.fixture
def good_rows() -> list[str]:
    times = enumerate(every(600, 1008))
    return [f"{time},{i % 90 + 1},{i % 7 + 1},h{i % 50},{i},200,t{i % 3},u{i % 9}" for i, time in times]


@settings(max_examples=12)
@given(seed=st.integers(0, 2**31))
def test_whatever_stands_in_the_cells(tmp_path_factory: pytest.TempPathFactory, seed: int) -> None:
    """Rows that are mostly good, in small blocks, so that fast and slow blocks take turns."""
    chance = random.Random(seed)
    rows, often = [], chance.uniform(0.0, 0.15)
    for i, time in enumerate(every(3600, 80)):
        row = [time, "10", "5", f"h{i % 7}", "100", "200", "t", f"u{i % 3}"]
        if chance.random() < often:
            place = chance.randrange(len(COLUMNS))
            row[place] = chance.choice(CELLS[COLUMNS[place]])
        rows.append(",".join(row))
        if chance.random() < 0.02:
            rows.append(chance.choice(["", ",".join(COLUMNS), "a,b", '"', "# note"]))
    path = csv_log(tmp_path_factory.mktemp("log"), *rows, header=",".join(COLUMNS))
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("planner.traffic.log_file.BLOCK", 400)
        fast, slow = read(path, patch, fast=True), read(path, patch, fast=False)
    if isinstance(fast, str) or isinstance(slow, str):
        assert fast == slow
    else:
        assert same(fast, slow)  # type: ignore[arg-type]
        assert (fast.log, fast.warnings) == (slow.log, slow.warnings)  # type: ignore[attr-defined]


def test_good_blocks_take_the_fast_way(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, good_rows: list[str]) -> None:
    path = csv_log(tmp_path, *good_rows, header=",".join(COLUMNS))
    slow = read(path, monkeypatch, fast=False)

    def never(*_: object) -> None:
        message = "a good block was read the slow way"
        raise AssertionError(message)

    monkeypatch.setattr(CsvReader, "rows", never)
    assert same(read(path, monkeypatch, fast=True), slow)  # type: ignore[arg-type]


@pytest.mark.parametrize("form", ["{}.125", "{}000", "{}"])
def test_times_in_numbers(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, form: str) -> None:
    rows = [f"{form.format(1_793_786_400 + 600 * i)},10,5" for i in range(300)]
    path = csv_log(tmp_path, *rows)
    assert same(read(path, monkeypatch, fast=True), read(path, monkeypatch, fast=False))  # type: ignore[arg-type]
