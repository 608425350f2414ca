"""The cheapest price on demand of each card that the catalog trusts."""

from collections.abc import Mapping
from typing import Final

import numpy as np

from planner.catalog.managed import QUOTED
from planner.catalog.names import resolve_gpus
from planner.catalog.rows import PLAIN, Catalog
from planner.space.offers import STALE_MONTHS

_DOUBTED: Final = ("low", QUOTED)


def cheapest_on_demand(catalog: Catalog) -> Mapping[str, float]:
    """Card id → USD per GPU-hour on a plain machine, at whatever provider; cards without a trusted price are left out.

    Trusted are the prices that a plan counts with unless it is told otherwise: no marketplace hosts, no retired series,
    none of low confidence, none quoted from other tools, none older than 18 months.
    """
    offers = catalog.offers
    trusted = (offers.tier == "on_demand") & (offers.service == PLAIN) & ~offers.marketplace & ~offers.retired
    trusted &= ~np.isin(offers.confidence, _DOUBTED) & (offers.age_months <= STALE_MONTHS)
    trusted &= np.isfinite(offers.price_usd_per_hour)
    least = np.full(len(catalog.gpus), np.inf)
    np.minimum.at(least, offers.gpu[trusted], (offers.price_usd_per_hour / offers.gpu_count)[trusted])
    return {gpu.id: float(usd) for gpu, usd in zip(catalog.gpus, least, strict=True) if np.isfinite(usd)}


def price_of(prices: Mapping[str, float], catalog: Catalog, gpu: str) -> float | None:
    """The price of a card by its name; of a family, such as a100, that of its cheapest variant. None where unknown."""
    found = [prices[catalog.gpus[row].id] for row in resolve_gpus(catalog, gpu) if catalog.gpus[row].id in prices]
    return min(found, default=None)
