"""Tiny portfolios by chance, and the best of all their schedules one by one, from the scenario's own words."""

import datetime as dt
import itertools
import math
from typing import Any

import numpy as np

from planner.outcome import Configuration
from planner.scenario.portfolio import Portfolio

from .made import portfolio, way

STEP, HORIZON = 4, 32
NIGHT = {"providers": ["lambda"], "hours": "22:00-06:00", "percent_off": 50}
START = dt.datetime(2026, 6, 28, 12)
"""Three days before a month ends; a Sunday."""
Placed = tuple[Configuration, int] | None


def tiny(seed: int) -> tuple[Portfolio, dict[str, list[Configuration]]]:
    """Three jobs of two configurations each at two providers, and constraints drawn by chance."""
    draw = np.random.default_rng(seed)

    def chance(p: float) -> bool:
        return bool(draw.random() < p)

    def moment(hour: float) -> str:
        return (START + dt.timedelta(hours=hour)).isoformat(timespec="minutes")

    jobs, fronts = [], {}
    for name in ("a", "b", "c"):
        optional = chance(0.6)
        job: dict[str, Any] = {
            "name": name, "team": str(draw.choice(["ads", "lab"])), "optional": optional,
            "urgency": float(draw.choice([1, 2])),
        }  # fmt: skip
        if optional or chance(0.5):
            job["value"] = float(draw.integers(10, 120))
        if chance(0.6):
            job["deadline"] = moment(int(draw.integers(8, HORIZON)))
            if chance(0.3):
                job["hard"] = True
            else:
                job["late_per_day"] = float(draw.integers(0, 200))
        if chance(0.3):
            job["earliest"] = moment(int(draw.integers(0, 9)))
        if name == "b" and chance(0.4):
            job["after"] = [{"job": "a", "lag": float(draw.integers(1, 4))}] if chance(0.5) else ["a"]
        if chance(0.15):
            job["blackouts"] = [{"begins": moment(8), "ends": moment(10)}]
        jobs.append(job)
        fronts[name] = [
            way(
                f"{name}{k}", hours=float(draw.integers(2, 16)), usd=float(draw.integers(10, 90)),
                quality=round(float(draw.random()), 3) if chance(0.8) else None, carbon_kg=float(draw.integers(1, 9)),
                gpus=int(draw.integers(1, 4)), provider=provider, region="any", fixed=2.0,
            )
            for k, provider in enumerate(("lambda", "nebius"))
        ]  # fmt: skip
    quotas: list[dict[str, Any]] = [{"provider": "lambda", "gpus": int(draw.integers(2, 5))}]
    if chance(0.4):
        quotas[0]["changes"] = [{"begins": moment(10), "gpus": 3}]
    if chance(0.3):
        quotas.append({"gpus": 4, "closed": [{"begins": moment(12), "ends": moment(15)}]})
    others: dict[str, Any] = {"quotas": quotas}
    others["teams"] = [{"name": "lab", "weight": 1.5, "budgets": [{"amount": float(draw.integers(20, 120))}]}]
    if chance(0.5):
        others["budgets"] = [{"amount": float(draw.integers(60, 200)), "whole": True}]
    if chance(0.4):
        others["max_carbon"] = f"{int(draw.integers(4, 22))} kg"
    if chance(0.3):
        others["only_one"] = [{"name": "licence", "jobs": ["a", "c"]}]
    if chance(0.2):
        others["blackouts"] = [{"begins": moment(20), "ends": moment(21)}]
    if chance(0.5):
        others["time_rates"] = [NIGHT]
    others["objective"] = {"quality_point": float(draw.integers(0, 2)), "carbon_tonne": 500.0}
    begins = START.isoformat(timespec="minutes")
    return portfolio(jobs, begins=begins, horizon=f"{HORIZON} h", **others), fronts


def cost_by_month(scenario: Portfolio, c: Configuration, start: float) -> dict[str, float]:
    """Hour by hour: storage evenly, compute at the rate of the hour."""
    spent: dict[str, float] = {}
    assert c.cost_usd is not None
    assert c.hours is not None
    assert c.cost_parts.compute is not None
    for hour in range(int(c.hours)):
        at = START + dt.timedelta(hours=start + hour)
        night = bool(scenario.time_rates) and c.offer.provider == "lambda" and (at.hour >= 22 or at.hour < 6)
        price = c.cost_usd - c.cost_parts.compute + c.cost_parts.compute * (0.5 if night else 1.0)
        spent[f"{at:%Y-%m}"] = spent.get(f"{at:%Y-%m}", 0.0) + price / c.hours
    return spent


