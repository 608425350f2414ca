"""Quality against cost across models: one mark and band for each, its name beside it, and the line nobody beats."""

import math
from collections.abc import Mapping
from dataclasses import replace
from typing import Any, Final

from planner.report.charts.front_axes import rounded, ticks_inside
from planner.report.charts.placing import Placed, place
from planner.report.charts.theme import BLUE, CONFIG, FRONT_HEIGHT, GREY, INK, PAPER_WIDTH, PHONE_WIDTH
from planner.report.data.models import ModelMark, Models
from planner.report.names import shorten

Spec = dict[str, Any]
APART: Final = 9.0
"""Pixels between two bands that would cover each other."""
_NAME: Final = 26
_LEFT: Final = 3.0
"""Air at the left of the marks, as a multiple of that at the right: room for a name."""
_WEIGHT: Final = 12
"""How much worse it is to cover a mark than a piece of a band."""
_BROAD_FROM: Final = 760
_WIDTHS: Final[Mapping[str, float]] = {"": PAPER_WIDTH - 50, "narrow_": PHONE_WIDTH * 0.65, "broad_": 930}
"""Prefix of a layout of names → the plot's width that it is made for; wider than `_BROAD_FROM` the last holds."""
_NEAR: Final = 26.0
"""Pixels around a mark in which another's name would seem to be its own."""
_STEPS: Final = 12
"""Places along a band that a name keeps off."""
_AXIS_Q: Final = 0.05
"""The axis of q begins and ends at multiples of this."""


def models_spec(models: Models) -> Spec | None:
    """The chart; None where cost and quality of fewer than two models are known."""
    marks = models.marks
    if len(marks) < 2:
        return None
    costs = [*(mark.cost_usd for mark in marks), *(cost for _, cost, _ in models.dots)]
    quality = [mark.quality for mark in marks] + [q for _, _, q in models.dots]
    low, high = math.log10(min(costs)), math.log10(max(costs))
    air = max(0.06 * (high - low), 0.08)
    # Names may stand at the left of a mark too.
    domain = [10 ** (low - _LEFT * air), 10 ** (high + air)]
    span = [
        max(0.0, math.floor(min(quality) / _AXIS_Q) * _AXIS_Q),
        min(1.0, math.ceil(max(quality) / _AXIS_Q) * _AXIS_Q),
    ]
    # The scale is that of the marks; where a band is wider it is cut, and an arrow tells that it goes on.
    whole = marks
    marks = tuple(replace(m, low=max(m.low, span[0]), high=min(m.high, span[1])) for m in whole)
    spec = _layers(domain, [round(v, 2) for v in span], dots=bool(models.dots))
    spec["datasets"] = {
        "marks": [
            entry | {"low_cut": cut.low > mark.low, "high_cut": cut.high < mark.high}
            for entry, cut, mark in zip(_marks(marks, domain, span), marks, whole, strict=True)
        ],
        "dots": [{"model": m, "cost": rounded(cost), "quality": rounded(q)} for m, cost, q in models.dots],
        "line": [{"cost": rounded(mark.cost_usd), "quality": rounded(mark.quality)} for mark in marks if mark.frontier],
    }
    spec["config"] = CONFIG
    return spec


def _layers(domain: list[float], span: list[float], *, dots: bool) -> Spec:
    import altair as alt

    x = alt.X(
        "cost:Q",
        title="Cost, USD (log scale)",
        scale=alt.Scale(type="log", domain=[float(f"{v:.6g}") for v in domain], nice=False),
        axis=alt.Axis(format="$,~r", values=ticks_inside(*domain)),
    )
    y = alt.Y(
        "quality:Q",
        title="Expected quality q, 0 (chance) to 1",
        scale=alt.Scale(domain=span, nice=False, padding=14),
        axis=alt.Axis(format=".2~f", tickCount=6),
    )
    shift = alt.expr("datum.shift")
    layers = []
    if dots:
        few = alt.Chart(alt.NamedData("dots"))
        layers.append(
            few.mark_circle(color=GREY, opacity=0.5, size=14).encode(x=x, y=y, tooltip=alt.Tooltip("model:N"))
        )
    layers.append(
        alt.Chart(alt.NamedData("line"))
        .mark_line(interpolate="step-after", stroke=BLUE, strokeWidth=1.4, strokeDash=[4, 3], tooltip=None)
        .encode(x=x, y=y)
    )
    band = alt.MarkDef("rule", stroke=INK, strokeWidth=1.4, opacity=0.45, xOffset=shift, x2Offset=shift)
    layers.append(alt.Chart(alt.NamedData("marks"), mark=band).encode(x=x, y="low:Q", y2="high:Q"))
    for end, shape in (("low", "triangle-down"), ("high", "triangle-up")):
        arrow = alt.MarkDef("point", shape=shape, filled=True, color=INK, opacity=0.45, size=40, xOffset=shift)
        cut = alt.Chart(alt.NamedData("marks"), mark=arrow).transform_filter(f"datum.{end}_cut")
        layers.append(cut.encode(x=x, y=f"{end}:Q"))
    point = alt.MarkDef(
        "point", filled=True, fill=BLUE, stroke=INK, opacity=1, size=90, cursor="pointer", xOffset=shift
    )
    layers.append(
        alt.Chart(alt.NamedData("marks"), mark=point).encode(
            x=x,
            y=y,
            tooltip=alt.Tooltip("id:N"),
            fillOpacity=alt.condition("datum.frontier", alt.value(1), alt.value(0)),
            strokeWidth=alt.condition("datum.frontier", alt.value(0.7), alt.value(1.8)),
        )
    )
    text = alt.MarkDef(
        "text", fontWeight="bold", baseline="middle", align=_either("align"), dx=_either("dx"), dy=_either("dy")
    )
    layers.append(alt.Chart(alt.NamedData("marks"), mark=text).encode(x=x, y=y, text="model:N"))
    spec: Spec = alt.layer(*layers).properties(height=FRONT_HEIGHT).to_dict()
    return spec


