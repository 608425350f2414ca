"""Spot prices of EC2 from its price history: in each region the median of the zones' newest prices.

A zone's price is its own; a run that may start in any zone of the region pays the median or less in half of them,
and the cheapest zone is often the one without capacity.
"""

import re
import statistics
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from typing import Any, Final

from planner.catalog.digits import ten_digits
from planner.catalog.prices.aws_clients import Account, pages
from planner.catalog.prices.machines import Machine
from planner.catalog.prices.row import PriceRow
from planner.catalog.prices.sifting import NotAPriceError, Sieve, price, text, written_number
from planner.catalog.prices.source import Ask
from planner.errors import InputError
from planner.http.failure import HostError

REGIONS: Final = "PLANNER_AWS_SPOT_REGIONS"
USUAL_REGIONS: Final = "us-east-1,us-east-2,us-west-2,eu-west-1"
_REGION: Final = re.compile(r"[a-z]{2}(-[a-z]{2,12}){1,3}-\d{1,2}")
_MOST_REGIONS: Final = 60
_LINUX: Final = ("Linux/UNIX", "Linux/UNIX (Amazon VPC)")


def spot_regions(environment: Mapping[str, str]) -> tuple[str, ...]:
    """Regions to ask: of the variable, or a few; none where it says none. Raises InputError."""
    written = environment.get(REGIONS, "").strip() or USUAL_REGIONS
    if written == "none":
        return ()
    regions = tuple(dict.fromkeys(part.strip() for part in written.split(",")))
    if len(regions) > _MOST_REGIONS or not all(_REGION.fullmatch(region) for region in regions):
        message = f"{REGIONS} must be regions such as us-east-1,eu-west-1, at most {_MOST_REGIONS}, or none"
        raise InputError(message)
    return regions


def spot_prices(ask: Ask, account: Account, machines: Mapping[str, Machine], sieve: Sieve) -> Iterator[PriceRow]:
    """The regions' prices; a region that cannot be asked is reported, and the others stay.

    Raises InputError, and HostError where no region can be asked.
    """
    regions = spot_regions(ask.environment)
    failed: list[tuple[str, HostError]] = []
    for region in regions:
        try:
            yield from _region(ask, account, region, machines, sieve)
        except HostError as error:
            failed.append((region, error))
    if failed and len(failed) == len(regions):
        raise failed[0][1]
    for region, reason in failed:
        sieve.broken(f"spot in {region}", reason)


def _region(
    ask: Ask, account: Account, region: str, machines: Mapping[str, Machine], sieve: Sieve
) -> Iterator[PriceRow]:
    ec2 = account.client("ec2", region)
    arguments = {
        "InstanceTypes": list(machines),
        "ProductDescriptions": list(_LINUX),
        "StartTime": datetime.fromtimestamp(ask.transport.clock.now(), UTC),  # the prices in force, no history
        "PaginationConfig": {"PageSize": 1000},
    }
    newest: dict[tuple[str, str], tuple[datetime, float]] = {}
    for page in pages(ec2, "describe_spot_price_history", "ec2", region, **arguments):
        for entry in page.get("SpotPriceHistory", []):
            try:
                instance, zone, at, usd_per_hour = _entry(entry)
            except NotAPriceError as error:
                sieve.broken(f"{entry.get('InstanceType')} {entry.get('AvailabilityZone') or region} spot", error)
                continue
            if instance in machines and ((instance, zone) not in newest or at > newest[instance, zone][0]):
                newest[instance, zone] = (at, usd_per_hour)
    zones: dict[str, list[float]] = {}
    for (instance, _), (_, usd_per_hour) in newest.items():
        zones.setdefault(instance, []).append(usd_per_hour)
    for instance, prices in sorted(zones.items()):
        machine = machines[instance]
        yield PriceRow(
            provider="aws",
            instance=instance,
            gpu=machine.gpu,
            gpu_count=machine.gpu_count,
            vcpus=machine.vcpus,
            memory_gib=machine.memory_gib,
            region=region,
            tier="spot",
            usd_per_hour=ten_digits(statistics.median(prices)),
            market="cloud",
            as_of=ask.day,
            confidence="high",
            source=f"aws: spot price history, {_spread(prices)}",
        )


def _entry(entry: Mapping[str, Any]) -> tuple[str, str, datetime, float]:
    if entry.get("ProductDescription") not in _LINUX:
        message = f"ProductDescription {entry.get('ProductDescription')} was not asked for"
        raise NotAPriceError(message)
    at = entry.get("Timestamp")
    if not isinstance(at, datetime):
        message = "Timestamp is missing"
        raise NotAPriceError(message)
    instance, zone = text(entry.get("InstanceType"), "InstanceType"), text(entry.get("AvailabilityZone"), "zone")
    return instance, zone, at, price(written_number(entry.get("SpotPrice"), "SpotPrice"))


def _spread(prices: list[float]) -> str:
    if len(prices) == 1:
        return "its one zone"
    return f"median of {len(prices)} zones, {min(prices):g} to {max(prices):g} USD/h"
