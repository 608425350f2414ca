"""RunPod: prices per card from its GraphQL API, of the secure cloud and of the community's machines.

`POST /graphql` with `gpuTypes { id displayName memoryInGb … securePrice communityPrice secureSpotPrice
communitySpotPrice maxGpuCount … }` (RunPod's GraphQL schema); the list is public, a key is sent where one is set. A
pod of n cards costs n times the price of one. `lowestPrice(input: {gpuCount: n})` tells the least vCPUs and memory
(GiB) of such a pod, of either cloud.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any, ClassVar, Final

from planner.catalog.prices.asking import address, answered, bearer, listing, mapping, member, parsed
from planner.catalog.prices.plain_text import plain
from planner.catalog.prices.row import PriceRow
from planner.catalog.prices.sifting import NotAPriceError, Sieve, gpus, number, price, size, text
from planner.catalog.prices.source import Ask, Fetched
from planner.http.failure import PermissionMissingError, RefusedError

_URL: Final = "https://api.runpod.io"
_KEY: Final = "RUNPOD_API_KEY"
_MOST_CARDS: Final = 16
"""Cards of one pod; the API's largest is 10."""
_TOLD: Final = range(1, 9)
"""Numbers of cards whose vCPUs and memory are asked for."""
_CLOUDS: Final = {"secure": "cloud", "community": "marketplace"}

_QUERY: Final = (
    "query { gpuTypes { id displayName memoryInGb secureCloud communityCloud securePrice communityPrice "
    "secureSpotPrice communitySpotPrice maxGpuCount maxGpuCountSecureCloud maxGpuCountCommunityCloud "
    + " ".join(f"of{n}: lowestPrice(input: {{gpuCount: {n}}}) {{ minVcpu minMemory }}" for n in _TOLD)
    + " } }"
)


@dataclass(frozen=True)
class RunPodPrices:
    """Prices of RunPod's pods, on demand and spot; the same in every region."""

    name: ClassVar[str] = "runpod"
    providers: ClassVar[tuple[str, ...]] = ("runpod",)
    variables: ClassVar[Mapping[str, str]] = MappingProxyType(
        {
            _KEY: "key of RunPod's API; the list of prices is public, so it may be unset",
            "PLANNER_RUNPOD_URL": f"address of the API, {_URL} if unset",
        }
    )
    required: ClassVar[tuple[str, ...]] = ()

    def fetch(self, ask: Ask) -> Fetched:
        """All types of cards; raises HostError or InputError."""
        key = bearer(ask, _KEY)
        at = address(ask, "PLANNER_RUNPOD_URL", _URL, "/graphql")
        answer = mapping(parsed(answered(ask, "POST", at, _KEY, key, {"query": _QUERY}), at.host), at.host)
        if answer.get("errors"):
            raise _refusal(answer["errors"], at.host, key)
        sieve = Sieve()
        for at_row, entry in enumerate(listing(member(answer, at.host, "data", "gpuTypes"), at.host)):
            which = entry.get("id") if isinstance(entry, dict) else None
            try:
                _sift(ask, entry, sieve)
            except NotAPriceError as error:
                sieve.broken(which or f"gpuTypes[{at_row}]", error)
        return sieve.fetched()


def _sift(ask: Ask, entry: Any, sieve: Sieve) -> None:  # noqa: ANN401 - any JSON value
    if not isinstance(entry, dict):
        message = "no mapping"
        raise NotAPriceError(message)
    printed, memory = text(entry.get("displayName") or entry.get("id"), "displayName"), size(entry.get("memoryInGb"))
    gpu = ask.card(printed, memory) or ask.card(str(entry.get("id") or ""), memory)
    if gpu is None:
        if any(entry.get(f"{cloud}Cloud") is not False for cloud in _CLOUDS):
            sieve.strange(printed)
        return
    for cloud, market in _CLOUDS.items():
        try:
            for row in _rows(ask, entry, gpu, cloud, market):
                sieve.keep(row)
        except NotAPriceError as error:
            sieve.broken(f"{printed}, {cloud}", error)


def _rows(ask: Ask, entry: dict[str, Any], gpu: str, cloud: str, market: str) -> Iterator[PriceRow]:
    listed, spot = entry.get(f"{cloud}Price"), entry.get(f"{cloud}SpotPrice")
    if entry.get(f"{cloud}Cloud") is False or (listed is None and entry.get(f"{cloud}Cloud") is None):
        return  # not to be had there
    each = {"on_demand": price(number(listed, f"{cloud}Price"), f"{cloud}Price")}
    if spot is not None and spot != 0:  # RunPod prints 0 where there is no spot
        each["spot"] = price(number(spot, f"{cloud}SpotPrice"), f"{cloud}SpotPrice")
    named = f"maxGpuCount{cloud.capitalize()}Cloud"
    if not (most := entry.get(named)):
        most = entry.get("maxGpuCount")
    largest = min(gpus(number(most, "maxGpuCount"), "maxGpuCount"), _MOST_CARDS)
    for count in range(1, largest + 1):
        host = entry.get(f"of{count}")
        least = host if isinstance(host, dict) else {}
        for tier, usd in each.items():
            yield PriceRow(
                provider="runpod",
                instance=f"{count}x_{gpu}_{cloud}",
                gpu=gpu,
                gpu_count=count,
                vcpus=size(least.get("minVcpu")),
                memory_gib=size(least.get("minMemory")),
                region="any",
                tier=tier,
                usd_per_hour=price(count * usd),
                market=market,
                as_of=ask.day,
                confidence="high" if tier == "on_demand" else "medium",
                source="runpod",
            )


def _refusal(errors: object, host: str, key: Mapping[str, str]) -> Exception:
    """GraphQL tells of failures with status 200, in words that might repeat what was sent."""
    first = errors[0] if isinstance(errors, list) and errors and isinstance(errors[0], dict) else {}
    said = plain(first.get("message", "no reason given"), 200)
    for secret in (value.partition(" ")[2] for value in key.values()):
        said = said.replace(secret, "***")
    extensions = first.get("extensions")
    code = extensions.get("code") if isinstance(extensions, dict) else None
    if code in ("UNAUTHENTICATED", "FORBIDDEN"):
        held = f"does not accept the key in {_KEY}" if key else f"wants a key, and {_KEY} is not set"
        return PermissionMissingError(f"{host} {held} ({said})")
    return RefusedError(f"{host} refuses the request ({said})")
