"""Drift → the tables and sentences of a report: what moved since an earlier plan, and whether it is more than noise."""

from collections.abc import Callable, Sequence
from typing import Final

from planner.outcome.drift import DRIFT_FIGURES, DecisionDrift, Drift, ModelDrift, Step
from planner.report.data.drift import CauseRow, DecisionDriftRow, DriftTable, ModelDriftRow, StepCell
from planner.report.names import capital, clean, listed, plural, shorten
from planner.units import Z90, duration, gib, significant, usd

TITLES: Final = {"baseline": "Drift from the baseline", "previous": "Drift from the previous plan"}
PLANS: Final = {"baseline": "the baseline", "previous": "the previous plan"}
SAY: Final[dict[str, Callable[[float | None], str]]] = {
    "cost_usd": usd,
    "hours": duration,
    "quality": lambda q: "unknown" if q is None else f"{q:.3f}",
    "memory_gib": gib,
}
NAMES: Final = {"cost_usd": "cost", "hours": "time", "quality": "quality", "memory_gib": "memory"}
MOST_TOLD: Final = 4
"""Moves that the lead names."""
MOST_MODELS: Final = 60
"""Models that a report lists; those that entered or left come first."""


def drift_tables(drifts: Sequence[Drift]) -> tuple[DriftTable, ...]:
    """One block of tables for each earlier plan."""
    return tuple(_table(drift) for drift in drifts)


def _table(drift: Drift) -> DriftTable:
    shown = drift.models[:MOST_MODELS]
    left = len(drift.models) - len(shown)
    notes = [f"{clean(capital(note))}." for note in drift.notes]
    notes += [f"{plural(left, 'more model')} {'is' if left == 1 else 'are'} not listed."] if left else []
    return DriftTable(
        role=drift.role,
        title=TITLES[drift.role],
        lead=_lead(drift),
        front=_front(drift),
        cause=_cause(drift),
        decisions=tuple(_decision(one) for one in drift.decisions),
        models=tuple(_model(one) for one in shown),
        causes=tuple(CauseRow(clean(c.what), shorten(c.before, 120), shorten(c.after, 120)) for c in drift.causes),
        notes=tuple(notes),
    )


def _decision(one: DecisionDrift) -> DecisionDriftRow:
    before, after = shorten(one.before, 80), shorten(one.after, 80)
    choice = f"still {after}" if one.same else f"{before or 'none'} → {after or 'none'}"
    return DecisionDriftRow(clean(one.decision), choice, _cells(one.steps))


def _model(one: ModelDrift) -> ModelDriftRow:
    points = f"{one.before_points:,} → {one.after_points:,}"
    return ModelDriftRow(shorten(one.model, 40), one.change, points, _cells(one.steps))


def _cells(steps: dict[str, Step]) -> tuple[StepCell, ...]:
    return tuple(_cell(figure, steps[figure]) for figure in DRIFT_FIGURES if figure in steps)


def _cell(figure: str, step: Step) -> StepCell:
    say = SAY[figure]
    if step.before is None and step.after is None:
        return StepCell("unknown", "", beyond=False)
    before, after = say(step.before), say(step.after)
    if step.before == step.after:
        return StepCell(after, "", beyond=False)
    # What rounding hides is told as one figure, and its note still says how far it moved.
    return StepCell(after if before == after else f"{before} → {after}", _note(figure, step), beyond=_beyond(step))


def _note(figure: str, step: Step) -> str:
    return ", ".join(filter(None, [_amount(figure, step), _noise(step)]))


def _amount(figure: str, step: Step) -> str:
    """By how much: a share, of quality a difference of q."""
    if step.before is None or step.after is None:
        return ""
    if figure == "quality":
        gap = step.after - step.before
        return f"{gap:+.3f}" if abs(gap) >= 0.0005 else "under 0.001"
    if step.before <= 0:
        return ""
    share = 100 * (step.after / step.before - 1)
    return f"{'+' if share > 0 else '-'}{significant(abs(share), 2)} %" if abs(share) >= 0.05 else "under 0.1 %"


def _noise(step: Step) -> str:
    if step.certain:
        return "over 8 σ"
    if _unknown(step):
        return "noise unknown"
    told = f"{abs(step.sigmas or 0.0):.1f} σ"
    return told if _beyond(step) else f"{told}, within the noise"


def _unknown(step: Step) -> bool:
    """Whether nobody knows how far the move lies beyond noise."""
    return step.sigmas is None and not step.certain


def _beyond(step: Step) -> bool:
    """Whether the 90 % band of the difference leaves out zero."""
    return step.certain or (step.sigmas is not None and abs(step.sigmas) > Z90)


def _lead(drift: Drift) -> str:
    """Which decisions changed, and what moved by more than noise."""
    against = f"Held against {PLANS[drift.role]}, made with the catalog of {clean(drift.catalog_as_of)}"
    both = [one for one in drift.decisions if one.before and one.after]
    if not both:
        return f"{against}: no decision stands in both plans."
    changed = [clean(one.decision) for one in both if not one.same]
    if changed:
        verb = "chooses" if len(changed) == 1 else "choose"
        choice = f"the {listed(changed)} {verb} another model, method or machine"
    elif len(both) == 1:
        choice = "the decision kept its model, method and machine"
    else:
        choice = f"all {len(both)} decisions kept their model, method and machine"
    moved = [
        f"{NAMES[figure]} of the {clean(one.decision)} {_amount(figure, step)} ({_noise(step)})"
        for one in both
        for figure, step in one.steps.items()
        if _beyond(step)
    ]
    if not moved:
        untold = any(step.before != step.after and _unknown(step) for one in both for step in one.steps.values())
        but = ", as far as that is known" if untold else ""
        return f"{against}, {choice}; no figure of them moved by more than its noise{but}."
    more = f" and {len(moved) - MOST_TOLD} more" if len(moved) > MOST_TOLD else ""
    return f"{against}, {choice}. By more than noise moved: {'; '.join(moved[:MOST_TOLD])}{more}."


def _front(drift: Drift) -> str:
    entered = [shorten(m.model, 40) for m in drift.models if m.change == "entered"]
    left = [shorten(m.model, 40) for m in drift.models if m.change == "left"]
    if not drift.front_before and not drift.front_after:
        return "Neither plan has a front."
    n = drift.front_stayed
    both = "none is" if n == 0 else "1 is" if n == 1 else f"{n:,} are"
    told = f"The front had {plural(drift.front_before, 'point')} and has {drift.front_after:,}; {both} on both."
    if not entered and not left:
        return f"{told} The same models are on it."
    parts = [f"{word} it: {_few(names)}." for names, word in ((entered, "New on"), (left, "Gone from")) if names]
    return f"{told} {' '.join(parts)}"


def _few(names: list[str]) -> str:
    return listed([*names[:6], f"{len(names) - 6} more"] if len(names) > 6 else names)


def _cause(drift: Drift) -> str:
    names = [clean(c.what) for c in drift.causes]
    if not names:
        return "The plans tell of nothing that differs between them; data or the planner's code may."
    if len(names) == 1:
        return f"Of what the plans tell, one thing differs: {names[0]}. So what moved most likely comes from there."
    return f"{capital(listed(names))} differ at once; planner diff on the two scenarios says what each of them moved."
