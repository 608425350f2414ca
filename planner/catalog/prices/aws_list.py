"""The AWS Price List of EC2: on demand and standard reserved instances, Linux, shared tenancy, every region.

Reserved: one pays nothing upfront where that is sold; else the payment option that is cheapest over the whole term.
https://docs.aws.amazon.com/awsaccountbilling/latest/aboutv2/price-changes.html
"""

import json
import re
from collections.abc import Iterator, Mapping
from typing import Any, Final

from planner.catalog.prices.agreed import region_of
from planner.catalog.prices.aws_clients import Account, pages
from planner.catalog.prices.machines import Machine
from planner.catalog.prices.plain_text import plain
from planner.catalog.prices.row import PriceRow
from planner.catalog.prices.sifting import NotAPriceError, Sieve, price, size, written_number
from planner.catalog.prices.source import Ask

SERVED_FROM: Final = "us-east-1"
"""One of the few regions that have the price list; it holds all regions."""
_PLAIN: Final = {
    "operatingSystem": "Linux",
    "tenancy": "Shared",
    "preInstalledSw": "NA",
    "capacitystatus": "Used",
    "marketoption": "OnDemand",  # not CapacityBlock, which is booked ahead at another price
    "locationType": "AWS Region",  # not a local zone
}
_ACCELERATED: Final = re.compile(r"(p|g|gr|dl|trn)\d+[a-z0-9-]*\.[a-z0-9-]+")
_YEARS: Final = {"1yr": ("reserved_1y", 8760), "3yr": ("reserved_3y", 26280)}
_GPU_COUNT: Final = re.compile(r"\d+")
_LIST: Final = "aws: Price List API"


def listed_prices(
    ask: Ask, account: Account, machines: Mapping[str, Machine], sieve: Sieve
) -> Iterator[tuple[str, PriceRow]]:
    """Every price, with the date since when it holds; raises HostError or InputError."""
    pricing = account.client("pricing", SERVED_FROM)
    for instance in _instances(pricing):
        if instance not in machines:
            sieve.strange(instance)
            continue
        filters = [
            {"Type": "TERM_MATCH", "Field": field, "Value": value}
            for field, value in {"instanceType": instance, **_PLAIN}.items()
        ]
        arguments = {"ServiceCode": "AmazonEC2", "Filters": filters, "PaginationConfig": {"PageSize": 100}}
        found = pages(pricing, "get_products", "pricing", SERVED_FROM, **arguments)
        for at, written in enumerate((entry for page in found for entry in page.get("PriceList", [])), 1):
            try:
                yield from _rows(_product(written), machines[instance], ask.day, sieve)
            except NotAPriceError as error:
                sieve.broken(f"{instance}, product {at}", error)


def _instances(pricing: Any) -> list[str]:  # noqa: ANN401 - a client of boto3
    """Instance types of series with accelerators, as the price list knows them now."""
    found: set[str] = set()
    arguments = {"ServiceCode": "AmazonEC2", "AttributeName": "instanceType"}
    for page in pages(pricing, "get_attribute_values", "pricing", SERVED_FROM, **arguments):
        names = (value.get("Value") for value in page.get("AttributeValues", []))
        found.update(name for name in names if isinstance(name, str) and _ACCELERATED.fullmatch(name))
    return sorted(found)


def _product(written: object) -> Mapping[str, Any]:
    try:
        product = json.loads(written) if isinstance(written, str) else written
    except (ValueError, RecursionError):
        product = None
    if not isinstance(product, dict):
        message = "no JSON object"
        raise NotAPriceError(message)
    return product


