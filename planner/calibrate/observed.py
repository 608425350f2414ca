"""What rows say came out: memory, throughput, fits; figures that cannot be are told apart, never averaged in."""

import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from planner.catalog.rows import Catalog, Gpu
from planner.measured.table import Faulty, Unusable, number
from planner.units import GB, GIB

LIMITED: Final = 0.94
"""Share of the card's size from which a figure is set by the allocator: then it says that the job fits, no more."""
_UNITS: Final = {"gb": GB / GIB, "gib": 1.0, "mib": 1 / 1024, "mb": 1e6 / GIB, "unknown": 1.0, "": 1.0}
_FITS: Final = {"y": True, "oom": False, "n": False, "": None}


@dataclass(frozen=True, slots=True)
class Observed:
    """One row's outcome; NaN and None where it does not say."""

    memory_gib: float
    """Peak in the row's own metric; NaN where limited by the card."""
    fits: bool | None
    tokens_per_s_per_gpu: float


def memory_of(record: Mapping[str, str], gpu: Gpu | None) -> Observed:
    """Outcome of a memory row; `Unusable` where it is no measurement, `Faulty` where it cannot be true."""
    if record.get("kind", "measured").strip() != "measured":
        message = f"kind is {record['kind']!r}, not a measurement"
        raise Unusable(message)
    unit = record.get("unit", "").strip().lower()
    if unit not in _UNITS:
        message = f"unit {record['unit']!r} is not one of GB, GiB, MiB, MB, unknown"
        raise Faulty(message)
    verdict = record.get("fits", "").strip().lower()
    if verdict not in _FITS:
        message = f"fits {record['fits']!r} is not one of y, OOM, n"
        raise Faulty(message)
    value = number(record, "peak_mem_gb_per_gpu") * _UNITS[unit]
    size = gpu.mem_gib if gpu is not None else math.inf
    if value > size:
        message = f"impossible: {value:.1f} GiB of memory per GPU, more than the card has ({size:g} GiB)"
        raise Faulty(message)
    limited = value > LIMITED * size
    fits = _FITS[verdict]
    return Observed(math.nan if limited or fits is False else value, fits, math.nan)


def speed_of(record: Mapping[str, str], gpu: Gpu | None, flops_per_token: float) -> Observed:
    """Outcome of a throughput row; tokens per second follow from samples where every sequence is full."""
    value = number(record, "tokens_per_s_per_gpu")
    if math.isnan(value):
        value = number(record, "tokens_per_s_total") / number(record, "n_gpus")
    if math.isnan(value) and record.get("packing", "").strip().lower() == "y":
        samples, length, gpus = (number(record, name) for name in ("samples_per_s", "seq_len", "n_gpus"))
        value = samples * length / gpus
    if math.isnan(value):
        message = "no tokens per second, and sequences not known to be full"
        raise Unusable(message)
    peak = _fastest(gpu) if gpu is not None else math.nan
    if value * flops_per_token > peak * 1e12:
        message = f"impossible: {value:.0f} tokens/s per GPU is over the peak of the card"
        raise Faulty(message)
    return Observed(math.nan, None, value)


def _fastest(gpu: Gpu) -> float:
    rates = (gpu.bf16_tflops, gpu.fp16_tflops, gpu.fp8_tflops, 2.0 * gpu.fp8_tflops)
    known = [rate for rate in rates if math.isfinite(rate)]
    return max(known) if known else math.nan


def card(catalog: Catalog, index: int) -> Gpu | None:
    """The card of a row, None where it names none."""
    return catalog.gpus[index] if index >= 0 else None
