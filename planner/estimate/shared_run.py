"""A run shared between a spot machine and its on-demand twin: the spot machine goes first, the other ends the job.

Each of the two is a job of its own with its own queue, start-up and bill; only the data is prepared once, and instead
of the artifact the first one leaves a checkpoint. Nothing is assumed to overlap.
"""

from dataclasses import dataclass, fields, replace

import numpy as np

from planner.catalog.rows import Bools, Floats, Offers
from planner.estimate.cost import billed_hours
from planner.estimate.duration import Hours, Job, Timing, time_job
from planner.estimate.rate_plans import Stretch, timed, timed_usd


@dataclass(frozen=True, slots=True)
class Bill:
    """What the machines of a job cost; (recipes, offers) arrays."""

    hours: Floats
    """Billed."""
    usd: Floats
    stretches: tuple[Stretch, ...]
    """What is billed one after the other."""


def run_and_bill(job: Job, offers: Offers, spot_share: Floats) -> tuple[Timing, Bill]:
    """Timing and bill of a job on each offer, part of it left to the offer's spot twin where `spot_share` says so."""
    alone = time_job(job, offers)
    whole = Stretch(_billed(alone, offers), offers.price_usd_per_hour, offers.rate)
    shared: Bools = (spot_share > 0) & ~offers.spot
    if not shared.any():
        return alone, _bill((whole,), whole.hours, whole.flat_usd, offers)
    rest = 1.0 - spot_share
    ends: Bools = shared & (rest > 0)
    twins = replace(
        offers,
        spot=np.ones_like(offers.spot),
        price_usd_per_hour=offers.spot_twin_usd_per_hour,
        rate=offers.spot_twin_rate,
    )
    first = time_job(_part(job, spot_share, leaves=np.where(ends, job.checkpoint_gb, job.artifact_gb)), twins)
    last = time_job(replace(_part(job, rest, leaves=job.artifact_gb), tokens_to_prepare=np.zeros_like(rest)), offers)
    on_twin = Stretch(_billed(first, twins), twins.price_usd_per_hour, twins.rate)
    after_it = Stretch(_billed(last, offers), offers.price_usd_per_hour, offers.rate)

    def together(a: Floats, b: Floats, whole: Floats) -> Floats:
        return np.where(shared, a + np.where(ends, b, 0.0), whole)

    parts = {
        f.name: together(getattr(first.hours, f.name), getattr(last.hours, f.name), getattr(alone.hours, f.name))
        for f in fields(Hours)
    }
    timing = Timing(
        hours=Hours(**parts),
        wall_hours=together(first.wall_hours, last.wall_hours, alone.wall_hours),
        billed_hours=together(first.billed_hours, last.billed_hours, alone.billed_hours),
        preemptions=np.where(shared, first.preemptions, alone.preemptions),
        lost_hours=np.where(shared, first.lost_hours, alone.lost_hours),
        interval_hours=np.where(shared, first.interval_hours, alone.interval_hours),
        save_hours=alone.save_hours,
        sessions=together(first.sessions, last.sessions, alone.sessions),
        too_long=np.where(shared, first.too_long | (ends & last.too_long), alone.too_long),
    )
    hours = together(on_twin.hours, after_it.hours, whole.hours)
    usd = together(on_twin.flat_usd, after_it.flat_usd, whole.flat_usd)
    # A run that is not shared is one that the twin has no part in.
    parts_billed = (
        replace(
            on_twin,
            hours=np.where(shared, on_twin.hours, 0.0),
            usd_per_hour=np.where(shared, on_twin.usd_per_hour, 0.0),
        ),
        replace(
            after_it,
            hours=np.where(shared, np.where(ends, after_it.hours, 0.0), whole.hours),
            usd_per_hour=np.where(shared & ~ends, 0.0, after_it.usd_per_hour),
        ),
    )
    return timing, _bill(parts_billed, hours, usd, offers)


def _part(job: Job, share: Floats, leaves: Floats) -> Job:
    """A share of the work, with what it leaves behind."""
    return replace(
        job,
        train_hours=job.train_hours * share,
        evaluate_hours=job.evaluate_hours * share,
        saves=np.ceil(job.saves * share),
        artifact_gb=leaves,
    )


def _billed(timing: Timing, offers: Offers) -> Floats:
    return billed_hours(
        timing.billed_hours,
        offers.granularity_s,
        offers.minimum_s * timing.sessions,
        timing.sessions + timing.preemptions,
    )


def _bill(stretches: tuple[Stretch, ...], hours: Floats, flat_usd: Floats, offers: Offers) -> Bill:
    """The bill of stretches that cost `flat_usd` at the same price at all times."""
    columns = np.unique(np.concatenate([timed(x.rate) for x in stretches]))
    usd = flat_usd
    if len(columns):
        usd = flat_usd.copy()
        usd[:, columns] = timed_usd([x.take(columns) for x in stretches], offers.terms)
    return Bill(hours, usd, stretches)