def _rows(
    product: Mapping[str, Any], machine: Machine, day: str, sieve: Sieve
) -> Iterator[tuple[str, PriceRow]]:  # fmt: skip
    attributes, terms = _at(product, "product", "attributes"), _at(product, "terms")
    region = region_of(attributes.get("regionCode"), "regionCode")
    for name, wanted in {"instanceType": machine.instance, **_PLAIN}.items():
        if attributes.get(name) != wanted:
            message = f"{region}: {name} {plain(attributes.get(name), 30)!r} was not asked for"
            raise NotAPriceError(message)
    printed = attributes.get("gpu")
    if isinstance(printed, str) and _GPU_COUNT.fullmatch(printed) and int(printed) != machine.gpu_count:
        message = f"{region}: {printed} GPUs, where the catalog knows {machine.gpu_count}"
        raise NotAPriceError(message)
    vcpus = size(attributes.get("vcpu"))
    memory = size(str(attributes.get("memory", "")).removesuffix(" GiB").replace(",", ""))
    for since, tier, usd_per_hour, said in _terms(terms, f"{machine.instance} {region}", sieve):
        row = PriceRow(
            provider="aws",
            instance=machine.instance,
            gpu=machine.gpu,
            gpu_count=machine.gpu_count,
            vcpus=vcpus,
            memory_gib=memory,
            region=region,
            tier=tier,
            usd_per_hour=usd_per_hour,
            market="cloud",
            as_of=day,
            confidence="high",
            source=f"{_LIST}, {said}",
        )
        yield since, row


def _terms(terms: Mapping[str, Any], named: str, sieve: Sieve) -> Iterator[tuple[str, str, float, str]]:
    """Date since when, tier, USD per hour and what kind of price it is."""
    for term in _values(terms, "OnDemand"):
        try:
            upfront, hourly = _paid(term)
            if upfront:
                message = "on demand with something to pay upfront"
                raise NotAPriceError(message)
            yield str(term.get("effectiveDate", "")), "on_demand", price(hourly), "on demand"
        except NotAPriceError as error:
            sieve.broken(f"{named} on_demand", error)
    options: dict[str, list[tuple[bool, float, str, str]]] = {}
    for term in _values(terms, "Reserved"):
        said = term.get("termAttributes")
        said = said if isinstance(said, dict) else {}
        if said.get("LeaseContractLength") not in _YEARS or said.get("OfferingClass") != "standard":
            continue
        tier, hours = _YEARS[said["LeaseContractLength"]]
        option = plain(said.get("PurchaseOption"), 20)
        try:
            upfront, hourly = _paid(term)
            effective = price(upfront / hours + hourly)
        except NotAPriceError as error:
            sieve.broken(f"{named} {tier} {option}", error)
            continue
        since = str(term.get("effectiveDate", ""))
        options.setdefault(tier, []).append((option != "No Upfront", effective, option, since))
    for tier, offered in sorted(options.items()):
        _, effective, option, since = min(offered)
        yield since, tier, effective, f"standard reserved, {option}, upfront spread over the term"


def _values(terms: Mapping[str, Any], kind: str) -> list[dict[str, Any]]:
    offers = terms.get(kind) or {}
    if not isinstance(offers, dict) or not all(isinstance(offer, dict) for offer in offers.values()):
        message = f"terms.{kind} is no map of offers"
        raise NotAPriceError(message)
    return [offers[code] for code in sorted(offers)]


def _paid(term: Mapping[str, Any]) -> tuple[float, float]:
    """USD upfront and USD per hour of a term."""
    upfront, hourly, seen = 0.0, 0.0, 0
    for dimension in _at(term, "priceDimensions").values():
        per_unit = _at(dimension, "pricePerUnit") if isinstance(dimension, dict) else {}
        if "USD" not in per_unit:
            message = f"a price in {plain(', '.join(per_unit) or 'no currency', 20)}; only USD is taken"
            raise NotAPriceError(message)
        usd, unit = written_number(per_unit["USD"], "USD"), dimension.get("unit")
        if usd < 0 or unit not in ("Hrs", "Quantity"):
            message = f"{usd:g} USD per {plain(unit, 20)}"
            raise NotAPriceError(message)
        upfront, hourly = (upfront, hourly + usd) if unit == "Hrs" else (upfront + usd, hourly)
        seen += 1
    if not seen:
        message = "a term without a price"
        raise NotAPriceError(message)
    return upfront, hourly


def _at(data: Mapping[str, Any], *path: str) -> dict[str, Any]:
    for name in path:
        found = data.get(name)
        if not isinstance(found, dict):
            message = f"no object {name!r}"
            raise NotAPriceError(message)
        data = found
    return dict(data)
