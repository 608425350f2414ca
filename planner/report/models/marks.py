"""What the chart of the models is made of: one mark for each, the line that none of them beats, and its sentence."""

from collections.abc import Collection, Sequence
from typing import Final

from planner.outcome import Configuration
from planner.report.data.models import ModelMark
from planner.report.names import plural, shorten
from planner.report.sections.rows import quality_text
from planner.report.sections.thinning import CHART_POINTS, spread
from planner.units import usd

MOST_MARKS: Final = 24
"""Models that a chart has room to name."""


def marks_of(best: Sequence[tuple[str, Configuration]]) -> tuple[ModelMark, ...]:
    """One mark for each (model, its best configuration) whose cost and quality are known, the cheapest first."""
    known = [
        (name, c, c.cost_usd, c.quality)
        for name, c in best
        if c.cost_usd is not None and c.quality is not None and c.cost_usd > 0
    ]
    marks = [
        ModelMark(
            model=name,
            id=c.id,
            cost_usd=cost,
            quality=q,
            low=q if c.quality_lo is None else c.quality_lo,
            high=q if c.quality_hi is None else c.quality_hi,
            frontier=not any(a <= cost and b >= q and (a, b) != (cost, q) for _, _, a, b in known),
        )
        for name, c, cost, q in known
    ]
    return tuple(sorted(marks, key=lambda mark: (mark.cost_usd, -mark.quality, mark.model)))


def drawn_of(marks: tuple[ModelMark, ...]) -> tuple[ModelMark, ...]:
    """Those that a chart has room for: the frontier and the highest quality first; in their order."""
    if len(marks) <= MOST_MARKS:
        return marks
    kept = sorted(marks, key=lambda mark: (not mark.frontier, -mark.quality, mark.cost_usd, mark.model))[:MOST_MARKS]
    return tuple(mark for mark in marks if mark in kept)


def dots_of(front: Sequence[Configuration], marked: Collection[str]) -> tuple[tuple[str, float, float], ...]:
    """(model, cost, q) of front points that are no marks, spread evenly over the front where they are many."""
    known = [
        (shorten(c.model, 40), c.cost_usd, c.quality)
        for c in front
        if c.id not in marked and c.cost_usd is not None and c.cost_usd > 0 and c.quality is not None
    ]
    known.sort(key=lambda dot: (dot[1], dot[2], dot[0]))
    return spread(known, CHART_POINTS - len(marked))


def chart_text(marks: Sequence[ModelMark]) -> str:
    """What the chart shows; empty where there is none."""
    if not marks:
        return ""
    line = [mark for mark in marks if mark.frontier]
    if len(marks) == 1:
        one = marks[0]
        priced = f"q {quality_text(one.quality)} for {usd(one.cost_usd)}"
        return f"Cost and quality are known of one model, {one.model}: {priced}."
    low, high = line[0], line[-1]
    if low is high:
        return (
            f"{low.model} promises the most, q {quality_text(low.quality)}, and at {usd(low.cost_usd)} no other of "
            f"the {plural(len(marks), 'model')} costs less."
        )
    return (
        f"From {low.model} at {usd(low.cost_usd)} to {high.model} at {usd(high.cost_usd)}, expected q rises from "
        f"{quality_text(low.quality)} to {quality_text(high.quality)}; {_on_line(len(line), len(marks))}."
    )


def _on_line(line: int, marks: int) -> str:
    if line == marks:
        return f"none of the {marks} models is beaten on both"
    beaten = marks - line
    return f"{beaten} of {marks} models {'costs' if beaten == 1 else 'cost'} more than another that promises more"


def chart_rule(
    marks: Sequence[ModelMark], dots: Sequence[tuple[str, float, float]], known: int, models: int
) -> str:  # fmt: skip
    """How the chart is to be read, and what it leaves out; cost and quality are `known` of so many of the models."""
    if not marks:
        return ""
    told = (
        "Each mark is a model at the cheapest configuration within 0.01 of its highest expected q, its upright line "
        "the 90 % band, with an arrow where that goes on beyond the chart."
    )
    if len(marks) > 1:
        told += " The stepped line joins the models that no other beats on both."
    if dots:
        told += f" Small dots are {plural(len(dots), 'further point')} of the front."
    if known < models:
        left = models - known
        told += f" {plural(left, 'model')} of unknown cost or quality {'is' if left == 1 else 'are'} not drawn."
    if len(marks) < known:
        told += f" For {plural(known - len(marks), 'further model')} of lower quality there is no room."
    return told
