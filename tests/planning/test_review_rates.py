"""Own rates of a review: bills are converted by them, and the same ones show money."""

import datetime
from pathlib import Path
from typing import Any

import pytest

from planner.catalog.loader import load_catalog
from planner.kinds.private import currency_reference
from planner.planning import ReviewReady, read_ready
from planner.source import InvalidInput

CATALOG = load_catalog()


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    (tmp_path / "bill.csv").write_text("BilledCost\n")
    monkeypatch.chdir(tmp_path)
    return tmp_path


def ready(**said: Any) -> ReviewReady:
    scenario = {
        "api_version": "planner/v1", "kind": "SpendReview", "metadata": {"name": "x"},
        "sources": [{"focus": "bill.csv"}], **said,
    }  # fmt: skip
    found = read_ready(scenario, CATALOG, today=datetime.date(2026, 11, 24))
    assert isinstance(found, ReviewReady)
    return found


@pytest.mark.usefixtures("folder")
def test_money_is_shown_by_the_rate_that_bills_are_converted_by() -> None:
    found = ready(currency="EUR", rates={"EUR": 1.25})
    shown = currency_reference(found.scenario, found.catalog)
    assert shown is not None
    assert (found.usd_per_unit["EUR"], found.usd_per_unit["USD"]) == (1.25, 1.0)
    assert (shown.usd_per_unit, shown.as_of, shown.source) == (1.25, "2026-11-24", "the scenario's own rate")


@pytest.mark.usefixtures("folder")
def test_without_one_the_catalog_s_counts() -> None:
    found = ready(currency="EUR")
    assert found.catalog.currencies == CATALOG.currencies
    assert found.usd_per_unit["EUR"] == CATALOG.currencies["EUR"].usd_per_unit


@pytest.mark.usefixtures("folder")
def test_a_currency_that_only_the_scenario_has_a_rate_for_is_shown() -> None:
    found = ready(currency="XTS", rates={"XTS": 0.5})
    shown = currency_reference(found.scenario, found.catalog)
    assert shown is not None
    assert shown.usd_per_unit == 0.5
    with pytest.raises(InvalidInput, match="no rate is known for the currency 'XTS'"):
        ready(currency="XTS")
