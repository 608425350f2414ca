"""The currency that a scenario is shown in, looked up; and how old the rates are that its amounts rest on."""

from collections.abc import Callable
from typing import TYPE_CHECKING

from planner.catalog.ages import age_months
from planner.catalog.names import hint_of
from planner.catalog.rows import Catalog
from planner.source import Path as Place

if TYPE_CHECKING:
    from planner.scenario import Scenario

Complain = Callable[[Place, str, str | None], None]
PLACE: Place = ("currency",)


def check_currency(scenario: "Scenario", catalog: Catalog, complain: Complain) -> None:
    """Report a currency without a rate."""
    code = scenario.currency
    if code is not None and code not in catalog.currencies:
        hint = hint_of(code, catalog.currencies, "give its rate in a CatalogOverlay, under `currencies`")
        complain(PLACE, f"no rate is known for the currency {code!r}", hint)


def stale_rates(scenario: "Scenario", catalog: Catalog, stale_months: float) -> list[str]:
    """What a plan says of rates that it uses and that are older than prices may be."""
    used = sorted({*catalog.own.amounts_in, *([scenario.currency] if scenario.currency else [])})
    rates = [catalog.currencies[code] for code in used if code in catalog.currencies]
    ages = age_months([rate.as_of for rate in rates], catalog.as_of).tolist()
    return [
        f"the rate of {rate.currency} is of {rate.as_of}, older than {stale_months:g} months"
        for rate, age in zip(rates, ages, strict=True)
        if age > stale_months
    ]
