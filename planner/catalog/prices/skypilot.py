"""SkyPilot's catalog files: prices of many clouds as its project collects them, fetched or read from a folder.

One CSV per cloud, `{cloud}/vms.csv`, with InstanceType, AcceleratorName, AcceleratorCount, vCPUs, MemoryGiB, GpuInfo,
Price, SpotPrice, Region and sometimes AvailabilityZone (catalogs v8, Apache-2.0). What is wrong in them is known, and
is reported instead of being taken for a price:

- 0.0, and 700.0 for TPU slices of GCP, stand for prices that nobody knows;
- GCP prices hosts and cards in rows of their own, to be added up by whoever knows which belong together: only its
  TPU rows, which are whole, are taken;
- Mithril's prices are floors of an auction: left out whole;
- a spot price of 0.00 means that there is none, and so does one equal to the price on demand;
- memory of cards is that of one card (of all of them for Vast.ai), in MiB (in GB for RunPod).

Zones are collapsed to regions, at the cheapest zone, since one may choose it.
"""

import math
import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from types import MappingProxyType
from typing import Any, ClassVar, Final

from planner.catalog.prices.asking import answered, checked_address
from planner.catalog.prices.listed_rows import ListedRow, csv_rows, read_file
from planner.catalog.prices.row import PriceRow
from planner.catalog.prices.sifting import NotAPriceError, Sieve, gpus, price, size, text, written_number
from planner.catalog.prices.source import Ask, Fetched
from planner.catalog.prices.vast import country
from planner.errors import InputError, PlannerError
from planner.http.failure import HostError, NoAnswerError

_URL: Final = "https://raw.githubusercontent.com/skypilot-org/skypilot-catalog/master/catalogs/v8"
_DEFAULT: Final = ("cudo", "hyperbolic", "hyperstack", "jarvislabs", "nebius", "oci", "verda")
"""Clouds in v8 that no other source asks."""
_PROVIDERS: Final = {"do": "digitalocean"}
"""Where SkyPilot's name of a cloud is not the catalog's."""
_AUCTIONS: Final = frozenset({"mithril"})
_CLOUD: Final = re.compile(r"[a-z0-9][a-z0-9_-]{0,40}")
_COLUMNS: Final = (
    "InstanceType", "AcceleratorName", "AcceleratorCount", "vCPUs", "MemoryGiB", "Price", "SpotPrice", "Region",
)  # fmt: skip
_FORM: Final = re.compile(r"(sxm|pcie|pci|nvl)(?![a-z])", re.IGNORECASE)
_UNSAID_FORM: Final = {("cudo", "V100"): "PCIe", ("ibm", "V100"): "PCIe"}
"""Form of cards where nothing tells it and `prices.csv` assigns another one than the card's bare name means."""
_MEMORY: Final = re.compile(r"SizeInMiB['\"]: (\d{1,9})")
"""GpuInfo is a Python literal in most files, JSON in some."""
_SLICE: Final = re.compile(r"(tpu-(v\d[a-z]*))-(\d{1,5})")
_CORES_PER_CHIP: Final = {"v2": 2, "v3": 2, "v4": 2, "v5p": 2}
"""TPU generations whose slices are named by TensorCores instead of chips (Google Cloud TPU documentation)."""
_TPU_PLACEHOLDER_USD: Final = 700.0
_LEAST_MIB: Final = 2048
"""A smaller number of MiB is one of GB."""


