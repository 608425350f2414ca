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


@dataclass(frozen=True, slots=True)
class Timing:
    """Wall-clock hours, those of them that are billed before rounding, and how often a spot machine is lost."""

    hours: Hours
    wall_hours: Floats
    """Request to finished artifact: all parts of `hours`."""
    billed_hours: Floats
    """From boot on; the queue and waits for another spot machine are not billed."""
    preemptions: Floats
    lost_hours: Floats
    """Billed hours that preemptions are expected to cost: work done again, and restarts."""
    interval_hours: Floats
    """Checkpoint interval: as asked for, else the best on spot machines and NaN on demand."""
    save_hours: Floats
    """Hours one checkpoint takes to write."""


def time_job(job: Job, offers: Offers) -> Timing:
    """Wall-clock and billed hours of a job on each offer.

    Billed hours are summed up from their own parts, never taken as a difference: an offer that is no worse in any
    term is then no worse in the sum either, to the last bit, which pruning of offers relies on.
    """
    per_second = 1.0 / SECONDS_PER_HOUR
    start_h = (offers.boot_s + offers.image_pull_s + WARMUP_S) * per_second
    load_h = (job.weights_gb / offers.weights_gb_per_s + job.weights_gb / (job.pcie_gb_s * PCIE_SHARE)) * per_second
    data_h = job.tokens_to_prepare / (TOKENISE_TOKENS_PER_S_CORE * SECONDS_PER_HOUR * cores(offers))
    upload_h = job.artifact_gb / offers.weights_gb_per_s * per_second
    save_h = np.maximum(job.checkpoint_gb / DISK_GB_PER_S, LEAST_CHECKPOINT_S) * per_second
    work = job.train_hours + job.evaluate_hours
    asked = np.isfinite(job.interval_hours)
    saving = np.where(asked, np.ceil(work / np.where(asked, job.interval_hours, 1.0)), job.saves) * save_h

    worked = work + saving
    lost, preemptions, preemption_h = np.zeros_like(worked), np.zeros_like(worked), np.zeros_like(worked)
    interval = np.array(np.broadcast_to(job.interval_hours, worked.shape))
    spot = np.flatnonzero(offers.spot)
    if len(spot):
        rate = offers.preemption_per_hour[spot]
        best = best_interval_hours(rate, save_h[:, spot])
        interval[:, spot] = np.where(asked[:, spot], interval[:, spot], best)
        restart = start_h[spot] + load_h[:, spot]
        expected = expected_billed_hours(work[:, spot], interval[:, spot], save_h[:, spot], restart, rate)
        certain = worked[:, spot]
        worked[:, spot] = np.maximum(expected, certain)
        lost[:, spot] = expected - certain_hours(work[:, spot], interval[:, spot], save_h[:, spot])
        preemptions[:, spot] = rate * worked[:, spot]
        preemption_h[:, spot] = worked[:, spot] - certain + preemptions[:, spot] * WAIT_HOURS
    billed = start_h + load_h + data_h + worked + upload_h

    def spread(per_offer: Floats | float) -> Floats:
        return np.broadcast_to(per_offer, worked.shape)

    hours = Hours(
        queue=spread(offers.queue_s * per_second),
        boot=spread(offers.boot_s * per_second),
        image=spread(offers.image_pull_s * per_second),
        weights=load_h,
        data=data_h,
        warmup=spread(WARMUP_S * per_second),
        train=job.train_hours,
        evaluate=job.evaluate_hours,
        checkpoints=saving,
        preemption=preemption_h,
        upload=upload_h,
    )
    wall = billed + offers.queue_s * per_second + preemptions * WAIT_HOURS
    return Timing(hours, wall, billed, preemptions, lost, interval, save_h)


def cores(offers: Offers) -> Floats:
    """Cores of each offer that tokenise, those of an unknown machine taken as `UNKNOWN_CORES`."""
    known = np.where(np.isfinite(offers.vcpus), offers.vcpus, UNKNOWN_CORES)
    return np.clip(known, 1.0, MOST_CORES)
