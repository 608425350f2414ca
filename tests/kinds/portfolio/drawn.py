"""Portfolios of some jobs drawn by chance, with every rule that there is, and what became of them a while later."""

import datetime as dt
from typing import Any
from zoneinfo import ZoneInfo

import numpy as np

from planner.outcome import Configuration
from planner.outcome.portfolio import PortfolioPlan
from planner.scenario.portfolio import Portfolio

from .made import portfolio, way

BEGINS = [
    ("2026-10-24T00:00", "Europe/Berlin"), ("2027-03-27T00:00", "Europe/Berlin"), ("2026-06-29T06:00", "UTC"),
    ("2026-12-30T00:00", "America/New_York"),
]  # fmt: skip
"""Days before clocks change, and before months end."""
HOURS = 96
PLACES = [("lambda", "us-west-3", "US"), ("nebius", "eu-north1", "FI"), ("aws", "eu-central-1", "DE")]
NAMES = ("a", "b", "c", "d", "e", "f")


class Drawn:
    """A portfolio, and what its jobs choose from."""

    def __init__(self, seed: int) -> None:
        self.draw = np.random.default_rng(seed)
        self.begins, zone = BEGINS[seed % len(BEGINS)]
        self.zone = ZoneInfo(zone)
        self.jobs = [self._job(k, name) for k, name in enumerate(NAMES)]
        self.fronts = {name: self._front(name) for name in NAMES}
        slot = float(self.draw.choice([2, 4, 6]))
        self.others = self._others() | {"time_zone": zone, "solver": {"slot_hours": slot, "gap": 0.01}}

    def chance(self, p: float) -> bool:
        return bool(self.draw.random() < p)

    def moment(self, hour: float) -> str:
        """The clock of the zone so many hours after the begin."""
        begins = dt.datetime.fromisoformat(self.begins).replace(tzinfo=self.zone).astimezone(dt.UTC)
        return f"{(begins + dt.timedelta(hours=hour)).astimezone(self.zone).isoformat(timespec='minutes')}"

    def span(self, most: int) -> dict[str, str]:
        first = int(self.draw.integers(0, HOURS - most))
        return {"begins": self.moment(first), "ends": self.moment(first + int(self.draw.integers(1, most)))}

    def scenario(self, **more: Any) -> Portfolio:
        return portfolio(self.jobs, begins=self.begins, horizon=f"{HOURS} h", **(self.others | more))

    def later(self, plan: PortfolioPlan) -> Portfolio:
        """The same at a later time: what ended is done or failed, at another cost, and what was begun runs."""
        now = float(self.draw.integers(4, 60))
        states: list[dict[str, Any]] = []
        for job in plan.jobs:
            if job.run is None or job.run.start_hours >= now:
                continue
            state: dict[str, Any] = {"job": job.name, "status": "started"}
            if job.run.start_hours + job.run.hours <= now:
                status = "failed" if self.chance(0.3) else "done"
                spent = job.run.cost_usd * float(self.draw.uniform(0.5, 1.5))
                state |= {"status": status, "end": self.moment(int(now)), "spent": spent}
                state |= {"start": job.run.start} if self.chance(0.5) else {}
            states.append(state)
        return self.scenario(running={"now": self.moment(now), "jobs": states, "moving_costs": 5})

    def _job(self, k: int, name: str) -> dict[str, Any]:
        optional = self.chance(0.7)
        job: dict[str, Any] = {
            "name": name, "team": str(self.draw.choice(["ads", "lab"])), "optional": optional,
            "urgency": float(self.draw.choice([0.5, 1, 2])),
        }  # fmt: skip
        if optional:
            job["value"] = float(self.draw.integers(20, 200))
        if self.chance(0.6):
            job["deadline"] = self.moment(int(self.draw.integers(24, HOURS + 8)))
            if self.chance(0.4):
                job["hard"] = True
        if self.chance(0.3):
            job["earliest"] = self.moment(float(self.draw.integers(0, 40)) + 0.5)
        if k and self.chance(0.35):
            first = NAMES[int(self.draw.integers(0, k))]
            job["after"] = [{"job": first, "lag": float(self.draw.integers(1, 7))}] if self.chance(0.5) else [first]
        if self.chance(0.2):
            job["blackouts"] = [self.span(12)]
        return job

    def _front(self, name: str) -> list[Configuration]:
        found = []
        for k in range(int(self.draw.integers(2, 6))):
            provider, region, country = PLACES[int(self.draw.integers(len(PLACES)))]
            found.append(
                way(
                    f"{name}{k}", hours=round(float(self.draw.uniform(1, 30)), 3),
                    usd=round(float(self.draw.uniform(5, 90)), 2),
                    quality=round(float(self.draw.random()), 3) if self.chance(0.8) else None,
                    carbon_kg=float(self.draw.integers(1, 9)) if self.chance(0.9) else None,
                    gpus=int(self.draw.integers(1, 5)), provider=provider, region=region, country=country,
                    gpu=str(self.draw.choice(["h100-sxm", "l4"])), fixed=1.0,
                    tier=str(self.draw.choice(["on_demand", "on_demand", "spot"])),
                    spread=1.3 if self.chance(0.9) else None,
                )
            )  # fmt: skip
        return found

    def _others(self) -> dict[str, Any]:
        draw = self.draw
        quotas: list[dict[str, Any]] = [{"gpus": int(draw.integers(4, 9))}]
        if self.chance(0.6):
            quotas.append({"provider": "lambda", "gpu": "h100-sxm", "gpus": int(draw.integers(2, 6))})
        if self.chance(0.5):
            first = int(draw.integers(5, 50))
            gpus = [int(draw.integers(0, 9)) for _ in range(2)]
            changes = [{"begins": self.moment(first + 20 * i), "gpus": n} for i, n in enumerate(gpus)]
            quotas.append({"tier": "on_demand", "gpus": int(draw.integers(4, 9)), "changes": changes})
        if self.chance(0.4):
            quotas.append({"provider": "nebius", "gpus": 5, "closed": [self.span(14)]})
        others: dict[str, Any] = {"quotas": quotas}
        others["teams"] = [
            {"name": "lab", "weight": 1.5, "budgets": [{"amount": float(draw.integers(30, 160))}]},
            {"name": "ads", "budgets": [{"amount": float(draw.integers(50, 200)), "whole": True}]},
        ]
        if self.chance(0.5):
            others["budgets"] = [{"amount": float(draw.integers(80, 260))}]
        if self.chance(0.3):
            others["budget_confidence"] = float(draw.choice([0.6, 0.9]))
        if self.chance(0.3):
            others["max_carbon"] = f"{int(draw.integers(8, 30))} kg"
        if self.chance(0.4):
            others["only_one"] = [{"name": "licence", "jobs": [str(n) for n in draw.permutation(NAMES)[:3]]}]
        if self.chance(0.4):
            others["blackouts"] = [self.span(10)]
        if self.chance(0.4):
            others["time_rates"] = [{"providers": ["lambda"], "hours": "22:00-06:00", "percent_off": 50}]
        if self.chance(0.3):
            others["residency"] = ["EU"]
        others["spot"] = {
            "least_saving": float(draw.choice([0.1, 0.3])) if self.chance(0.4) else None,
            "least_slack": float(draw.choice([0.2, 1.0])) if self.chance(0.4) else None,
        }  # fmt: skip
        others["objective"] = {"quality_point": float(draw.integers(0, 2)), "carbon_tonne": 500.0}
        return others
