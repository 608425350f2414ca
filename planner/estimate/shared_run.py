"""A run shared between a spot machine and its on-demand twin: the spot machine goes first, the other ends the job.

Each of the two is a job of its own with its own queue, start-up and bill; only the data is prepared once, and instead
of the artifact the first one leaves a checkpoint. Nothing is assumed to overlap.
"""

from dataclasses import fields, replace

import numpy as np

from planner.catalog.rows import Bools, Floats, Offers
from planner.estimate.cost import billed_hours
from planner.estimate.duration import Hours, Job, Timing, time_job

Bill = tuple[Floats, Floats]
"""Billed hours and USD."""


def run_and_bill(job: Job, offers: Offers, spot_share: Floats) -> tuple[Timing, Bill]:
    """Timing and bill of a job on each offer, part of it left to the offer's spot twin where `spot_share` says so."""
    alone = time_job(job, offers)
    bill = _bill(alone, offers)
    shared: Bools = (spot_share > 0) & ~offers.spot
    if not shared.any():
        return alone, bill
    rest = 1.0 - spot_share
    ends: Bools = shared & (rest > 0)
    twins = replace(offers, spot=np.ones_like(offers.spot), price_usd_per_hour=offers.spot_twin_usd_per_hour)
    first = time_job(_part(job, spot_share, leaves=np.where(ends, job.checkpoint_gb, job.artifact_gb)), twins)
    last = time_job(replace(_part(job, rest, leaves=job.artifact_gb), tokens_to_prepare=np.zeros_like(rest)), offers)
    first_bill, last_bill = _bill(first, twins), _bill(last, offers)

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
    hours, usd = (together(a, b, c) for a, b, c in zip(first_bill, last_bill, bill, strict=True))
    return timing, (hours, usd)


def _part(job: Job, share: Floats, leaves: Floats) -> Job:
    """A share of the work, with what it leaves behind."""
    return replace(
        job,
        train_hours=job.train_hours * share,
        evaluate_hours=job.evaluate_hours * share,
        saves=np.ceil(job.saves * share),
        artifact_gb=leaves,
    )


def _bill(timing: Timing, offers: Offers) -> Bill:
    hours = billed_hours(
        timing.billed_hours,
        offers.granularity_s,
        offers.minimum_s * timing.sessions,
        timing.sessions + timing.preemptions,
    )
    return hours, hours * offers.price_usd_per_hour
