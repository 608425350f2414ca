"""The training runs of the year: when, on what, how good, with the losses of every evaluation."""

import datetime
import json
import math
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from tools.spend_year.world import (
    DAYS,
    FIRST,
    FORGOTTEN_RUN,
    MODELS,
    P4DE,
    PLANTED,
    PREEMPTIONS_PER_HOUR,
    SEED,
    Machine,
    Model,
)

_METRICS = {"support": "accuracy", "product": "accuracy", "research": "win_rate", "data": "f1"}


@dataclass(frozen=True)
class Run:
    """A run as it was."""

    name: str
    model: Model
    machine: Machine
    start: datetime.datetime
    hours: float
    tier: str
    status: str
    samples: int
    history: tuple[tuple[float, float, float, float], ...]
    """epoch, hours, loss, metric of every evaluation."""


def runs_of(rng: np.random.Generator) -> list[Run]:
    """All runs, oldest first."""
    found = [_forgotten(rng)]
    for model in MODELS:
        if model.trains_on is None:
            continue
        number = 0
        for day in range(DAYS):
            date = FIRST + datetime.timedelta(days=day)
            # People start runs on working days; a few run over the weekend.
            rate = model.runs_per_week / 5.4 * (1.0 if date.weekday() < 5 else 0.2) * (date >= model.since)
            for _ in range(int(rng.poisson(rate))):
                number += 1
                found.append(_run(rng, model, model.trains_on, date, number))
    # Numbers of its own, so that another rate leaves the rest of the year as it is.
    taking = np.random.default_rng([SEED, 1])
    return sorted((_or_taken(run, taking) for run in found), key=lambda run: (run.start, run.name))


def _or_taken(run: Run, rng: np.random.Generator) -> Run:
    """The run, or what is left of it where its spot machine was taken away."""
    life = float(rng.exponential(1.0 / PREEMPTIONS_PER_HOUR))
    if run.tier != "spot" or run.status != "ok" or life >= run.hours:
        return run
    seen = tuple(row for row in run.history if row[1] <= life)
    return replace(run, hours=round(max(life, 0.02), 3), status="preempted", history=seen)


def _run(rng: np.random.Generator, model: Model, machine: Machine, date: datetime.date, number: int) -> Run:
    start = datetime.datetime.combine(date, datetime.time(int(rng.integers(7, 17)), int(rng.integers(0, 60))))
    share = float(rng.choice([0.25, 0.5, 1.0], p=[0.12, 0.18, 0.7]))
    hours = float(np.clip(model.hours * rng.lognormal(0.0, 0.18), 0.3, 30.0)) * (0.35 + 0.65 * share)
    status = str(rng.choice(["ok", "failed"], p=[0.93, 0.07]))
    tier = "spot" if machine.spot_usd and rng.random() < (0.35 if model.team == "research" else 0.1) else "on_demand"
    done = hours * (float(rng.uniform(0.15, 0.8)) if status == "failed" else 1.0)
    samples = int(model.hours * 30_000 * share)
    history = _history(rng, model, hours, done, share, number)
    return Run(f"{model.name}-{number:04d}", model, machine, start, round(done, 3), tier, status, samples, history)


def _history(
    rng: np.random.Generator, model: Model, hours: float, done: float, share: float, number: int
) -> tuple[tuple[float, float, float, float], ...]:
    """Losses that fall by a power of the samples seen, then lie flat; the metric follows."""
    evaluations = model.epochs * 3
    ceiling = 0.80 + 0.05 * (1.0 - math.exp(-number / 60.0)) - 0.02 * (1.0 - share)
    rows = []
    for step in range(1, evaluations + 1):
        at = hours * step / evaluations
        if at > done + 1e-9:
            break
        epoch = model.epochs * step / evaluations
        loss = 0.9 + 1.3 * (epoch + 0.15) ** -0.6 * (1.15 - 0.15 * share) + float(rng.normal(0.0, 0.006))
        metric = ceiling * (1.0 - 0.35 * math.exp(-epoch * 1.9)) + float(rng.normal(0.0, 0.002))
        rows.append((round(epoch, 3), round(at, 3), round(loss, 4), round(metric, 4)))
    return tuple(rows)


def _forgotten(rng: np.random.Generator) -> Run:
    """The run that nobody stopped: 3 machines for almost two days."""
    model = next(one for one in MODELS if one.name == "long-context")
    start = datetime.datetime.combine(PLANTED["research"][0], datetime.time(6, 0))
    triple = Machine(P4DE.instance, P4DE.card, P4DE.gpus * 3, P4DE.list_usd * 3, P4DE.spot_usd * 3)
    history = _history(rng, model, 9.0, 9.0, 1.0, 40)
    return Run(FORGOTTEN_RUN, model, triple, start, 41.0, "on_demand", "stopped", 240_000, history)


def run_line(run: Run) -> str:
    """A run as a line of JSON."""
    last = run.history[-1] if run.history else None
    epochs = last[0] if last else 0.0
    fields: dict[str, Any] = {
        "run": run.name, "job": run.model.name, "model": run.model.name, "base_model": run.model.base,
        "team": run.model.team, "method": "lora", "gpu": run.machine.card, "gpu_count": run.machine.gpus,
        "provider": "aws", "region": "us-east-1", "tier": run.tier, "start": _utc(run.start),
        "end": _utc(run.start + datetime.timedelta(hours=run.hours)), "status": run.status, "epochs": epochs,
        "samples": run.samples, "tokens": int(run.samples * 520 * max(epochs, 0.1)),
        "metric": _METRICS[run.model.team], "value": last[3] if last else None,
        "history": [dict(zip(("epoch", "hours", "loss", "value"), row, strict=True)) for row in run.history],
    }  # fmt: skip
    return json.dumps(fields, separators=(",", ":"))


def _utc(time: datetime.datetime) -> str:
    return time.replace(microsecond=0).isoformat() + "Z"
