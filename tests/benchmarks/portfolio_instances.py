"""Made portfolios: many jobs, each with a front of its own, that compete for GPUs, money and time."""

import datetime
from typing import Final

import numpy as np

from planner.choose.portfolio.instance import (
    After,
    Budget,
    Configuration,
    Exclusive,
    Instance,
    Job,
    Pool,
    Weights,
)

KINDS: Final = (
    ("h100", "lambda", 2.5, 3.0, 12), ("h100", "aws", 4.0, 3.0, 16), ("a100", "lambda", 1.5, 1.5, 16),
    ("a100", "gcp", 2.6, 1.5, 16), ("l40s", "runpod", 0.9, 0.8, 16), ("a10", "aws", 0.7, 0.35, 16),
)  # fmt: skip
"""GPU, provider, dollars per hour, speed, and how many 200 jobs share."""
NIGHT: Final = tuple(0.7 if hour % 24 < 7 or hour >= 120 else 1.0 for hour in range(168))
PROFILES: Final = {
    "roomy": {"room": 0.4, "money": 0.8, "quality_usd": 200.0, "must": 0.4, "value": 1.0},
    "tight": {"room": 0.1, "money": 0.7, "quality_usd": 200.0, "must": 0.4, "value": 1.0},
    "thrift": {"room": 0.2, "money": 1.5, "quality_usd": 0.0, "must": 1.0, "value": 0.0},
}
"""room: share of the GPUs; money: of the budgets; must: of the jobs that are required. In thrift nothing counts but
cost and lateness, so the gap is not flattered by value that every schedule has."""


def timed(jobs: int, configurations: int, profile: str = "roomy", seed: int = 0, weeks: int = 4) -> Instance:
    """Jobs over some weeks from 18 May on, in slots of 4 hours; two months, four teams, two providers with nights."""
    at = PROFILES[profile]
    draw = np.random.default_rng(seed)
    horizon = weeks * 168.0
    made = tuple(_job(draw, j, configurations, horizon, at["must"]) for j in range(jobs))
    pools = tuple(
        Pool(name=f"{gpu}@{provider}", units=float(max(4, round(units * jobs / 200 * at["room"]))))
        for gpu, provider, _, _, units in KINDS
    )
    cheapest = {job.name: min(c.fixed_usd + c.varying_usd for c in job.configurations) for job in made}
    budgets = [Budget(name="all", limit_usd=sum(cheapest.values()) * 1.3 * at["money"])]
    for team in sorted({job.team for job in made}):
        usd = sum(cheapest[job.name] for job in made if job.team == team)
        for month, share in (("2026-05", 0.65), ("2026-06", 0.8)):
            limit = usd * share * at["money"]
            budgets.append(Budget(name=f"{team} {month}", limit_usd=limit, team=team, month=month))
    return Instance(
        jobs=made, begins=datetime.datetime(2026, 5, 18, tzinfo=datetime.UTC), horizon_hours=horizon, pools=pools,
        budgets=tuple(budgets),
        orders=tuple(
            After(f"j{then}", f"j{first}", 2.0)
            for then, first in zip(range(0, jobs // 2, 10), range(5, jobs, 10), strict=False)
        ),
        exclusives=tuple(
            Exclusive(f"x{i}", tuple(f"j{i * 7 + k}" for k in (1, 2, 3))) for i in range(max(1, jobs // 50))
        ),
        curves={"night": NIGHT},
        weights=Weights(value=at["value"], quality_usd=at["quality_usd"], carbon_usd_per_kg=0.1),
    )  # fmt: skip


def _job(draw: np.random.Generator, j: int, configurations: int, horizon: float, must: float) -> Job:
    size = float(np.exp(draw.normal(4.2, 0.9)))
    made = []
    for c in range(configurations):
        gpu, provider, price, speed, _ = KINDS[draw.integers(len(KINDS))]
        gpus = int(2 ** draw.integers(0, 4))
        quality = float(np.clip(0.6 + 0.3 * draw.beta(2, 2) + 0.02 * np.log(gpus + 1), 0, 1))
        luck = float(np.exp(draw.normal(0, 0.35)))
        hours = float(np.clip(size * luck / (speed * gpus**0.9) * (0.4 + quality) ** 2, 0.2, 300.0))
        made.append(
            Configuration(
                name=f"c{c}", hours=hours, fixed_usd=2 + 0.2 * hours, varying_usd=price * gpus * hours,
                curve="night" if provider in {"aws", "gcp"} else "", quality=quality, carbon_kg=hours * gpus * 0.3,
                takes={f"{gpu}@{provider}": gpus}, provider=provider, region="made",
            )
        )  # fmt: skip
    earliest = float(draw.choice([0.0, 0.0, draw.uniform(0, horizon / 2)]))
    usual = float(np.median([c.hours for c in made]))
    due = None if draw.random() < 0.3 else earliest + usual * draw.uniform(1, 4) + draw.uniform(12, 200)
    required = bool(draw.random() < must)
    return Job(
        name=f"j{j}", configurations=tuple(made), team=f"t{draw.integers(4)}", required=required,
        value_usd=float(draw.lognormal(6.5, 0.7)), priority=float(draw.choice([1.0, 1.0, 2.0])),
        earliest_hours=earliest, deadline_hours=None if due is None else float(min(horizon, due)),
        hard=due is not None and not required and bool(draw.random() < 0.1),
        late_usd_per_hour=float(draw.uniform(1, 8)),
    )  # fmt: skip


def untimed(jobs: int, configurations: int, seed: int = 0) -> Instance:
    """Jobs under a budget in all and one for each of 8 teams, without timing: all start in the one slot there is."""
    draw = np.random.default_rng(seed)
    made = []
    for j in range(jobs):
        usd, quality = float(draw.lognormal(5, 1)), float(draw.uniform(0.4, 0.6))
        options = tuple(
            Configuration(
                name=f"c{c}", hours=1.0, fixed_usd=usd * float(draw.uniform(0.3, 3)),
                quality=quality + 0.3 * float(draw.random()),
            )
            for c in range(configurations)
        )  # fmt: skip
        value = float(draw.lognormal(5, 1))
        made.append(Job(name=f"j{j}", team=f"t{j % 8}", required=j % 3 > 0, value_usd=value, configurations=options))
    least = {job.name: min(c.fixed_usd for c in job.configurations) for job in made}
    budgets = [Budget(name="all", limit_usd=sum(least.values()) * 1.3)]
    for team in sorted({job.team for job in made}):
        mine = sum(least[job.name] for job in made if job.team == team)
        budgets.append(Budget(name=team, team=team, limit_usd=mine * 1.4))
    return Instance(
        jobs=tuple(made), begins=datetime.datetime(2026, 5, 1, tzinfo=datetime.UTC), horizon_hours=1.0, slot_hours=1.0,
        budgets=tuple(budgets), weights=Weights(quality_usd=1500.0),
    )  # fmt: skip
