"""What runs cost: by the bill, else by their log, else by the catalog's prices."""

import re
from dataclasses import dataclass
from typing import Any, Final

import numpy as np

from planner.catalog.rows import Catalog
from planner.spend.conditions import quoted
from planner.spend.store import Store

_OF_MACHINES: Final = ("gpu", "provider", "region")
_ZONE: Final = re.compile(r"-?[a-z]$")
"""Sign of a zone after a region: us-east-1a, us-central1-a."""
_TRUSTED: Final = ("high", "medium")


@dataclass(frozen=True, slots=True)
class RunsPriced:
    """How many runs got their cost from where, and what bills and runs told each other."""

    by_bill: int
    by_log: int
    by_catalog: int
    unknown: int
    told_by_bill: int
    """Runs of which the bill told a team, model or other dimension that their log left open."""
    told_by_runs: int
    """Rows of `cells` of which the run told one that the bill left open."""


def price_runs(store: Store, catalog: Catalog) -> RunsPriced:
    """Give every run its cost, and let bill and run tell each other whose they are; call it once bills are read.

    Cost is the effective cost of all charges that carry the run's id, else what its log says, else GPU-hours times the
    catalog's cheapest price of its card: of its provider, region and tier where these are known, on demand where no
    tier is. A charge that carries a run's id and no team (or other dimension) gets that of the run; a run without one
    gets that of its charges where they agree. So a shared account needs a run's id on the charge, and no more.
    """
    told_by_bill = _tell_runs(store)
    told_by_runs = _tell_cells(store)
    store.connection.execute(
        """UPDATE runs SET cost_usd = b.usd, cost_from = 'bill' FROM (SELECT run, sum(effective_usd)::DOUBLE AS usd
        FROM cells WHERE run <> '' GROUP BY run HAVING sum(effective_usd) IS NOT NULL) b WHERE runs.run = b.run"""
    )
    _by_catalog(store, catalog)
    counts = dict(store.rows("SELECT cost_from, count(*) FROM runs GROUP BY cost_from"))
    by_bill, by_log, by_catalog, unknown = (int(counts.get(where, 0)) for where in ("bill", "log", "catalog", ""))
    return RunsPriced(by_bill, by_log, by_catalog, unknown, told_by_bill, told_by_runs)


def _tell_runs(store: Store) -> int:
    """Fill what runs leave open with what all their charges that say it say alike."""
    names = (*store.dimensions, *_OF_MACHINES)
    columns = ", ".join(
        f"CASE WHEN count(DISTINCT nullif({quoted(name)}, '')) = 1 THEN max(nullif({quoted(name)}, '')) END "
        f"AS {quoted(name)}"
        for name in names
    )
    store.connection.execute(
        f"CREATE OR REPLACE TEMP TABLE run_charges AS SELECT run, {columns} FROM cells WHERE run <> '' GROUP BY run"
    )
    gained = " OR ".join(f"(r.{quoted(name)} = '' AND b.{quoted(name)} IS NOT NULL)" for name in store.dimensions)
    (count,) = store.rows(f"SELECT count(*) FROM runs r JOIN run_charges b USING (run) WHERE {gained}")[0]
    told = ", ".join(
        f"{quoted(name)} = CASE WHEN runs.{quoted(name)} = '' THEN coalesce(b.{quoted(name)}, '') "
        f"ELSE runs.{quoted(name)} END"
        for name in names
    )
    store.connection.execute(f"UPDATE runs SET {told} FROM run_charges b WHERE runs.run = b.run")
    return int(count)


def _tell_cells(store: Store) -> int:
    own = [quoted(name) for name in store.dimensions]
    gained = " OR ".join(f"(c.{name} = '' AND r.{name} <> '')" for name in own)
    (count,) = store.rows(f"SELECT count(*) FROM cells c JOIN runs r USING (run) WHERE c.run <> '' AND ({gained})")[0]
    if count:
        told = ", ".join(f"{name} = CASE WHEN c.{name} = '' THEN r.{name} ELSE c.{name} END" for name in own)
        store.connection.execute(f"UPDATE cells c SET {told} FROM runs r WHERE c.run = r.run AND c.run <> ''")
        told = told.replace("CASE WHEN c.", "CASE WHEN h.").replace("ELSE c.", "ELSE h.")
        store.connection.execute(f"UPDATE gpu_hourly h SET {told} FROM runs r WHERE h.run = r.run AND h.run <> ''")
    return int(count)


def _by_catalog(store: Store, catalog: Catalog) -> None:
    open_ = store.rows(
        """SELECT DISTINCT gpu, provider, region, tier, gpu_count FROM runs WHERE cost_usd IS NULL AND gpu <> ''
        AND ended IS NOT NULL AND gpu_count > 0 ORDER BY ALL"""
    )
    priced = [(*key, price) for key in open_ if (price := card_price(catalog, *key)) is not None]
    if priced:
        store.connection.execute(
            "CREATE OR REPLACE TEMP TABLE card_prices (gpu VARCHAR, provider VARCHAR, region VARCHAR, tier VARCHAR, "
            "gpu_count DOUBLE, price DOUBLE)"
        )
        store.connection.executemany("INSERT INTO card_prices VALUES (?, ?, ?, ?, ?, ?)", priced)
        store.connection.execute(
            """UPDATE runs SET cost_from = 'catalog', cost_usd = runs.gpu_count * p.price
            * (epoch_us(runs.ended) - epoch_us(runs.started)) / 3.6e9 FROM card_prices p WHERE runs.cost_usd IS NULL
            AND runs.ended IS NOT NULL AND runs.gpu = p.gpu AND runs.provider = p.provider AND runs.region = p.region
            AND runs.tier = p.tier AND runs.gpu_count = p.gpu_count"""
        )


def card_price(catalog: Catalog, gpu: str, provider: str, region: str, tier: str, gpu_count: float) -> float | None:
    """USD per GPU-hour: the cheapest of the catalog's offers of a card that fit; None where none does.

    Provider and region must fit where they are told; so must the tier, which is on demand where none is. Offers of
    machines with as many cards come before others, and prices that the catalog trusts before those that it does not.
    Offers that are retired or of a marketplace never count.
    """
    offers = catalog.offers
    ids = [card.id for card in catalog.gpus]
    if gpu not in ids:
        return None
    fits: Any = (offers.gpu == ids.index(gpu)) & ~offers.retired & ~offers.marketplace
    fits &= offers.tier == (tier or "on_demand")
    if provider:
        fits &= np.array([own == provider for own in offers.providers], np.bool_)[offers.provider]
    if region:
        fits &= np.isin(offers.region, (region, _ZONE.sub("", region), "any"))
    for wish in (np.isin(offers.confidence, _TRUSTED), offers.gpu_count == gpu_count):
        if (fits & wish).any():
            fits &= wish
    prices = (offers.price_usd_per_hour / offers.gpu_count)[fits & np.isfinite(offers.price_usd_per_hour)]
    return float(prices.min()) if len(prices) else None
