"""Cheaper machines of the catalog that hold what was measured; nothing that has no room."""

import math
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np

from planner.catalog.rows import Catalog, Gpu
from planner.errors import InputError
from planner.gpu_metrics.packing import Need, bins
from planner.gpu_metrics.present import Present
from planner.gpu_metrics.use import GpuMetrics, GpuUse
from planner.scenario.hardware import Hardware
from planner.space.offers import STALE_MONTHS, open_market
from planner.units import GB, GIB, HOURS_PER_MONTH

_BF16: Final = 8.0
"""Compute capability from which cards have bf16; work of such a card moves to another."""
HOST_GIB: Final = 8 * GB / GIB
"""Host memory beside the largest work that is loaded through it."""
_REASONS: Final[Mapping[str, str]] = {
    "memory": "too little memory for the p99 in use and the margin",
    "compute": "too little compute for the p95 load",
    "bandwidth": "too little memory bandwidth for the p95 load",
    "older": "no bf16, which the present card has",
    "links": "no NVLink for GPUs that may talk with each other",
    "machines": "one host's work would stand on several machines",
    "host": "too little host memory to load the largest work",
    "dearer": "not cheaper",
    "unknown": "a peak of the card is unknown",
}


@dataclass(frozen=True, slots=True)
class Limits:
    """How much of another card may be used."""

    memory_margin: float = 0.10
    """On top of the p99 of memory in use, as a share of it."""
    load: float = 0.80
    """Most of a card's compute and bandwidth that the p95 load may take."""
    memory_needed_gib: float = math.nan
    """What the work of one GPU needs, where the user knows better than what is in use."""
    independent: bool = False
    """Each GPU does its own work: it may stand anywhere, without NVLink."""


@dataclass(frozen=True, slots=True)
class Option:
    """A cheaper way, with what it saves."""

    provider: str
    instance: str
    region: str
    gpu: str
    gpus_per_machine: int
    machines: int
    gpus_used: int
    usd_per_month: float
    saved_usd_per_month: float
    memory_share: float
    """Memory needed over all cards used, over what they have."""
    load_share: float
    """p95 loads, summed, over the peak of all cards used."""
    shares_gpus: bool
    """Work that had a GPU of its own shares one."""
    host_memory_gib: float
    """Of one machine; NaN where it is not known."""
    as_of: str


@dataclass(frozen=True, slots=True)
class Sizing:
    """What would do, and why the rest would not."""

    options: tuple[Option, ...]
    """The cheapest way with each card, by saving."""
    left_out: Mapping[str, int]
    """Reason → offers."""
    unsized: str
    """Why nothing can be said at all; empty where something can."""


def right_sizing(
    metrics: GpuMetrics, present: Present, catalog: Catalog, limits: Limits | None = None,
    providers: Sequence[str] = (), stale_months: float = STALE_MONTHS,
) -> Sizing:  # fmt: skip
    """Offers on demand that are cheaper and hold the measured work, under the default filters of scenarios.

    Per GPU, memory needed is the p99 in use and the margin, and no less than the highest in use; the load is its p95
    while not idle, and takes load * peak(present) / peak(other) of another card, in bf16 compute and in bandwidth
    apart. A need stands whole on one card; several may share one, and of one host all stand on one machine unless
    `independent`. Raises InputError for a provider that is not known.
    """
    limits = limits or Limits()
    reason = _unsized(metrics, present, limits)
    if reason or present.gpu is None:
        return Sizing((), {}, reason)
    unknown = [name for name in providers if name not in catalog.offers.providers]
    if unknown:
        message = f"no provider {unknown[0]!r}; there is {', '.join(sorted(catalog.offers.providers))}"
        raise InputError(message)
    market = open_market(Hardware(providers=list(providers) or "any"), catalog, stale_months)
    offers, left_out = market.offers, Counter[str]()
    host_gib = max(_gib(use, limits)[0] for use in metrics.gpus) + HOST_GIB
    best: dict[str, Option] = {}
    shaped: dict[tuple[int, int], tuple[int, int, Sequence[Need]] | str] = {}
    for row in np.argsort(offers.price_usd_per_hour, kind="stable").tolist():
        shape = (int(offers.gpu[row]), int(offers.gpu_count[row]))
        gpu = catalog.gpus[shape[0]]
        if shape not in shaped:
            shaped[shape] = _shape(metrics, present.gpu, gpu, shape[1], limits)
        fit = shaped[shape]
        if isinstance(fit, str):
            left_out[_REASONS[fit]] += 1
            continue
        machines, used, needs = fit
        if offers.memory_gib[row] < host_gib:
            left_out[_REASONS["host"]] += 1
            continue
        usd = machines * float(offers.price_usd_per_hour[row]) * HOURS_PER_MONTH
        if not usd < present.usd_per_month:
            left_out[_REASONS["dearer"]] += 1
            continue
        if gpu.id in best and best[gpu.id].usd_per_month <= usd:
            continue
        best[gpu.id] = Option(
            offers.providers[int(offers.provider[row])], str(offers.instance[row]), str(offers.region[row]), gpu.id,
            shape[1], machines, used, usd, present.usd_per_month - usd, sum(need.memory for need in needs) / used,
            sum(need.compute for need in needs) * limits.load / used, used < len(metrics.gpus),
            float(offers.memory_gib[row]), str(offers.as_of[row]),
        )  # fmt: skip
    ranked = sorted(best.values(), key=lambda one: (-one.saved_usd_per_month, one.gpu))
    return Sizing(tuple(ranked), dict(left_out), "")


