"""Runs as `planner calibrate` takes them: its own reader is asked."""

import csv
import datetime
from pathlib import Path
from typing import Any

import pytest

from planner.calibrate.run import Run
from planner.calibrate.run_columns import KNOWN, NOTES
from planner.calibrate.run_rows import read_run_files
from planner.calibrate.runs import understand
from planner.outcome import Configuration
from planner.spend.against_plan import calibration_rows, to_calibrate
from planner.spend.against_plan.to_calibrate import COLUMNS
from planner.spend.store import Store
from tests.report.sample_plan import sample_plan
from tests.spend.advice.past import blank, catalog
from tests.spend.against_plan.test_against_plan import START, followed
from tests.spend.made import fill

PLAN = sample_plan()


def chosen() -> Configuration:
    found = PLAN.configuration(PLAN.decisions["knee"])
    assert found is not None
    return found


def read(store: Store, tmp_path: Path) -> tuple[list[Run], list[str], list[str]]:
    """Runs that the reader understood, problems and remarks."""
    path = tmp_path / "runs.csv"
    path.write_text(calibration_rows(store, [("plan.json", PLAN)]))
    rows = read_run_files([path])
    runs, problems = understand(rows.rows, catalog())
    return runs, [problem.message for problem in [*rows.problems, *problems]], rows.remarks


def billed(run: str, gpus: float, usd: float, listed: float, hours: int = 2) -> list[dict[str, Any]]:
    return [
        {"hour": START + datetime.timedelta(hours=k), "run": run, "gpu_hours": gpus, "effective_usd": usd * gpus,
         "list_usd": listed * gpus}
        for k in range(hours)
    ]  # fmt: skip


def test_columns_are_those_of_run_files() -> None:
    assert set(COLUMNS) <= {*KNOWN, *NOTES}


def test_prices_preemptions_and_speeds_are_understood(tmp_path: Path) -> None:
    c = chosen()
    spot: dict[str, Any] = {"tier": "spot", "provider": "gcp", "model": "", "tokens": None}
    tables = {
        "runs": [
            followed(c, 1), followed(c, 2, **spot | {"status": "preempted"}), followed(c, 3, **spot),
            followed(c, 4, model="", tokens=None, provider="aws", status="failed"),
        ],
        "gpu_hourly": billed("r4", 8.0, 3.0, 4.0),
    }  # fmt: skip
    with blank(tables) as store:
        runs, problems, remarks = read(store, tmp_path)
    assert (problems, remarks) == ([], [])
    speed, taken, kept, priced = runs
    beside = c.hour_parts.model_dump()
    hours = (c.hours or 0.0) - sum(
        beside[n] for n in ("weights", "data", "warmup", "evaluate", "checkpoints", "upload")
    )
    assert speed.tokens_per_s_per_gpu == pytest.approx(c.work.tokens / (hours * 3600 * c.hardware.count))
    assert speed.condition is not None
    assert speed.condition.gpus == c.hardware.count
    assert (taken.preemptions, kept.preemptions) == (1.0, 0.0)
    assert taken.running_hours == pytest.approx(c.hours)
    assert taken.machine == "gcp/spot"
    assert (priced.listed_usd, priced.paid_usd) == pytest.approx((16.0, 12.0))
    assert priced.date == "2026-10-05"


def test_hostile_names_do_not_break_the_file(tmp_path: Path) -> None:
    run = followed(chosen()) | {"run": '=a"b,\nc\x1b[31m' * 100}
    with blank({"runs": [run]}) as store:
        runs, problems, _ = read(store, tmp_path)
    assert problems == []
    assert len(runs) == 1
    assert all(len(cell) <= 201 and not cell.startswith("=") for cell in runs[0].row.cells.values())


@pytest.mark.parametrize(
    "changed",
    [
        {"tokens": None}, {"stack": "axolotl"}, {"scenario": "", "model": "another"}, {"status": "failed"},
        {"ended": START + datetime.timedelta(minutes=1)},
    ],
)  # fmt: skip
def test_nothing_is_said_of_what_is_not_known(changed: dict[str, Any]) -> None:
    with blank({"runs": [followed(chosen(), **changed)]}) as store:
        text = calibration_rows(store, [("plan.json", PLAN)])
    assert text == ""


def test_providers_that_the_catalog_lacks_are_left_out_where_one_is_given() -> None:
    with blank({"runs": [followed(chosen(), tier="spot", provider="our-own-rack")]}) as store:
        assert len(list(csv.DictReader(calibration_rows(store).splitlines()))) == 1
        assert list(csv.DictReader(calibration_rows(store, catalog=catalog()).splitlines())) == []


def test_of_too_many_runs_the_newest_are_taken(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(to_calibrate, "MOST", 2)
    spot: dict[str, Any] = {"tier": "spot", "provider": "aws"}
    runs = [followed(chosen(), k, **spot) | {"started": START + datetime.timedelta(minutes=k)} for k in (3, 1, 2)]
    with blank({"runs": runs}) as store:
        found = list(csv.DictReader(calibration_rows(store).splitlines()))
    assert [row["run"] for row in found] == ["r2", "r3"]


def test_prices_that_are_in_two_units_are_no_price() -> None:
    with blank({"runs": [followed(chosen(), provider="aws")]}) as store:
        fill(store, "gpu_hourly", billed("r1", 8.0, 3.0, 40.0))
        assert list(csv.DictReader(calibration_rows(store).splitlines())) == []
