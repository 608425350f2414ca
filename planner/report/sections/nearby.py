"""What stands near the decisions, as a report prints it: the next choices, and plans of another kind."""

from planner.decision_names import DECISIONS
from planner.outcome import Alternative, DecisionNote, Plan
from planner.report.data.rows import NearRow, Row
from planner.report.names import clean, listed, shorten, signed
from planner.report.sections.rows import row_of
from planner.units import chance_text, duration, kilograms, significant, usd

_AMOUNTS = {"cost": usd, "time": duration, "quality": lambda q: f"q {significant(q, 2)}", "carbon": kilograms}
LONGEST = 600
"""Characters of a sentence that names configurations."""
_EQUAL = 0.0005
"""Shares below this print as nothing."""


def why_text(name: str, note: DecisionNote, limits: str = "") -> str:
    """Why a decision was taken, how sure its limits are, and how sure it is against the next choice.

    `limits` names those that are set; without it nothing is said of them.
    """
    told = [f"{name}: {note.rule}" if note.rule else note.text]
    if limits and note.keeps is not None:
        told.append(f"keeps to {limits} with {chance_text(note.keeps)} probability")
    if note.rivals:
        told.append(f"against the next choice {signed(note.rivals[0].text)}")
    return shorten("; ".join(told), LONGEST)


def undefined_texts(plan: Plan) -> tuple[str, ...]:
    """Decisions that were asked for and that no configuration is, each with the reason."""
    return tuple(
        shorten(f"{name} is {note.rule}", LONGEST)
        for name, note in plan.decision_notes.items()
        if note.undefined and name not in plan.decisions
    )


def near_rows(plan: Plan) -> tuple[NearRow, ...]:
    """Plans of another kind, in the order of the plan."""
    found = []
    for one in sorted(plan.alternatives.found, key=lambda one: _place(one.decision)):
        c = plan.configuration(one.id)
        if c is not None:
            found.append(_near(one, row_of(c)))
    return tuple(found)


def _place(decision: str) -> int:
    """Where a decision stands in the order in which they are told; unknown ones last."""
    return next((place for place, name in enumerate(DECISIONS) if name == decision), len(DECISIONS))


def _near(one: Alternative, row: Row) -> NearRow:
    sure = ""
    if one.decision_better is not None and one.regret_share is not None and abs(one.regret_share) >= _EQUAL:
        sure = chance_text(one.decision_better)
    kinds, _, told = one.text.partition(": ")
    return NearRow(
        decision=clean(one.decision),
        kinds=shorten(kinds, 80),
        row=row,
        regret=_regret(one),
        sure=sure,
        text=shorten(f"{kinds}: {signed(told)}", LONGEST),
        on_front=one.on_front,
    )


def _regret(one: Alternative) -> str:
    """`$0.74 (6.1 %)`, `none`, or `8.1 % at most`, of a compromise."""
    share = one.regret_share
    if share is None or one.regret is None:
        return "unknown"
    if abs(share) < _EQUAL:
        return "none"
    told = f"{significant(100 * abs(share), 2)} %"
    if one.of not in _AMOUNTS:
        return f"{told} at most" if share > 0 else "none"
    gain = "" if share > 0 else "better by "
    return f"{gain}{_AMOUNTS[one.of](abs(one.regret))} ({told})"


def near_sentence(plan: Plan) -> str:
    """What was looked for and among what, and the decisions that nothing stands near to; empty where it was not."""
    searched = plan.alternatives
    if searched.near is None:
        return ""
    share = f"{significant(100 * searched.near, 2)} %"
    best = "the best of its kind" if searched.whole else "the best found of its kind"
    text = (
        f"Each is {best} among {searched.searched} of which no objective is more than {share} worse than the "
        "decision's; it need not lie on the front. Regret is what the decision goes by; of a compromise (knee, topsis, "
        "lexicographic), the largest loss on any objective."
    )
    told = {one.decision for one in searched.found}
    alone = [clean(name) for name in plan.decisions if name not in told]
    if alone:
        text += f" Of another kind nothing is within {share} of the {listed(alone)}."
    return text
