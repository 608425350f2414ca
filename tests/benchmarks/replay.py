"""Jobs replayed on recorded spot availability: what a run would have been billed, hour by hour."""

import csv
from collections import defaultdict
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from planner.catalog.rows import Bools, Floats

MEASURED = Path(__file__).parent / "measurements" / "curves" / "spot_traces.csv"


@dataclass(frozen=True, slots=True)
class Trace:
    """When an instance could be had in a zone, as up-times in hours; everything between them is down-time."""

    begins: Floats
    ends: Floats
    length: float
    """Hours recorded."""

    @property
    def lives(self) -> Floats:
        """Hours of each up-time."""
        return self.ends - self.begins

    def history(self, until: float) -> tuple[float, float, float]:
        """Preemptions, available hours and mean wait in hours, as seen before `until`."""
        lost = int(np.sum(self.ends[:-1] <= until))
        hours = float(np.sum(np.clip(until - self.begins, 0.0, self.lives)))
        back = self.begins[1:] <= until
        waits = (self.begins[1:] - self.ends[:-1])[back]
        return float(lost), hours, float(np.mean(waits)) if len(waits) else np.nan

    @property
    def rate(self) -> float:
        """Preemptions per available hour over the whole record."""
        lost, hours, _ = self.history(self.length)
        return lost / hours

    @property
    def wait(self) -> float:
        """Mean down-time in hours."""
        return self.history(self.length)[2]

    def starts(self, number: int) -> Floats:
        """Points in time evenly spread over the available hours."""
        done = np.concatenate([[0.0], np.cumsum(self.lives)])
        at = (np.arange(number) + 0.5) / number * done[-1]
        up = np.searchsorted(done, at, "right") - 1
        return np.asarray(self.begins[up] + at - done[up])

    def dispersion(self, hours: float, number: int = 400) -> float:
        """Variance over mean of the preemptions in windows of `hours` available hours; the record is closed to a ring.

        Windows start evenly over the available hours.
        """
        done = np.cumsum(self.lives)
        ring = np.concatenate([done, done + done[-1]])
        at = (np.arange(number) + 0.5) / number * done[-1]
        counts = np.searchsorted(ring, at + hours) - np.searchsorted(ring, at)
        return float(np.var(counts) / np.mean(counts))


def read() -> dict[str, Trace]:
    """Traces by zone."""
    runs = defaultdict(list)
    with MEASURED.open(encoding="utf-8") as file:
        for row in csv.DictReader(line for line in file if not line.startswith("#")):
            tick = float(row["gap_seconds"]) / 3600.0
            begin = int(row["start_tick"]) * tick
            runs[row["zone"]].append((begin, begin + int(row["ticks"]) * tick, int(row["state"])))
    found = {}
    for zone, spans in runs.items():
        up = np.array([(begin, end) for begin, end, state in spans if state == 1])
        found[zone] = Trace(up[:, 0], up[:, 1], spans[-1][1])
    return found


@dataclass(frozen=True, slots=True)
class Replayed:
    """One row per start; NaN where the record ended before the job did."""

    billed_hours: Floats
    wall_hours: Floats
    preemptions: Floats


def replay(
    trace: Trace,
    starts: Floats,
    work_hours: float,
    interval_hours: Floats | float,
    checkpoint_hours: float,
    restart_hours: float,
    *,
    ring: bool,
) -> Replayed:
    """Run a job from each start, at which an instance is up; `ring` lets the record begin again where it ends.

    Work goes on from the last checkpoint, after a restart that is billed and may itself be cut short; a wait for
    capacity is not billed. The last piece of work is as long as what is left, and is saved too.
    """
    interval = np.minimum(interval_hours, work_hours) + np.zeros(len(starts))
    up = np.searchsorted(trace.begins, starts, "right") - 1
    life, now = trace.ends[up] - starts, starts.copy()
    left, restart = np.full(len(starts), work_hours), np.zeros(len(starts))
    billed, wall, lost = np.zeros(len(starts)), np.full(len(starts), np.nan), np.zeros(len(starts))
    running: Bools = np.ones(len(starts), bool)
    while running.any():
        pieces = np.ceil(left / interval - 1e-9)
        needed = restart + left + pieces * checkpoint_hours
        done = running & (needed <= life + 1e-12)
        billed[done] += needed[done]
        wall[done] = (now + needed - starts)[done]
        running &= ~done
        saved = np.floor((life - restart + 1e-12) / (interval + checkpoint_hours))
        left -= np.where(running, np.clip(saved, 0.0, pieces - 1.0) * interval, 0.0)
        billed += np.where(running, life, 0.0)
        lost += running
        up += 1
        over = up % len(trace.begins) == 0
        if not ring:
            running &= ~over
        again = up // len(trace.begins)
        at = up % len(trace.begins)
        life, now = trace.lives[at], trace.begins[at] + again * trace.length
        restart = np.full(len(starts), restart_hours)
    billed[np.isnan(wall)] = np.nan
    return Replayed(billed, wall, lost)