@dataclass(frozen=True)
class SkyPilotPrices:
    """Prices of the clouds in SkyPilot's catalog, on demand and spot."""

    name: ClassVar[str] = "skypilot"
    providers: ClassVar[tuple[str, ...]] = ()
    variables: ClassVar[Mapping[str, str]] = MappingProxyType(
        {
            "PLANNER_SKYPILOT_CLOUDS": f"clouds, with commas between; {','.join(_DEFAULT)} if unset",
            "PLANNER_SKYPILOT_FOLDER": "folder with CLOUD/vms.csv or CLOUD.csv, read instead of asking the network",
            "PLANNER_SKYPILOT_URL": f"address above CLOUD/vms.csv, or one with {{cloud}} in it; {_URL} if unset",
        }
    )
    required: ClassVar[tuple[str, ...]] = ()

    def fetch(self, ask: Ask) -> Fetched:
        """All clouds that can be read; raises the first error where none can."""
        sieve, failed, clouds = Sieve(), dict[str, PlannerError](), _clouds(ask)
        silent: dict[str, NoAnswerError] = {}
        for cloud in clouds:
            try:
                data, shown, day = _file(ask, cloud, silent)
                rows = list(csv_rows(data, shown, _COLUMNS))  # all or none: half a cloud would look like all of it
            except (HostError, InputError) as error:
                failed[cloud] = error
            else:
                _sift(ask, cloud, rows, day, sieve)
        if len(failed) == len(clouds):
            raise next(iter(failed.values()))
        for cloud, why in failed.items():
            sieve.broken(cloud, why)
        return sieve.fetched()


def _clouds(ask: Ask) -> list[str]:
    written = ask.environment.get("PLANNER_SKYPILOT_CLOUDS", "").strip() or ",".join(_DEFAULT)
    clouds = list(dict.fromkeys(name.strip() for name in written.split(",") if name.strip()))
    for cloud in clouds:
        if not _CLOUD.fullmatch(cloud) or cloud in _AUCTIONS:
            why = "prices by auction: its figures are floors" if cloud in _AUCTIONS else "is no name of a cloud"
            message = f"PLANNER_SKYPILOT_CLOUDS: {cloud[:60]!r} {why}"
            raise InputError(message)
    if not clouds:
        message = "PLANNER_SKYPILOT_CLOUDS names no cloud"
        raise InputError(message)
    return clouds


def _file(ask: Ask, cloud: str, silent: dict[str, NoAnswerError]) -> tuple[bytes, str, str]:
    """A cloud's file, its name in messages, and the day that it tells of; a `silent` host is not asked again."""
    if folder := ask.environment.get("PLANNER_SKYPILOT_FOLDER", "").strip():
        nested, flat = Path(folder) / cloud / "vms.csv", Path(folder) / f"{cloud}.csv"
        path, shown = (flat, f"{cloud}.csv") if flat.is_file() else (nested, f"{cloud}/vms.csv")
        data = read_file(path, shown)
        written = datetime.fromtimestamp(path.stat().st_mtime, UTC).date().isoformat()
        return data, shown, min(written, ask.day)
    template = ask.environment.get("PLANNER_SKYPILOT_URL", "").strip() or _URL
    template = template if "{cloud}" in template else template.rstrip("/") + "/{cloud}/vms.csv"
    at = checked_address(template.replace("{cloud}", cloud), "PLANNER_SKYPILOT_URL")
    if at.host in silent:
        raise silent[at.host]
    try:
        return answered(ask, "GET", at, None, {}), f"{cloud}/vms.csv", ask.day
    except NoAnswerError as error:
        silent[at.host] = error
        raise


def _sift(ask: Ask, cloud: str, rows: Iterable[ListedRow], day: str, sieve: Sieve) -> None:
    left_out: Counter[str] = Counter()
    for row in rows:
        if row.cells is None:
            sieve.broken(row.place, "has another number of cells than there are columns")
            continue
        cells = row.cells
        if why := _known_trap(cloud, cells):
            left_out[why] += 1
        elif cells["AcceleratorName"].strip():
            try:
                for found in _rows(ask, cloud, cells, day, sieve):
                    sieve.keep(found)
            except NotAPriceError as error:
                sieve.broken(f"{row.place} ({cells['InstanceType'] or cells['AcceleratorName']})", error)
    for why, count in sorted(left_out.items()):
        sieve.broken(cloud, f"{why} ({count:,} of its rows)")


