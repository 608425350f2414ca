"""Offers beside the price lists: managed services as a surcharge on machines, and providers known by quotes only."""

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from planner.catalog.ages import age_months
from planner.catalog.digits import all_ten_digits
from planner.catalog.places import Places
from planner.catalog.quoted import Quote, Surcharge
from planner.catalog.rate_plans import flat_rates
from planner.catalog.rows import Bools, Gpu, Offers, Provider
from planner.catalog.spot_rates import without_spot_rates
from planner.catalog.tables import Directory
from planner.catalog.terms import Terms

QUOTED = "quoted"
"""Confidence of a price that another tool prints."""
_BILLING = (
    "granularity_s", "minimum_s", "queue_s", "boot_s", "image_pull_s", "weights_gb_per_s", "max_run_hours",
    "preemption_per_hour",
)  # fmt: skip
_PROVIDER_FIELD = {"granularity_s": "billing_granularity_s", "minimum_s": "billing_minimum_s"}


def read_surcharges(directory: Directory, providers: tuple[Provider, ...]) -> tuple[Surcharge, ...]:
    """Read `surcharges.csv`."""
    texts = ("service", "provider", "confidence", "as_of", "derivation", "source")
    shares = ("surcharge_low", "surcharge", "surcharge_high")
    columns = (*texts, *shares, "prefix", "families", "quoted_low", "quoted_high", "extra_boot_s", "max_run_hours")
    table = directory.table("surcharges.csv", columns)
    low, share, high = (table.floats(name, blank=False) for name in shares)
    boot, longest = table.floats("extra_boot_s", blank=False), table.floats("max_run_hours")
    table.texts("provider", [provider.id for provider in providers])
    table.texts("confidence", ("low", "medium", "high"))
    families = table.required("families")
    for row in np.flatnonzero(~((low <= share) & (share <= high))):
        table.complain(int(row), "surcharge must lie between surcharge_low and surcharge_high")
    return tuple(
        Surcharge(
            prefix=table.columns["prefix"][row],
            families=tuple(families[row].split("|")),
            low=float(low[row]),
            share=float(share[row]),
            high=float(high[row]),
            extra_boot_s=float(boot[row]),
            max_run_hours=float(longest[row]),
            **{name: table.required(name)[row] for name in texts},
        )
        for row in range(len(table))
    )


def managed_offers(machines: Offers, surcharges: tuple[Surcharge, ...]) -> Offers:
    """What the services charge for the machines they offer, on demand; their spot prices are unknown."""
    return machines.take(np.zeros(0, np.int64)).and_also(*(_managed(machines, one) for one in surcharges))


def _managed(machines: Offers, service: Surcharge) -> Offers:
    names = machines.instance.tolist()
    offered = np.array([_family(name) in service.families for name in names], bool)
    mine = machines.provider == machines.providers.index(service.provider)
    rows = np.flatnonzero(offered & mine & (machines.tier == "on_demand"))
    base = machines.take(rows)
    return replace(
        base,
        service=np.full(len(rows), service.service),
        instance=np.char.add(service.prefix, base.instance),
        price_usd_per_hour=all_ten_digits(base.price_usd_per_hour * (1.0 + service.share)),
        confidence=np.full(len(rows), service.confidence),
        boot_s=base.boot_s + service.extra_boot_s,
        max_run_hours=np.fmin(base.max_run_hours, service.max_run_hours),
    )


def _family(instance: str) -> str:
    """The machine's family: g5 of g5.xlarge, a2-highgpu of a2-highgpu-1g, Standard_NC of Standard_NC6s_v3."""
    if instance.startswith("Standard_N"):
        return instance[:11]
    name, _, size = instance.partition(".")
    return (name if size != "metal" else instance) if size else "-".join(instance.split("-")[:2])


def quoted_offers(
    quotes: tuple[Quote, ...], gpus: tuple[Gpu, ...], providers: tuple[Provider, ...], at: Places, as_of: str
) -> Offers:
    """Offers of the providers that no price list names, at quoted prices."""
    provider_at = {provider.id: i for i, provider in enumerate(providers)}
    gpu_at = {gpu.id: i for i, gpu in enumerate(gpus)}
    rows = [quote for quote in quotes if quote.gpu_count and quote.provider in provider_at]
    provider = np.array([provider_at[quote.provider] for quote in rows], np.int64)
    mine = [providers[i] for i in provider]
    n, dates = len(rows), [quote.as_of for quote in rows]

    def column(name: str) -> NDArray[np.float64]:
        return np.array([getattr(quote, name) for quote in rows], np.float64)

    billing: dict[str, Any] = {
        name: np.array([getattr(one, _PROVIDER_FIELD.get(name, name)) for one in mine], np.float64) for name in _BILLING
    }
    billing["max_run_hours"] = np.fmin(billing["max_run_hours"], column("max_run_hours"))
    no: Bools = np.zeros(n, bool)
    return Offers(
        provider=provider,
        service=np.array([quote.service for quote in rows], np.str_),
        instance=np.array([quote.instance for quote in rows], np.str_),
        gpu=np.array([gpu_at[quote.gpu] for quote in rows], np.int64),
        gpu_count=np.array([quote.gpu_count for quote in rows], np.int64),
        memory_gib=column("memory_gib"),
        vcpus=column("vcpus"),
        region=np.full(n, "any"),
        spot=no,
        term=np.full(n, ""),
        derived_term=no,
        committed_usd_per_hour=np.full(n, np.nan),
        price_usd_per_hour=column("price_usd_per_hour"),
        spot_twin_usd_per_hour=np.full(n, np.nan),
        as_of=np.array(dates, np.str_),
        age_months=age_months(dates, as_of),
        marketplace=no,
        retired=no,
        confidence=np.full(n, QUOTED),
        derived_spot=no,
        availability=column("availability"),
        providers=tuple(one.id for one in providers),
        terms=Terms(egress_from_gb=at.egress.from_gb),
        **billing,
        **flat_rates(n),
        **without_spot_rates(n),
        **at.columns([(quote.provider, "any") for quote in rows]),
    )


def availability_of(quotes: tuple[Quote, ...], provider: Sequence[str], instance: Sequence[str]) -> NDArray[np.float64]:
    """How often capacity was to be had, as quoted for a machine, whatever the service; NaN where nobody says."""
    known = {
        (quote.provider, quote.instance.removeprefix("ml.")): quote.availability
        for quote in quotes
        if quote.availability == quote.availability  # a blank is NaN
    }
    return np.array([known.get(key, np.nan) for key in zip(provider, instance, strict=True)], np.float64)
