"""Replicas and machines by hour of the week, and what of a month is billed."""

from dataclasses import dataclass
from typing import Final

import numpy as np

from planner.catalog.rows import Floats, Ints
from planner.estimate.serving.scaling import needed, scaled_to_zero
from planner.scenario.levers import Replicas as Block
from planner.units import HOURS_PER_MONTH, HOURS_PER_WEEK

APART: Final = 2
"""Machines that outlast the loss of one."""
WEEKS_PER_MONTH: Final = HOURS_PER_MONTH / HOURS_PER_WEEK


@dataclass(frozen=True, slots=True)
class Hours:
    """Replicas of n ways over the hours of a week."""

    replicas: Ints
    """(168, n) replicas that serve in each hour."""
    up_share: Floats
    """(168, n) share of the hour in which they are up and billed; below 1 where a single one stops when idle."""
    cold_share: Floats
    """(n,) share of the requests that wait for a cold start; NaN where nothing scales to zero."""

    @property
    def peak(self) -> Ints:
        """Replicas in the busiest hour, (n,)."""
        return np.asarray(self.replicas.max(axis=0))

    @property
    def least(self) -> Ints:
        """Replicas in the quietest hour, (n,); 0 where the last one stops when idle."""
        return np.asarray(np.where(self.up_share < 1.0, 0, self.replicas).min(axis=0))

    @property
    def started(self) -> Floats:
        """Replicas started in a month as the load rises, over a week that repeats, (n,)."""
        rises = np.maximum(self.replicas - np.roll(self.replicas, 1, axis=0), 0).sum(axis=0)
        return np.asarray(rises * WEEKS_PER_MONTH)

    def per_month(self) -> Floats:
        """Hours of replicas in a month, starts left out, (n,)."""
        return np.asarray((self.replicas * self.up_share).sum(axis=0) * WEEKS_PER_MONTH)


def hours_of(mean_per_s: Floats, peak_per_s: Floats, per_replica_per_s: Floats, block: Block, scaling: str) -> Hours:
    """Replicas for (168, n) requests per second, mean and busiest minute of each hour; one replica takes (n,).

    fixed: the number of the busiest hour, always. hourly: each hour's own, up when the hour begins, never fewer than
    `min`. to_zero: the same without a least number, and a single replica stops after `idle` without a request.
    """
    fewest = 1.0 if scaling == "to_zero" else float(max(block.min, 1))
    wanted = needed(peak_per_s, per_replica_per_s, block.headroom, fewest).astype(np.int64)
    always, nothing = np.ones(wanted.shape), np.full(wanted.shape[1], np.nan)
    if scaling == "fixed":
        return Hours(np.broadcast_to(wanted.max(axis=0), wanted.shape), always, nothing)
    if scaling == "hourly" or block.cold_start is None:
        return Hours(wanted, always, nothing)
    stops = scaled_to_zero(mean_per_s, block.idle, block.cold_start)
    alone = wanted == 1
    total = mean_per_s.sum(axis=0)
    waiting = np.where(alone, stops.cold_share * mean_per_s, 0.0).sum(axis=0)
    cold = np.divide(waiting, total, out=np.zeros_like(total), where=total > 0)
    return Hours(wanted, np.where(alone, stops.up_share, 1.0), cold)


@dataclass(frozen=True, slots=True)
class Month:
    """Machines of n groups over a month."""

    hours: Hours
    machines: Ints
    """(168, n) machines that serve in each hour."""
    machine_hours: Floats
    """(n,) in which they are up, starts left out."""
    started: Floats
    """(n,) machines that are started: every rise from one hour to the next, over a week that repeats."""


def month_of(hours: Hours, per_machine: Ints, block: Block) -> Month:
    """The month of these replicas on machines that hold so many each; of scaling to zero, starts are in the hours.

    Where several replicas are to run at any time, so that one may fail, they are on two machines at least.
    """
    machines = -(-hours.replicas // per_machine)
    machines = np.where(hours.replicas > 1, np.maximum(machines, min(block.min, APART)), machines)
    rises = np.maximum(machines - np.roll(machines, 1, axis=0), 0).sum(axis=0)
    up = (machines * hours.up_share).sum(axis=0)
    return Month(hours, machines, np.asarray(up * WEEKS_PER_MONTH), np.asarray(rises * WEEKS_PER_MONTH))
