"""Lambda: one price per instance type, the same in every region, by its Cloud API with a key.

`GET /api/v1/instance-types` answers `{"data": {name: {"instance_type": {"name", "description", "gpu_description",
"price_cents_per_hour", "specs": {"vcpus", "memory_gib", "gpus"}}, "regions_with_capacity_available": […]}}}`
(Lambda Cloud API 1.10, OpenAPI document of 2026). Where there is capacity right now is no part of a price.
"""

import math
from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any, ClassVar, Final

from planner.catalog.prices.asking import address, answered, bearer, mapping, member, parsed
from planner.catalog.prices.row import PriceRow
from planner.catalog.prices.sifting import NotAPriceError, Sieve, gpus, number, price, size, text
from planner.catalog.prices.source import Ask, Fetched

_URL: Final = "https://cloud.lambda.ai"
_KEY: Final = "LAMBDA_API_KEY"


@dataclass(frozen=True)
class LambdaPrices:
    """Prices of Lambda's instance types; there is no spot."""

    name: ClassVar[str] = "lambda"
    providers: ClassVar[tuple[str, ...]] = ("lambda",)
    variables: ClassVar[Mapping[str, str]] = MappingProxyType(
        {_KEY: "key of Lambda's Cloud API", "PLANNER_LAMBDA_URL": f"address of the API, {_URL} if unset"}
    )
    required: ClassVar[tuple[str, ...]] = (_KEY,)

    def fetch(self, ask: Ask) -> Fetched:
        """All instance types with cards; raises HostError or InputError."""
        key = bearer(ask, _KEY, required=True)
        at = address(ask, "PLANNER_LAMBDA_URL", _URL, "/api/v1/instance-types")
        types = member(parsed(answered(ask, "GET", at, _KEY, key), at.host), at.host, "data")
        sieve = Sieve()
        for name, entry in mapping(types, at.host).items():
            try:
                _sift(ask, name, entry, sieve)
            except NotAPriceError as error:
                sieve.broken(name, error)
        return sieve.fetched()


def _sift(ask: Ask, name: str, entry: Any, sieve: Sieve) -> None:  # noqa: ANN401 - any JSON value
    told = entry.get("instance_type") if isinstance(entry, dict) else None
    specs = told.get("specs") if isinstance(told, dict) else None
    if not isinstance(told, dict) or not isinstance(specs, dict):
        message = "no instance_type with specs"
        raise NotAPriceError(message)
    count = number(specs.get("gpus"), "specs.gpus")
    if count == 0:
        return  # a machine without cards, and priced as one
    cards = gpus(count, "specs.gpus")
    usd = price(number(told.get("price_cents_per_hour"), "price_cents_per_hour") / 100)
    printed = text(told.get("gpu_description") or told.get("description"), "gpu_description")
    gpu = ask.card(printed, math.nan)
    if gpu is None:
        sieve.strange(printed)
        return
    sieve.keep(
        PriceRow(
            provider="lambda",
            instance=text(told.get("name") or name, "name"),
            gpu=gpu,
            gpu_count=cards,
            vcpus=size(specs.get("vcpus")),
            memory_gib=size(specs.get("memory_gib")),
            region="any",
            tier="on_demand",
            usd_per_hour=usd,
            market="cloud",
            as_of=ask.day,
            confidence="high",
            source="lambda",
        )
    )
