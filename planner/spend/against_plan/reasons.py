"""What makes most of the difference between a run and its plan, in words.

cost = price of a GPU-hour * GPUs * hours, so that on ln the differences add up; hours are epochs times the rest.
"""

import math
from typing import Final

from planner.outcome import Configuration
from planner.spend.against_plan import planned
from planner.spend.against_plan.finished import FinishedRun
from planner.units import duration, usd

SMALL: Final = 0.05
"""A difference on ln that is told as none."""


def factors(run: FinishedRun, c: Configuration) -> dict[str, float]:
    """ln(came/planned) of the price of a GPU-hour, the GPUs, the epochs and the time of an epoch; known ones only.

    Without epochs on both sides the time stands as a whole.
    """
    found = {
        "price": _ln(run.cost_usd / run.gpu_hours if run.gpu_hours > 0.0 else math.nan, planned.usd_per_gpu_hour(c)),
        "GPUs": _ln(run.gpu_count, planned.gpus(c)),
        "epochs": _ln(run.epochs, planned.epochs(c)),
        "time": _ln(run.hours, planned.hours(c)[0]),
    }
    if math.isfinite(found["epochs"]):
        found["time"] -= found["epochs"]
    return {name: value for name, value in found.items() if math.isfinite(value)}


def why(run: FinishedRun, c: Configuration) -> str:
    """One sentence: the total, then what it comes from, the largest first."""
    parts = factors(run, c)
    known = "price" in parts and "time" in parts
    total = sum(parts.values()) if known else parts.get("time", math.nan) + parts.get("epochs", 0.0)
    if math.isnan(total):
        return "neither cost nor time is known on both sides"
    what = "cost" if known else "time"
    told = [name for name in sorted(parts, key=lambda name: (-abs(parts[name]), name)) if abs(parts[name]) >= SMALL]
    if not known:
        told = [name for name in told if name != "GPUs"]
    if not told:
        return f"{what} within {SMALL * 100:.0f} % of the plan"
    return f"{what} {math.exp(total):.2f} times the plan: " + "; ".join(_words(name, run, c, parts) for name in told)


def _words(name: str, run: FinishedRun, c: Configuration, parts: dict[str, float]) -> str:
    ratio = f"{math.exp(parts[name]):.2f} times"
    if name == "price":
        tier = c.offer.tier.replace("_", " ")
        other = f", {run.tier.replace('_', ' ')} where {tier} was planned" if run.tier not in ("", c.offer.tier) else ""
        paid, expected = run.cost_usd / run.gpu_hours, planned.usd_per_gpu_hour(c)
        return f"price {usd(paid)} an hour of a GPU where {usd(expected)} was planned{other}"
    if name == "GPUs":
        return f"{run.gpu_count:g} GPUs in place of {planned.gpus(c)}"
    if name == "epochs":
        return f"{run.epochs:g} epochs in place of {planned.epochs(c):g}"
    taken = f"{duration(run.hours)} in place of {duration(c.hours)}"
    if "epochs" in parts:
        taken += f", {ratio} as long an epoch"
    if parts[name] > 0.0 and run.tier == "spot":
        taken += f", preemptions among it ({duration(c.hour_parts.preemption)} planned)"
    return f"time {taken}"


def _ln(came: float, planned: float) -> float:
    return math.log(came / planned) if came > 0.0 and planned > 0.0 else math.nan
