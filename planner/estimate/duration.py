"""Wall-clock from request to finished artifact: the terms people forget (DOMAIN 2.9, 7)."""

from dataclasses import dataclass
from typing import Final

import numpy as np

from planner.catalog.rows import Floats, Offers
from planner.estimate.collectives import PCIE_SHARE
from planner.estimate.spot import WAIT_HOURS, best_interval_hours, certain_hours, expected_billed_hours
from planner.units import SECONDS_PER_HOUR

TOKENISE_TOKENS_PER_S_CORE: Final = 0.5e6
"""Tokenisation speed of one core; 0.2 to 1 M tokens/s (DOMAIN 2.9) [E]."""
UNKNOWN_CORES: Final = 8.0
MOST_CORES: Final = 16.0
"""Cores that tokenisation keeps busy [E]."""
WARMUP_S: Final = 60.0
"""First steps, kernel compilation, allocator growth; 30 to 180 s (DOMAIN 2.9) [E]."""
DISK_GB_PER_S: Final = 1.0
"""Rate at which a checkpoint is written [E]."""
LEAST_CHECKPOINT_S: Final = 5.0


@dataclass(frozen=True, slots=True)
class Job:
    """What a training run needs, independent of who rents out the machine; (recipes, offers) arrays."""

    train_hours: Floats
    evaluate_hours: Floats
    tokens_to_prepare: Floats
    weights_gb: Floats
    checkpoint_gb: Floats
    artifact_gb: Floats
    saves: Floats
    """Checkpoints written when nothing is preempted and no interval is asked for."""
    interval_hours: Floats
    """Hours between checkpoints that the scenario asks for; NaN leaves them to the planner."""
    pcie_gb_s: Floats


@dataclass(frozen=True, slots=True)
class Hours:
    """Wall-clock hours by part, in the order they happen."""

    queue: Floats
    boot: Floats
    image: Floats
    weights: Floats
    data: Floats
    warmup: Floats
    train: Floats
    evaluate: Floats
    checkpoints: Floats
    preemption: Floats
    upload: Floats

    @property
    def total(self) -> Floats:
        """Request to finished artifact."""
        total: Floats = self.queue + self.boot
        for name in ("image", "weights", "data", "warmup", "train", "evaluate", "checkpoints", "preemption", "upload"):
            total = total + getattr(self, name)
        return total


@dataclass(frozen=True, slots=True)
class Timing:
    """Wall-clock parts, the hours that are billed before rounding, and how often a spot machine is lost."""

    hours: Hours
    billed_hours: Floats
    preemptions: Floats
    lost_hours: Floats
    """Billed hours that preemptions are expected to cost: work done again, and restarts."""
    interval_hours: Floats
    """Checkpoint interval: as asked for, else the best on spot machines and NaN on demand."""
    save_hours: Floats
    """Hours one checkpoint takes to write."""


def time_job(job: Job, offers: Offers) -> Timing:
    """Wall-clock and billed hours of a job on each offer; the queue is not billed, everything from boot on is."""
    load_s = job.weights_gb / offers.weights_gb_per_s + job.weights_gb / (job.pcie_gb_s * PCIE_SHARE)
    cores = np.clip(np.where(np.isfinite(offers.vcpus), offers.vcpus, UNKNOWN_CORES), 1.0, MOST_CORES)
    save_h = np.maximum(job.checkpoint_gb / DISK_GB_PER_S, LEAST_CHECKPOINT_S) / SECONDS_PER_HOUR
    start_s = offers.boot_s + offers.image_pull_s + load_s + WARMUP_S
    work = job.train_hours + job.evaluate_hours
    asked = np.isfinite(job.interval_hours)
    saving = np.where(asked, np.ceil(work / np.where(asked, job.interval_hours, 1.0)), job.saves) * save_h

    worked = work + saving
    lost = np.zeros_like(worked)
    interval = job.interval_hours + np.zeros_like(worked)
    spot = np.flatnonzero(offers.spot)
    if len(spot):
        rate = offers.preemption_per_hour[spot]
        best = best_interval_hours(rate, save_h[:, spot])
        interval[:, spot] = np.where(asked[:, spot], interval[:, spot], best)
        restart = start_s[:, spot] / SECONDS_PER_HOUR
        expected = expected_billed_hours(work[:, spot], interval[:, spot], save_h[:, spot], restart, rate)
        worked[:, spot] = np.maximum(expected, worked[:, spot])
        lost[:, spot] = expected - certain_hours(work[:, spot], interval[:, spot], save_h[:, spot])
    preemptions = np.where(offers.spot, offers.preemption_per_hour, 0.0) * worked
    zero = np.zeros_like(worked)
    hours = Hours(
        queue=offers.queue_s / SECONDS_PER_HOUR + zero,
        boot=offers.boot_s / SECONDS_PER_HOUR + zero,
        image=offers.image_pull_s / SECONDS_PER_HOUR + zero,
        weights=load_s / SECONDS_PER_HOUR + zero,
        data=job.tokens_to_prepare / (TOKENISE_TOKENS_PER_S_CORE * cores) / SECONDS_PER_HOUR + zero,
        warmup=WARMUP_S / SECONDS_PER_HOUR + zero,
        train=job.train_hours + zero,
        evaluate=job.evaluate_hours + zero,
        checkpoints=saving + zero,
        preemption=np.where(offers.spot, worked - work - saving + preemptions * WAIT_HOURS, 0.0),
        upload=job.artifact_gb / offers.weights_gb_per_s / SECONDS_PER_HOUR + zero,
    )
    billed = hours.total - hours.queue - preemptions * WAIT_HOURS
    return Timing(hours, billed, preemptions, lost, interval, save_h)
