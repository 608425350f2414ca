"""Google Compute Engine: machines put together from the Cloud Billing Catalog's cards, cores, memory and local SSD.

The catalog prices parts and knows no machines: their shapes are those of the bundled `prices.csv`, and which SKUs make
them is in `gcp_parts.csv`. Committed use (resource-based) makes the tiers reserved_1y and reserved_3y. Sustained-use
discounts are left out: A- and G-series machines and cards have none, and those of N1 cores depend on the month.
"""

import math
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from types import MappingProxyType
from typing import ClassVar, Final

from planner.catalog.digits import ten_digits
from planner.catalog.models import id_of
from planner.catalog.prices.gcp_skus import BASE, KEY, LOCAL_SSD, URL, Rates, read_rates
from planner.catalog.prices.machines import Machine, bundled_machines
from planner.catalog.prices.row import PriceRow
from planner.catalog.prices.sifting import Sieve
from planner.catalog.prices.source import Ask, Fetched
from planner.catalog.tables import Directory
from planner.resources import CATALOG_DATA

_TIERS: Final = ("on_demand", "spot", "reserved_1y", "reserved_3y")
_COMMITTED: Final = ("reserved_1y", "reserved_3y")


@dataclass(frozen=True, slots=True)
class _Parts:
    """What a series of machines is made of."""

    series: str
    gpu: str
    """Catalog id."""
    cards: tuple[str, ...]
    """Names that the card goes by, in different regions."""
    core: str
    ram: str
    committed_core: str
    committed_ram: str
    local_ssd_gib_per_gpu: float


@dataclass(frozen=True)
class GcpPrices:
    """Source of Google Cloud's list prices."""

    name: ClassVar[str] = "gcp"
    providers: ClassVar[tuple[str, ...]] = ("gcp",)
    variables: ClassVar[Mapping[str, str]] = MappingProxyType(
        {KEY: "API key of a project with the Cloud Billing API", URL: f"address to ask instead of {BASE}"}
    )
    required: ClassVar[tuple[str, ...]] = (KEY,)

    def fetch(self, ask: Ask) -> Fetched:
        """All machines whose every part has a price; raises HostError or InputError."""
        sieve, parts = Sieve(), _read_parts()
        rates = read_rates(ask, _kinds(parts), sieve)
        missing: dict[tuple[str, str, str], set[str]] = {}
        elsewhere: set[str] = set()
        for machine in bundled_machines("gcp").values():
            made_of = _parts_of(machine, parts)
            if made_of is None:
                elsewhere.add(machine.instance.rpartition("-")[0])
                continue
            for row in _rows(machine, made_of, rates, ask.day, missing):
                sieve.keep(row)
        for (series, tier, part), regions in sorted(missing.items()):
            where = f"in {', '.join(sorted(regions))}" if regions else "anywhere"
            sieve.broken(f"{series} {tier}", f"not priced: no SKU {part!r} {where}")
        if elsewhere:
            sieve.broken(", ".join(sorted(elsewhere)), "not priced: no SKU of theirs is known in Compute Engine")
        return sieve.fetched()


@cache
def _read_parts() -> tuple[_Parts, ...]:
    directory = Directory(CATALOG_DATA)
    names = ("core_part", "ram_part", "committed_core_part", "committed_ram_part")
    table = directory.table("gcp_parts.csv", ("machine", "gpu", "gpu_part", "local_ssd_gib_per_gpu", *names))
    series, gpus, cards = table.required("machine"), table.required("gpu"), table.required("gpu_part")
    local_ssd = table.floats("local_ssd_gib_per_gpu", blank=False)
    directory.problems.raise_any()
    core, ram, committed_core, committed_ram = (table.columns[name] for name in names)
    return tuple(
        _Parts(
            series=series[row],
            gpu=id_of(gpus[row]),
            cards=tuple(cards[row].split("|")),
            core=core[row],
            ram=ram[row],
            committed_core=committed_core[row],
            committed_ram=committed_ram[row],
            local_ssd_gib_per_gpu=float(local_ssd[row]),
        )
        for row in range(len(table))
    )


def _kinds(parts: tuple[_Parts, ...]) -> dict[str, str]:
    kinds = {LOCAL_SSD: "local_ssd"}
    for made_of in parts:
        kinds |= dict.fromkeys(made_of.cards, "card")
        kinds |= {name: "core" for name in (made_of.core, made_of.committed_core) if name}
        kinds |= {name: "ram" for name in (made_of.ram, made_of.committed_ram) if name}
    return kinds


def _parts_of(machine: Machine, parts: tuple[_Parts, ...]) -> _Parts | None:
    for made_of in parts:
        if machine.gpu == made_of.gpu and machine.instance.startswith(f"{made_of.series}-"):
            return made_of
    return None


def _rows(
    machine: Machine, made_of: _Parts, rates: Rates, day: str, missing: dict[tuple[str, str, str], set[str]]
) -> Iterator[PriceRow]:
    """The machine's prices wherever its card has one; what other part lacks a price there is noted in `missing`."""
    for tier in _TIERS:
        offered = {region for card in made_of.cards for region in rates.regions(tier, card)}
        if not offered and tier not in _COMMITTED:  # not every card can be committed to
            missing.setdefault((made_of.series, tier, made_of.cards[0]), set())
        core, ram = (
            (made_of.committed_core, made_of.committed_ram) if tier in _COMMITTED else (made_of.core, made_of.ram)
        )
        amounts = {core: machine.vcpus, ram: machine.memory_gib} if core else {}
        if made_of.local_ssd_gib_per_gpu:
            amounts[LOCAL_SSD] = made_of.local_ssd_gib_per_gpu * machine.gpu_count
        for region in sorted(offered):
            card = next(name for name in made_of.cards if (tier, name, region) in rates.usd_per_hour)
            terms = [rates.usd_per_hour[tier, card, region] * machine.gpu_count]
            for part, amount in amounts.items():
                usd_per_hour = rates.usd_per_hour.get((tier, part, region), math.nan)
                if math.isnan(usd_per_hour):
                    missing.setdefault((made_of.series, tier, part), set()).add(region)
                terms.append(usd_per_hour * amount)
            if math.isfinite(total := math.fsum(terms)):
                listed = region in machine.regions
                note = "" if listed else "; whether the region offers this machine is not said"
                yield PriceRow(
                    provider="gcp",
                    instance=machine.instance,
                    gpu=machine.gpu,
                    gpu_count=machine.gpu_count,
                    vcpus=machine.vcpus,
                    memory_gib=machine.memory_gib,
                    region=region,
                    tier=tier,
                    usd_per_hour=ten_digits(total),
                    market="cloud",
                    as_of=day,
                    confidence="high" if listed else "medium",
                    source=f"gcp: Cloud Billing Catalog, {', '.join(['cards', *_words(amounts)])} summed{note}",
                )


def _words(amounts: Mapping[str, float]) -> Iterator[str]:
    if len(amounts) > 1:
        yield from ("cores", "memory")
    if LOCAL_SSD in amounts:
        yield "local SSD"
