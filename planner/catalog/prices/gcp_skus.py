"""SKUs of Compute Engine in Google's Cloud Billing Catalog, read into hourly rates of the parts of machines.

A SKU is known by its description alone. What is rented differently has the same words and more of them, with the
usage type OnDemand: `… attached to DWS Defined Duration VMs …` and `DWS … Calendar Mode …` cost half and are no price
on demand. So a part is known by its whole name and never by a beginning of it.
https://cloud.google.com/billing/docs/reference/rest/v1/services.skus/list
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, Final
from urllib.parse import urlencode

from planner.catalog.prices.agreed import region_of
from planner.catalog.prices.asking import address, answered, bearer, listing, mapping, member, parsed
from planner.catalog.prices.plain_text import plain
from planner.catalog.prices.sifting import NotAPriceError, Sieve, number, price, written_number
from planner.catalog.prices.source import Ask
from planner.http.failure import BrokenAnswerError, PermissionMissingError, RefusedError

BASE: Final = "https://cloudbilling.googleapis.com"
COMPUTE_ENGINE: Final = "/v1/services/6F81-5844-456A/skus"
KEY: Final = "GCP_API_KEY"
URL: Final = "PLANNER_GCP_PRICES_URL"
PAGE: Final = 2000
"""SKUs asked for at once, 5000 at most; each takes 2 kB."""
MOST_PAGES: Final = 1000
MONTH_HOURS: Final = 730.0
"""Of the prices of local SSD per GiB and month, as Google's own price lists count."""
LOCAL_SSD: Final = "SSD backed Local Storage"
_COMMITTED_SSD: Final = "Local SSD"

_COMMITTED: Final = re.compile(
    r"Commitment v1: (?P<part>.{1,150}?)(?: running)? in .{1,100} for (?P<years>[13]) Years?"
)
_SPOT: Final = re.compile(r"Spot Preemptible (?P<part>.{1,150}?) running in .{1,100}")
_SPOT_CARD: Final = re.compile(r"(?P<part>.{1,150}?) attached to Spot Preemptible VMs(?: running)?(?: in .{1,100})?")
_ON_DEMAND: Final = re.compile(r"(?P<part>.{1,150}?) running in .{1,100}")
_ON_DEMAND_SSD: Final = re.compile(rf"(?P<part>{LOCAL_SSD})(?: in .{{1,100}})?")
_OTHERWISE: Final = re.compile(
    r"\b(DWS|Calendar|Reserved|Defined Duration|Capacity Optimized|Sole Tenancy|Overcommit|Virtual Workstation)\b"
)
_USAGE: Final = {
    "on_demand": "OnDemand", "spot": "Preemptible", "reserved_1y": "Commit1Yr", "reserved_3y": "Commit3Yr"
}  # fmt: skip
_GIB_PER_GB: Final = 1e9 / 2**30
_UNITS: Final = {"h": 1.0, "GiBy.h": 1.0, "GBy.h": 1.0 / _GIB_PER_GB, "GiBy.mo": 1.0 / MONTH_HOURS}
"""What makes a price per unit one per hour of a core or card, or per hour of a GiB."""
_UNITS_OF: Final = {"core": ("h",), "ram": ("GiBy.h", "GBy.h"), "local_ssd": ("GiBy.mo",)}

Rate = tuple[str, str, str]
"""Tier, part, region."""


@dataclass(slots=True)
class Rates:
    """Hourly rates in USD: of one core, one card, or one GiB."""

    usd_per_hour: dict[Rate, float] = field(default_factory=dict)
    doubted: set[Rate] = field(default_factory=set)
    """Rates that the catalog gives twice, with different prices."""

    def add(self, rate: Rate, usd_per_hour: float) -> None:
        """Take a rate; raises NotAPriceError where another one is there."""
        there = self.usd_per_hour.setdefault(rate, usd_per_hour)
        if rate in self.doubted or abs(there - usd_per_hour) > 1e-9 * there:
            self.usd_per_hour.pop(rate, None)
            self.doubted.add(rate)
            tier, part, region = rate
            message = f"{part} in {region} ({tier}) at {there:g} and {usd_per_hour:g} USD/h; neither is taken"
            raise NotAPriceError(message)

    def regions(self, tier: str, part: str) -> set[str]:
        """Where a part has a price in a tier."""
        return {region for at, name, region in self.usd_per_hour if (at, name) == (tier, part)}


