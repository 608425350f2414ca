"""Buying the same machine elsewhere, now: in another region of the provider, or from another provider."""

from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Final

import numpy as np

from planner.catalog.prices.series import PriceSeries, naive
from planner.market.job import Job
from planner.market.options import Option, What

FRESH: Final = timedelta(days=7)
"""Age from which a price elsewhere is no offer any more."""
LEAST_SHARE: Final = 0.02
"""Two list prices that differ by less are the same: taxes, start-up and transfer move more."""
MOST: Final = 3
"""Options of each kind."""
_CAUTIONS: Final[dict[What, str]] = {
    "region": "the data must be allowed there, and moving it is not in the price",
    "provider": "same cards, perhaps another host and network: plan it first; moving data is not in the price",
}


def moves(job: Job, now_usd: float, others: Iterable[PriceSeries], now: datetime, least_usd: float) -> list[Option]:
    """The cheapest other regions and providers for the same machine in the same tier, at most three of each.

    `now_usd` is what the job costs where it was planned, `least_usd` the smallest saving that counts.
    """
    found: dict[What, list[Option]] = {"region": [], "provider": []}
    for series in others:
        provider, instance, _, tier = series.key
        if series.key == job.key or tier != job.key[3]:
            continue
        if provider == job.key[0] and instance != job.key[1]:
            continue
        what: What = "region" if provider == job.key[0] else "provider"
        price = float(series.usd_per_hour[-1])
        cost = job.machine_hours * price
        found[what].append(
            Option(
                what=what,
                key=series.key,
                start=now,
                wait_hours=0.0,
                usd_per_hour=price,
                cost_usd=cost,
                saving_usd=now_usd - cost,
                width_usd=max(LEAST_SHARE * now_usd, least_usd),
                against=_against(series, now),
                caution=_CAUTIONS[what],
            )
        )
    return [option for options in found.values() for option in sorted(options, key=_order)[:MOST]]


def _order(option: Option) -> tuple[bool, float, tuple[str, ...]]:
    return bool(option.against), -option.saving_usd, option.key


def _against(series: PriceSeries, now: datetime) -> str:
    age = np.datetime64(naive(now)) - series.seen_at[-1]
    if age > np.timedelta64(FRESH):
        return f"last seen {age.astype('timedelta64[D]').astype(int)} days ago"
    if series.market == "marketplace":
        return "a marketplace: strangers' machines"
    return "price of low confidence" if series.confidence == "low" else ""
