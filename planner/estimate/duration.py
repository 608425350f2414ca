"""Wall-clock from request to finished artifact: the terms people forget (DOMAIN 2.9, 7)."""

from dataclasses import dataclass, replace
from typing import Final

import numpy as np

from planner.catalog.rows import Bools, Floats, Offers
from planner.estimate.collectives import PCIE_SHARE
from planner.estimate.spot import best_interval_hours, certain_hours, expected_billed_hours
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
MOST_SESSIONS: Final = 1000.0
"""A run that needs more rentals one after another is no plan."""


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
    sessions: Floats
    """Rentals one after another that the run is cut into, where it is longer than the provider allows; else 1."""
    too_long: Bools
    """Longer than the provider allows, and not to be cut: a part that cannot be does not fit into one session."""


def time_job(job: Job, offers: Offers) -> Timing:
    """Wall-clock and billed hours of a job on each offer.

    Billed hours are summed up from their own parts, never taken as a difference: an offer that is no worse in any
    term is then no worse in the sum either, to the last bit, which pruning of offers relies on.
    """
    per_second = 1.0 / SECONDS_PER_HOUR
    start_h = (offers.boot_s + offers.image_pull_s + WARMUP_S) * per_second
    cached = offers.terms.cached_hours is not None
    fetch_gb_per_s = np.maximum(offers.weights_gb_per_s, DISK_GB_PER_S) if cached else offers.weights_gb_per_s
    load_h = (job.weights_gb / fetch_gb_per_s + job.weights_gb / (job.pcie_gb_s * PCIE_SHARE)) * per_second
    to_prepare = np.zeros_like(job.tokens_to_prepare) if cached else job.tokens_to_prepare
    data_h = to_prepare / (TOKENISE_TOKENS_PER_S_CORE * SECONDS_PER_HOUR * cores(offers))
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
        preemption_h[:, spot] = worked[:, spot] - certain + preemptions[:, spot] * offers.wait_hours[spot]
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
    wall = billed + offers.queue_s * per_second + preemptions * offers.wait_hours
    once = Timing(
        hours, wall, billed, preemptions, lost, interval, save_h, np.ones_like(wall), np.zeros(wall.shape, bool)
    )
    return in_sessions(once, offers) if offers.terms.splits_long_runs else once


def in_sessions(once: Timing, offers: Offers) -> Timing:
    """A run cut into as few sessions as the provider's longest run allows, where it is longer.

    Every session queues, boots, pulls the image, loads the weights and warms up; between two of them a checkpoint is
    written and read. With L the longest run, S what a session takes before it works, c a checkpoint and F everything
    that is done once, k sessions hold k (L - S) - 2 (k - 1) c hours of F, so k = ceil((F - 2 c) / (L - S - 2 c)).
    Preparing the data and uploading the artifact are not cut.
    """
    h, longest, save = once.hours, offers.max_run_hours, once.save_hours
    start = h.boot + h.image + h.warmup + h.weights
    before = h.queue + start
    done_once = h.data + h.train + h.evaluate + h.checkpoints + h.preemption + h.upload
    over: Bools = once.wall_hours > longest
    room = longest - before - 2.0 * save
    fits = (room > 0) & (np.maximum(h.data, h.upload) + before + save <= longest)
    needed = np.ceil((done_once - 2.0 * save) / np.where(over & fits, room, 1.0))
    too_long: Bools = over & ~(fits & (needed <= MOST_SESSIONS))
    sessions = np.where(over & ~too_long, np.maximum(needed, 2.0), 1.0)
    more = sessions - 1.0
    between = more * (2.0 * save)
    again = {name: getattr(h, name) * sessions for name in ("queue", "boot", "image", "warmup", "weights")}
    return replace(
        once,
        hours=replace(h, **again, checkpoints=h.checkpoints + between),
        wall_hours=once.wall_hours + more * before + between,
        billed_hours=once.billed_hours + more * start + between,
        sessions=sessions,
        too_long=too_long,
    )


def cores(offers: Offers) -> Floats:
    """Cores of each offer that tokenise, those of an unknown machine taken as `UNKNOWN_CORES`."""
    known = np.where(np.isfinite(offers.vcpus), offers.vcpus, UNKNOWN_CORES)
    return np.clip(known, 1.0, MOST_CORES)
