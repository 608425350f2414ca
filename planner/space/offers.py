"""Which offers a scenario may use: what it names, less what the default filters hold back (each is counted)."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np

from planner.catalog.managed import QUOTED
from planner.catalog.names import resolve_gpus
from planner.catalog.rate_plans import FLAT
from planner.catalog.rows import Bools, Catalog, Ints, Offers
from planner.scenario.hardware import Hardware

STALE_MONTHS = 18.0
NO_TWIN = -1
"""In place of the row of a spot twin, where an offer has none."""

RULES: Mapping[str, str] = {
    "residency": "outside the countries of hardware.residency, or in an unknown one",
    "min_availability": "availability below hardware.min_availability, or unknown",
}
"""What a scenario asks of offers beside naming them, in the order they are counted."""
SWITCHES: Mapping[str, str] = {
    "retired": "retired series",
    "marketplace": "marketplace hosts",
    "non_nvidia": "accelerators not from NVIDIA",
    "managed": "managed training services, priced by a surcharge of low confidence",
    "quoted": "prices quoted from other tools, of 2024",
    "derived_spot": "spot prices derived from an average saving, low confidence",
    "derived_commitment": "committed prices derived from a typical discount, low confidence",
    "low_confidence": "prices of low confidence",
    "stale": "prices older than 18 months",
}
"""Default filters in the order they are counted; `hardware.allow` turns one off."""
FILTERS: Mapping[str, str] = {**RULES, **SWITCHES}
"""Everything that holds offers back, in words."""


def filter_words(name: str, stale_months: float = STALE_MONTHS) -> str:
    """What a filter holds back, in words, for prices that are stale from this age on."""
    return f"prices older than {stale_months:g} months" if name == "stale" else FILTERS[name]


def turn_off(name: str) -> str:
    """The line of a scenario that lets in what a filter holds back; empty for the scenario's own rules."""
    return f"hardware: {{allow: [{name}]}}" if name in SWITCHES else ""


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
    stale_months: float = STALE_MONTHS
    """Age in months from which prices are held back."""

    def restricted(self, kept: Bools) -> "Market":
        """The market with these of its offers only."""
        offers = self.offers.take(np.flatnonzero(kept))
        shapes, shape_of_offer = _shapes(offers)
        return replace(self, offers=offers, shapes=shapes, shape_of_offer=shape_of_offer)


def open_market(hardware: Hardware, catalog: Catalog, stale_months: float = STALE_MONTHS) -> Market:
    """Select offers by name, then apply the scenario's rules and the default filters, then find the distinct shapes."""
    offers = catalog.offers
    named = _named(hardware, catalog)
    wanted_tier = np.isin(offers.tier, hardware.tiers)
    removed = {}
    kept = named.copy()
    hits = {**_broken_rules(hardware, catalog), **_filter_hits(hardware, catalog, stale_months)}
    for name, hit in hits.items():
        removed[name] = int((kept & hit & wanted_tier).sum())
        kept &= ~hit
    rows = np.flatnonzero(kept & wanted_tier)
    twin = _spot_twins(offers, rows, kept)
    chosen = replace(
        offers.take(rows),
        spot_twin_usd_per_hour=np.where(twin == NO_TWIN, np.nan, offers.price_usd_per_hour[twin]),
        spot_twin_rate=np.where(twin == NO_TWIN, FLAT, offers.rate[twin]),
    )
    shapes, shape_of_offer = _shapes(chosen)
    return Market(
        offers=chosen,
        shapes=shapes,
        shape_of_offer=shape_of_offer,
        removed={name: count for name, count in removed.items() if count},
        unpriced_spot=_unpriced_spot(hardware, catalog, kept),
        stale_months=stale_months,
    )


def _spot_twins(offers: Offers, rows: Ints, kept: Bools) -> Ints:
    """The spot twin of each of these rows among the spot rows that are let in, or `NO_TWIN`."""
    keys = list(zip(offers.provider, offers.service, offers.instance, offers.region, strict=True))
    spots = {keys[row]: int(row) for row in np.flatnonzero(kept & offers.spot)}
    return np.array([NO_TWIN if offers.spot[row] else spots.get(keys[row], NO_TWIN) for row in rows.tolist()], np.int64)


