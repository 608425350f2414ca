"""What a plan says of prices, machines, cards and currencies of the user's own."""

from typing import TYPE_CHECKING

import numpy as np

from planner.catalog.private import PrivatePrice
from planner.catalog.rows import Catalog, Offers
from planner.kinds.dataset import Row
from planner.kinds.problem import Problem
from planner.outcome import Configuration, CurrencyReference, OverlayReference
from planner.scenario.fine_tune import FineTune
from planner.units import significant

if TYPE_CHECKING:
    from planner.scenario import Scenario


def private_text(offers: Offers, catalog: Catalog, offer: int) -> str:
    """How the price of an offer came about, where it is the user's own; empty where it is the list's."""
    found = _private_price(offers, offer, catalog)
    if found is None:
        return ""
    listed = "" if found.listed_usd_per_hour is None else f", ${significant(found.listed_usd_per_hour, 4)}/h listed"
    return f"{found.how}{listed}: {_says(found)}"


def own_rows(problem: Problem, front: list[Configuration]) -> list[Row]:
    """What the front rests on that an overlay brought along: prices, terms of providers, constants of cards."""
    catalog = problem.facts.catalog
    rows: dict[str, Row] = {}
    for c in front:
        offer = c.offer
        key = (offer.provider, offer.service or "vm", offer.instance, offer.region, offer.tier)
        if (found := catalog.own.prices.get(key)) is not None:
            listed = found.listed_usd_per_hour
            before = "not listed" if listed is None else f"${significant(listed, 4)}"
            hour = "per hour" if offer.commitment is None else "per committed hour"
            value = f"{before} → ${significant(found.usd_per_hour, 4)} {hour}"
            name = f"price {offer.seller} {offer.instance} in {offer.region} ({offer.tier})"
            rows[name] = (name, value, "U", f"{found.how}: {_says(found)}")
    for name in sorted({c.offer.provider for c in front} & catalog.own.providers.keys()):
        if left_out := catalog.own.providers[name]:
            rows[name] = (f"provider {name}", f"defaults for {', '.join(left_out)}", "E", "the overlay leaves them out")
    for name in sorted({c.hardware.gpu for c in front} & catalog.own.gpus.keys()):
        like = catalog.own.gpus[name]
        rows[name] = (f"card {name}", f"constants of {like}", "E", "extrapolated: nobody measured it")
    return list(rows.values())


def currency_rows(scenario: FineTune, problem: Problem) -> list[Row]:
    """The rates that amounts were read with, or are shown at."""
    catalog = problem.facts.catalog
    shown = [scenario.currency] if scenario.currency is not None else []
    rows: list[Row] = []
    for code in sorted({*catalog.own.amounts_in, *shown}):
        rate = catalog.currencies[code]
        use = "amounts of the scenario are in it" if code in catalog.own.amounts_in else "money is shown in it too"
        value = f"1 {code} = {significant(rate.usd_per_unit, 6)} USD on {rate.as_of}"
        rows.append((f"currency {code}", value, "C", f"{rate.source}; {use}"))
    if scenario.tax is not None:
        value = f"{scenario.tax.percent:g} % of the cost"
        rows.append((f"tax {scenario.tax.name}", value, "U", "beside the cost, never inside; decides nothing"))
    return rows


def currency_reference(scenario: "Scenario", catalog: Catalog) -> CurrencyReference | None:
    """The currency that the plan is shown in."""
    if scenario.currency is None:
        return None
    rate = catalog.currencies[scenario.currency]
    return CurrencyReference(
        code=rate.currency, usd_per_unit=rate.usd_per_unit, as_of=rate.as_of, source=rate.source
    )  # fmt: skip


def overlay_references(catalog: Catalog) -> list[OverlayReference]:
    """The overlays that the plan rests on."""
    return [OverlayReference(name=o.name, file=o.file, digest=o.digest) for o in catalog.own.files]


def _private_price(offers: Offers, offer: int, catalog: Catalog) -> PrivatePrice | None:
    if not catalog.own.prices:
        return None
    return catalog.own.prices.get(offers.take(np.array([offer])).identities()[0])


def _says(found: PrivatePrice) -> str:
    """Who says so, and how long."""
    said = f"{found.source} ({found.overlay})" if found.source else found.overlay
    return f"{said}, until {found.until}" if found.until else said
