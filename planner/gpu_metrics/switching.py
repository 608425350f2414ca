"""What it saves to switch machines off in the hours of the week in which they never work."""

from dataclasses import dataclass
from typing import Final

import numpy as np

from planner.catalog.rows import Bools
from planner.gpu_metrics.present import Present
from planner.gpu_metrics.use import GpuMetrics, Host
from planner.units import HOURS_PER_MONTH, HOURS_PER_WEEK

LEAST_WEEKS: Final = 2
"""Weeks in which an hour must have been idle, and never busy, before it counts as one to switch off in."""
LEAST_HOURS: Final = 2
"""Shorter pauses are not worth a start."""


@dataclass(frozen=True, slots=True)
class Switching:
    """One host switched off by the hour of the week."""

    host: str
    off: Bools
    """(168,) hours that are off, Monday 00:00 UTC first."""
    off_hours_per_week: float
    starts_per_week: int
    saved_usd_per_month: float
    """After the starts, which are billed before the first work."""
    once_idle_hours: int
    """Hours of the week that were idle and measured in one week alone: not counted."""


def switching_off(metrics: GpuMetrics, present: Present) -> tuple[Switching, ...]:
    """Hosts that have hours to switch off in, by saving; of GPUs that are not in the file nothing is known.

    A host costs its part of `present.usd_per_hour`, by machines. saving = price * (hours off - starts * hours to
    start) * 730 / 168.
    """
    per_host = [_machines(host, present) for host in metrics.hosts]
    price = present.usd_per_hour / sum(per_host)
    found = []
    for host, machines in zip(metrics.hosts, per_host, strict=True):
        if present.gpus_per_machine and len(host.gpus) % present.gpus_per_machine:
            continue
        off, starts = _off(host)
        hours = float(off.sum()) - starts * present.start_hours
        once = int(((host.seen < LEAST_WEEKS) & (host.idle > 0)).sum())
        saved = price * machines * max(0.0, hours) * HOURS_PER_MONTH / HOURS_PER_WEEK
        found.append(Switching(host.name, off, float(off.sum()), starts, saved, once))
    return tuple(sorted(found, key=lambda one: -one.saved_usd_per_month))


def _machines(host: Host, present: Present) -> int:
    """Machines of a host, or where those are not known its GPUs."""
    return -(-len(host.gpus) // present.gpus_per_machine) if present.gpus_per_machine else len(host.gpus)


def _off(host: Host) -> tuple[Bools, int]:
    """Hours of the week to be off in, and how often the machine starts again."""
    free = (host.seen >= LEAST_WEEKS) & (host.idle == host.seen)
    if free.all():
        return free, 0
    # From the first hour that is not free, no pause runs over the end.
    begin = int(np.flatnonzero(~free)[0])
    turned = np.roll(free, -begin)
    edges = np.flatnonzero(np.diff(turned.astype(np.int8), prepend=0, append=0))
    starts = 0
    off = np.zeros(HOURS_PER_WEEK, bool)
    for first, end in edges.reshape(-1, 2).tolist():
        if end - first >= LEAST_HOURS:
            off[first:end] = True
            starts += 1
    return np.roll(off, begin), starts
