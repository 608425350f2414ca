"""An offer of the market as plans list it."""

import math
from typing import cast

from planner.catalog.rows import PLAIN, Catalog
from planner.kinds.on_demand_twin import on_demand_twin
from planner.kinds.preemption import preemption_source
from planner.kinds.private import private_text
from planner.outcome import Commitment, Offer
from planner.scenario.tiers import Tier
from planner.space.offers import Market


def offer_of(market: Market, catalog: Catalog, o: int) -> Offer:
    """Offer `o` of the market; its commitment is paid in full, however much of it is used."""
    offers = market.offers
    spot, term = bool(offers.spot[o]), str(offers.term[o])
    service = str(offers.service[o])
    tier = cast("Tier", str(offers.tier[o]))
    return Offer(
        provider=offers.providers[int(offers.provider[o])],
        instance=str(offers.instance[o]),
        region=str(offers.region[o]),
        tier=tier,
        price_usd_per_hour=_known(float(offers.price_usd_per_hour[o])),
        commitment=_commitment(market, catalog, o) if term else None,
        as_of=str(offers.as_of[o]),
        price_confidence=str(offers.confidence[o]),
        private=private_text(offers, catalog, o),
        service="" if service == PLAIN else service,
        country=str(offers.country[o]),
        host_memory_gib=_known(float(offers.memory_gib[o])),
        preemption_per_hour=_known(float(offers.preemption_per_hour[o])) if spot else None,
        preemption_break_even_per_hour=None,
        preemption_wait_hours=float(offers.wait_hours[o]) if spot else None,
        preemption_source=preemption_source(catalog, offers, o) if spot else "",
    )


def _commitment(market: Market, catalog: Catalog, o: int) -> Commitment:
    offers, known = market.offers, catalog.offers
    twin = on_demand_twin(offers, known, o)
    committed = float(offers.committed_usd_per_hour[o])
    on_demand = math.nan if twin is None else float(known.price_usd_per_hour[twin])
    return Commitment(
        usd_per_committed_hour=committed,
        utilisation=1.0,
        on_demand_usd_per_hour=_known(on_demand),
        break_even_utilisation=_known(committed / on_demand),
        derived=bool(offers.derived_term[o]),
    )


def _known(value: float) -> float | None:
    return None if math.isnan(value) else value
