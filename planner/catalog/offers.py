"""Offers: one row per instance, region and tier, with everything of the provider that a run depends on."""

from collections.abc import Sequence

import numpy as np

from planner.catalog.ages import age_months
from planner.catalog.listed import ON_DEMAND, SPOT, Listed, lay_rows, read_listed
from planner.catalog.managed import availability_of, managed_offers, quoted_offers
from planner.catalog.places import Places, read_places
from planner.catalog.prices.row import PriceRow
from planner.catalog.quoted import Quote, Surcharge
from planner.catalog.rate_plans import flat_rates
from planner.catalog.rows import PLAIN, Gpu, Offers, Provider
from planner.catalog.spot_rates import without_spot_rates
from planner.catalog.tables import Directory
from planner.catalog.terms import Terms

_DEFAULT = "default"
_BILLING = (
    "billing_granularity_s", "billing_minimum_s", "queue_s", "boot_s", "image_pull_s", "weights_gb_per_s",
    "max_run_hours", "spot_notice_s", "preemption_per_hour",
)  # fmt: skip


def read_providers(directory: Directory) -> tuple[Provider, ...]:
    """Read `providers.csv`; blanks take the row `default`, except the longest run (NaN: no limit known)."""
    table = directory.table("providers.csv", ("provider", "confidence", *_BILLING))
    ids = table.required("provider")
    columns = {name: table.floats(name) for name in _BILLING}
    confidence = table.texts("confidence", ("C", "R", "M", "E"))
    if _DEFAULT not in ids:
        directory.problems.add(table.file, 2, f"the row {_DEFAULT!r} is missing")
        return ()
    known = np.isfinite(columns["preemption_per_hour"])
    fallback = ids.index(_DEFAULT)
    for name, column in columns.items():
        if name != "max_run_hours":
            column[np.isnan(column)] = column[fallback]
    return tuple(
        Provider(
            id=ids[row],
            preemption_known=bool(known[row]) and ids[row] != _DEFAULT,
            confidence=confidence[row],
            **{name: float(column[row]) for name, column in columns.items()},
        )
        for row in range(len(table))
        if ids[row] != _DEFAULT
    )


def read_offers(
    directory: Directory,
    gpus: tuple[Gpu, ...],
    providers: tuple[Provider, ...],
    quotes: tuple[Quote, ...],
    surcharges: tuple[Surcharge, ...],
    as_of: str,
    snapshot: Sequence[PriceRow] = (),
) -> tuple[Offers, dict[str, int]]:
    """All offers, and the number of listed machines without a spot price by provider.

    Machines come from `prices.csv`, and from a snapshot those of the providers that it names; managed services add
    their surcharge to them; a provider without a listed machine is taken from the quotes.
    """
    places = read_places(directory)
    prices = read_listed(directory, gpus, providers)
    if snapshot:
        prices = lay_rows(prices, snapshot, gpus, providers)
    listed = _offers_of(prices, providers, quotes, places, as_of)
    priced = {listed.providers[i] for i in np.unique(listed.provider)}
    elsewhere = tuple(quote for quote in quotes if quote.provider not in priced)
    quoted = quoted_offers(elsewhere, gpus, providers, places, as_of)
    unpriced = {providers[at].id: count for at, count in prices.without_spot().items()}
    return listed.and_also(managed_offers(listed, surcharges), quoted), dict(sorted(unpriced.items()))


def _offers_of(
    prices: Listed, providers: tuple[Provider, ...], quotes: tuple[Quote, ...], places: Places, as_of: str
) -> Offers:
    """The offers of listed machines, in the order of their prices."""
    ids = np.array([provider.id for provider in providers], np.str_)[prices.provider].tolist()
    instances, regions = prices.instance.tolist(), prices.region.tolist()
    bill = {name: np.array([getattr(p, name) for p in providers])[prices.provider] for name in _BILLING}
    return Offers(
        provider=prices.provider,
        service=np.full(len(prices), PLAIN),
        instance=prices.instance,
        gpu=prices.gpu,
        gpu_count=prices.gpu_count,
        memory_gib=prices.memory_gib,
        vcpus=prices.vcpus,
        region=prices.region,
        spot=prices.tier == SPOT,
        term=np.where(np.isin(prices.tier, (ON_DEMAND, SPOT)), "", prices.tier),
        derived_term=np.zeros(len(prices), bool),
        committed_usd_per_hour=np.where(np.isin(prices.tier, (ON_DEMAND, SPOT)), np.nan, prices.usd_per_hour),
        price_usd_per_hour=prices.usd_per_hour,
        spot_twin_usd_per_hour=np.full(len(prices), np.nan),
        as_of=prices.as_of,
        age_months=age_months(prices.as_of.tolist(), as_of),
        marketplace=prices.marketplace,
        retired=prices.retired,
        confidence=prices.confidence,
        availability=availability_of(quotes, ids, instances),
        derived_spot=prices.derived,
        granularity_s=bill["billing_granularity_s"],
        minimum_s=bill["billing_minimum_s"],
        queue_s=bill["queue_s"],
        boot_s=bill["boot_s"],
        image_pull_s=bill["image_pull_s"],
        weights_gb_per_s=bill["weights_gb_per_s"],
        max_run_hours=bill["max_run_hours"],
        preemption_per_hour=bill["preemption_per_hour"],
        providers=tuple(provider.id for provider in providers),
        terms=Terms(egress_from_gb=places.egress.from_gb),
        **flat_rates(len(prices)),
        **without_spot_rates(len(prices)),
        **places.columns(list(zip(ids, regions, strict=True))),
    )
