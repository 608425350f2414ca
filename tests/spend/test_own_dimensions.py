"""Dimensions of a scenario's own may be called like anything that queries call their columns, and nothing changes."""

from pathlib import Path

import pytest

from planner.catalog.loader import load_catalog
from planner.scenario.spend_limits import Kpi
from planner.scenario.spend_rules import DIMENSIONS, Told
from planner.scenario.spend_sources import Requests
from planner.spend.drivers import change_of
from planner.spend.kpis import efficiency_of, unit_costs_of
from planner.spend.models import models_of
from planner.spend.months import Month
from planner.spend.operations import operations_of
from planner.spend.reading.requests import read_requests
from tests.spend.made import charge, made
from tests.spend.reading.read_files import objects, reading

OCTOBER = Month(2026, 10)
NAMES = (
    "amount", "before", "better", "charges", "cost", "gpu_usd", "group", "input", "measure", "name", "now", "order",
    "output", "owner", "purpose", "seconds", "usd", "within",
)  # fmt: skip


def _told(names: tuple[str, ...]) -> list[object]:
    own = dict.fromkeys(names, "x")
    tables = {
        "allocated": [
            charge(day, usd, model="m", team="a", tenant="t", gpu="l4", gpu_hours=4.0, resource=resource) | own
            for day, usd, resource in (("2026-09-03", 3.0, "r"), ("2026-10-03", 5.0, "r"), ("2026-10-04", 2.0, "d"))
        ],
        "runs": [{"run": "r", "day": "2026-10-03", "model": "m", "team": "a", "samples": 10, "status": "ok", **own}],
        "usage": [{"day": "2026-10-03", "team": "a", "model": "m", "tenant": "t", "requests": 10, **own}],
        "deployments": [{"deployment": "d", "model": "m", "started": "2026-10-01", "replicas": 1, **own}],
    }
    where = {"group": "X"} if "group" in names else {"team": "A"}
    kpis = [
        Kpi(name=name, per=per, where=where) for name, per in (("a", "sample"), ("b", "request"), ("c", "gpu_hour"))
    ]
    with made(tables, dimensions=(*DIMENSIONS, *names)) as store:
        units = [kpi.model_copy(update={"where": ""}) for kpi in unit_costs_of(store, kpis, OCTOBER)]
        parts = models_of(store, OCTOBER), change_of(store, OCTOBER), operations_of(store, load_catalog(), OCTOBER)
        return [units, efficiency_of(store, OCTOBER, units), *parts]


def test_names_of_dimensions_do_not_matter() -> None:
    plain = _told(("site",))
    assert [kpi.unit_cost_usd for kpi in plain[0]] == [0.5, 0.2, 7 / 8]  # type: ignore[attr-defined]
    # Of the own dimensions only `purpose` says something here, and what it says is neither training nor serving.
    assert _told(NAMES)[1:] == plain[1:]


@pytest.mark.parametrize("csv", [False, True])
def test_nor_do_they_in_logs_of_requests(tmp_path: Path, *, csv: bool) -> None:
    """Names of columns in the making, and of what a log has beside the dimensions."""
    names = (
        "again", "came", "conversation", "cost", "file", "first", "moment", "n_requests", "name", "owner", "person",
        "problem", "prompt", "reason", "request", "row", "since", "unknown", "who", "wrong",
    )  # fmt: skip
    rows = [
        {"timestamp": f"2026-10-{day:02d}T10:00:00Z", "model": "m", "input_tokens": 10, "output_tokens": 1, "user": "u",
         "prompt_hash": "p", "request_id": day, "latency_ms": 5, "total_cost": 2.0, "tag": "x"}
        for day in (1, 1, 2)
    ]  # fmt: skip
    file = objects(tmp_path / "log.jsonl", rows)
    if csv:
        lines = [[*rows[0]], *([str(cell) for cell in row.values()] for row in rows)]
        file.write_text("".join(",".join(line) + "\n" for line in lines))
    found = []
    for own in (("site",), names):
        told = {name: Told(tags=["tag"]) for name in own if name not in ("cost", "conversation", "request")}
        with made(dimensions=(*DIMENSIONS, *own)) as store:
            read = read_requests(store, reading({}, **told), Requests(requests="log.jsonl"), "log", [file])
            assert store.rows("SELECT users FROM users WHERE team IS NULL") == [(1,)]
            assert store.rows(f"SELECT DISTINCT {own[-1]} FROM usage") == [("x",)]
            sums = store.rows("SELECT sum(requests), sum(cost_usd), sum(repeats), max(latency_p95_ms) FROM usage")
        found.append((read.rows, read.kept, read.duplicate, sums))
    assert found[0] == found[1] == (3, 2, 1, [(2, 4, 1, 5)])