def read_rates(ask: Ask, kinds: Mapping[str, str], sieve: Sieve) -> Rates:
    """Rates of the parts in `kinds`: name to `core`, `ram`, `card` or `local_ssd`. Other accelerators are counted.

    Raises HostError or InputError.
    """
    wanted = {name.casefold(): name for name in kinds}
    rates = Rates()
    for sku in _skus(ask):
        description = sku.get("description") if isinstance(sku, dict) else None
        if not isinstance(description, str):
            sieve.broken("a SKU", "without a description")
            continue
        if (named := _named(description)) is None:
            continue
        tier, printed = named
        part = wanted.get(printed.casefold())
        if part is None:
            if tier == "on_demand" and _group(sku) in ("GPU", "TPU"):
                sieve.strange(printed)
            continue
        which = f"SKU {plain(sku.get('skuId'), 20)} ({plain(description)})"
        try:
            usd_per_hour = _usd_per_hour(sku, tier, kinds[part])
            for region in _regions(sku):
                rates.add((tier, part, region), usd_per_hour)
        except NotAPriceError as error:
            sieve.broken(which, error)
    return rates


def _skus(ask: Ask) -> Iterator[Any]:
    key = bearer(ask, KEY, required=True)["Authorization"].removeprefix("Bearer ")
    token, seen = "", {""}
    while True:
        page_of = {"currencyCode": "USD", "pageSize": PAGE} | ({"pageToken": token} if token else {})
        at = address(ask, URL, BASE, f"{COMPUTE_ENGINE}?{urlencode(page_of)}")
        try:
            body = answered(ask, "GET", at, KEY, {"X-Goog-Api-Key": key})  # in the query it would end up in logs
        except PermissionMissingError:
            message = f"{at.host} does not accept the key in {KEY}, or the key may not use the Cloud Billing API"
            raise PermissionMissingError(message) from None
        except RefusedError as error:
            message = f"{error}; a key that is not valid gets such an answer too: check {KEY}"
            raise RefusedError(message) from None
        page = mapping(parsed(body, at.host), at.host)
        if "skus" in page or not token:  # left out of a last page that holds none
            yield from listing(member(page, at.host, "skus"), at.host)
        token = page.get("nextPageToken") or ""
        if not token:
            return
        if not isinstance(token, str) or token in seen or len(seen) >= MOST_PAGES:
            message = f"{at.host} has more than {MOST_PAGES} pages of SKUs, or its pages run in a circle"
            raise BrokenAnswerError(message)
        seen.add(token)


def _named(description: str) -> tuple[str, str] | None:
    """The tier and the part that a description names; None for what is rented in another way."""
    line = " ".join(description.split())
    if _OTHERWISE.search(line):
        return None
    if found := _COMMITTED.fullmatch(line):
        part = LOCAL_SSD if found["part"] == _COMMITTED_SSD else found["part"]
        return f"reserved_{found['years']}y", part
    for pattern, tier in (
        (_SPOT, "spot"), (_SPOT_CARD, "spot"), (_ON_DEMAND, "on_demand"), (_ON_DEMAND_SSD, "on_demand")
    ):  # fmt: skip
        if found := pattern.fullmatch(line):
            return tier, found["part"]
    return None


def _group(sku: Mapping[str, Any]) -> object:
    category = sku.get("category")
    return category.get("resourceGroup") if isinstance(category, dict) else None


def _regions(sku: Mapping[str, Any]) -> list[str]:
    regions = sku.get("serviceRegions")
    if not isinstance(regions, list):
        message = "serviceRegions is no list of regions"
        raise NotAPriceError(message)
    return [region_of(region, "serviceRegions") for region in regions]


def _usd_per_hour(sku: Mapping[str, Any], tier: str, kind: str) -> float:
    """What one core, card or GiB costs in an hour; raises NotAPriceError."""
    try:
        usage = sku["category"]["usageType"]
        expression = sku["pricingInfo"][-1]["pricingExpression"]  # a timeline: the last is in force
        unit, tiers = expression["usageUnit"], expression["tieredRates"]
        money = tiers[0]["unitPrice"]
        currency = money["currencyCode"]
    except (KeyError, IndexError, TypeError):
        message = "no category or price as documented"
        raise NotAPriceError(message) from None
    if usage != _USAGE[tier]:
        message = f"its name says {tier}, its usage type {plain(usage, 20)}"
        raise NotAPriceError(message)
    if currency != "USD":
        message = f"a price in {plain(currency, 10)}; only USD is taken"
        raise NotAPriceError(message)
    if len(tiers) > 1:
        message = "its price depends on how much is used"
        raise NotAPriceError(message)
    if unit not in _UNITS_OF.get(kind, ("h",)):
        message = f"a price per {plain(unit, 20)}, which is not how a {kind.replace('_', ' ')} is priced"
        raise NotAPriceError(message)
    listed = written_number(money.get("units", 0), "units") + number(money.get("nanos", 0), "nanos") / 1e9
    return price(listed) * _UNITS[unit]
