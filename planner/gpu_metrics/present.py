"""What the measured GPUs are, and what they cost now."""

import math
from dataclasses import dataclass
from statistics import median

import numpy as np

from planner.catalog.names import hint_of, resolve_provider
from planner.catalog.prices.cards import card_resolver
from planner.catalog.rows import PLAIN, Catalog, Gpu
from planner.errors import InputError
from planner.gpu_metrics.use import GpuMetrics
from planner.units import HOURS_PER_MONTH, SECONDS_PER_HOUR

_FORM = "write PROVIDER/INSTANCE@REGION, such as aws/p5.48xlarge@us-east-1"
_SHOWN = 6


@dataclass(frozen=True, slots=True)
class Present:
    """The machines that the file was measured on."""

    gpu: Gpu | None
    """Their card; None where the catalog cannot tell it."""
    machines: int
    gpus_per_machine: int
    """0 where only a price per GPU is told."""
    usd_per_hour: float
    """Of all of them together."""
    start_hours: float
    """From asking for a machine to its first work: queue, boot and image (DOMAIN 7)."""
    unmeasured_gpus: int
    """GPUs of these machines of which the file has nothing."""
    what: str
    """In words."""

    @property
    def usd_per_month(self) -> float:
        """Of 730 hours."""
        return self.usd_per_hour * HOURS_PER_MONTH


def machine_at(metrics: GpuMetrics, catalog: Catalog, asked: str, usd_per_gpu_hour: float | None = None) -> Present:
    """The machines are those of an offer, on demand: `PROVIDER/INSTANCE@REGION`; as many as each host needs.

    `usd_per_gpu_hour` counts instead of the offer's price. Raises InputError where the catalog has no such offer, or
    the file is of another card.
    """
    row = _offer(catalog, asked)
    offers = catalog.offers
    gpu, size = catalog.gpus[int(offers.gpu[row])], int(offers.gpu_count[row])
    said = _card(metrics, catalog)
    if said is not None and said.id != gpu.id:
        message = (
            f"the file is of {said.name} ({said.id}), but {asked} has {gpu.id}; name the machine it was measured on"
        )
        raise InputError(message)
    machines = sum(math.ceil(len(host.gpus) / size) for host in metrics.hosts)
    price = float(offers.price_usd_per_hour[row]) if usd_per_gpu_hour is None else usd_per_gpu_hour * size
    if math.isnan(price):
        message = f"the price of {asked} is not known; give one with --price"
        raise InputError(message)
    return Present(
        gpu, machines, size, machines * price, _start_hours(catalog, str(offers.providers[int(offers.provider[row])])),
        machines * size - len(metrics.gpus), f"{machines} x {asked} ({size}x {gpu.id})",
    )  # fmt: skip


def priced(metrics: GpuMetrics, catalog: Catalog, usd_per_gpu_hour: float) -> Present:
    """The machines are unknown, but what one of their GPUs costs per hour is."""
    gpu, number = _card(metrics, catalog), len(metrics.gpus)
    start = median(_start_hours(catalog, provider.id) for provider in catalog.providers)
    name = "GPUs of a card that the catalog does not know" if gpu is None else gpu.id
    return Present(gpu, len(metrics.hosts), 0, number * usd_per_gpu_hour, start, 0, f"{number} x {name}")


def _card(metrics: GpuMetrics, catalog: Catalog) -> Gpu | None:
    """The one card of all GPUs; None where the file does not say it, or the catalog cannot tell which one is meant."""
    resolve = card_resolver(catalog)
    found = {resolve(use.card, math.nan) if use.card else None for use in metrics.gpus}
    if len(found) > 1:
        names = ", ".join(sorted({use.card or "unnamed" for use in metrics.gpus})[:_SHOWN])
        message = f"the file is of several cards ({names}): measure those of one kind at a time"
        raise InputError(message)
    card = found.pop()
    return next((gpu for gpu in catalog.gpus if gpu.id == card), None)


def _offer(catalog: Catalog, asked: str) -> int:
    head, at, region = asked.rpartition("@")
    name, slash, instance = head.partition("/")
    if not at or not slash or not all((name, instance, region)):
        message = f"{asked!r} names no machine; {_FORM}"
        raise InputError(message)
    offers = catalog.offers
    known = [provider.id for provider in catalog.providers]
    provider = resolve_provider(catalog, name)
    if provider is None:
        message = f"no provider {name!r}; {hint_of(name, known, 'there is ' + ', '.join(known))}"
        raise InputError(message)
    own = (offers.provider == offers.providers.index(known[provider])) & (offers.service == PLAIN)
    own &= offers.tier == "on_demand"
    for column, wanted, what in ((offers.instance, instance, "instance"), (offers.region, region, "region")):
        there = sorted(set(column[own].tolist()))
        match = next((one for one in there if one.lower() == wanted.lower()), None)
        if match is None:
            few = f"there is {', '.join(there[:_SHOWN])}{f' and {len(there) - _SHOWN} more' * (len(there) > _SHOWN)}"
            message = f"{known[provider]} has no {what} {wanted!r} on demand; {hint_of(wanted, there, few)}"
            raise InputError(message)
        own &= column == match
    return int(np.flatnonzero(own)[0])


def _start_hours(catalog: Catalog, provider: str) -> float:
    row = next(one for one in catalog.providers if one.id == provider)
    return (row.queue_s + row.boot_s + row.image_pull_s) / SECONDS_PER_HOUR
