"""Whatever a file holds, it is read, refused with a reason, or told as an input error; every row is accounted for."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any, Final

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from planner.errors import InputError
from planner.scenario.spend_sources import Deployments, Requests, Runs
from planner.spend.reading.deployments import read_deployments
from planner.spend.reading.requests import read_requests
from planner.spend.reading.runs import read_runs
from planner.spend.store import Store
from tests.spend.made import made
from tests.spend.reading.read_files import reading

EXAMPLES: Final = 12
READERS: Final[dict[str, Callable[[Store, Path], Any]]] = {
    "requests": lambda store, file: read_requests(store, reading(), Requests(requests="x"), "s", [file]),
    "runs": lambda store, file: read_runs(store, reading(), Runs(runs="x"), "s", [file]),
    "deployments": lambda store, file: read_deployments(store, reading(), Deployments(deployments="x"), "s", [file]),
}
HEADERS: Final = {
    "requests": ("timestamp", "model", "input_tokens", "output_tokens", "cost", "requests", "status", "prompt_hash"),
    "runs": ("run", "start", "end", "gpu", "gpu_count", "cost", "status", "history", "metric"),
    "deployments": ("deployment", "start", "end", "gpu", "requests", "failed"),
}
_WORDS: Final = st.sampled_from([
    "", "2026-10-01", "2026-10-01T10:00:00+23:59", "1e999", "-1", "1790812800", "nan", "Infinity", "9" * 400, "0x10",
    "1_000", '"', "'", "\\", "\ud800", "\x00", "\u202e", "[" * 50, '[{"loss":1e308},{"loss":null}]', "{}", "true",
    "infinity", "-9223372036854775808", "1e18", "4102444799", "99:99:99", "H100", "8x", "ok", "m",
])  # fmt: skip
_CELLS: Final = st.one_of(_WORDS, st.text(max_size=12))
_VALUES: Final = st.one_of(
    _CELLS, st.integers(), st.floats(), st.none(), st.booleans(), st.lists(st.integers(), max_size=2),
    st.dictionaries(_CELLS, st.integers(), max_size=2),
)  # fmt: skip

pytestmark = pytest.mark.real  # dear


def account(store: Store, kind: str, file: Path) -> None:
    store.connection.execute("DELETE FROM rejects")
    try:
        told = READERS[kind](store, file)
    except InputError:
        return
    assert told.rows == told.kept + told.duplicate + told.future + told.rejected
    assert store.rows("SELECT count(DISTINCT row) FROM rejects WHERE row > 0") == [(told.rejected,)]
    assert all(text.isprintable() for (text,) in store.rows("SELECT reason || file || value FROM rejects"))


@pytest.mark.parametrize("kind", list(READERS))
def test_cells_of_any_kind(kind: str, tmp_path_factory: pytest.TempPathFactory) -> None:
    file = tmp_path_factory.mktemp("csv") / "a.csv"
    with made() as store:

        @settings(max_examples=EXAMPLES, suppress_health_check=list(HealthCheck))
        @given(rows=st.lists(st.lists(_CELLS, min_size=1, max_size=10), max_size=6), separator=st.sampled_from(",;"))
        def check(rows: list[list[str]], separator: str) -> None:
            text = "\n".join(separator.join(row) for row in [list(HEADERS[kind]), *rows])
            file.write_bytes(text.encode("utf-8", "surrogatepass"))
            account(store, kind, file)

        check()


@pytest.mark.parametrize("kind", list(READERS))
def test_objects_of_any_kind(kind: str, tmp_path_factory: pytest.TempPathFactory) -> None:
    file = tmp_path_factory.mktemp("json") / "a.jsonl"
    keys = st.one_of(st.sampled_from(HEADERS[kind]), _CELLS)
    first = dict.fromkeys(HEADERS[kind], 1)
    with made() as store:

        @settings(max_examples=EXAMPLES, suppress_health_check=list(HealthCheck))
        @given(rows=st.lists(st.dictionaries(keys, _VALUES, max_size=9), max_size=6))
        def check(rows: list[dict[str, Any]]) -> None:
            file.write_text("\n".join(json.dumps(row) for row in [first, *rows]), "utf-8")
            account(store, kind, file)

        check()
