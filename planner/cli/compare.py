"""`planner list offers --compare`: the cheapest way to rent every card, by provider, service and term."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from planner.cli.catalog_rows import Row, class_of

if TYPE_CHECKING:
    from planner.catalog.quoted import Quote
    from planner.catalog.rows import Catalog, Gpu, Ints

TERMS = ("1y", "3y")
UNKNOWN = math.nan


def compare(catalog: Catalog, *, retired: bool = False) -> list[Row]:
    """One row per card, provider and service, cheapest card-hour first within a card; CPU classes last.

    Prices are USD per hour of one card (TPU chip, CPU class), the least over regions and sizes; `1y` and `3y` are the
    price on demand less the least and the largest discount that is known for the commitment.
    """
    import numpy as np

    offers = catalog.offers
    used = np.flatnonzero((~offers.retired | retired) & (offers.term == ""))
    keys = np.stack([offers.gpu[used], offers.provider[used]], axis=1)
    services, code = np.unique(offers.service[used], return_inverse=True)
    groups, member = np.unique(np.column_stack([keys, code]), axis=0, return_inverse=True)
    rows = [
        _card(catalog, used[member.ravel() == g], catalog.gpus[gpu], offers.providers[provider], str(services[service]))
        for g, (gpu, provider, service) in enumerate(groups.tolist())
    ]
    rows.sort(key=lambda row: (row["class"], row["model"], _last_if_unknown(row["on_demand"])))
    return rows + [_cpu(quote) for quote in catalog.quotes if not quote.gpu_count]


def _card(catalog: Catalog, mine: Ints, gpu: Gpu, provider: str, service: str) -> Row:
    """The row of one card at one provider, from the indices of its offers."""
    import numpy as np

    from planner.catalog.committing import fitting

    offers = catalog.offers
    per_card = offers.price_usd_per_hour[mine] / offers.gpu_count[mine]
    spot = offers.spot[mine]
    cheapest = {tier: float(per_card[spot == flag].min()) if (spot == flag).any() else UNKNOWN
                for tier, flag in (("on_demand", False), ("spot", True))}  # fmt: skip
    best = int(mine[np.argmin(np.where(spot, np.inf, per_card) if not spot.all() else per_card)])
    peak = gpu.bf16_tflops if np.isfinite(gpu.bf16_tflops) else gpu.fp16_tflops
    row: Row = {"class": class_of(gpu), "model": gpu.id, "provider": provider, "service": service, **cheapest}
    trust = set()
    for term in TERMS:
        found = fitting(catalog.discounts, provider, gpu.id, term) if _committed(catalog, gpu, best, service) else []
        least = min((d.low for d in found), default=UNKNOWN)
        row[f"{term}_from"] = cheapest["on_demand"] * (1.0 - max((d.high for d in found), default=UNKNOWN))
        row[f"{term}_to"] = cheapest["on_demand"] * (1.0 - least)
        trust |= {d.confidence for d in found}
    return row | {
        "usd_per_tflop_hour": cheapest["on_demand"] / peak,
        "offers": len(mine),
        "as_of": str(offers.as_of[best]),
        "confidence": str(offers.confidence[best]),
        "spot_confidence": str(offers.confidence[mine[np.argmin(np.where(spot, per_card, np.inf))]])
        if spot.any()
        else "",
        "discount_confidence": next((word for word in ("low", "medium", "high") if word in trust), ""),
    }


def _committed(catalog: Catalog, gpu: Gpu, offer: int, service: str) -> bool:
    """Whether a discount is known: for GPUs on machines of a cloud, not on a marketplace or in a managed service."""
    return class_of(gpu) == "gpu" and service == "vm" and not catalog.offers.marketplace[offer]


def _cpu(quote: Quote) -> Row:
    from planner.catalog.managed import QUOTED

    return {
        "class": "cpu",
        "model": quote.instance,
        "provider": quote.provider,
        "service": "vm",
        "on_demand": quote.price_usd_per_hour,
        "spot": UNKNOWN,
        **{f"{term}_{end}": UNKNOWN for term in TERMS for end in ("from", "to")},
        "usd_per_tflop_hour": UNKNOWN,
        "offers": 1,
        "as_of": quote.as_of,
        "confidence": QUOTED,
        "spot_confidence": "",
        "discount_confidence": "",
    }


def _last_if_unknown(value: float) -> float:
    return math.inf if math.isnan(value) else value
