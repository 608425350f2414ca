"""How far a plan has drifted from an earlier one: what moved, by more than noise or not, and what may have moved it."""

import math
from collections.abc import Mapping, Sequence
from statistics import NormalDist
from typing import Final, Literal

from scipy.special import ndtr

from planner.choose.decide import RESIDUAL_SD
from planner.decision_names import DECISIONS
from planner.gate.deltas import chance_higher
from planner.gate.sides import front_move
from planner.outcome import Configuration, Figure, Memory, Plan
from planner.outcome.difference_words import choice_key, choice_text
from planner.outcome.drift import DRIFT_FIGURES, Cause, DecisionDrift, Drift, ModelDrift, Step
from planner.outcome.sides import decided
from planner.units import Z90

Role = Literal["baseline", "previous"]
_CERTAIN: Final = 8.0
"""Standard deviations from which on a probability is 0 or 1 in floating point."""


def plan_drift(role: Role, earlier: tuple[str, Plan], plan: Plan) -> Drift:
    """The way from the earlier plan (with the name of its file) to `plan`."""
    name, before = earlier
    move = front_move(before, plan)
    return Drift(
        role=role,
        name=name,
        scenario=before.metadata.name,
        catalog_as_of=before.catalog.as_of,
        planner=before.planner.version,
        front_before=len(before.front),
        front_after=len(plan.front),
        front_stayed=move.stayed if move is not None else 0,
        decisions=[_decision(each, before, plan) for each in _names(before, plan)],
        models=_models(before, plan),
        causes=list(_causes(before, plan)),
        notes=list(_notes(before, plan)),
    )


def _names(before: Plan, after: Plan) -> list[str]:
    """Decisions of either plan, in the order in which they are told."""
    known = {str(name): place for place, name in enumerate(DECISIONS)}
    return sorted({*before.decisions, *after.decisions}, key=lambda name: (known.get(name, len(known)), name))


def _decision(name: str, before: Plan, after: Plan) -> DecisionDrift:
    was, now = decided(before, name), decided(after, name)
    both = was is not None and now is not None
    return DecisionDrift(
        decision=name,
        before="" if was is None else choice_text(was),
        after="" if now is None else choice_text(now),
        same=was is not None and now is not None and choice_key(was) == choice_key(now),
        steps={figure: _step(was, now, figure) for figure in DRIFT_FIGURES} if both else {},
    )


def _models(before: Plan, after: Plan) -> list[ModelDrift]:
    old, new = _by_model(before.front), _by_model(after.front)
    found = [_model(name, old.get(name, []), new.get(name, [])) for name in {**new, **old}]
    return sorted(found, key=lambda one: (("entered", "left", "stayed").index(one.change), one.model))


def _by_model(front: Sequence[Configuration]) -> dict[str, list[Configuration]]:
    found: dict[str, list[Configuration]] = {}
    for c in front:
        found.setdefault(c.model, []).append(c)
    return found


def _model(name: str, was: list[Configuration], now: list[Configuration]) -> ModelDrift:
    steps = {f: _step(_best(was, f), _best(now, f), f) for f in DRIFT_FIGURES} if was and now else {}
    return ModelDrift(
        model=name,
        change="stayed" if was and now else "entered" if now else "left",
        before_points=len(was),
        after_points=len(now),
        steps=steps,
    )


def _best(found: list[Configuration], figure: str) -> Configuration | None:
    """The configuration that is best on a figure, of equal ones the first by id; None where none is known."""
    known = [(value, c) for c in found if (value := _figure(c, figure)) is not None]
    sign = -1.0 if figure == "quality" else 1.0
    return min(known, key=lambda one: (sign * one[0], one[1].id), default=(None, None))[1]


def _figure(c: Configuration | None, figure: str) -> Figure:
    if c is None:
        return None
    value: Figure = c.memory_gib.total if figure == "memory_gib" else getattr(c, figure)
    return value


def _step(was: Configuration | None, now: Configuration | None, figure: str) -> Step:
    before, after = _figure(was, figure), _figure(now, figure)
    chance = _memory_higher(was, now) if figure == "memory_gib" else chance_higher(was, now, figure)
    sigmas, certain = None, False
    if chance is not None and before != after:
        sigmas = NormalDist().inv_cdf(chance) if 0.0 < chance < 1.0 else math.inf
        certain = abs(sigmas) > _CERTAIN
    return Step(
        before=before, after=after, chance_higher=chance, sigmas=None if certain or sigmas is None else sigmas,
        certain=certain,
    )  # fmt: skip


def _memory_higher(was: Configuration | None, now: Configuration | None) -> Figure:
    """Probability that the later configuration really needs more memory.

    Of the same recipe on the same machine the error is shared whole, on the same card, stack and method but for
    `RESIDUAL_SD`, as for speed.
    """
    if was is None or now is None or was.memory_gib.total <= 0 or now.memory_gib.total <= 0:
        return None
    gap = math.log(now.memory_gib.total / was.memory_gib.total)
    if gap == 0:
        return 0.5
    if _run(was) == _run(now):
        return float(gap > 0)
    alike = [(c.hardware.gpu, c.stack, c.method.get("name")) for c in (was, now)]
    sd = RESIDUAL_SD if alike[0] == alike[1] else math.hypot(*(_spread(c.memory_gib) for c in (was, now)))
    return None if math.isnan(sd) else float(gap > 0) if sd == 0 else float(ndtr(gap / sd))


def _run(c: Configuration) -> tuple[object, ...]:
    return c.model, c.method, c.stack, c.train, c.hardware


def _spread(memory: Memory) -> float:
    """Standard deviation of ln memory, from its band; NaN where it has none."""
    return math.log(memory.total_hi / memory.total_lo) / (2 * Z90) if memory.total_lo > 0 else math.nan


def _causes(before: Plan, after: Plan) -> list[Cause]:
    """What both plans tell of themselves, and differently; what they do not tell may have moved too."""
    told = [_told(plan) for plan in (before, after)]
    return [
        Cause(what=what, before=told[0][what], after=told[1][what])
        for what in told[0]
        if told[0][what] != told[1][what]
    ]


def _told(plan: Plan) -> Mapping[str, str]:
    calibration, lock = plan.calibration, plan.lock
    return {
        "scenario": _digest(plan.scenario.digest),
        "changes of the command line": ", ".join(plan.scenario.changes) or "none",
        "catalog": f"of {plan.catalog.as_of}, {_digest(plan.catalog.digest)}",
        "lock": "none" if lock is None else f"prices of {lock.as_of}, {_digest(lock.digest)}",
        "overlays": ", ".join(f"{o.name} {_digest(o.digest)}" for o in plan.overlays) or "none",
        "calibration": "none" if calibration is None else f"{calibration.runs} runs, {_digest(calibration.digest)}",
        "planner": plan.planner.version,
    }


def _digest(digest: str) -> str:
    """The first twelve digits, as reports print digests."""
    return digest.removeprefix("sha256:")[:12]


def _notes(before: Plan, after: Plan) -> list[str]:
    found = []
    if before.metadata.name != after.metadata.name:
        found.append(f"it is a plan of another scenario, {before.metadata.name}")
    if before.objectives != after.objectives:
        found.append(f"its front is over {', '.join(before.objectives)}, this one over {', '.join(after.objectives)}")
    if not before.front:
        found.append("nothing is feasible in it")
    if not after.front:
        found.append("nothing is feasible now")
    return found
