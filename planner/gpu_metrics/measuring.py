"""Spans of time → how each GPU was used."""

from collections.abc import Sequence
from typing import Final

import numpy as np

from planner.catalog.rows import Bools, Floats
from planner.gpu_metrics.columns import METRICS
from planner.gpu_metrics.identities import Identity
from planner.gpu_metrics.idle import idle_spans, load_of
from planner.gpu_metrics.minutes import Spans
from planner.gpu_metrics.use import GpuUse, Spread

_MIB: Final = 1 / 1024
FLAT_RANGE: Final = 0.02
"""Memory in use is flat where p5 to p99 is no more than this share of the card's memory, …"""
FLAT_LEVEL: Final = 0.8
"""… and p50 no less than this: what serving engines reserve (vLLM: `gpu_memory_utilization`, 0.9 by default)."""
LEAST_SPANS: Final = 30
"""Spans without which nothing is called flat."""


def step_of(all_spans: Sequence[Spans], width_minutes: int) -> float:
    """Minutes from one span with rows to the next of the same GPU, the median: how often the exporter looks."""
    gaps = [np.diff(spans.slots) for spans in all_spans]
    joined = np.concatenate(gaps) if gaps else np.empty(0)
    return float(np.median(joined)) * width_minutes if len(joined) else float(width_minutes)


def use_of(own: Identity, spans: Spans, step_minutes: float, width_minutes: int, below: float) -> GpuUse:
    """The use of one GPU. Every span stands for the time until the next is due; a gap is time not measured."""
    figure = dict(zip(METRICS, range(len(METRICS)), strict=True))
    hours = step_minutes / 60
    spread = {
        name: Spread.of(spans.means[figure[name]], spans.highest[figure[name]])
        for name in ("kernel", "sm_active", "memory_copy", "dram_active", "power_w")
    }
    used = spans.highest[figure["used_mib"]] * _MIB
    total = _total_gib(spans, figure)
    power, load = spans.means[figure["power_w"]], load_of(spans)
    idle = idle_spans(spans, below)
    whole = (int(spans.slots[-1]) - int(spans.slots[0])) * width_minutes / 60 + hours if len(spans.slots) else np.nan
    measured = len(spans.slots) * hours
    compute = spans.means[figure["sm_active"]]
    busy = load >= below
    active = np.where(np.isnan(compute), load, compute)
    return GpuUse(
        name=own.name, host=own.host, card=own.card, hours=measured,
        gap_share=max(0.0, 1 - measured / whole),
        used_gib=Spread.of(used, used), total_gib=total,
        energy_kwh=_kwh(power, measured),
        idle_hours=float(idle.sum()) * hours if not np.isnan(load).all() else np.nan,
        idle_energy_kwh=_idle_kwh(power, load, idle, hours),
        busy_load=_p95(active, busy), busy_bandwidth=_p95(_bandwidth(spans, load), busy),
        flat=_flat(used, total), **spread,
    )  # fmt: skip


def overall_of(uses: Sequence[GpuUse], all_spans: Sequence[Spans]) -> GpuUse:
    """All GPUs as one: spreads over the spans of all, sums of hours and energy."""
    joined = Spans(
        np.concatenate([spans.slots for spans in all_spans]),
        np.concatenate([spans.means for spans in all_spans], axis=1),
        np.concatenate([spans.highest for spans in all_spans], axis=1),
    )
    at = {name: row for row, name in enumerate(METRICS)}
    used = joined.highest[at["used_mib"]] * _MIB
    return GpuUse(
        name="all", host="", card="", hours=sum(use.hours for use in uses),
        gap_share=float(np.average([use.gap_share for use in uses], weights=[use.hours for use in uses])),
        used_gib=Spread.of(used, used), total_gib=sum(use.total_gib for use in uses),
        energy_kwh=sum(use.energy_kwh for use in uses), idle_hours=sum(use.idle_hours for use in uses),
        idle_energy_kwh=sum(use.idle_energy_kwh for use in uses),
        busy_load=max(use.busy_load for use in uses), busy_bandwidth=max(use.busy_bandwidth for use in uses),
        flat=any(use.flat for use in uses),
        **{
            name: Spread.of(joined.means[at[name]], joined.highest[at[name]])
            for name in ("kernel", "sm_active", "memory_copy", "dram_active", "power_w")
        },
    )  # fmt: skip


def _bandwidth(spans: Spans, load: Floats) -> Floats:
    """(n,) share of the memory's bandwidth in use, or no less than it: a few busy multiprocessors can fill it.

    In use where measured; else the time in which memory was read or written, else that in which a kernel ran, else all.
    """
    at = {name: spans.means[METRICS.index(name)] for name in ("dram_active", "memory_copy", "kernel")}
    bound = np.where(np.isnan(load), np.nan, 1.0)
    for name in ("kernel", "memory_copy", "dram_active"):
        bound = np.where(np.isnan(at[name]), bound, at[name])
    return bound


def _total_gib(spans: Spans, figure: dict[str, int]) -> float:
    """Memory of the card as the driver tells it; without that, what is used and what is free."""
    total, used, free = (spans.means[figure[name]] for name in ("total_mib", "used_mib", "free_mib"))
    for known in (total, used + free):
        if not np.isnan(known).all():
            return float(np.nanmax(known)) * _MIB
    return np.nan


def _kwh(power_w: Floats, hours: float) -> float:
    known = power_w[~np.isnan(power_w)]
    return float(known.mean()) * hours / 1000 if len(known) else np.nan


def _idle_kwh(power_w: Floats, load: Floats, idle: Bools, hours: float) -> float:
    """Of the idle spans, `hours` long each; 0 without any, NaN where nobody knows which ones are."""
    if np.isnan(load).all():
        return np.nan
    return _kwh(power_w[idle], float(idle.sum()) * hours) if idle.any() else 0.0


def _p95(values: Floats, busy: Bools) -> float:
    """Of the busy spans; 0 where there is none, NaN where nobody knows."""
    if np.isnan(values).all():
        return np.nan
    known = values[busy & ~np.isnan(values)]
    return float(np.percentile(known, 95)) if len(known) else 0.0


def _flat(used_gib: Floats, total_gib: float) -> bool:
    known = used_gib[~np.isnan(used_gib)]
    if len(known) < LEAST_SPANS or not total_gib > 0:
        return False
    low, middle, high = np.percentile(known, (5, 50, 99)) / total_gib
    return bool(high - low <= FLAT_RANGE and middle >= FLAT_LEVEL)