def _either(name: str) -> Any:  # noqa: ANN401
    """A label's placing, which depends on how wide the chart is drawn."""
    import altair as alt

    return alt.expr(
        f"width < {PHONE_WIDTH} ? datum.narrow_{name} : width > {_BROAD_FROM} ? datum.broad_{name} : datum.{name}"
    )


def _marks(marks: tuple[ModelMark, ...], domain: list[float], span: list[float]) -> list[dict[str, Any]]:
    shifts = _shifts(marks, domain)
    spots = [(math.log10(mark.cost_usd), mark.quality, shorten(mark.model, _NAME)) for mark in marks]
    layouts = {
        kind: place(
            spots, _taken(spots, marks, domain, span, (width, FRONT_HEIGHT)), size=(width, FRONT_HEIGHT), log=False
        )
        for kind, width in _WIDTHS.items()
    }
    return [
        _mark(mark, spot[2], shift, {kind: placed[i] for kind, placed in layouts.items()})
        for i, (mark, spot, shift) in enumerate(zip(marks, spots, shifts, strict=True))
    ]


def _taken(
    spots: list[tuple[float, float, str]], marks: tuple[ModelMark, ...], domain: list[float], span: list[float],
    size: tuple[float, float],
) -> list[tuple[float, float]]:  # fmt: skip
    """What names keep off: marks with some room around each, their bands; and the corners, which give the scale."""
    left, right = map(math.log10, domain)
    across, up = _NEAR * (right - left) / size[0], _NEAR * (span[1] - span[0]) / size[1]
    taken = [(left, span[0]), (right, span[1])]
    for (x, q, _), mark in zip(spots, marks, strict=True):
        around = [(x + i * across, q + j * up) for i in (-1, -0.5, 0, 0.5, 1) for j in (-1, 0, 1)]
        taken += [(x, q)] * _WEIGHT + [(a, b) for a, b in around if left < a < right and span[0] < b < span[1]]
        taken += [(x, mark.low + (mark.high - mark.low) * step / _STEPS) for step in range(_STEPS + 1)]
    return taken


def _mark(mark: ModelMark, name: str, shift: float, layouts: Mapping[str, Placed]) -> dict[str, Any]:
    labels = {
        f"{kind}{key}": value
        for kind, spot in layouts.items()
        for key, value in (("dx", spot.dx + shift), ("dy", spot.dy), ("align", spot.align))
    }
    return {
        "id": mark.id, "model": name, "cost": rounded(mark.cost_usd), "quality": rounded(mark.quality),
        "low": rounded(mark.low), "high": rounded(mark.high), "frontier": mark.frontier, "shift": shift, **labels,
    }  # fmt: skip


def _shifts(marks: tuple[ModelMark, ...], domain: list[float]) -> list[float]:
    """Pixels by which marks of nearly the same cost stand aside, so that their bands do not cover each other."""
    low, high = map(math.log10, domain)
    at = [(math.log10(mark.cost_usd) - low) / (high - low) * PAPER_WIDTH for mark in marks]
    groups: list[list[int]] = []
    for i, x in enumerate(at):
        if groups and x - at[groups[-1][-1]] < APART:
            groups[-1].append(i)
        else:
            groups.append([i])
    shifts = [0.0] * len(marks)
    for group in groups:
        middle = sum(at[i] for i in group) / len(group)
        for place_, i in enumerate(group):
            shifts[i] = round(middle + (place_ - (len(group) - 1) / 2) * APART - at[i], 2) if len(group) > 1 else 0.0
    return shifts
