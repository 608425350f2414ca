"""What a scenario says of contracts, laid on the catalog: commitments, longest runs, egress and storage."""

from collections.abc import Callable
from dataclasses import replace

import numpy as np

from planner.catalog.committing import derived_commitments
from planner.catalog.rate_plans import FLAT
from planner.catalog.rows import Catalog
from planner.scenario import FineTune, Planned
from planner.scenario.storage import Storage
from planner.scenario.tiers import COMMITTED
from planner.space.offers import Market
from planner.space.time_rates import with_scenario_rates
from planner.units import GB, GIB

Complain = Callable[[tuple[str | int, ...], str, str | None], None]


def under_contract(scenario: Planned, catalog: Catalog) -> Catalog:
    """The catalog as a scenario's contracts have it: committed prices per hour of use, and terms of all offers.

    A commitment is paid whether it is used or not: an hour of use costs the committed price over the share that is
    used (DOMAIN 10). Committed prices that no list has are derived from discounts, in the tiers that are named. A
    commitment has no rates by the time of the week or the use of a month: it is paid at all times.
    """
    catalog = with_scenario_rates(scenario, catalog)
    hardware = scenario.hardware
    tiers = [tier for tier in COMMITTED if tier in hardware.tiers]
    utilisation = None if hardware.commitment is None else hardware.commitment.utilisation
    offers = catalog.offers
    if tiers:
        offers = offers.and_also(derived_commitments(catalog, tiers))
        paid, term = offers.price_usd_per_hour, offers.term != ""
        offers = replace(
            offers,
            committed_usd_per_hour=np.where(term, paid, np.nan),
            price_usd_per_hour=np.where(term, paid / (1.0 if utilisation is None else utilisation), paid),
            rate=np.where(term, FLAT, offers.rate),
        )
    kept = scenario.storage if isinstance(scenario, FineTune) else Storage()
    terms = replace(
        offers.terms,
        utilisation=utilisation,
        splits_long_runs=hardware.longest_run == "split",
        checkpoints=float(kept.keep_checkpoints),
        retained_hours=kept.retain_hours or 0.0,
        cached_hours=kept.cache_hours,
        egress_sent_gb=None if kept.sent_this_month_gib is None else kept.sent_this_month_gib * GIB / GB,
    )
    return catalog if terms == offers.terms and not tiers else replace(catalog, offers=replace(offers, terms=terms))


def check_contracts(scenario: Planned, complain: Complain, warn: Complain) -> None:
    """Report committed tiers without a word on how much of the commitment is used, and words that do nothing."""
    hardware = scenario.hardware
    for i, tier in enumerate(hardware.tiers):
        if tier in COMMITTED and hardware.commitment is None:
            complain(
                ("hardware", "tiers", i),
                f"{tier} is paid whether it is used or not, and nothing says how much of it is used",
                "add to hardware: commitment: {utilisation: 70 %}; all of your work together counts",
            )
    if hardware.commitment is not None and not set(hardware.tiers) & set(COMMITTED):
        warn(("hardware", "commitment"), f"does nothing: hardware.tiers has none of {', '.join(COMMITTED)}", None)


def check_committed_prices(scenario: Planned, market: Market, warn: Complain) -> None:
    """Warn about committed tiers that no offer of the market has a price for."""
    for i, tier in enumerate(scenario.hardware.tiers):
        if tier in COMMITTED and not (market.offers.term == tier).any():
            warn(("hardware", "tiers", i), f"no machine in reach has a price for {tier}", None)
