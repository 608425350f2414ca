"""Private prices of all overlays of a scenario, in their order, laid on the offers of a catalog."""

import math
from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from planner.catalog.digits import all_ten_digits
from planner.catalog.private import PrivatePrice
from planner.catalog.rows import Bools, Catalog, Floats, Offers
from planner.scenario.catalog_overlay import Dated, Egress, Storage
from planner.source import Path as Place
from planner.space.overlay.discounts import with_discounts
from planner.space.overlay.machines import with_rates
from planner.space.overlay.matching import in_regions, provider_of
from planner.space.overlay.price_book import private_usd_per_hour
from planner.space.overlay.rates import FixedRate, with_fixed_rates, with_machines
from planner.space.overlay.reading import Written
from planner.space.overlay.told import Told

Origins = dict[int, tuple[str, str, str, str]]
"""Row of an offer → how its price came about, its source, the overlay's name, its last day."""


def with_prices(catalog: Catalog, overlays: Sequence[Written], told: Told) -> Catalog:
    """The catalog with the machines, private prices, storage and egress of overlays; of several lines the last counts.

    Offers keep all that no line speaks of. Nothing is laid where a problem was found.
    """
    listed = len(catalog.offers)
    catalog, owned = with_machines(catalog, overlays, told)
    catalog, fixed = with_fixed_rates(catalog, overlays, told)
    list_price = np.where(np.arange(len(catalog.offers)) < listed, catalog.offers.price_usd_per_hour, np.nan)
    catalog, negotiated = with_discounts(catalog, list_price, overlays, told)
    list_price = np.concatenate([list_price, np.full(len(catalog.offers) - len(list_price), np.nan)])
    offers = _with_places(catalog, overlays, told)
    if told.problems:
        return catalog
    rates = [*owned, *fixed]
    origins: Origins = {}
    percent, off = np.full(len(offers), np.nan), list_price.copy()
    for each in negotiated:
        percent[each.rows], off[each.rows] = each.line.percent, each.off_usd
        origins |= dict.fromkeys(each.rows.tolist(), (each.how, *_origin(each.one, each.line)))
    usd = np.full(len(offers), np.nan)
    for rate in rates:
        usd[rate.rows] = rate.line.price
        how = "fixed rate" if rate.line.gpu is None else "machine of your own"
        origins |= dict.fromkeys(rate.rows.tolist(), (how, *_origin(rate.one, rate.line)))
    price = all_ten_digits(private_usd_per_hour(off, percent, usd))
    changed = np.array(sorted(origins), np.int64)
    hourly, committed = offers.price_usd_per_hour.copy(), offers.committed_usd_per_hour.copy()
    hourly[changed] = price[changed]
    committed[changed] = np.where(offers.term[changed] != "", price[changed], np.nan)
    offers = replace(offers, price_usd_per_hour=hourly, committed_usd_per_hour=committed)
    keys = offers.identities()
    private = {keys[row]: _private(list_price[row], price[row], origins[row]) for row in changed.tolist()}
    return replace(
        catalog,
        offers=_dated(offers, rates, catalog.as_of),
        own=replace(catalog.own, prices={**catalog.own.prices, **private}),
    )


def _private(listed: float, usd: float, origin: tuple[str, str, str, str]) -> PrivatePrice:
    return PrivatePrice(None if math.isnan(listed) else float(listed), float(usd), *origin)


def _dated(offers: Offers, rates: Sequence[FixedRate], today: str) -> Offers:
    """Offers with a fixed rate are as sure and as old as that is."""
    days = {row: rate.line.as_of for rate in rates for row in rate.rows.tolist()}
    rows = sorted(days)
    return with_rates(offers, np.array(rows, np.int64), [days[row] for row in rows], today)


def _origin(one: Written, line: Dated) -> tuple[str, str, str]:
    return line.source or "", one.overlay.metadata.name, line.until or ""


def _with_places(catalog: Catalog, overlays: Sequence[Written], told: Told) -> Offers:
    """The offers with own prices of storage and egress."""
    offers = catalog.offers
    storage, egress = offers.storage_usd_per_gb_month.copy(), offers.egress_usd_per_gb.copy()
    stored, left = offers.storage_known.copy(), offers.egress_known.copy()
    for one in overlays:
        tables: tuple[tuple[str, Sequence[Storage | Egress], Floats, Bools], ...] = (
            ("storage", one.overlay.storage, storage, stored),
            ("egress", one.overlay.egress, egress, left),
        )
        for name, lines, price, known in tables:
            for i, line in enumerate(lines):
                place: Place = (name, i)
                provider = provider_of(line.provider, catalog, place, told.complain(one))
                if provider is None or not told.counts(one, line, place, f"the price of {name} at {line.provider}"):
                    continue
                mine = in_regions(offers, offers.provider == provider, line.regions, place, told.complain(one))
                price[mine], known[mine] = line.price, True
    given_away = np.where(left & ~offers.egress_known, 0.0, offers.egress_free_gb)
    return replace(
        offers, storage_usd_per_gb_month=storage, storage_known=stored, egress_usd_per_gb=egress, egress_known=left,
        egress_free_gb=given_away,
    )  # fmt: skip
