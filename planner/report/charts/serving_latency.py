"""Latency of one replica against its load: a line for each decision, its own load marked, the targets across."""

import math
from collections.abc import Sequence
from itertools import pairwise
from typing import Any, Final, Literal

from planner.report.charts.front_axes import rounded, ticks_inside
from planner.report.charts.theme import BLUE, CONFIG, GREEN, INK, ORANGE, PHONE_WIDTH, PINK, SCALING_HEIGHT, SHAPES, SKY
from planner.report.charts.vega import Spec, spec_of
from planner.report.data.serving_parts import Curve, TargetLine
from planner.report.names import shorten

Latency = Literal["ttft", "itl", "total"]
TITLES: Final = {
    "ttft": "p95 to the first token", "itl": "p95 between two tokens", "total": "p95 to the last token",
}  # fmt: skip
COLOURS: Final = (BLUE, ORANGE, GREEN, PINK, SKY)
_LABEL: Final = 30


def latency_spec(curves: Sequence[Curve], targets: Sequence[TargetLine], of: Latency) -> Spec | None:
    """The chart of one latency; None where no decision has two points of it."""
    drawn = [(curve, known) for curve in curves[: len(COLOURS)] if len(known := _known(curve, of)) > 1]
    asked = [one for one in targets if one.latency == of]
    if not drawn:
        return None
    # In milliseconds where all is below a second, so that no tick is 0.02.
    values = [v for _, points in drawn for _, v in points] + [one.seconds for one in asked]
    scale = 1000.0 if max(values) < 1 else 1.0
    low, high = _domain([v * scale for v in values])
    planned = [entry for curve, points in drawn if (entry := _planned(curve, points, scale)) is not None]
    title = f"{TITLES[of]}, {'ms' if scale > 1 else 's'} (log scale)"
    spec = _layers(drawn, (low, high), title, planned=bool(planned), asked=bool(asked))
    spec["datasets"] = {
        "curves": [
            {"decision": shorten(curve.name, _LABEL), "load": rounded(load), "value": rounded(v * scale)}
            for curve, points in drawn for load, v in points
        ],
    }  # fmt: skip
    if planned:
        spec["datasets"]["planned"] = planned
    if asked:
        spec["datasets"]["targets"] = [{"value": rounded(one.seconds * scale), "text": one.text} for one in asked]
    spec["config"] = CONFIG
    return spec


def _known(curve: Curve, of: Latency) -> list[tuple[float, float]]:
    found = [(p.load, getattr(p, of)) for p in curve.points]
    return [(load, v) for load, v in found if v is not None and v > 0 and math.isfinite(v)]


def _domain(values: Sequence[float]) -> tuple[float, float]:
    """The range of the values with some air, at least a factor of three."""
    low, high = min(values), max(values)
    air = max(1.15, math.sqrt(3.0 / (high / low))) if high / low < 3.0 else 1.15
    return low / air, high * air


def _planned(curve: Curve, points: Sequence[tuple[float, float]], scale: float) -> dict[str, Any] | None:
    """Where the load of the busiest hour lies on the curve, by a straight line between its points."""
    at = curve.planned
    if at is None or not points[0][0] <= at <= points[-1][0]:
        return None
    for (a, low), (b, high) in pairwise(points):
        if a <= at <= b:
            value = low + (high - low) * ((at - a) / (b - a) if b > a else 0.0)
            return {"decision": shorten(curve.name, _LABEL), "load": rounded(at), "value": rounded(value * scale)}
    return None


def _layers(
    drawn: Sequence[tuple[Curve, Any]], domain: tuple[float, float], title: str, *, planned: bool, asked: bool
) -> Spec:  # fmt: skip
    import altair as alt

    names = [shorten(curve.name, _LABEL) for curve, _ in drawn]
    most = max(1.0, *(load for _, points in drawn for load, _ in points))
    x = alt.X(
        "load:Q",
        title="Load, share of the capacity within the targets",
        scale=alt.Scale(domain=[0, most], nice=False),
        axis=alt.Axis(format=".0%", tickCount=5, grid=False),
    )
    y = alt.Y(
        "value:Q",
        title=title,
        scale=alt.Scale(type="log", domain=list(domain), nice=False),
        axis=alt.Axis(format=",~r", values=ticks_inside(*domain, decades_from=300.0)),
    )
    # One legend for both, as both tell the same.
    legend = alt.Legend(columns=alt.expr(f"width < {PHONE_WIDTH} ? 1 : 3")) if len(names) > 1 else None
    colour = alt.Color("decision:N", title=None, sort=names, legend=legend,
                       scale=alt.Scale(domain=names, range=list(COLOURS[: len(names)])))  # fmt: skip
    shape = alt.Shape("decision:N", title=None, sort=names, legend=legend,
                      scale=alt.Scale(domain=names, range=list(SHAPES[: len(names)])))  # fmt: skip
    tips = [
        alt.Tooltip("decision:N", title=""), alt.Tooltip("load:Q", title="load", format=".0%"),
        alt.Tooltip("value:Q", title=title.removesuffix(" (log scale)"), format=",.3~r"),
    ]  # fmt: skip
    layers = [
        alt.Chart(alt.NamedData("curves")).mark_line(strokeWidth=2, tooltip=None).encode(x=x, y=y, color=colour),
        alt.Chart(alt.NamedData("curves")).mark_circle(size=30, opacity=0.01).encode(x=x, y=y, tooltip=tips),
    ]
    if planned:
        marks = alt.Chart(alt.NamedData("planned")).mark_point(
            filled=True, stroke=INK, strokeWidth=1, size=110, opacity=1
        )  # fmt: skip
        layers.append(marks.encode(x=x, y=y, color=colour, shape=shape, tooltip=tips))
    if asked:
        base = alt.Chart(alt.NamedData("targets"))
        layers += [
            base.mark_rule(stroke=INK, strokeDash=[5, 3], strokeWidth=1.2, tooltip=None).encode(y=y),
            base.mark_text(align="left", baseline="bottom", dx=3, dy=-3, fontWeight="bold", tooltip=None).encode(
                x=alt.value(0), y=y, text="text:N"
            ),
        ]
    return spec_of(alt.layer(*layers), SCALING_HEIGHT)
