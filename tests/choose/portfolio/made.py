"""Instances of tests: small ones by hand, and tiny ones by chance that brute force can finish."""

import datetime
from typing import Any

import numpy as np

from planner.choose.portfolio.instance import (
    After,
    Budget,
    Configuration,
    Exclusive,
    Instance,
    Job,
    Placement,
    Pool,
    Weights,
)

BEGINS = datetime.datetime(2026, 5, 31, 20, tzinfo=datetime.UTC)
NIGHT = tuple(0.5 if hour % 24 < 8 else 1.0 for hour in range(168))


def one(name: str, *, hours: float = 4.0, usd: float = 10.0, **job: Any) -> Job:
    """A job with one configuration that takes the one GPU."""
    configuration = Configuration(name="only", hours=hours, fixed_usd=usd, takes={"gpu": 1.0})
    return Job(name=name, configurations=(configuration,), **job)


def of(*jobs: Job, **others: Any) -> Instance:
    """These jobs on one GPU for a day that begins four hours before a month ends."""
    given: dict[str, Any] = {"begins": BEGINS, "horizon_hours": 24.0, "pools": (Pool(name="gpu", units=1.0),)} | others
    return Instance(jobs=jobs, **given)


def tiny(seed: int) -> Instance:
    """3 or 4 jobs of 2 configurations over 5 to 7 slots, every kind of constraint drawn by chance."""
    draw = np.random.default_rng(seed)

    def chance(p: float) -> bool:
        return bool(draw.random() < p)

    slots, count = int(draw.integers(5, 8)), int(draw.integers(3, 5))
    horizon = 4.0 * slots
    jobs = []
    for j in range(count):
        configurations = tuple(
            Configuration(
                name=f"c{c}", hours=float(draw.integers(4, 40)) / 4, fixed_usd=float(draw.integers(0, 20)),
                varying_usd=float(draw.integers(5, 60)), curve="night" if chance(0.5) else "",
                quality=float(draw.random()), carbon_kg=float(draw.integers(0, 9)),
                takes={"gpu": float(draw.integers(1, 4))} | ({"net": 1.0} if chance(0.3) else {}),
            )
            for c in range(2)
        )  # fmt: skip
        deadline = float(draw.integers(8, int(horizon))) if chance(0.7) else None
        jobs.append(
            Job(
                name=f"j{j}", configurations=configurations, team=str(draw.choice(["ads", "lab"])),
                required=chance(0.4), value_usd=float(draw.integers(0, 120)), priority=float(draw.choice([1.0, 2.0])),
                earliest_hours=float(draw.integers(0, 9)) if chance(0.3) else 0.0, deadline_hours=deadline,
                hard=chance(0.2), late_usd_per_hour=float(draw.integers(0, 8)),
                blackouts=((8.0, 10.0),) if chance(0.1) else (),
                planned=Placement("c0", 4.0) if chance(0.2) else None,
                fixed=Placement("c1", 0.0) if j == 0 and chance(0.2) else None,
            )
        )  # fmt: skip
    orders = ((After("j2", "j1", float(draw.integers(0, 3))),) if chance(0.5) else ()) + (
        (After("j1", "j0"),) if chance(0.2) else ()
    )
    return Instance(
        jobs=tuple(jobs), begins=datetime.datetime(2026, 5, 31, 12, tzinfo=datetime.UTC), horizon_hours=horizon,
        pools=(
            Pool(name="gpu", units=float(draw.integers(3, 6)), changes=((10.0, 3.0),) if chance(0.3) else ()),
            Pool(name="net", units=1.0, closed=((12.0, 15.0),) if chance(0.3) else ()),
        ),
        budgets=(
            Budget(name="all", limit_usd=float(draw.integers(80, 260))),
            Budget(name="lab in May", limit_usd=float(draw.integers(20, 100)), team="lab", month="2026-05"),
        ),
        orders=orders, exclusives=(Exclusive("licence", ("j0", "j2")),) if chance(0.3) else (),
        blackouts=((20.0, 21.0),) if chance(0.1) else (), curves={"night": NIGHT},
        carbon_kg=float(draw.integers(8, 30)) if chance(0.4) else None,
        quality=float(draw.random()) * 3 if chance(0.25) else None,
        lateness_usd=float(draw.integers(0, 60)) if chance(0.2) else None,
        weights=Weights(quality_usd=40.0, carbon_usd_per_kg=0.5, stays_usd=7.0),
    )  # fmt: skip
