"""The sentences on the models of a plan, computed from the rows and marks they stand beside."""

from collections.abc import Sequence
from typing import Final

from planner.outcome import Plan
from planner.report.data.models import ModelMark, ModelRow
from planner.report.names import clean, listed, plural
from planner.report.sections.rows import quality_text

MOST_NAMED: Final = 6
"""Models that a sentence names."""


def lead_of(rows: Sequence[ModelRow], marks: Sequence[ModelMark]) -> str:
    """What a reader in a hurry takes away: which model promises most, and which gives the most for its money."""
    best = _most_promising(rows)
    if best is None:
        return f"The quality of {_models(rows)} is unknown, so nothing ranks by it."
    told = f"{best.model} promises the most: q {best.quality.text} for {best.cost.text}"
    told += f" in {best.hours.text}" if best.hours.value is not None else ""
    thrifty = _thriftiest(rows)
    if thrifty is not None and thrifty.model != best.model:
        return f"{told}; {thrifty.model} gains the most for its money, {thrifty.gain_cost.text} for each 0.01 of q."
    if thrifty is not None and len(marks) > 1:
        return f"{told}, and it gains the most for its money, {thrifty.gain_cost.text} for each 0.01 of q."
    return f"{told}."


def details_of(plan: Plan, rows: Sequence[ModelRow], marks: Sequence[ModelMark]) -> tuple[str, ...]:
    """How far the ranking holds, what base scores are, and whose quality nobody knows."""
    unscored = list(dict.fromkeys(row.model for row in rows if row.base.text == "unknown"))
    unknown = list(dict.fromkeys(row.model for row in rows if row.quality.value is None))
    baseline = next((a.value for a in plan.assumptions if a.key == "quality.baseline"), "")
    found = [
        _overlap(marks),
        f"Base scores are {clean(baseline)}, in the benchmark's own points." if baseline else "",
        f"No base score is known of {_some(unscored)}." if unscored else "",
        f"The expected quality of {_some(unknown)} is unknown{_cure(rows, unknown)}." if unknown else "",
    ]
    return tuple(filter(None, found))


def figures_of(rows: Sequence[ModelRow]) -> tuple[tuple[str, str, str], ...]:
    """(what, figure, whose) of the best by quality, by what a gain costs and by speed, and of the fullest card."""
    found = []
    if (best := _most_promising(rows)) is not None:
        found.append(("Expected q of the best", best.quality.text, f"{best.model}; {best.quality.note}".rstrip("; ")))
    if (thrifty := _thriftiest(rows)) is not None:
        found.append(("Cheapest gain of 0.01 in q", thrifty.gain_cost.text, thrifty.model))
    if run := [row for row in rows if row.speed.value is not None]:
        fast = max(run, key=lambda row: row.speed.value or 0.0)
        found.append(("Most tokens/s", fast.speed.text, f"{_which(fast)} on {fast.machine}"))
        if held := [row for row in run if row.filled.value is not None]:
            full = max(held, key=lambda row: row.filled.value or 0.0)
            found.append(("Fullest card", full.filled.text, f"{_which(full)}; {full.memory.text} {full.memory.note}"))
    return tuple(found)


def _which(row: ModelRow) -> str:
    """The model of a row; of one that is not on the front, also why it can be the first and not be chosen."""
    return row.model + ("" if row.where == "front" else f" ({row.where}{_open(row)})")


def _open(row: ModelRow) -> str:
    return ", quality unknown" if row.quality.value is None else ""


def _overlap(marks: Sequence[ModelMark]) -> str:
    """Whether the bands tell the models apart."""
    if len(marks) < 2:
        return ""
    best = max(marks, key=lambda mark: mark.quality)
    others = [mark for mark in marks if mark is not best]
    apart = [mark.model for mark in others if mark.high < best.low]
    if not apart:
        return (
            f"The 90 % band of {best.model}, {quality_text(best.low)} to {quality_text(best.high)}, overlaps "
            f"{'that of the other model' if len(others) == 1 else f'those of all {len(others)} others'}: "
            "the ranking says which to try first, not which is better."
        )
    return f"Of {plural(len(others), 'other model')} the bands alone set {_some(apart)} apart from {best.model}."


def _thriftiest(rows: Sequence[ModelRow]) -> ModelRow | None:
    known = [row for row in rows if row.gain_cost.value is not None]
    return min(known, key=lambda row: (row.gain_cost.value or 0.0, row.model), default=None)


def _most_promising(rows: Sequence[ModelRow]) -> ModelRow | None:
    """Of the configurations that stand for their models, the one of the highest expected quality."""
    known = [row for row in rows if row.quality.value is not None and (not row.id or "best" in row.picked.split(", "))]
    return max(known, key=lambda row: row.quality.value or 0.0, default=None)


def _models(rows: Sequence[ModelRow]) -> str:
    return _some(list(dict.fromkeys(row.model for row in rows)))


def _some(names: list[str]) -> str:
    """`a, b and c`, or the first few and how many more."""
    left = len(names) - MOST_NAMED
    return listed([*names[:MOST_NAMED], f"{left} more"] if left > 0 else names)


def _cure(rows: Sequence[ModelRow], names: list[str]) -> str:
    """What would make it known; nothing for models that only services have, whose scores no scenario can give."""
    open_ones = [name for name in names if any(row.id for row in rows if row.model == name)]
    if not open_ones:
        return ""
    of = "it" if len(names) == 1 else "them" if len(open_ones) == len(names) else _some(open_ones)
    return f": give {of} a base_score, or set quality.allow_prior: true"
