"""Rates of currencies: the committed file, and what a broken one is told."""

import csv
import shutil
from pathlib import Path

import pytest

from planner.catalog.loader import load_catalog
from planner.errors import PlannerError
from planner.resources import CATALOG_DATA
from planner.units import earliest_day

CATALOG = load_catalog()


def test_usd_per_unit_is_the_printed_rate_of_usd_over_that_of_the_currency() -> None:
    lines = (CATALOG_DATA / "currencies.csv").read_text("utf-8").splitlines()
    rows = list(csv.DictReader(line for line in lines if not line.startswith("#")))
    usd_per_eur = next(float(row["per_eur"]) for row in rows if row["currency"] == "USD")
    assert len(rows) == len(CATALOG.currencies) >= 30
    for row in rows:
        assert float(row["usd_per_unit"]) == pytest.approx(usd_per_eur / float(row["per_eur"]), rel=1e-5), row
        assert CATALOG.currencies[row["currency"]].usd_per_unit == float(row["usd_per_unit"])
        assert earliest_day(row["as_of"]) <= earliest_day(CATALOG.as_of)


def test_usd_is_the_canonical_unit() -> None:
    assert CATALOG.currencies["USD"].usd_per_unit == 1
    assert 0.8 < CATALOG.currencies["EUR"].usd_per_unit < 1.6


def test_a_broken_file_is_told_line_by_line(tmp_path: Path) -> None:
    shutil.copytree(CATALOG_DATA, tmp_path / "data")
    path = tmp_path / "data" / "currencies.csv"
    head = path.read_text("utf-8").splitlines()[:2]
    rows = [
        "USD,1.1,1,2026-10-30,x",
        "eur,1,1,2026-10-30,x",
        "CHF,0,1,2026-10-30,x",
        "CHF,1,1,2026-13-01,x",
        "JPY,,1,,",
    ]
    path.write_text("\n".join([*head, *rows, ""]), "utf-8")
    with pytest.raises(PlannerError) as caught:
        load_catalog(directory=tmp_path / "data")
    assert str(caught.value).splitlines() == [
        "currencies.csv:3: usd_per_unit of USD is not 1",
        "currencies.csv:4: currency 'eur' is not a code of three capital letters",
        "currencies.csv:5: usd_per_unit '0' is less than 1e-12 or infinite",
        "currencies.csv:6: as_of '2026-13-01' is not a date: YYYY, YYYY-MM or YYYY-MM-DD",
        "currencies.csv:6: currency 'CHF' is given twice",
        "currencies.csv:7: as_of '' is not a date: YYYY, YYYY-MM or YYYY-MM-DD",
        "currencies.csv:7: as_of is blank",
        "currencies.csv:7: source is blank",
        "currencies.csv:7: usd_per_unit is blank",
    ]
