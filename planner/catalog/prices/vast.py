"""Vast.ai: thousands of offers of a marketplace, condensed to one price per card, number of cards and country.

`POST /api/v0/bundles/` takes filters such as `{"verified": {"eq": true}}`, `order` and `limit`, and answers
`{"offers": [{"id", "machine_id", "gpu_name", "num_gpus", "gpu_ram" (MiB), "cpu_cores", "cpu_cores_effective", "cpu_ram"
(MiB, of the whole machine), "dph_total", "min_bid", "geolocation", "reliability2", "rentable", …}]}` (Vast.ai's API
reference, 2026). It has no pages: the next ones are asked for by `id`, above the last one seen.

One run rents one offer, so what counts is what one can have, not the mean. The very cheapest is often gone the next
hour, or a lure; so the price is the lower quartile of the verified, rentable, reliable offers: one that exists, and
that a quarter of the offers do not exceed. Of four or fewer that is the cheapest. Spot is `min_bid`, the least bid
that wins now, condensed the same way.
"""

import math
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any, ClassVar, Final

from planner.catalog.prices.asking import address, answered, bearer, listing, member, parsed
from planner.catalog.prices.row import PriceRow
from planner.catalog.prices.sifting import NotAPriceError, Sieve, gpus, number, price, size, text
from planner.catalog.prices.source import Ask, Fetched
from planner.http.failure import BrokenAnswerError

QUARTILE: Final = 0.25
LEAST_RELIABLE: Final = 0.95
"""Chance that a machine stays up, as Vast.ai estimates it; new machines start at 0.6."""
PAGE: Final = 1000
MOST_PAGES: Final = 50
_URL: Final = "https://console.vast.ai"
_KEY: Final = "VAST_API_KEY"
_COUNTRY: Final = re.compile(r"[A-Z]{2}")
_CONTINENTS: Final = frozenset(("AF", "AN", "AS", "EU", "NA", "OC", "SA"))


@dataclass(frozen=True, slots=True)
class _Offer:
    gpu: str
    count: int
    country: str
    usd: float
    bid_usd: float
    """NaN where none is told."""
    vcpus: float
    memory_gib: float


@dataclass(frozen=True)
class VastPrices:
    """Prices of Vast.ai's offers, on demand and interruptible."""

    name: ClassVar[str] = "vast"
    providers: ClassVar[tuple[str, ...]] = ("vast",)
    variables: ClassVar[Mapping[str, str]] = MappingProxyType(
        {
            _KEY: "key of Vast.ai's API; offers are public, so it may be unset",
            "PLANNER_VAST_URL": f"address of the API, {_URL} if unset",
        }
    )
    required: ClassVar[tuple[str, ...]] = ()

    def fetch(self, ask: Ask) -> Fetched:
        """All verified offers that can be rented, condensed; raises HostError or InputError."""
        sieve = Sieve()
        groups: dict[tuple[str, int, str], list[_Offer]] = {}
        for entry in _entries(ask):
            try:
                offer = _offer(ask, entry, sieve)
            except NotAPriceError as error:
                sieve.broken(f"offer {entry.get('id')}" if isinstance(entry, dict) else "an offer", error)
                continue
            if offer is not None:
                groups.setdefault((offer.gpu, offer.count, offer.country), []).append(offer)
        for offers in groups.values():
            for row in _condensed(offers, ask.day):
                sieve.keep(row)
        return sieve.fetched()