def _known_trap(cloud: str, cells: Mapping[str, Any]) -> str:
    """Why a row is none, in words; empty where it may be one."""
    card, usd = cells["AcceleratorName"].strip(), cells["Price"].strip()
    if cloud == "gcp" and not _SLICE.fullmatch(card):
        return "hosts and cards priced apart are left out; the source gcp asks for whole machines"
    if cloud == "gcp" and size(usd) == _TPU_PLACEHOLDER_USD:
        return f"a price of {_TPU_PLACEHOLDER_USD:g} stands for none"
    if card and _is_zero(usd) and not size(cells["SpotPrice"]) > 0:
        return "a price of 0 stands for none"
    return ""


def _is_zero(written: str) -> bool:
    try:
        return float(written) == 0
    except ValueError:
        return False


def _rows(ask: Ask, cloud: str, cells: Mapping[str, Any], day: str, sieve: Sieve) -> Iterator[PriceRow]:
    printed = text(cells["AcceleratorName"], "AcceleratorName")
    count = gpus(written_number(cells["AcceleratorCount"], "AcceleratorCount"), "AcceleratorCount")
    instance, memory = cells["InstanceType"].strip(), math.nan
    if tpu := _SLICE.fullmatch(printed):
        instance, printed = printed, tpu[1]
        count = gpus(count * int(tpu[3]) / _CORES_PER_CHIP.get(tpu[2], 1), "number of chips")
    else:
        memory = _memory_gib(cloud, str(cells.get("GpuInfo") or ""), count)
    gpu = ask.card(_with_form(cloud, printed, f"{instance} {cells.get('GpuInfo') or ''}"), memory)
    if gpu is None:
        sieve.strange(printed)
        return
    region = _region(cloud, text(cells["Region"], "Region"))
    for tier, usd in _tiers(cells).items():
        yield PriceRow(
            provider=_PROVIDERS.get(cloud, cloud),
            instance=text(instance, "InstanceType"),
            gpu=gpu,
            gpu_count=count,
            vcpus=size(cells["vCPUs"]),
            memory_gib=size(cells["MemoryGiB"]),
            region=region,
            tier=tier,
            usd_per_hour=usd,
            market="marketplace" if cloud == "vast" or instance.endswith("_COMMUNITY") else "cloud",
            as_of=day,
            confidence="medium",
            source="skypilot: cheapest zone" if cells.get("AvailabilityZone") else "skypilot",
        )


def _region(cloud: str, written: str) -> str:
    """The region as the catalog names it: a country for Vast.ai, `any` where a cloud has only one."""
    if cloud == "vast":
        return country(written)
    return "any" if written == "default" else written


def _tiers(cells: Mapping[str, Any]) -> dict[str, float]:
    listed, spot = cells["Price"].strip(), cells["SpotPrice"].strip()
    found = {}
    if listed and not _is_zero(listed):
        found["on_demand"] = price(written_number(listed, "Price"), "Price")
    if spot and not _is_zero(spot):
        usd = price(written_number(spot, "SpotPrice"), "SpotPrice")
        if usd != found.get("on_demand"):
            found["spot"] = usd
    if not found:
        message = "Price is missing"
        raise NotAPriceError(message)
    return found


def _memory_gib(cloud: str, info: str, count: int) -> float:
    """Memory of one card, in GiB; NaN where it is not told."""
    told = _MEMORY.search(info)
    if told is None or not (mib := int(told[1])):
        return math.nan
    if mib < _LEAST_MIB:
        return float(mib)
    return mib / 1024 / (count if cloud == "vast" else 1)


def _with_form(cloud: str, printed: str, told: str) -> str:
    """The printed card with the form that the instance or the details name, where the card's own name does not."""
    if _FORM.search(printed):
        return printed
    form = _FORM.search(told)
    said = form[1] if form else _UNSAID_FORM.get((cloud, printed), "")
    return f"{printed} {said}".strip()
