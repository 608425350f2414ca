"""Rates by the time of the week that overlays bring along, laid on the offers of a catalog after all prices."""

from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from planner.catalog.rate_plans import FLAT
from planner.catalog.rows import Catalog, Offers
from planner.space.overlay.reading import Written
from planner.space.overlay.told import Told
from planner.space.time_rates import Line, rate_words, slip_of, with_time_rates


def with_own_rates(catalog: Catalog, overlays: Sequence[Written], told: Told) -> Catalog:
    """The catalog with the rates of overlays; for an offer that several have rates for, those of the last count.

    A private price stands alone, with no sustained use off it: Google gives that where there is no other discount.
    """
    catalog = replace(catalog, offers=_without_sustained_use(catalog))
    for one in overlays:
        lines = []
        for i, rate in enumerate(one.overlay.time_rates):
            if told.counts(one, rate, ("time_rates", i), f"the rate of {rate_words(rate)}"):
                said = (
                    one.overlay.metadata.name if rate.source is None else f"{rate.source} ({one.overlay.metadata.name})"
                )
                lines.append(Line(rate, ("time_rates", i), said))
                key, slipped = slip_of(rate)
                if slipped:
                    told.warn(one, ("time_rates", i, key), slipped)
        if not lines:
            continue
        offers, holding = with_time_rates(catalog, lines, told.complain(one))
        catalog = replace(catalog, offers=offers)
        for line, held in zip(lines, holding, strict=True):
            if not held and not told.problems:
                told.warn(one, line.place, f"{rate_words(line.rate)} holds for no offer of the catalog")
    return catalog


def _without_sustained_use(catalog: Catalog) -> Offers:
    """The offers as the provider's own list has them, and no rate plan where the price is a user's own.

    Other tiers that joined for a private price have that of the machine on demand no more.
    """
    offers, own = catalog.offers, catalog.own.prices
    if not own:
        return offers
    private = np.array([key in own for key in offers.identities()], bool)
    return replace(offers, rate=np.where(private, FLAT, offers.rate))
