"""Azure Retail Prices API, without a key: on demand, spot, reservations and savings plans of the N-series.

The list names the size and no card: that comes from the bundled machines.
https://learn.microsoft.com/rest/api/cost-management/retail-prices/azure-retail-prices
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from types import MappingProxyType
from typing import Any, ClassVar, Final
from urllib.parse import quote, urlencode

from planner.catalog.prices.agreed import keep_agreed, region_of
from planner.catalog.prices.asking import address, answered, listing, member, parsed
from planner.catalog.prices.machines import Machine, bundled_machines
from planner.catalog.prices.plain_text import plain
from planner.catalog.prices.row import PriceRow
from planner.catalog.prices.sifting import NotAPriceError, Sieve, number, price, text
from planner.catalog.prices.source import Ask, Fetched
from planner.http.addresses import AddressError
from planner.http.failure import BrokenAnswerError

BASE: Final = "https://prices.azure.com"
MOST_PAGES: Final = 1000
"""Of up to a thousand items each; the N-series fills a few dozen."""
_URL: Final = "PLANNER_AZURE_PRICES_URL"
_QUERY: Final = {
    "api-version": "2023-01-01-preview",  # the first that lists savings plans
    "$filter": "serviceName eq 'Virtual Machines' and startswith(armSkuName, 'Standard_N')",
}
_HOURS: Final = {"1 Year": 8760, "3 Years": 26280}
_TERMS: Final = {"1 Year": "1y", "3 Years": "3y"}
_OTHER_PRODUCTS: Final = ("windows", "cloud services", "cloudservices", "dedicated host")


@dataclass(frozen=True)
class AzurePrices:
    """Source of Azure's list prices."""

    name: ClassVar[str] = "azure"
    providers: ClassVar[tuple[str, ...]] = ("azure",)
    variables: ClassVar[Mapping[str, str]] = MappingProxyType({_URL: f"address to ask instead of {BASE}"})
    required: ClassVar[tuple[str, ...]] = ()

    def fetch(self, ask: Ask) -> Fetched:
        """All prices of the N-series; raises HostError or InputError."""
        sieve = Sieve()
        machines = {name.casefold(): machine for name, machine in bundled_machines("azure").items()}
        keep_agreed(sieve, _dated(ask, machines, sieve))
        return sieve.fetched()


def _dated(ask: Ask, machines: Mapping[str, Machine], sieve: Sieve) -> Iterator[tuple[str, PriceRow]]:
    """Every price and the day since when it holds: one that was replaced stays listed for a while."""
    for at, item in enumerate(_items(ask), 1):
        if not isinstance(item, dict):
            sieve.broken(f"item {at}", "no object")
            continue
        if not _rented(item):
            continue
        try:
            yield from _rows(item, machines, ask.day, sieve)
        except NotAPriceError as error:
            named = (item.get(key) for key in ("armSkuName", "armRegionName", "type"))
            sieve.broken(f"item {at} ({', '.join(plain(name, 40) for name in named)})", error)


def _items(ask: Ask) -> Iterator[Any]:
    query = urlencode(_QUERY, quote_via=quote, safe="$")
    at = address(ask, _URL, BASE, f"/api/retail/prices?{query}")
    seen: set[str] = set()
    while True:
        if at.url in seen or len(seen) >= MOST_PAGES:
            message = f"{at.host} has more than {MOST_PAGES} pages of prices, or its pages run in a circle"
            raise BrokenAnswerError(message)
        seen.add(at.url)
        page = parsed(answered(ask, "GET", at, None, {}), at.host)
        items = listing(member(page, at.host, "Items"), at.host)
        if (currency := page.get("BillingCurrency", "USD")) != "USD":
            message = f"{at.host} answers in {plain(currency, 10)}; only USD is taken"
            raise BrokenAnswerError(message)
        yield from items
        link = page.get("NextPageLink")
        if not link:
            return
        try:
            at = at.to(str(link).replace(" ", "%20"))
        except AddressError as error:
            message = f"the link to the next page of {at.host} {error}; it is not followed"
            raise BrokenAnswerError(message) from None


def _rented(item: Mapping[str, Any]) -> bool:
    """Whether this is a machine with Linux that anybody may rent; Low Priority is for Azure Batch alone."""
    product = str(item.get("productName")).casefold()
    kind = f"{item.get('skuName')} {item.get('meterName')}"
    wanted = item.get("type") in ("Consumption", "Reservation")
    return wanted and "Low Priority" not in kind and not any(word in product for word in _OTHER_PRODUCTS)


def _rows(
    item: Mapping[str, Any], machines: Mapping[str, Machine], day: str, sieve: Sieve
) -> Iterator[tuple[str, PriceRow]]:
    size, region = text(item.get("armSkuName"), "armSkuName"), region_of(item.get("armRegionName"), "armRegionName")
    machine = machines.get(size.casefold())
    if machine is None:
        sieve.strange(size)
        return
    if (currency := item.get("currencyCode")) != "USD":
        message = f"a price in {plain(currency, 10)}; only USD is taken"
        raise NotAPriceError(message)
    since, until = _day(item, "effectiveStartDate"), item.get("effectiveEndDate")
    if since > day or (until and _day(item, "effectiveEndDate") < day):
        return  # announced, or no longer in force
    for tier, usd_per_hour in _tiers(item):
        row = PriceRow(
            provider="azure",
            instance=machine.instance,
            gpu=machine.gpu,
            gpu_count=machine.gpu_count,
            vcpus=machine.vcpus,
            memory_gib=machine.memory_gib,
            region=region,
            tier=tier,
            usd_per_hour=price(usd_per_hour, f"{tier} price"),
            market="cloud",
            as_of=day,
            confidence="high",
            source=f"azure: Retail Prices API, in force since {since}",
        )
        yield since, row


def _tiers(item: Mapping[str, Any]) -> Iterator[tuple[str, float]]:
    """Tier and USD per hour; a reservation's price is that of its whole term, though its unit says an hour."""
    listed = number(item.get("retailPrice"), "retailPrice")
    if item["type"] == "Reservation":
        term = text(item.get("reservationTerm"), "reservationTerm")
        if term in _TERMS:
            yield f"reserved_{_TERMS[term]}", listed / _HOURS[term]
        return
    if (unit := item.get("unitOfMeasure")) != "1 Hour":
        message = f"a price per {plain(unit, 20)}, not per hour"
        raise NotAPriceError(message)
    if any(str(item.get(name)).endswith(" Spot") for name in ("skuName", "meterName")):
        yield "spot", listed
        return
    yield "on_demand", listed
    plans = item.get("savingsPlan") or []
    for plan in plans if isinstance(plans, list) else [plans]:
        if not isinstance(plan, dict):
            message = "savingsPlan is no list of plans"
            raise NotAPriceError(message)
        if plan.get("term") in _TERMS:
            yield f"savings_{_TERMS[plan['term']]}", number(plan.get("retailPrice"), "retailPrice of savingsPlan")


def _day(item: Mapping[str, Any], what: str) -> str:
    written = item.get(what)
    try:
        return date.fromisoformat(str(written)[:10]).isoformat()
    except ValueError:
        message = f"{what} {plain(written, 30)!r} is no date"
        raise NotAPriceError(message) from None