def _entries(ask: Ask) -> Iterator[Any]:
    """Every offer, page by page; raises BrokenAnswerError where the pages do not get on."""
    key = bearer(ask, _KEY)
    at = address(ask, "PLANNER_VAST_URL", _URL, "/api/v0/bundles/")
    last, size_before = 0, 0
    for _ in range(MOST_PAGES):
        asked = {
            "limit": PAGE,
            "type": "on-demand",
            "order": [["id", "asc"]],
            "verified": {"eq": True},
            "rentable": {"eq": True},
            "rented": {"eq": False},
            "id": {"gt": last},
        }
        page = listing(member(parsed(answered(ask, "POST", at, _KEY, key, asked), at.host), at.host, "offers"), at.host)
        ids = [entry["id"] for entry in page if isinstance(entry, dict) and type(entry.get("id")) is int]
        if not page or (0 < size_before < PAGE and (not ids or min(ids) <= last)):
            return  # nothing more, or the same again after a page that was not full
        if not ids or min(ids) <= last:
            break
        yield from page
        last, size_before = max(ids), len(page)
    message = f"{at.host} has more than {MOST_PAGES * PAGE:,} offers, or its pages run in a circle"
    raise BrokenAnswerError(message)


def _offer(ask: Ask, entry: Any, sieve: Sieve) -> _Offer | None:  # noqa: ANN401 - any JSON value
    """What is offered; None for what nobody should count on, and for a card that is counted as unknown."""
    if not isinstance(entry, dict):
        message = "no mapping"
        raise NotAPriceError(message)
    if entry.get("rentable") is False or entry.get("verification", "verified") != "verified":
        return None
    if number(entry.get("reliability2", entry.get("reliability")), "reliability2") < LEAST_RELIABLE:
        return None
    usd = price(number(entry.get("dph_total"), "dph_total"), "dph_total")
    count = gpus(number(entry.get("num_gpus"), "num_gpus"), "num_gpus")
    printed = text(entry.get("gpu_name"), "gpu_name")
    place = country(text(entry.get("geolocation"), "geolocation"))
    gpu = ask.card(printed, size(entry.get("gpu_ram"), 1 / 1024))
    if gpu is None:
        sieve.strange(printed)
        return None
    bid = entry.get("min_bid")
    bid_usd = math.nan if bid is None or bid == 0 else price(number(bid, "min_bid"), "min_bid")
    cores, all_cores = size(entry.get("cpu_cores_effective")), size(entry.get("cpu_cores"))
    share = cores / max(all_cores, cores)  # NaN where either is not told, and so is the memory then
    return _Offer(gpu, count, place, usd, bid_usd, cores, size(entry.get("cpu_ram"), share / 1024))


def country(place: str) -> str:
    """The country of `Texas, US`, and of `Texas, US, NA` with the continent behind it; raises NotAPriceError."""
    parts = [part.strip() for part in place.split(",")]
    if len(parts) > 2 and parts[-1] in _CONTINENTS and _COUNTRY.fullmatch(parts[-2]):
        return parts[-2]
    if _COUNTRY.fullmatch(parts[-1]):
        return parts[-1]
    message = f"geolocation {place!r} names no country"
    raise NotAPriceError(message)


def _rank(offer: _Offer, usd: float) -> tuple[float, ...]:
    """Cheapest first; of equal ones the same one every time."""
    return usd, *(-size if size > 0 else 0.0 for size in (offer.vcpus, offer.memory_gib))


def _condensed(offers: list[_Offer], day: str) -> Iterator[PriceRow]:
    biddable = [offer for offer in offers if not math.isnan(offer.bid_usd)]
    for tier, ranked in (
        ("on_demand", sorted(offers, key=lambda offer: _rank(offer, offer.usd))),
        ("spot", sorted(biddable, key=lambda offer: _rank(offer, offer.bid_usd))),
    ):
        if not ranked:
            continue
        offer = ranked[math.ceil(QUARTILE * len(ranked)) - 1]
        of = "the only offer" if len(ranked) == 1 else f"lower quartile of {len(ranked)} offers"
        yield PriceRow(
            provider="vast",
            instance=f"{offer.count}x_{offer.gpu}",
            gpu=offer.gpu,
            gpu_count=offer.count,
            vcpus=offer.vcpus,
            memory_gib=offer.memory_gib,
            region=offer.country,
            tier=tier,
            usd_per_hour=offer.usd if tier == "on_demand" else offer.bid_usd,
            market="marketplace",
            as_of=day,
            confidence="high" if tier == "on_demand" else "medium",
            source=f"vast: {of}",
        )
