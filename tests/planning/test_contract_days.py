"""The day at which contracts hold: that of the start, else the catalog's date, and what is told of those since over."""

import datetime as dt
import subprocess
from pathlib import Path
from typing import Any

import pytest

from planner.catalog.loader import load_catalog
from planner.planning import read_scenario
from planner.space.overlay.lapsing import lapsed
from planner.units import earliest_day
from tests.cli.calls import run
from tests.planning.test_overlays import EDP, RATE, SCENARIO, write

pytestmark = pytest.mark.usefixtures("without_advice")

DATE = load_catalog().as_of


def day(after: int) -> str:
    """A day so many days after the catalog's date."""
    return (earliest_day(DATE) + dt.timedelta(days=after)).isoformat()


ENDS, TODAY, START = day(8), day(18), day(23)
ENDING: dict[str, Any] = RATE | {"as_of": "2026-06-01", "until": ENDS}
NIGHTS = {"providers": ["aws"], "hours": "22:00-06:00", "percent_off": 30}


@pytest.fixture(autouse=True)
def _today(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("planner.cli.prices_edge.today", lambda: TODAY)


def starting(start: str | None, **more: Any) -> dict[str, Any]:
    hardware = SCENARIO["hardware"] | ({} if start is None else {"start": start})
    return {"hardware": hardware, "constraints": {"max_cost": "$100k"}, **more}


def price(path: Path) -> tuple[float, list[str]]:
    ready = read_scenario(path)
    return float(ready.space.market.offers.price_usd_per_hour[0]), [one.message for one in ready.warnings]


def test_a_rate_that_ends_before_the_start_does_not_count(tmp_path: Path) -> None:
    now = write(tmp_path, starting(None), {"offers": [ENDING]})
    assert price(now) == (27.52, [])
    then = write(tmp_path, starting(f"{START}T22:00+01:00"), {"offers": [ENDING], "time_rates": [NIGHTS]})
    usd, told = price(then)
    assert usd == 55.04
    assert told == [
        f"overlay acme-0: the price of aws p5.48xlarge ended on {ENDS}, before hardware.start {START}: "
        "it does not count"
    ]


def test_a_rate_that_begins_before_the_start_counts(tmp_path: Path) -> None:
    later = {key: value for key, value in EDP.items() if key != "gpus"} | {"from": day(19)}
    nights = {"time_rates": [NIGHTS]}
    assert price(write(tmp_path, starting(START), {"discounts": [later]} | nights))[0] == pytest.approx(0.82 * 55.04)
    assert price(write(tmp_path, starting(TODAY), {"discounts": [later]} | nights))[0] == 55.04


def test_the_day_is_the_one_that_is_written(tmp_path: Path) -> None:
    """Half past midnight in Berlin is the day before in UTC, and the contract counts the days of Berlin."""
    nights = {"time_rates": [NIGHTS]}
    last = starting(f"{ENDS}T23:30-08:00")
    assert price(write(tmp_path, last, {"offers": [ENDING]} | nights))[0] == 27.52
    over = starting(f"{day(9)}T00:30+01:00")
    assert price(write(tmp_path, over, {"offers": [ENDING]} | nights))[0] == 55.04


def test_a_rate_by_time_that_is_over_at_the_start(tmp_path: Path) -> None:
    _, told = price(write(tmp_path, starting(START), {"time_rates": [NIGHTS | {"until": ENDS}]}))
    assert f"ended on {ENDS}, before hardware.start {START}" in told[0]


def test_a_start_before_the_catalog_is_told_at_its_place(tmp_path: Path) -> None:
    ready = read_scenario(write(tmp_path, starting("2025-01-01"), {"time_rates": [NIGHTS]}))
    assert [(one.at, one.message, one.hint) for one in ready.warnings] == [
        (
            "hardware.start", f"is before the catalog's date {DATE}: prices are of that date, not of the start",
            "give a later start, or an earlier date: --as-of",
        )
    ]  # fmt: skip
    assert price(write(tmp_path, starting(f"{DATE}T00:30+02:00"), {"time_rates": [NIGHTS]}))[1] == []


def test_what_has_lapsed_since_by_line(tmp_path: Path) -> None:
    parts = {
        "offers": [ENDING], "discounts": [EDP | {"until": ENDS}, EDP], "time_rates": [NIGHTS | {"until": ENDS}],
        "storage": [{"provider": "aws", "price": "$0.05", "until": ENDS}],
        "egress": [{"provider": "aws", "price": "$0.05", "until": ENDS}],
    }  # fmt: skip
    overlays = read_scenario(write(tmp_path, starting(None), parts)).overlays
    assert overlays is not None
    assert [one.at for one in lapsed(overlays, DATE, day(9))] == [
        "offers[0].until", "discounts[0].until", "storage[0].until", "egress[0].until", "time_rates[0].until",
    ]  # fmt: skip
    assert lapsed(overlays, DATE, ENDS) == []
    assert lapsed(overlays, day(9), TODAY) == []  # told as what does not count


def test_the_edge_tells_of_lines_that_are_over_by_today(tmp_path: Path) -> None:
    path = write(tmp_path, starting(None), {"offers": [ENDING]})
    said = f"the price of aws p5.48xlarge ended on {ENDS}, and it is {TODAY}: by the catalog's date {DATE} it counts"
    planned = run("plan", path, "--outputs", "none", "--out", "out", cwd=tmp_path)
    assert planned.returncode == 0
    assert f"{said}; --as-of {TODAY} goes by today" in planned.stderr
    assert TODAY not in (tmp_path / "out" / "plan.json").read_text("utf-8")
    locked = run("lock", path.name, cwd=tmp_path)
    assert f"warning: prices-0.yaml:12: overlay acme-0: {said}" in locked.stderr
    checked = run("check", path.name, "--today", TODAY, cwd=tmp_path, PLANNER_CACHE="none")
    assert f"warning: prices-0.yaml:12: overlay acme-0: {said}" in checked.stderr


def test_nothing_is_told_with_a_date_or_a_start(tmp_path: Path) -> None:
    path = write(tmp_path, starting(None), {"offers": [ENDING]})
    dated = run("plan", path, "--as-of", DATE, "--outputs", "none", "--out", "out", cwd=tmp_path)
    assert f"and it is {TODAY}" not in dated.stderr
    write(tmp_path, starting(day(7)), {"offers": [ENDING], "time_rates": [NIGHTS]})
    started = run("plan", path, "--outputs", "none", "--out", "out", cwd=tmp_path)
    assert f"and it is {TODAY}" not in started.stderr


def test_a_change_is_told_of_its_contracts_by_the_head(tmp_path: Path) -> None:
    path = write(tmp_path, starting(None), {"offers": [ENDING]})
    (tmp_path / ".git").rmdir()
    for words in (
        ["init", "-q", "-b", "main"], ["add", "."],
        ["-c", "user.name=a", "-c", "user.email=a@b", "commit", "-q", "-m", "all"],
    ):  # fmt: skip
        subprocess.run(["git", *words], cwd=tmp_path, check=True)
    path.write_text(path.read_text("utf-8").replace("20k", "21k"), "utf-8")
    checked = run("check", "--base", "HEAD", "--today", TODAY, cwd=tmp_path, PLANNER_CACHE="none")
    assert "warning: prices-0.yaml:12: overlay acme-0: the price of aws p5.48xlarge ended on" in checked.stderr
