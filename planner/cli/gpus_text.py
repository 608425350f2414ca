"""What was measured of GPUs, what idle costs and what would be cheaper: as tables and as plain data."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import asdict
from typing import TYPE_CHECKING, Any, Final

import numpy as np

from planner.cli.tables import printable, table
from planner.units import duration, share_text, significant

if TYPE_CHECKING:
    from planner.gpu_metrics import GpuMetrics, GpuUse, Present, Sizing, Spread, Switching

Row = dict[str, object]
_DAYS: Final = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")
_SHOWN_GPUS: Final = 64
_SHOWN_OPTIONS: Final = 10


def gpus_text(
    metrics: GpuMetrics, present: Present | None, switching: Sequence[Switching], sizing: Sizing | None, form: str
) -> str:
    """Key figures, GPUs, the week, and with a price what idle costs and what would be cheaper; table or markdown."""
    heading = "### {}\n" if form == "markdown" else "{}"
    facts = [{"figure": name, "value": value} for name, value in _figures(metrics, present)]
    parts = [table(facts, form), heading.format("GPUs"), table(list(_gpus(metrics)), form)]
    if len(metrics.gpus) > _SHOWN_GPUS:
        parts.append(f"and {len(metrics.gpus) - _SHOWN_GPUS} more; --format json has all of them")
    if not np.isnan(metrics.idle_by_hour).all():
        parts += [heading.format("Idle, by hour of the week (UTC)"), table(list(_week(metrics)), form)]
    if present is not None and sizing is not None:
        parts += [heading.format("Cheaper"), *_cheaper(present, switching, sizing, form)]
    for title, texts in (("Assumed", metrics.assumptions), ("In doubt", _doubts(metrics, sizing))):
        if texts:
            parts += [heading.format(title), "\n".join(f"- {printable(text)}" for text in texts)]
    return "\n\n".join(parts)


def _figures(metrics: GpuMetrics, present: Present | None) -> Iterator[tuple[str, str]]:
    overall = metrics.overall
    yield "GPUs", f"{len(metrics.gpus):,} in {len(metrics.hosts):,} host{'s' * (len(metrics.hosts) != 1)}"
    yield "period", f"{metrics.first:%Y-%m-%d %H:%M} to {metrics.last:%Y-%m-%d %H:%M} UTC"
    yield "GPU-hours measured", f"{overall.hours:,.1f}"
    for name, spread in _shares(overall):
        yield f"{name}, mean / p50 / p95 / max", _percent(spread)
    yield "memory in use, mean / p50 / p95 / p99 / max", _gib(overall.used_gib)
    yield "power, mean / p95 / max", _watts(overall.power_w)
    yield "energy measured", _known(overall.energy_kwh, "kWh")
    below = share_text(metrics.idle_below)
    idle = overall.idle_hours
    share = "" if math.isnan(idle) else f" ({share_text(metrics.idle_share, 1)})"
    yield f"GPU-hours idle (load below {below})", f"{significant(idle)}{share}"
    yield "energy while idle", _known(overall.idle_energy_kwh, "kWh")
    if present is not None:
        yield "machines now", present.what
        yield "cost now, 730 h", _usd(present.usd_per_month)
        yield "of it for idle GPUs", _usd(idle_usd_per_month(metrics, present))


def idle_usd_per_month(metrics: GpuMetrics, present: Present) -> float:
    """What the measured GPUs cost in the hours that they are idle, in USD of 730 hours; NaN where that is unknown."""
    number = len(metrics.gpus)
    measured = present.usd_per_month * number / (number + present.unmeasured_gpus)
    return measured * float(np.mean([use.idle_share for use in metrics.gpus]))


def _gpus(metrics: GpuMetrics) -> Iterator[Row]:
    for use in metrics.gpus[:_SHOWN_GPUS]:
        busy = use.kernel if math.isnan(use.sm_active.mean) else use.sm_active
        idle = "unknown" if math.isnan(use.idle_hours) else share_text(use.idle_share, 1)
        yield {
            "gpu": use.name,
            "card": use.card or "unknown",
            "hours": significant(use.hours),
            "load of": "unknown" if math.isnan(busy.mean) else "kernel" if busy is use.kernel else "SM",
            "mean": _one(busy.mean), "p50": _one(busy.p50), "p95": _one(busy.p95), "max": _one(busy.highest),
            "memory p99": _known(use.used_gib.p99, "GiB"),
            "of": _known(use.total_gib, "GiB"),
            "share": _one(use.used_gib.p99 / use.total_gib),
            "idle": idle,
            "power": _known(use.power_w.mean, "W"),
        }  # fmt: skip


def _week(metrics: GpuMetrics) -> Iterator[Row]:
    shares = metrics.idle_by_hour.reshape(7, 24)
    for hour in range(24):
        yield {"hour": f"{hour:02d}:00", **{day: _one(float(shares[at, hour])) for at, day in enumerate(_DAYS)}}


def _cheaper(present: Present, switching: Sequence[Switching], sizing: Sizing, form: str) -> Iterator[str]:
    worth = [one for one in switching if one.saved_usd_per_month > 0]
    if worth:
        yield table([_switching(one, present) for one in worth[:_SHOWN_OPTIONS]], form)
    else:
        once = max((one.once_idle_hours for one in switching), default=0)
        seen = f"; {once} hours of the week were idle, but seen in one week only" if once else ""
        yield f"No hours of the week in which a machine was idle in every week, of two at least{seen}."
    if sizing.unsized:
        yield f"No other machine is recommended: {printable(sizing.unsized)}."
        return
    if sizing.options:
        yield table([_option(one) for one in sizing.options[:_SHOWN_OPTIONS]], form)
        yield "Savings are against the cost now, and do not add up with those of switching off."
    else:
        yield "No cheaper machine of the catalog has room for it."
    if sizing.left_out:
        reasons = sorted(sizing.left_out.items(), key=lambda item: (-item[1], item[0]))
        yield "Offers left out: " + "; ".join(f"{count:,} {reason}" for reason, count in reasons) + "."


def _switching(one: Switching, present: Present) -> Row:
    return {
        "switch off": one.host or "the machine",
        "hours of a week": significant(one.off_hours_per_week),
        "starts": one.starts_per_week,
        "time to start": duration(present.start_hours),
        "saves a month": _usd(one.saved_usd_per_month),
    }


def _option(one: Any) -> Row:  # noqa: ANN401 - an Option
    return {
        "instead": f"{one.machines} x {one.provider}/{one.instance}@{one.region}",
        "gpus": f"{one.machines * one.gpus_per_machine} x {one.gpu}",
        "used": one.gpus_used,
        "shared": "yes" if one.shares_gpus else "no",
        "memory": _one(one.memory_share),
        "p95 load": _one(one.load_share),
        "host": _known(one.host_memory_gib, "GiB"),
        "a month": _usd(one.usd_per_month),
        "saves a month": _usd(one.saved_usd_per_month),
        "price of": one.as_of,
    }


def _doubts(metrics: GpuMetrics, sizing: Sizing | None) -> tuple[str, ...]:
    if sizing is None or not sizing.options:
        return metrics.doubts
    shared = any(one.shares_gpus for one in sizing.options[:_SHOWN_OPTIONS])
    more = [
        "loads are carried over by dense bf16 peak and by memory bandwidth: a program bound by something else (fp8 on "
        "a card without it, the host, links) runs otherwise; vCPUs and storage are not compared",
    ]
    if shared:
        more.append("where GPUs are shared, programs take turns: throughput has room, latency may grow")
    return (*metrics.doubts, *more)


def gpus_data(
    metrics: GpuMetrics, present: Present | None, switching: Sequence[Switching], sizing: Sizing | None
) -> dict[str, Any]:
    """Everything as plain data; what nobody knows is NaN."""
    from planner.source.problems import as_json

    data: dict[str, Any] = {
        "first": metrics.first.isoformat(),
        "last": metrics.last.isoformat(),
        "step_minutes": metrics.step_minutes,
        "samples": metrics.samples,
        "idle_below": metrics.idle_below,
        "idle_share": metrics.idle_share,
        "idle_by_hour": metrics.idle_by_hour.tolist(),
        "overall": _use(metrics.overall),
        "gpus": [_use(use) for use in metrics.gpus],
        "digest": metrics.digest,
        "assumptions": list(metrics.assumptions),
        "doubts": list(_doubts(metrics, sizing)),
        "warnings": as_json(metrics.warnings),
    }
    if present is not None and sizing is not None:
        data["present"] = {
            **asdict(present), "gpu": None if present.gpu is None else present.gpu.id,
            "usd_per_month": present.usd_per_month, "idle_usd_per_month": idle_usd_per_month(metrics, present),
        }  # fmt: skip
        data["switching_off"] = [{**asdict(one), "off": np.flatnonzero(one.off).tolist()} for one in switching]
        data["right_sizing"] = asdict(sizing)
    return data


def _use(use: GpuUse) -> dict[str, Any]:
    return {**asdict(use), "idle_share": use.idle_share}


def _shares(use: GpuUse) -> Iterator[tuple[str, Spread]]:
    yield "a kernel was running (GPU_UTIL)", use.kernel
    yield "multiprocessors active (SM_ACTIVE)", use.sm_active
    yield "memory read or written", use.memory_copy
    yield "memory interface busy (DRAM_ACTIVE)", use.dram_active


def _percent(spread: Spread) -> str:
    if math.isnan(spread.mean):
        return "unknown"
    return " / ".join(_one(value) for value in (spread.mean, spread.p50, spread.p95, spread.highest))


def _gib(spread: Spread) -> str:
    values = (spread.mean, spread.p50, spread.p95, spread.p99, spread.highest)
    return "unknown" if math.isnan(spread.mean) else " / ".join(f"{value:.1f}" for value in values) + " GiB"


def _watts(spread: Spread) -> str:
    values = (spread.mean, spread.p95, spread.highest)
    return "unknown" if math.isnan(spread.mean) else " / ".join(f"{value:,.0f}" for value in values) + " W"


def _one(share: float) -> str:
    return "unknown" if math.isnan(share) else share_text(share)


def _known(value: float, unit: str) -> str:
    return "unknown" if math.isnan(value) else f"{significant(value)} {unit}"


def _usd(value: float) -> str:
    return "unknown" if math.isnan(value) else f"${value:,.0f}"
