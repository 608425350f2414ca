"""Buying the same machine elsewhere, now: in another region of the provider, or from another provider."""

from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta
from typing import Final

import numpy as np

from planner.catalog.prices.row import Key
from planner.catalog.prices.series import PriceSeries, naive
from planner.market.job import Job
from planner.market.options import Option, What

FRESH: Final = timedelta(days=7)
"""Age from which a price elsewhere is no offer any more."""
LEAST_SHARE: Final = 0.02
"""Two list prices that differ by less are the same: taxes, start-up and transfer move more."""
MOST: Final = 3
"""Options of each kind."""
SHOWN: Final = 6
"""Places that a note names."""
_CAUTIONS: Final[dict[What, str]] = {
    "region": "moving the data is not in the price",
    "provider": "same cards, perhaps another host and network: plan it first; moving data is not in the price",
}
_UNKNOWN: Final = "the data must be allowed there; "
_RULES: Final = "the scenario's include and exclude rules are not held against it; "
Countries = Mapping[tuple[str, str], str]
"""Provider and region → two-letter code of the country; what is not in it is unknown."""


def within(job: Job, others: Iterable[PriceSeries], countries: Countries) -> tuple[list[PriceSeries], list[str]]:
    """The offers where the job's scenario lets it run, and a note on those that it does not, where there are some."""
    kept: list[PriceSeries] = []
    out = 0
    for series in others:
        if series.key == job.key or _is_allowed(job, series.key, countries):
            kept.append(series)
        else:
            out += series.key[3] == job.key[3]
    if not out or job.allowed is None:
        return kept, []
    named = {
        "provider": job.allowed.providers,
        "region": job.allowed.regions,
        "country": job.allowed.countries,
    }
    words = "; ".join(f"{name} {_list(names)}" for name, names in named.items() if names is not None)
    return kept, [f"{out:,} offer{'s' * (out != 1)} left out: the scenario allows {words}"]


def _is_allowed(job: Job, key: Key, countries: Countries) -> bool:
    """Whether an offer lies where the scenario lets it; what is unknown lies nowhere."""
    allowed, (provider, _, region, _) = job.allowed, key
    if allowed is None:
        return True
    if allowed.providers is not None and provider not in allowed.providers:
        return False
    if allowed.regions is not None and region not in allowed.regions:
        return False
    return allowed.countries is None or countries.get((provider, region), "") in allowed.countries


def _list(names: list[str]) -> str:
    more = f" and {len(names) - SHOWN} more" if len(names) > SHOWN else ""
    return f"{', '.join(names[:SHOWN])}{more}"


def _caution(job: Job, what: What) -> str:
    """What to check before a move: the plan may say nothing of where the data may lie."""
    allowed = job.allowed
    free = allowed is None or (allowed.regions is None and allowed.countries is None)
    ruled = _RULES if allowed is not None and allowed.rules else ""
    return f"{_UNKNOWN if free else ''}{ruled}{_CAUTIONS[what]}"


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
                caution=_caution(job, what),
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