def _shapes(offers: Offers) -> tuple[Shapes, Ints]:
    """The distinct machines of some offers, and which one each offer is."""
    pairs = np.stack([offers.gpu, offers.gpu_count], axis=1).reshape(-1, 2)
    unique, inverse = np.unique(pairs, axis=0, return_inverse=True)
    return Shapes(unique[:, 0], unique[:, 1]), inverse.reshape(-1)


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
    if hardware.services != "any":
        mask &= np.isin(offers.service, hardware.services)
    return mask


def countries_of(names: Sequence[str], catalog: Catalog) -> frozenset[str]:
    """The countries that codes and groups mean, in any case; what is neither means none."""
    groups = {name.upper(): countries for name, countries in catalog.country_groups.items()}
    known = known_countries(catalog)
    return frozenset(
        country
        for name in names
        for country in groups.get(name.upper(), (name.upper(),) if name.upper() in known else ())
    )


def known_countries(catalog: Catalog) -> frozenset[str]:
    """Countries that some offer lies in or some group names."""
    groups = (country for countries in catalog.country_groups.values() for country in countries)
    return frozenset([*groups, *np.unique(catalog.offers.country).tolist()]) - {""}


def _broken_rules(hardware: Hardware, catalog: Catalog) -> dict[str, Bools]:
    """Rows that break a rule of the scenario; what is unknown satisfies none."""
    offers = catalog.offers
    hits: dict[str, Bools] = {}
    if hardware.residency is not None:
        hits["residency"] = ~np.isin(offers.country, sorted(countries_of(hardware.residency, catalog)))
    if hardware.min_availability is not None:
        hits["min_availability"] = ~(offers.availability >= hardware.min_availability)
    return hits


def _filter_hits(hardware: Hardware, catalog: Catalog, stale_months: float) -> dict[str, Bools]:
    """Rows each filter in force would hold back; naming a card, provider or service is asking for it.

    A filter that says more than low confidence or age speaks alone: what it lets in is not held back for those.
    """
    offers = catalog.offers
    managed = np.isin(offers.service, [surcharge.service for surcharge in catalog.surcharges])
    quoted = offers.confidence == QUOTED
    foreign = np.array([gpu.vendor.lower() != "nvidia" for gpu in catalog.gpus])
    hits = {
        "retired": offers.retired,
        "marketplace": offers.marketplace & (hardware.providers == "any"),
        "non_nvidia": foreign[offers.gpu] & (hardware.gpus == "any"),
        "managed": managed & (hardware.services == "any"),
        "quoted": quoted,
        "derived_spot": offers.spot & offers.derived_spot & (offers.confidence == "low"),
        "derived_commitment": offers.derived_term & (offers.confidence == "low"),
        "low_confidence": (offers.confidence == "low") & ~managed,
        "stale": ~(offers.age_months <= stale_months) & ~quoted,
    }
    if "derived_spot" in hardware.allow:
        hits["low_confidence"] = hits["low_confidence"] & ~offers.derived_spot
    if "derived_commitment" in hardware.allow:
        hits["low_confidence"] = hits["low_confidence"] & ~offers.derived_term
    return {name: hits[name] for name in SWITCHES if name not in hardware.allow}


def _unpriced_spot(hardware: Hardware, catalog: Catalog, kept: Bools) -> dict[str, int]:
    if "spot" not in hardware.tiers:
        return {}
    offers = catalog.offers
    keys = list(zip(offers.provider, offers.instance, offers.region, strict=True))
    priced = {keys[row] for row in np.flatnonzero(offers.spot)}
    counts: dict[str, int] = {}
    for row in np.flatnonzero(kept & (offers.tier == "on_demand")):
        if keys[row] not in priced:
            name = offers.providers[offers.provider[row]]
            counts[name] = counts.get(name, 0) + 1
    return dict(sorted(counts.items()))
