"""Which offers a scenario may use: what it names, less what the default filters hold back (each is counted)."""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from planner.catalog.names import resolve_gpus
from planner.catalog.rows import Bools, Catalog, Ints, Offers
from planner.scenario.blocks import Hardware

STALE_MONTHS = 18.0

FILTERS: Mapping[str, str] = {
    "retired": "retired series",
    "marketplace": "marketplace hosts",
    "non_nvidia": "accelerators not from NVIDIA",
    "derived_spot": "spot prices derived from an average saving, low confidence",
    "low_confidence": "prices of low confidence",
    "stale": "prices older than 18 months",
}
"""Default filters in the order they are counted; `hardware.allow` turns one off."""


@dataclass(frozen=True, slots=True)
class Shapes:
    """Machine shapes: which card, and how many of them in one node."""

    gpu: Ints
    count: Ints

    def __len__(self) -> int:
        """Number of shapes."""
        return len(self.gpu)


@dataclass(frozen=True, slots=True)
class Market:
    """The offers in play, their shapes, and what was held back."""

    offers: Offers
    shapes: Shapes
    shape_of_offer: Ints
    removed: Mapping[str, int]
    """Offers held back, by filter."""
    unpriced_spot: Mapping[str, int]
    """Offers in play on demand for which no spot price is known, by provider; empty unless spot is asked for."""


def open_market(hardware: Hardware, catalog: Catalog) -> Market:
    """Select offers by name, then apply the default filters, then find the distinct shapes."""
    offers = catalog.offers
    named = _named(hardware, catalog)
    wanted_tier = np.isin(offers.spot, [tier == "spot" for tier in hardware.tiers])
    removed = {}
    kept = named.copy()
    for name, hit in _filter_hits(hardware, catalog).items():
        removed[name] = int((kept & hit & wanted_tier).sum())
        kept &= ~hit
    rows = np.flatnonzero(kept & wanted_tier)
    chosen = offers.take(rows)
    pairs = np.stack([chosen.gpu, chosen.gpu_count], axis=1).reshape(-1, 2)
    unique, inverse = np.unique(pairs, axis=0, return_inverse=True)
    return Market(
        offers=chosen,
        shapes=Shapes(unique[:, 0], unique[:, 1]),
        shape_of_offer=inverse.reshape(-1),
        removed={name: count for name, count in removed.items() if count},
        unpriced_spot=_unpriced_spot(hardware, catalog, kept),
    )


def _named(hardware: Hardware, catalog: Catalog) -> Bools:
    """Offers of any tier that the scenario's own words select."""
    offers = catalog.offers
    mask = np.ones(len(offers), bool)
    if hardware.gpus != "any":
        wanted = sorted({index for name in hardware.gpus for index in resolve_gpus(catalog, name)})
        mask &= np.isin(offers.gpu, wanted)
    if hardware.counts != "any":
        mask &= np.isin(offers.gpu_count, hardware.counts)
    if hardware.providers != "any":
        ids = [offers.providers.index(name) for name in hardware.providers if name in offers.providers]
        mask &= np.isin(offers.provider, ids)
    if hardware.regions != "any":
        mask &= np.isin(offers.region, hardware.regions)
    return mask


def _filter_hits(hardware: Hardware, catalog: Catalog) -> dict[str, Bools]:
    """Rows each filter in force would hold back; naming a card or provider is asking for it."""
    offers = catalog.offers
    foreign = np.array([gpu.vendor.lower() != "nvidia" for gpu in catalog.gpus])
    hits = {
        "retired": offers.retired,
        "marketplace": offers.marketplace & (hardware.providers == "any"),
        "non_nvidia": foreign[offers.gpu] & (hardware.gpus == "any"),
        "derived_spot": offers.spot & offers.derived_spot & (offers.confidence == "low"),
        "low_confidence": offers.confidence == "low",
        "stale": ~(offers.age_months <= STALE_MONTHS),
    }
    if "derived_spot" in hardware.allow:
        hits["low_confidence"] = hits["low_confidence"] & ~offers.derived_spot
    return {name: hits[name] for name in FILTERS if name not in hardware.allow}


def _unpriced_spot(hardware: Hardware, catalog: Catalog, kept: Bools) -> dict[str, int]:
    if "spot" not in hardware.tiers:
        return {}
    offers = catalog.offers
    keys = list(zip(offers.provider, offers.instance, offers.region, strict=True))
    priced = {keys[row] for row in np.flatnonzero(offers.spot)}
    counts: dict[str, int] = {}
    for row in np.flatnonzero(kept & ~offers.spot):
        if keys[row] not in priced:
            name = offers.providers[offers.provider[row]]
            counts[name] = counts.get(name, 0) + 1
    return dict(sorted(counts.items()))
