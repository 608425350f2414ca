"""Tiers are written down where each layer can read them without the weight of the others: they must agree."""

from planner.catalog.prices import row
from planner.scenario import tiers


def test_price_rows_and_scenarios_name_the_same_tiers() -> None:
    assert row.TIERS == tiers.TIERS
