"""`planner export`: where files go, what is refused, and what its help says."""

import csv
import json
import re
from pathlib import Path

import pytest

from planner.export.targets import TARGETS
from tests.cli.calls import run
from tests.report.portfolio.made_portfolio import rich
from tests.report.review.made_review import made_review
from tests.report.sample_plan import sample_plan


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    for name, outcome in {"tuning": sample_plan(), "review": made_review(), "batch": rich()}.items():
        (tmp_path / name).mkdir()
        (tmp_path / name / "plan.json").write_text(outcome.model_dump_json(), "utf-8")
    return tmp_path


def test_a_forecast_lies_beside_the_plan(folder: Path) -> None:
    done = run("export", "focus", "tuning", "--start", "2026-12-01", cwd=folder)
    assert (done.returncode, done.stdout, done.stderr) == (0, "", "wrote tuning/focus.csv\n")
    with (folder / "tuning/focus.csv").open(newline="", encoding="utf-8") as file:
        rows = list(csv.DictReader(file))
    assert {row["ChargePeriodStart"] for row in rows} == {"2026-12-01T00:00:00Z"}


def test_today_is_where_a_forecast_starts(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    import datetime

    monkeypatch.setattr("planner.cli.export._today", lambda: datetime.date(2027, 2, 3))
    assert run("export", "focus", "tuning", "-q", cwd=folder).stderr == ""
    assert "2027-02-03T00:00:00Z" in (folder / "tuning/focus.csv").read_text("utf-8")


@pytest.mark.parametrize(
    ("words", "written"),
    [
        (["focus", "tuning", "-o", "f.csv"], {"f.csv"}),
        (["focus", "tuning", "-o", "new/f.csv.gz"], {"new/f.csv.gz"}),
        (["focus", "tuning", "-o", "f.parquet"], {"f.parquet"}),
        (["focus", "tuning", "-o", "new"], {"new/focus.csv"}),
        (["focus", "tuning", "review/plan.json", "-o", "new"], {"new/focus.csv"}),
        (["focus", "tuning", "batch", "-o", "new"], {"new/focus.csv"}),
        (["ical", "batch"], {"batch/schedule.ics"}),
        (["ical", "batch", "-o", "december.ics"], {"december.ics"}),
        (["grafana", "review", "-o", "board.json"], {"board.json"}),
        (["grafana", "review"], {"review/dashboard.json"}),
        (["prometheus", "review", "-o", "x.d"], {f"x.d/{n}" for n in ("planner.prom", "rules.yml", "rules.test.yml")}),
    ],
)  # fmt: skip
def test_files_go_where_they_are_asked_for(folder: Path, words: list[str], written: set[str]) -> None:
    before = {path for path in folder.rglob("*") if path.is_file()}
    done = run("export", *words, cwd=folder)
    assert done.returncode == 0, done.stderr
    found = {str(path.relative_to(folder)) for path in folder.rglob("*") if path.is_file() and path not in before}
    assert found == written
    assert {line.removeprefix("wrote ") for line in done.stderr.splitlines()} == written


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (["prometheus", "tuning"], "tuning/plan.json: of the kind FineTune; this target takes one of the kind Spend"),
        (["prometheus", "review", "--start", "2026-12-01"], "--start says nothing to prometheus; it is for focus"),
        (["focus", "tuning", "--again"], "--again says nothing to focus; it is for mlflow"),
        (["mlflow", "tuning", "-o", "x"], "-o says nothing to mlflow"),
        (["mlflow", "tuning"], "Say --tracking-uri URI, or set MLFLOW_TRACKING_URI"),
        (["focus", "tuning", "-o", "f.txt"], ".txt: no form of a bill; choose from .csv, .csv.gz, .parquet"),
        (["grafana", "review", "-o", "board.yaml"], "dashboard.json needs a folder, or a file that ends in .json"),
        (["prometheus", "review", "-o", "tuning/plan.json"], "needs a folder"),
        (["focus", "tuning", "--decision", "greenest"], "its decision greenest is not there; it has"),
        (["focus", "none", "nowhere"], "none: No such file"),
        (["focus", "tuning", "tuning/plan.json"], "tuning/plan.json: named twice, and would count twice"),
        (["focus", "tuning", "--start", "9999-12-31"], "--start: a day from 2000 to 2100"),
        (["grapana", "review"], "'grapana' is not one of"),
    ],
)  # fmt: skip
def test_what_does_not_fit_is_refused(folder: Path, words: list[str], told: str) -> None:
    before = sorted(folder.rglob("*"))
    done = run("export", *words, cwd=folder, MLFLOW_TRACKING_URI="")
    assert done.returncode == 2
    assert told in " ".join(done.stderr.split())
    assert sorted(folder.rglob("*")) == before


def test_every_plan_that_cannot_be_read_is_told(folder: Path) -> None:
    (folder / "bad.json").write_text(json.dumps({"kind": "SpendReview"}), "utf-8")
    done = run("export", "focus", "bad.json", "nowhere", "tuning", cwd=folder)
    assert done.returncode == 2
    assert re.search(r"bad\.json: not a review of spend of this version.*\nnowhere: ", done.stderr)


def test_the_help_lists_every_target(folder: Path) -> None:
    text = run("export", "--help", cwd=folder).stdout
    for name, target in TARGETS.items():
        assert re.search(rf"\n +{name} +{re.escape(target.told)}\n", text)
