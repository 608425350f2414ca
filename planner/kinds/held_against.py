"""One configuration held against a plan's front: on it, tied with it, or dominated, by what and by how much."""

from collections.abc import Mapping, Sequence
from typing import Final

import numpy as np

from planner.catalog.rows import Floats
from planner.outcome import Configuration, Plan
from planner.outcome.difference_words import choice_text, offer_words
from planner.outcome.settings_words import swept_words
from planner.outcome.why_not import Dominator, Excess, Looked, Verdict
from planner.units import duration, kilograms, quality_q, usd

SHOWN: Final = 3
"""Dominating points that are named."""
OTHER_STATE: Final = "the plan is of another state of scenario, catalog or planner"
NOT_TRIED: Final = "the search was sampled and did not try it; list its values on the axis to have it in the plan"
_FIGURES: Final[Mapping[str, str]] = {"cost": "cost_usd", "time": "hours", "quality": "quality", "carbon": "carbon_kg"}


def looked_at(
    plan: Plan, c: Configuration, best_by: list[str], verdict: Verdict, told: str = "", breaks: Sequence[Excess] = ()
) -> Looked:
    """One configuration with its verdict; `dominated` is held against the front, and may turn out otherwise."""
    named = [name for name, id_ in plan.decisions.items() if id_ == c.id]
    dominators: list[Configuration] = []
    if verdict == "dominated" and any(x.id == c.id for x in plan.front):
        verdict = "front"
    if verdict == "dominated":
        dominators = [x for x in plan.front if _no_worse(plan, x, c)]
        if dominators and all(_equal(plan, x, c) for x in dominators):
            verdict = "tied"
    if verdict == "front":
        role = f", as {', '.join(named)}" if named else ""
        told = f"on the front{role}; {_against_decision(plan, c)}"
    elif verdict == "unknown":
        told = f"not comparable: {'; '.join(c.unknown) or 'an objective is unknown'}"
    elif verdict == "tied":
        told = (
            f"ties with {dominators[0].id} on every objective; of equals the cheaper is kept, then the faster, "
            "then the first"
        )
    elif verdict == "dominated" and not dominators:
        verdict = "undominated"
        told = f"nothing on the plan's front dominates it: {OTHER_STATE if plan.search.exact else NOT_TRIED}"
    # Those that read the same, by settings that differ in the fourth digit, are told once: the nearest.
    ranked = {_words(x): x for x in sorted(dominators, key=lambda x: -_distance(plan, x, c))}
    nearest = sorted(ranked.values(), key=lambda x: _distance(plan, x, c))[:SHOWN]
    points = [_dominator(plan, x, c) for x in nearest]
    if points and not told:
        told = f"dominated by {points[0].id} {points[0].text}: {_gains(points[0])}"
        if len(dominators) > 1:
            told += f" (and by {len(dominators) - 1} more)"
    return Looked(
        id=c.id, text=_words(c), best_by=best_by, verdict=verdict, cost_usd=c.cost_usd, hours=c.hours,
        quality=c.quality, memory_gib=c.memory_gib.total, reason=told, dominated_by=points,
        dominators=len(dominators), breaks=list(breaks),
    )  # fmt: skip


def _words(c: Configuration) -> str:
    return f"{', '.join(filter(None, [choice_text(c), swept_words(c)]))} ({offer_words(c)})"


def _losses(plan: Plan, c: Configuration) -> Floats:
    values = [getattr(c, _FIGURES[name]) for name in plan.objectives]
    signs = [-1.0 if name == "quality" else 1.0 for name in plan.objectives]
    return np.array([np.nan if v is None else s * v for v, s in zip(values, signs, strict=True)])


def _no_worse(plan: Plan, x: Configuration, c: Configuration) -> bool:
    a, b = _losses(plan, x), _losses(plan, c)
    return bool((a <= b + 1e-9 * np.abs(b)).all())


def _equal(plan: Plan, x: Configuration, c: Configuration) -> bool:
    return bool(np.allclose(_losses(plan, x), _losses(plan, c), rtol=1e-9, atol=0.0))


def _distance(plan: Plan, x: Configuration, c: Configuration) -> float:
    a, b = _losses(plan, x), _losses(plan, c)
    return float((np.abs(b - a) / np.maximum(np.abs(b), 1e-12)).sum())


def _better(plan: Plan, x: Configuration, c: Configuration, objective: str) -> float | None:
    """How much better `x` is; None where it is unknown or no objective."""
    mine, other = getattr(x, _FIGURES[objective]), getattr(c, _FIGURES[objective])
    if objective not in plan.objectives or mine is None or other is None:
        return None
    gap: float = mine - other if objective == "quality" else other - mine
    return gap


def _dominator(plan: Plan, x: Configuration, c: Configuration) -> Dominator:
    return Dominator(
        id=x.id,
        decisions=[name for name, id_ in plan.decisions.items() if id_ == x.id],
        text=_words(x),
        cost_usd_better=_better(plan, x, c, "cost"),
        hours_better=_better(plan, x, c, "time"),
        quality_better=_better(plan, x, c, "quality"),
        carbon_kg_better=_better(plan, x, c, "carbon"),
    )


def _gains(d: Dominator) -> str:
    told = [
        f"{usd(d.cost_usd_better)} cheaper" if usd(d.cost_usd_better or 0.0) != usd(0.0) else "",
        f"{duration(d.hours_better)} faster" if d.hours_better else "",
        f"q {quality_q(d.quality_better)} higher" if quality_q(d.quality_better or 0.0) != "0" else "",
        f"{kilograms(d.carbon_kg_better)} CO2e less" if d.carbon_kg_better else "",
    ]
    return ", ".join(filter(None, told)) or "equal on every objective"


def _against_decision(plan: Plan, c: Configuration) -> str:
    """How a front point differs from the decision that is told first."""
    name = "knee" if "knee" in plan.decisions else next(iter(plan.decisions), "")
    other = plan.configuration(plan.decisions[name]) if name else None
    if other is None or other.id == c.id:
        return "no configuration is better in everything"
    told = []
    for objective, more, less in (
        ("cost", "costs {} more", "costs {} less"),
        ("time", "takes {} more", "takes {} less"),
    ):
        gap = _better(plan, other, c, objective)
        if gap:
            show = usd if objective == "cost" else duration
            told.append((more if gap > 0 else less).format(show(abs(gap))))
    gap = _better(plan, other, c, "quality")
    if gap and quality_q(gap) != "0":
        told.append(f"has q {quality_q(abs(gap))} {'less' if gap > 0 else 'more'}")
    return f"no configuration is better in everything; against the {name} it {', '.join(told) or 'is equal'}"
