"""Errors of plans by term, over the runs that followed them."""

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np

from planner.outcome import Configuration, Plan
from planner.outcome.review.against_plan import CALIBRATION_FILE, AgainstPlans, MatchedRun, TermError
from planner.spend.against_plan import planned
from planner.spend.against_plan.finished import FinishedRun, finished_runs
from planner.spend.against_plan.matching import Match, Plans
from planner.spend.against_plan.reasons import why
from planner.spend.against_plan.to_calibrate import tells_speed
from planner.spend.store import Store
from planner.units import SECONDS_PER_HOUR

QUALITY_METRICS: Final = ("q", "quality", "quality_q")
"""Metrics of runs that are on the plan's own scale, 0 (chance) to 1; no other metric is held against it (DOMAIN 4.3).
"""


@dataclass(frozen=True, slots=True)
class Pair:
    """A figure of a plan and what came; NaN where there is none."""

    planned: float
    low: float
    high: float
    came: float


def _cost(run: FinishedRun, c: Configuration) -> Pair:
    return Pair(*planned.cost_usd(c), run.cost_usd)


def _hours(run: FinishedRun, c: Configuration) -> Pair:
    return Pair(*planned.hours(c), run.hours)


def _gpu_hours(run: FinishedRun, c: Configuration) -> Pair:
    expected, low, high = (hours * planned.gpus(c) for hours in planned.hours(c))
    return Pair(expected, low, high, run.gpu_hours)


def _speed(run: FinishedRun, c: Configuration) -> Pair:
    """Tokens over the whole of the wall clock, on both sides: logs of runs do not tell start-up from training."""
    gpu_seconds = planned.hours(c)[0] * planned.gpus(c) * SECONDS_PER_HOUR
    expected = c.work.tokens / gpu_seconds if gpu_seconds > 0.0 else math.nan
    return Pair(expected, math.nan, math.nan, run.tokens_per_s_per_gpu)


def _quality(run: FinishedRun, c: Configuration) -> Pair:
    fits = run.metric.lower() in QUALITY_METRICS and 0.0 <= run.value <= 1.0
    return Pair(*planned.quality(c), run.value if fits else math.nan)


TERMS: Final[dict[str, Callable[[FinishedRun, Configuration], Pair]]] = {
    "cost_usd": _cost,
    "hours": _hours,
    "gpu_hours": _gpu_hours,
    "tokens_per_s_per_gpu": _speed,
    "quality": _quality,
}


def against_plans(store: Store, plans: Sequence[tuple[str, Plan]]) -> AgainstPlans:
    """Runs that ended well, each against the configuration that it followed; `plans` are files and what they hold.

    Runs that failed or were taken away say nothing about a plan of the whole run: they are counted in the note only.
    """
    runs = finished_runs(store)
    good = [run for run in runs if run.ended_well]
    known = Plans(plans)
    found = [(run, one) for run in good if (one := known.match(run)) is not None]
    matched = {id(run) for run, _ in found}
    costs = [_cost(run, one.configuration) for run, one in found]
    both = [pair for pair in costs if math.isfinite(pair.planned) and math.isfinite(pair.came)]
    return AgainstPlans(
        plans=len(plans),
        matched=[_matched(run, one) for run, one in found],
        unmatched=[run.run for run in good if id(run) not in matched],
        terms=[
            error
            for term, pair in TERMS.items()
            if (error := term_error(term, [pair(run, one.configuration) for run, one in found])).runs
        ],
        planned_usd=sum(pair.planned for pair in both) if both else None,
        actual_usd=sum(pair.came for pair in both) if both else None,
        note=_note(len(runs) - len(good), found),
    )


def term_error(term: str, pairs: Sequence[Pair]) -> TermError:
    """Median |came - planned| / came, mean ln(came/planned), and the share of runs within their band; None unknown."""
    known = [pair for pair in pairs if pair.planned > 0.0 and pair.came > 0.0]
    banded = [pair for pair in known if math.isfinite(pair.low) and math.isfinite(pair.high)]
    return TermError(
        term=term,
        runs=len(known),
        median_ape=float(np.median([abs(p.came - p.planned) / p.came for p in known])) if known else None,
        bias=float(np.mean([math.log(p.came / p.planned) for p in known])) if known else None,
        coverage=sum(p.low <= p.came <= p.high for p in banded) / len(banded) if banded else None,
    )


def _matched(run: FinishedRun, one: Match) -> MatchedRun:
    c = one.configuration
    cost, low, high = planned.cost_usd(c)
    return MatchedRun(
        run=run.run,
        plan=one.plan.metadata.name,
        configuration=c.id,
        matched_by=one.by,
        model=run.model or c.model,
        machine=f"{planned.gpus(c)}x {c.hardware.gpu} at {c.offer.provider}",
        planned_usd=_told(cost),
        planned_lo_usd=_told(low),
        planned_hi_usd=_told(high),
        actual_usd=_told(run.cost_usd),
        planned_hours=c.hours,
        actual_hours=_told(run.hours),
        planned_quality=c.quality,
        actual_quality=_told(_quality(run, c).came),
        why=why(run, c),
    )


def _told(value: float) -> float | None:
    return value if math.isfinite(value) else None


def _note(others: int, found: Sequence[tuple[FinishedRun, Match]]) -> str:
    speeds = sum(tells_speed(run, one.configuration) for run, one in found)
    note = (
        "Costs are of one run: what a plan counts on for reruns is not in them. Planned hours are of the wall clock, "
        "the wait for a machine and its start among them; so is the price of an hour. To plan by what came: `planner "
        f"calibrate {CALIBRATION_FILE}`, the file beside this review's plan.json with prices paid against list prices, "
        f"preemptions of spot machines, and the speed of {speeds:,} of these runs, those on machines that were not "
        "spot and whose log tells their tokens."
    )
    if others:
        note += f" {others:,} runs that failed, were stopped or taken away are held against no plan."
    return note
