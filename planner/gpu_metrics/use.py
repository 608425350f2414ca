"""The types of what was measured: how each GPU was used, and all of them together."""

import datetime as dt
from dataclasses import dataclass

import numpy as np

from planner.catalog.rows import Floats, Ints
from planner.source import Problem


@dataclass(frozen=True, slots=True)
class Spread:
    """How a figure was spread over the time measured; NaN where it was not."""

    mean: float
    p50: float
    p95: float
    p99: float
    highest: float

    @classmethod
    def of(cls, means: Floats, highest: Floats) -> "Spread":
        """Of its means over equal spans of time, and its highest values in them; (n,) each, NaN where not measured."""
        known = means[~np.isnan(means)]
        if not len(known):
            return cls(np.nan, np.nan, np.nan, np.nan, np.nan)
        p50, p95, p99 = np.percentile(known, (50, 95, 99)).tolist()
        return cls(float(known.mean()), p50, p95, p99, float(np.nanmax(highest)))


@dataclass(frozen=True, slots=True, kw_only=True)
class GpuUse:
    """One GPU; shares are 0 to 1."""

    name: str
    """Host and index, as the file has them."""
    host: str
    """Empty where the file names none."""
    card: str
    """As the file writes it; empty where it does not."""
    hours: float
    """Time measured: gaps are not in it."""
    gap_share: float
    """Part of the time from its first to its last row that has none."""
    kernel: Spread
    """Share of the time that a kernel was running: not how full the GPU was."""
    sm_active: Spread
    """Share of its streaming multiprocessors that had work."""
    memory_copy: Spread
    """Share of the time that device memory was read or written."""
    dram_active: Spread
    """Share of the cycles that the interface of its memory was busy."""
    used_gib: Spread
    """Memory in use; of each span of time its highest."""
    total_gib: float
    power_w: Spread
    energy_kwh: float
    """Of the time measured."""
    idle_hours: float
    """NaN where nothing says how busy it was."""
    idle_energy_kwh: float
    busy_load: float
    """p95 of the load while it was not idle: of `sm_active` where measured, else of `kernel`; 0 where it always was."""
    busy_bandwidth: float
    """The same of the memory's bandwidth: of `dram_active`, else of `memory_copy` or `kernel`, which are no less."""
    flat: bool
    """Memory in use hardly moves and is most of what there is: reserved, and not by how much is needed."""

    @property
    def idle_share(self) -> float:
        """Part of the time measured."""
        return self.idle_hours / self.hours


@dataclass(frozen=True, slots=True)
class Host:
    """GPUs of one machine, and the hours of the week in which none of them was busy."""

    name: str
    """Empty where the file names no hosts: all its GPUs are taken to be of one."""
    gpus: tuple[int, ...]
    """Which ones, as indices."""
    seen: Ints
    """(168,) weeks in which an hour of the week (Monday 00:00 UTC first) was measured."""
    idle: Ints
    """(168,) weeks in which all its GPUs were idle in that hour, from its begin to its end."""


@dataclass(frozen=True, slots=True, kw_only=True)
class GpuMetrics:
    """All GPUs of a file."""

    gpus: tuple[GpuUse, ...]
    hosts: tuple[Host, ...]
    first: dt.datetime
    last: dt.datetime
    step_minutes: float
    """Length of the spans that means are taken over."""
    samples: int
    """Values read."""
    idle_below: float
    """Load, 0 to 1, under which a GPU counts as idle."""
    idle_by_hour: Floats
    """(168,) share of the GPU-hours measured in an hour of the week (Monday 00:00 UTC first) that were idle; NaN where
    none was."""
    overall: GpuUse
    """The same figures over all of them; hours and energy are sums."""
    digest: str
    """SHA-256 of the file."""
    assumptions: tuple[str, ...]
    doubts: tuple[str, ...]
    warnings: tuple[Problem, ...]

    @property
    def idle_share(self) -> float:
        """Part of the GPU-hours measured in which they were idle."""
        return self.overall.idle_share
