"""The section `plans`: runs against their plans, and the planner's error by term."""

import math
from collections.abc import Sequence
from typing import Final

from planner.outcome.review import Review
from planner.outcome.review.against_plan import AgainstPlans, MatchedRun, TermError
from planner.report.data.review_parts import Cell, ReviewSection, Table, Tone
from planner.report.names import clean, plural, shorten
from planner.report.review.facts import named_few
from planner.report.review.words import band_text, cell, change_text, columns, left_text, said, sentences, share
from planner.units import duration, quality_q, significant, usd

SHOWN: Final = 40
UNMATCHED: Final = 5
_TERMS: Final = {
    "cost_usd": "cost", "hours": "time", "tokens_per_s_per_gpu": "tokens per second per GPU", "gpu_hours": "GPU-hours",
    "memory_gib": "memory", "quality": "quality",
}  # fmt: skip


def plan_section(review: Review) -> ReviewSection:
    """Errors by term, and every run that has a plan."""
    found = review.against_plans
    if found is None:
        return ReviewSection("plans", "Plan against actual", "The scenario names no plans, or no runs.", says=False)
    tables = [_terms(found.terms)] if found.terms else []
    tables += [_runs(found.matched)] if found.matched else []
    return ReviewSection("plans", "Plan against actual", plan_sentence(found), says=True, tables=tuple(tables),
                         points=tuple(_points(found)))  # fmt: skip


def plan_sentence(found: AgainstPlans) -> str:
    """What the matched runs were planned to cost, and what they did."""
    if not found.matched:
        return f"No run is matched to one of {plural(found.plans, 'plan')}."
    told = f"{plural(len(found.matched), 'run')} {'is' if len(found.matched) == 1 else 'are'} matched to a plan"
    if found.planned_usd is None or found.actual_usd is None:
        return f"{told}; what they were planned to cost, or did, is unknown."
    return (
        f"{told}; those with both figures were planned at {usd(found.planned_usd)} and cost {usd(found.actual_usd)} "
        f"({change_text(found.actual_usd, found.planned_usd)})."
    )


def _points(found: AgainstPlans) -> list[str]:
    told = []
    if found.unmatched:
        names = [shorten(run, 40) for run in found.unmatched]
        told.append(f"Without a plan: {named_few(names, UNMATCHED, 'run')}.")
    if found.note:
        told.append(f"{said(found.note).rstrip('.')}.")
    return told


def _terms(terms: Sequence[TermError]) -> Table:
    numbers = ("Runs", "Median error", "Bias", "Within the band")
    return Table(
        "terms", "How far plans are off", columns("Figure", *numbers, numbers=numbers),
        tuple(_term(one) for one in terms),
        note="Median absolute error over what came; bias is the mean of ln(came / planned), as a factor; a plan's band "
             "should hold 90 % of the runs.",
    )  # fmt: skip


def _term(one: TermError) -> tuple[Cell, ...]:
    bias = "unknown" if one.bias is None else f"× {significant(math.exp(one.bias))}"
    return (
        cell(_TERMS.get(one.term, shorten(one.term, 40))), cell(f"{one.runs:,}"), cell(share(one.median_ape)),
        cell(bias), cell(share(one.coverage)),
    )  # fmt: skip


def _runs(matched: Sequence[MatchedRun]) -> Table:
    numbers = ("Planned", "Cost", "Difference", "Planned time", "Time", "Quality q")
    order = sorted(matched, key=lambda one: (_difference(one) is None, -abs(_difference(one) or 0.0), one.run))
    return Table(
        "matched", "Runs against their plans", columns("Run", *numbers, "Why", numbers=numbers),
        tuple(_run(one) for one in order[:SHOWN]),
        note=sentences("The largest differences first.", left_text(len(matched), SHOWN)),
    )  # fmt: skip


def _run(one: MatchedRun) -> tuple[Cell, ...]:
    tone: Tone = "warn" if _above(one) else ""
    what = ", ".join(filter(None, [shorten(one.model, 40), shorten(one.machine, 40)]))
    quality = f"{quality_q(one.planned_quality)} planned" if one.planned_quality is not None else ""
    return (
        cell(shorten(one.run, 48), f"{what}; {clean(one.configuration)[:8]} by {shorten(one.matched_by, 40)}"),
        cell(usd(one.planned_usd), band_text(one.planned_lo_usd, one.planned_hi_usd)), cell(usd(one.actual_usd)),
        Cell(change_text(one.actual_usd, one.planned_usd), "above its band" if tone else "", tone),
        cell(duration(one.planned_hours)), cell(duration(one.actual_hours)),
        cell(quality_q(one.actual_quality), quality), cell(said(one.why)),
    )  # fmt: skip


def _difference(one: MatchedRun) -> float | None:
    return None if one.actual_usd is None or one.planned_usd is None else one.actual_usd - one.planned_usd


def _above(one: MatchedRun) -> bool:
    return one.actual_usd is not None and one.planned_hi_usd is not None and one.actual_usd > one.planned_hi_usd
