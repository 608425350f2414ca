"""The made-up year's files are what its tool writes, and what went wrong stands in them."""

import gzip
import io
import json
from pathlib import Path

import pyarrow.parquet as pq
import pytest

from tools.spend_year.world import FORGOTTEN_RUN, PREEMPTIONS_PER_HOUR
from tools.write_spend_year import FOLDER, contents


def _plain(name: str, content: bytes) -> object:
    """What a file says, whatever packed it."""
    if name.endswith(".parquet"):
        return pq.read_table(io.BytesIO(content)).to_pydict()
    return gzip.decompress(content) if name.endswith(".gz") else content


@pytest.mark.real
def test_the_files_are_what_the_tool_writes() -> None:
    made = contents()
    assert sorted(made) == sorted(path.name for path in FOLDER.iterdir())
    for name, content in made.items():
        assert _plain(name, content) == _plain(name, (FOLDER / name).read_bytes()), name


def test_spot_machines_are_taken_away_about_as_often_as_said() -> None:
    runs = [json.loads(line) for line in Path(FOLDER, "runs.jsonl").read_text().splitlines()]
    spot = [run for run in runs if run["tier"] == "spot"]
    taken = [run for run in spot if run["status"] == "preempted"]
    assert all(run["tier"] == "spot" for run in runs if run["status"] == "preempted")
    hours = sum(max((row["hours"] for row in run["history"]), default=0.0) for run in spot)
    assert 0.5 * PREEMPTIONS_PER_HOUR < len(taken) / hours < 2.0 * PREEMPTIONS_PER_HOUR
    assert [run["status"] for run in runs if run["run"] == FORGOTTEN_RUN] == ["stopped"]
