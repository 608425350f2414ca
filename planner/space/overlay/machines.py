"""Machines that an overlay adds: those the catalog lacks, and other tiers of a machine that it lists on demand."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from planner.catalog.ages import age_months
from planner.catalog.defaults import read_defaults
from planner.catalog.rows import PLAIN, Bools, Catalog, Ints, Offers
from planner.catalog.spot_rates import with_spot_rates, without_spot_rates
from planner.scenario.tiers import COMMITTED

SPOT = "spot"
ON_DEMAND = "on_demand"


@dataclass(frozen=True, slots=True)
class Machine:
    """A machine of one's own in one region."""

    provider: int
    instance: str
    region: str
    tier: str
    gpu: int
    gpu_count: int
    vcpus: float
    memory_gib: float
    country: str
    grid_kg_per_kwh: float
    """NaN: that of the place."""
    pue: float


def own_machines(catalog: Catalog, machines: Sequence[Machine]) -> Offers:
    """Offers of these machines, without a price: terms are those of their provider, place and card."""
    n = len(machines)
    providers = catalog.offers.providers
    rows = [catalog.providers[m.provider] for m in machines]
    columns: dict[str, Any] = {name: _blank(getattr(catalog.offers, name), n) for name in Offers.columns()}
    columns |= {
        "provider": np.array([m.provider for m in machines], np.int64),
        "service": np.full(n, PLAIN),
        "instance": np.array([m.instance for m in machines], np.str_),
        "region": np.array([m.region for m in machines], np.str_),
        "spot": np.array([m.tier == SPOT for m in machines], bool),
        "term": np.array([_term(m.tier) for m in machines], np.str_),
        "gpu": np.array([m.gpu for m in machines], np.int64),
        "gpu_count": np.array([m.gpu_count for m in machines], np.int64),
        "vcpus": np.array([m.vcpus for m in machines], np.float64),
        "memory_gib": np.array([m.memory_gib for m in machines], np.float64),
        "granularity_s": np.array([p.billing_granularity_s for p in rows], np.float64),
        "egress_free_gb": np.zeros(n),
        **without_spot_rates(n),
        "minimum_s": np.array([p.billing_minimum_s for p in rows], np.float64),
    }
    for name in ("queue_s", "boot_s", "image_pull_s", "weights_gb_per_s", "max_run_hours", "preemption_per_hour"):
        columns[name] = np.array([getattr(p, name) for p in rows], np.float64)
    places = read_defaults(catalog.directory).places
    columns |= places.columns([(providers[m.provider], m.region) for m in machines])
    grid, pue = (np.array([getattr(m, name) for m in machines], np.float64) for name in ("grid_kg_per_kwh", "pue"))
    columns["carbon_known"] = columns["carbon_known"] | np.isfinite(grid)
    columns["grid_kg_per_kwh"] = np.where(np.isfinite(grid), grid, columns["grid_kg_per_kwh"])
    columns["pue"] = np.where(np.isfinite(pue), pue, columns["pue"])
    countries = np.array([m.country for m in machines], np.str_)
    columns["country"] = np.where(countries == "", columns["country"], countries)
    offers = Offers(**columns, providers=providers, terms=catalog.offers.terms)
    return with_spot_rates(offers, catalog.spot_rates, catalog.gpus)


def twins(catalog: Catalog, on_demand: Ints, tier: str) -> Offers:
    """Spot or committed offers, without a price, of machines that are listed on demand: all other terms are the same.

    What is known of spot machines alone, such as their availability, is laid on those.
    """
    found = catalog.offers.take(on_demand)
    n = len(found)
    blank = replace(
        found,
        spot=np.full(n, tier == SPOT),
        term=np.full(n, _term(tier)),
        derived_term=np.zeros(n, bool),
        price_usd_per_hour=np.full(n, np.nan),
    )
    return with_spot_rates(blank, catalog.spot_rates, catalog.gpus) if tier == SPOT else blank


def without(catalog: Catalog, mine: Bools, tier: str) -> Ints:
    """Rows of these machines on demand that have no offer in a tier, in the same service and region."""
    offers = catalog.offers
    rows, tiers = np.flatnonzero(mine), offers.tier
    columns = (offers.provider, offers.service, offers.instance, offers.region)
    keys = list(zip(*(column[rows].tolist() for column in columns), strict=True))
    there = {key for key, its in zip(keys, tiers[rows].tolist(), strict=True) if its == tier}
    bare = [
        row
        for key, row, its in zip(keys, rows.tolist(), tiers[rows].tolist(), strict=True)
        if its == ON_DEMAND and key not in there
    ]
    return np.array(bare, np.int64)


def _term(tier: str) -> str:
    return tier if tier in COMMITTED else ""


def with_rates(offers: Offers, rows: Ints, as_of: Sequence[str], today: str) -> Offers:
    """The offers with fixed rates in these rows: private prices are sure, and as old as they say."""
    ages, derived = offers.age_months.copy(), offers.derived_spot.copy()
    ages[rows], derived[rows] = age_months(as_of, today), False
    wide = {}
    for name, fresh in {"as_of": np.array(as_of, np.str_), "confidence": np.full(len(rows), "high")}.items():
        column = getattr(offers, name)
        # Text columns are as wide as their longest text, so that a longer one would be cut.
        wide[name] = column.astype(np.result_type(column, fresh))
        wide[name][rows] = fresh
    return replace(offers, age_months=ages, derived_spot=derived, **wide)


def _blank(column: NDArray[Any], rows: int) -> NDArray[Any]:
    """A column of what is not known: NaN, no row of another table, no, no text."""
    shape = (rows, *column.shape[1:])
    unknown: Any = {"f": np.nan, "i": -1, "b": False}.get(column.dtype.kind, "")
    return np.full(shape, unknown, column.dtype)