def _unsized(metrics: GpuMetrics, present: Present, limits: Limits) -> str:
    if present.gpu is None:
        return "the card is not known: name the machine with --at"
    if present.unmeasured_gpus:
        return f"{present.unmeasured_gpus} GPUs of the machines are not in the file, and what they do is unknown"
    blind = [use for use in metrics.gpus if math.isnan(use.busy_load)]
    if blind:
        return f"how busy GPU {blind[0].name} was is not in the file"
    dark = [use for use in metrics.gpus if math.isnan(use.used_gib.p99)]
    if dark and math.isnan(limits.memory_needed_gib):
        return f"the memory in use of GPU {dark[0].name} is not in the file"
    return ""


def _shape(
    metrics: GpuMetrics, now: Gpu, other: Gpu, size: int, limits: Limits
) -> tuple[int, int, Sequence[Need]] | str:
    """Machines, cards used on them and the needs; else the reason why this kind of machine will not do."""
    needs = [_need(use, now, other, limits) for use in metrics.gpus]
    short = _short(needs, now, other)
    if short:
        return short
    if limits.independent:
        used = bins(needs)
        return -(-used // size), used, needs
    by_host = [bins([needs[gpu] for gpu in host.gpus]) for host in metrics.hosts]
    if max(by_host) > size:
        return "machines"
    linked = now.nvlink_gb_s > 0 and not now.bridge
    if max(by_host) > 1 and linked and (not other.nvlink_gb_s > 0 or other.bridge):
        return "links"
    return len(by_host), sum(by_host), needs


def _short(needs: Sequence[Need], now: Gpu, other: Gpu) -> str:
    """Why one card of the other kind cannot do the work of one of the present; empty where it can."""
    if now.compute_capability >= _BF16 and not other.compute_capability >= _BF16:
        return "older"
    if any(math.isnan(share) for need in needs for share in (need.memory, need.compute, need.bandwidth)):
        return "unknown"
    return next((why for need in needs if (why := need.short_of())), "")


def _need(use: GpuUse, now: Gpu, other: Gpu, limits: Limits) -> Need:
    """What the work of a GPU takes of another card. On a card that has no less, it fits as it does now."""
    gib, highest = _gib(use, limits)
    memory = max(gib * (1 + limits.memory_margin), highest) / other.usable_gib
    compute = _load(use.busy_load, _peak(now), _peak(other), limits)
    bandwidth = _load(use.busy_bandwidth, now.mem_bw_gb_s, other.mem_bw_gb_s, limits)
    if other.mem_gib >= now.mem_gib and math.isnan(limits.memory_needed_gib):
        memory = min(memory, 1.0)
    return Need(memory, compute, bandwidth)


def _gib(use: GpuUse, limits: Limits) -> tuple[float, float]:
    """Memory that the work of a GPU needs at p99 and at most."""
    told = limits.memory_needed_gib
    return (use.used_gib.p99, use.used_gib.highest) if math.isnan(told) else (told, told)


def _load(load: float, now: float, other: float, limits: Limits) -> float:
    needed = load * now / (other * limits.load)
    return min(needed, 1.0) if other >= now else needed


def _peak(gpu: Gpu) -> float:
    """Dense TFLOPS in bf16; in fp16 and then fp32 for cards without."""
    known = (gpu.bf16_tflops, gpu.fp16_tflops, gpu.fp32_tflops)
    return next((peak for peak in known if not math.isnan(peak)), math.nan)
