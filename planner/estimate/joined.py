"""Shaped recipes joined with offers: cost, time, carbon and what stops a combination; (recipes, offers) arrays."""

from dataclasses import dataclass, fields
from typing import Final

import numpy as np

from planner.catalog.rows import Bools, Floats, Ints, Offers
from planner.estimate import bands
from planner.estimate.carbon import embodied_kg, operational_kg
from planner.estimate.cost import Cost, kept_gb_hours, price_job, stored_gb
from planner.estimate.duration import Job, Timing
from planner.estimate.rate_plans import Stretch
from planner.estimate.shaped import ShapeColumns
from planner.estimate.shared_run import run_and_bill
from planner.estimate.spot_spread import RATE_CV, ln_spread, sd_hours
from planner.estimate.training import MARGIN, OK, REASONS
from planner.units import GIB

HOST_MEMORY, LONGEST_RUN, NO_TWIN, ENDLESS, UNSAVED = (len(REASONS) + i for i in range(5))
STOPS: Final = (
    *REASONS, "host memory", "longest run the provider allows", "no spot twin to share with",
    "no end within a million hours", "checkpoints further apart than a spot machine lasts",
)  # fmt: skip
"""What can stop a combination, by code; 0 is nothing."""
MOST_HOURS: Final = 1e6
"""Longer runs are none, such as one on a spot machine that is always lost before the next checkpoint."""

MOST_UNSAVED: Final = 1.0 + 1e-9
"""Mean lives of a spot machine that may lie between two checkpoints; the best interval is always less than one."""


@dataclass(frozen=True, slots=True)
class Joined:
    """Estimates of some recipes on every offer."""

    stop: Ints
    memory_gib: Floats
    cost: Cost
    timing: Timing
    hours: Floats
    """Wall-clock in all."""
    billed_hours: Floats
    kw: Floats
    speed_sd: Floats
    tokens_sd: Floats
    expected_reruns: Floats
    offers: Offers
    stretches: tuple[Stretch, ...]
    """What is billed one after the other; a rate plan asks for when."""

    def carbon_kg(self) -> Floats:
        """CO2-equivalent of the run and its expected re-runs."""
        running = operational_kg(self.kw * self.billed_hours, self.offers.pue, self.offers.grid_kg_per_kwh)
        return (running + embodied_kg(self.offers.gpu_count * self.billed_hours)) * (1.0 + self.expected_reruns)

    def luck_hours(self) -> tuple[Floats, Floats]:
        """Standard deviations, in hours, of billed and wall-clock hours for lost spot machines; 0 on demand."""
        t, rate = self.timing, self.offers.preemption_per_hour
        preempted = t.preemptions > 0
        worked = np.where(preempted, t.preemptions / np.where(rate > 0, rate, 1.0), 0.0)
        known = self.offers.preemption_cv
        rate_cv = np.where(np.isnan(known), RATE_CV, known)
        wait = self.offers.wait_hours
        return sd_hours(worked, t.lost_hours, np.where(preempted, rate, 0.0), wait, rate_cv)

    def luck(self) -> tuple[Floats, Floats]:
        """What spot machines add to the standard deviations of ln hours and ln billed hours; 0 on demand."""
        t = self.timing
        billed, wall = self.luck_hours()
        return (
            ln_spread(self.hours, t.lost_hours + t.preemptions * self.offers.wait_hours, wall),
            ln_spread(t.billed_hours, t.lost_hours, billed),
        )

    def spreads(self) -> tuple[Floats, Floats]:
        """Standard deviations of ln hours and ln cost."""
        parts = self.timing.hours
        running = (parts.train + parts.evaluate + parts.preemption) / self.hours
        shared = running * bands.combined(self.speed_sd, self.tokens_sd), (1.0 - running) * bands.OVERHEAD_SD
        hours_luck, billed_luck = self.luck()
        price_sd = np.array([bands.PRICE_SD[word] for word in self.offers.confidence.tolist()])
        return bands.combined(*shared, hours_luck), bands.combined(*shared, billed_luck, price_sd)


def join(columns: ShapeColumns, offers: Offers, shape_of_offer: Ints) -> Joined:
    """Spread the figures of each shape over its offers, and add what the offer brings."""
    x = ShapeColumns(**{f.name: getattr(columns, f.name)[:, shape_of_offer] for f in fields(columns)})
    job = Job(**{f.name: getattr(x, f.name) for f in fields(Job)})
    timing, bill = run_and_bill(job, offers, x.spot_share)
    hours = timing.wall_hours
    stored = x.tokens_to_prepare, x.weights_gb, x.checkpoint_gb
    disk, kept = stored_gb(*stored, offers.terms.checkpoints), kept_gb_hours(*stored, offers.terms)

    runs = (x.verdict == OK) | (x.verdict == MARGIN)
    small = (offers.memory_gib * GIB / 1e9 < x.host_gb) | (x.offloads & np.isnan(offers.memory_gib))
    stop = np.where(runs & small, HOST_MEMORY, x.verdict)
    too_long = timing.too_long if offers.terms.splits_long_runs else hours > offers.max_run_hours
    stop = np.where(runs & too_long, LONGEST_RUN, stop)
    shared = (x.spot_share > 0) & ~offers.spot
    stop = np.where(runs & shared & np.isnan(offers.spot_twin_usd_per_hour), NO_TWIN, stop)
    stop = np.where(runs & (stop == x.verdict) & _unsaved(x, timing, offers, shared), UNSAVED, stop)
    stop = np.where(((stop == OK) | (stop == MARGIN)) & (hours > MOST_HOURS), ENDLESS, stop)
    return Joined(
        stop=stop,
        memory_gib=x.memory_gib,
        cost=price_job(bill.usd, hours, disk, x.artifact_gb, x.expected_reruns, offers, kept),
        timing=timing,
        hours=hours,
        billed_hours=bill.hours,
        kw=x.kw,
        speed_sd=x.speed_sd,
        tokens_sd=x.tokens_sd,
        expected_reruns=x.expected_reruns,
        offers=offers,
        stretches=bill.stretches,
    )


def _unsaved(x: ShapeColumns, timing: Timing, offers: Offers, shared: Bools) -> Bools:
    """Where a spot machine is lost more often than a checkpoint is written: only an interval that was asked for is so.

    There the expectation grows exponentially with the interval, and exponential lives no longer give the right mean.
    """
    work = (x.train_hours + x.evaluate_hours) * np.where(shared, x.spot_share, 1.0)
    unsaved = np.minimum(timing.interval_hours, work) * offers.preemption_per_hour
    return np.asarray((offers.spot | shared) & (unsaved > MOST_UNSAVED))