def _hour(written: str) -> float:
    return (dt.datetime.fromisoformat(written) - START).total_seconds() / 3600


def _slots(c: Configuration, start: int) -> range:
    return range(start // STEP, math.ceil((start + (c.hours or 0.0)) / STEP))


def _touches(slot: int, span: Any) -> bool:
    return _hour(span.begins) < (slot + 1) * STEP and _hour(span.ends) > slot * STEP


def worth(scenario: Portfolio, i: int, c: Configuration, start: int) -> float:
    """What a job adds: value, quality and lateness by priority, less cost and emissions."""
    job, objective = scenario.jobs[i], scenario.objective
    weight = 1.5 if job.team == "lab" else 1.0
    end = start + (c.hours or 0.0)
    late = 0.0 if job.deadline is None else max(0.0, end - _hour(job.deadline))
    per_hour = (objective.late_per_day if job.late_per_day is None else job.late_per_day) / 24
    good = (job.value or 0.0) + objective.quality_point * 100 * (c.quality or 0.0)
    lateness = 0.0 if job.hard else per_hour * late
    cost = sum(cost_by_month(scenario, c, start).values())
    return weight * job.urgency * (good - lateness) - cost - (c.carbon_kg or 0.0) * objective.carbon_tonne / 1000


def _alone(scenario: Portfolio, i: int, fronts: list[Configuration]) -> list[Placed]:
    job = scenario.jobs[i]
    found: list[Placed] = [None] if job.optional else []
    closed = [*scenario.blackouts, *job.blackouts]
    for c in fronts:
        for start in range(0, HORIZON, STEP):
            end = start + (c.hours or 0.0)
            if end > HORIZON or (job.earliest and start < _hour(job.earliest)):
                continue
            if job.hard and job.deadline and end > _hour(job.deadline):
                continue
            if not any(_touches(slot, span) for slot in _slots(c, start) for span in closed):
                found.append((c, start))
    return found


def _together(scenario: Portfolio, chosen: dict[str, Placed]) -> bool:
    ran = {name: placed for name, placed in chosen.items() if placed is not None}
    for job in scenario.jobs:
        for after in job.firsts():
            if job.name in ran and (
                after.job not in ran
                or ran[after.job][1] + (ran[after.job][0].hours or 0.0) + (after.lag or 0.0) > ran[job.name][1]
            ):
                return False
    for one in scenario.only_one:
        held = [slot for name in one.jobs if name in ran for slot in _slots(*ran[name])]
        if len(held) > len(set(held)):
            return False
    for quota in scenario.quotas:
        for slot in range(HORIZON // STEP):
            used = sum(
                c.hardware.count
                for c, start in ran.values()
                if quota.provider in (None, c.offer.provider) and slot in _slots(c, start)
            )
            units = [quota.gpus, *(x.gpus for x in quota.changes if _hour(x.begins) <= slot * STEP)][-1]
            inside = [x.gpus for x in quota.changes if slot * STEP < _hour(x.begins) < (slot + 1) * STEP]
            units = 0 if any(_touches(slot, span) for span in quota.closed) else min([units, *inside])
            if used > units:
                return False
    spent: dict[tuple[str, str], float] = {}
    for name, (c, start) in ran.items():
        team = next(job.team or "" for job in scenario.jobs if job.name == name)
        for month, usd in cost_by_month(scenario, c, start).items():
            spent[team, month] = spent.get((team, month), 0.0) + usd
    monthly = scenario.teams[0].budgets[0].amount
    if any(usd > monthly + 1e-6 for (team, _), usd in spent.items() if team == "lab"):
        return False
    if any(sum(spent.values()) > budget.amount + 1e-6 for budget in scenario.budgets):
        return False
    emitted = sum(c.carbon_kg or 0.0 for c, _ in ran.values())
    return scenario.max_carbon is None or emitted <= scenario.max_carbon + 1e-9


def best(scenario: Portfolio, fronts: dict[str, list[Configuration]]) -> float:
    """The largest objective of any schedule; -inf where there is none."""
    each = [_alone(scenario, i, fronts[job.name]) for i, job in enumerate(scenario.jobs)]
    ranked = [
        sorted(((0.0 if p is None else worth(scenario, i, *p), p) for p in of), key=lambda x: -x[0])
        for i, of in enumerate(each)
    ]
    sums = sorted(
        ((sum(of[0] for of in combo), [of[1] for of in combo]) for combo in itertools.product(*ranked)),
        key=lambda x: -x[0],
    )
    names = [job.name for job in scenario.jobs]
    return next(
        (total for total, placed in sums if _together(scenario, dict(zip(names, placed, strict=True)))), -math.inf
    )
