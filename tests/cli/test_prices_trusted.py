"""Prices that are not to be believed by themselves: tenfold against the bundled list, or of a day to come."""

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from planner.catalog.loader import load_catalog
from planner.catalog.prices.difference import rows_in_force
from planner.catalog.prices.row import PriceRow
from planner.catalog.prices.snapshot import Snapshot, snapshot_text
from planner.cli import prices_edge
from planner.cli.environment import Settings
from tests.catalog.prices.rows import DAY, price
from tests.cli.calls import SMALL, run

MAPPING = """\
api_version: planner/v1
kind: PriceMapping
name: list
file: list.csv
format: csv
columns:
  provider: {column: provider}
  instance: {column: instance}
  gpu: {column: gpu}
  gpu_count: {column: gpu_count}
  region: {column: region}
  price: {column: usd}
"""


def listed() -> PriceRow:
    """A price of the bundled list that holds everywhere."""
    return next(row for row in rows_in_force(load_catalog()) if row.provider == "lambda" and row.region == "any")


def write_list(folder: Path, usd: float) -> None:
    row = listed()
    cells = f"{row.provider},{row.instance},{row.gpu},{row.gpu_count},us-east-1,{usd}"
    (folder / "list.csv").write_text(f"provider,instance,gpu,gpu_count,region,usd\n{cells}\nlambda,new,l4,1,x,1\n")
    (folder / "list.yaml").write_text(MAPPING)


def test_a_slip_in_the_very_first_refresh_is_quarantined(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(prices_edge, "today", lambda: DAY)
    row = listed()
    write_list(tmp_path, 10 * row.usd_per_hour)
    done = run("prices", "refresh", "--mapping", "list.yaml", "--history", "h", cwd=tmp_path)
    assert done.returncode == 0, done.stderr
    key = f"lambda/{row.instance}/us-east-1/on_demand"
    said = (
        f"{key}: {10 * row.usd_per_hour:g} USD/h after {row.usd_per_hour:g} is not believed; --confirm '{key}' takes it"
    )
    assert said in done.stderr
    assert "list: 1 of 2 prices are new: there was none to hold them against" in done.stderr
    assert "h: 1 prices recorded" in done.stderr  # neither the slip nor what stays instead was seen today
    kept = next(line for line in (tmp_path / f"prices/{DAY}.csv").read_text().splitlines() if row.instance in line)
    assert f",{row.usd_per_hour:g}," in kept
    assert kept.endswith(",list: bundled list")
    taken = run("prices", "refresh", "--mapping", "list.yaml", "--force", "--confirm", key, cwd=tmp_path)
    assert taken.returncode == 0
    assert f",{10 * row.usd_per_hour:g}," in (tmp_path / f"prices/{DAY}.csv").read_text()


def test_a_clock_before_the_catalog_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(prices_edge, "today", lambda: "2020-02-02")
    write_list(tmp_path, listed().usd_per_hour)
    done = run("prices", "refresh", "--mapping", "list.yaml", cwd=tmp_path)
    assert f"it is 2020-02-02 here, before the catalog's own {load_catalog().as_of}: is the clock right?" in done.stderr
    assert (tmp_path / "prices/2020-02-02.csv").is_file()


def test_a_snapshot_of_a_day_to_come_is_told_wherever_it_counts(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "small.yaml").write_text(SMALL)
    ahead = f"{datetime.now(UTC) + timedelta(days=2):%Y-%m-%d}"
    for day in (DAY, ahead):
        (tmp_path / f"{day}.csv").write_text(snapshot_text(Snapshot(day, (price(as_of=DAY),))))
    said = f"{ahead}.csv: is of {ahead}, but it is "
    for words in (
        ("validate", "small.yaml", "--prices", "."), ("prices", "show", "--prices", ".", "--limit", "1"),
        ("prices", "diff", f"{DAY}.csv", f"../{tmp_path.name}"),
    ):  # fmt: skip
        done = run(*words, cwd=tmp_path)
        assert (done.returncode, done.stderr.count(said)) == (0, 1), done.stderr
    Settings(prices=tmp_path).setting()  # what plan, check, diff and lock ask for
    assert capsys.readouterr().err.count(said) == 1
    refused = run("prices", "refresh", "vast", "--into", ".", cwd=tmp_path)
    assert (refused.returncode, "is of a day after today" in refused.stderr) == (2, True)
