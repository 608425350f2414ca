"""A SpendReview from its files: what names them, what is refused before they are read, and that nothing is guessed."""

import datetime
import json
import re
from pathlib import Path
from typing import Any

import pytest

from planner.planning import read_ready, review_scenario
from planner.source import InvalidInput

HEAD = (
    "BilledCost,EffectiveCost,BillingCurrency,ChargePeriodStart,ChargePeriodEnd,ChargeCategory,ServiceName,"
    "ProviderName,BillingAccountId,ResourceId,Tags"
)
TODAY = datetime.date(2026, 11, 1)


def _bill(path: Path, days: range = range(1, 6), team: str = "a") -> None:
    rows = [
        f"10,10,USD,2026-10-{day:02d}T00:00:00Z,2026-10-{day + 1:02d}T00:00:00Z,Usage,Compute,AWS,1,r,"
        f'"{{""team"":""{team}""}}"'
        for day in days
    ]
    path.write_text("\n".join([HEAD, *rows]) + "\n")


def _scenario(folder: Path, sources: str, **more: Any) -> Path:
    said = {"api_version": "planner/v1", "kind": "SpendReview", "metadata": {"name": "x"}, "as_of": "2026-11-01"} | more
    path = folder / "review.yaml"
    path.write_text("".join(f"{key}: {json.dumps(value)}\n" for key, value in said.items()) + f"sources: {sources}\n")
    return path


def _refused(path: Path) -> str:
    with pytest.raises(InvalidInput) as caught:
        read_ready(path, today=TODAY)
    return "\n".join(problem.message for problem in caught.value.problems)


def test_files_are_named_from_the_root_and_never_by_where_they_lie(tmp_path: Path) -> None:
    (tmp_path / "data").mkdir()
    _bill(tmp_path / "data" / "bill.csv")
    with (tmp_path / "data" / "bill.csv").open("a") as bill:
        bill.write("x,10,USD,2026-10-05T00:00:00Z,2026-10-06T00:00:00Z,Usage,Compute,AWS,1,r,\n")
    run = {"run": "r1", "job": "j", "team": "a", "model": "m", "start": "2026-10-02T00:00:00Z", "status": "ok"}
    (tmp_path / "data" / "runs.jsonl").write_text(f"{json.dumps(run)}\n{{\n")
    (tmp_path / "data" / "requests.csv").write_text("timestamp,model,input_tokens,output_tokens\nx,m,1,1\n")
    (tmp_path / "data" / "empty.csv").write_text("")
    (tmp_path / "data" / "served.csv").write_text("deployment,start\nd,2026-10-01\n,2026-10-01\n")
    sources = (
        "[{focus: data/*bill.csv}, {runs: data/runs.jsonl}, {requests: [data/requests.csv, data/empty.csv]},"
        " {deployments: data/served.csv}]"
    )
    review = review_scenario(_scenario(tmp_path, sources), today=TODAY)
    assert {(one.file, one.row) for one in review.read.rejects} == {
        ("data/bill.csv", 6), ("data/runs.jsonl", 2), ("data/requests.csv", 1), ("data/empty.csv", 0),
        ("data/served.csv", 2),
    }  # fmt: skip
    assert ("requests", "broken", "not read, or not to the end: data/empty.csv") in {
        (one.source, one.status, one.message) for one in review.read.health
    }
    assert str(tmp_path) not in review.model_dump_json()
    (tmp_path / "data" / "bill.csv").write_text("a,b\n")
    with pytest.raises(Exception, match=r"^data/bill\.csv: lacks BilledCost"):
        review_scenario(tmp_path / "review.yaml", today=TODAY)


def test_a_file_of_two_sources_is_refused_since_it_would_count_twice(tmp_path: Path) -> None:
    _bill(tmp_path / "bill.csv")
    (tmp_path / "link.csv").symlink_to("bill.csv")
    told = _refused(_scenario(tmp_path, "[{focus: bill.csv, name: x}, {focus: link.csv, name: y}]"))
    assert re.search(r"link\.csv is a file of the source x too and would count twice", told)
    # Runs are told apart by their ids whatever source has them.
    read_ready(_scenario(tmp_path, "[{runs: bill.csv, name: x}, {runs: bill.csv, name: y}]"), today=TODAY)


@pytest.mark.parametrize("zone", ["localtime", "posixrules", "Europe/Berln", "../etc/passwd", "/etc/localtime"])
def test_a_time_zone_is_one_that_is_the_same_everywhere(tmp_path: Path, zone: str) -> None:
    _bill(tmp_path / "bill.csv")
    told = _refused(_scenario(tmp_path, "[{focus: bill.csv}]", time_zone=zone))
    assert told == f"there is no time zone {zone!r}"


def test_without_charges_a_review_says_so_and_holds_no_budget_against_nothing(tmp_path: Path) -> None:
    _bill(tmp_path / "bill.csv", range(0))
    budgets = [{"name": "all", "amount": "$100"}]
    empty = review_scenario(_scenario(tmp_path, "[{focus: bill.csv}]", budgets=budgets), today=TODAY)
    assert (empty.budgets, empty.months, empty.change) == ([], [], None)
    assert empty.warnings == ["no source has a charge: attribution, budgets and forecasts need a bill (focus)"]
