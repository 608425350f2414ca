"""Commitments of years: what a discount takes off the price on demand, where no committed price is listed."""

from collections.abc import Iterable, Sequence
from dataclasses import replace

import numpy as np

from planner.catalog.managed import QUOTED
from planner.catalog.quoted import Discount
from planner.catalog.rows import PLAIN, Catalog, Floats, Ints, Offers

_WORSE = (QUOTED, "low", "medium", "high")
_GPU_VENDORS = ("nvidia", "amd", "intel")


def fitting(known: Iterable[Discount], provider: str, gpu: str, term: str) -> list[Discount]:
    """The provider's own discounts for a card and a term (`1y`, `3y`), else what is typical of the card."""
    fits = [d for d in known if d.term == term and (not d.gpus or gpu.startswith(d.gpus))]
    return [d for d in fits if d.provider == provider] or [d for d in fits if d.provider == "any"]


def derived_commitments(catalog: Catalog, tiers: Sequence[str]) -> Offers:
    """Committed twins of machines on demand in these tiers, where none is listed; the middle of the known discount.

    Only GPUs on plain machines of clouds: a managed service and a marketplace sell no commitments that are known. A
    discount of which only the upper bound is printed gives no price. Prices are USD per committed hour.
    """
    catalog = replace(catalog, offers=_at_list_prices(catalog))
    offers = catalog.offers
    plain = (offers.tier == "on_demand") & (offers.service == PLAIN) & ~offers.marketplace
    plain &= np.isfinite(offers.price_usd_per_hour)
    vendors = np.array([gpu.vendor.lower() in _GPU_VENDORS for gpu in catalog.gpus], bool)
    base = np.flatnonzero(plain & vendors[offers.gpu] & (offers.confidence != QUOTED))
    found = [_in_tier(catalog, base, tier) for tier in tiers]
    return offers.take(np.empty(0, np.int64)).and_also(*found)


def _at_list_prices(catalog: Catalog) -> Offers:
    """The offers on demand as listed: what a commitment saves is off the list, never off what somebody pays on demand.

    That is neither a price of one's own, nor what a user's runs say is paid of the list: both are of their tier alone.
    A machine that no list has is without a price here.
    """
    offers, own, paid = catalog.offers, catalog.own.prices, catalog.calibration.paid
    price = offers.price_usd_per_hour.copy()
    private = np.zeros(len(offers), bool)
    if own:
        for row, key in enumerate(offers.identities()):
            if key in own:
                listed = own[key].listed_usd_per_hour
                price[row], private[row] = np.nan if listed is None else listed, True
    for index, name in enumerate(offers.providers):
        if (share := paid.get(f"{name}/on_demand")) is not None:
            price[(offers.provider == index) & (offers.tier == "on_demand") & ~private] /= share
    return replace(offers, price_usd_per_hour=price)


def _in_tier(catalog: Catalog, base: Ints, tier: str) -> Offers:
    offers = catalog.offers
    place = (offers.provider, offers.service, offers.instance, offers.region)
    keys = list(zip(*(column.tolist() for column in place), strict=True))
    listed = {keys[row] for row in np.flatnonzero(offers.term == tier)}
    kind, _, years = tier.partition("_")
    share, trust = _discounts(catalog, base, kind, years)
    left = np.isfinite(share) & np.array([keys[row] not in listed for row in base.tolist()], bool)
    machines = offers.take(base[left])
    price = machines.price_usd_per_hour * (1.0 - share[left])
    rank = np.array([_WORSE.index(word) for word in machines.confidence.tolist()], np.int64)
    return replace(
        machines,
        term=np.full(len(machines), tier),
        derived_term=np.ones(len(machines), bool),
        committed_usd_per_hour=price,
        price_usd_per_hour=price,
        confidence=np.array(_WORSE)[np.minimum(rank, trust[left])],
    )


def _discounts(catalog: Catalog, base: Ints, kind: str, years: str) -> tuple[Floats, Ints]:
    """Of each machine the discount, NaN where none is known, and the rank of its confidence.

    Of several the least is taken.
    """
    offers = catalog.offers
    cards = np.column_stack([offers.provider[base], offers.gpu[base]]).reshape(-1, 2)
    unique, which = np.unique(cards, axis=0, return_inverse=True)
    rows = []
    for provider, gpu in unique.tolist():
        near = fitting(catalog.discounts, offers.providers[provider], catalog.gpus[gpu].id, years)
        known = [((d.low + d.high) / 2.0, _WORSE.index(d.confidence)) for d in near if d.kind == kind]
        rows.append(min((one for one in known if np.isfinite(one[0])), default=(np.nan, 0)))
    table = np.array(rows, np.float64).reshape(-1, 2)[which.reshape(-1)]
    return table[:, 0], table[:, 1].astype(np.int64)
