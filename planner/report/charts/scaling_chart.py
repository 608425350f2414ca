"""Scaling over GPU counts: one line per decision with its name at the end, and what ideal scaling would give."""

import math
from typing import Any, Final, Literal

from planner.report.charts.front_axes import rounded, ticks_inside
from planner.report.charts.placing import GLYPH
from planner.report.charts.theme import AXIS, BLUE, CONFIG, GREEN, HALF_PAPER, INK, ORANGE, PINK, SCALING_HEIGHT, SHAPES
from planner.report.charts.vega import Spec, spec_of
from planner.report.data.bars import Scale, ScalePoint

COLOURS: Final = (BLUE, ORANGE, GREEN, PINK)
LABEL_GAP: Final = 14.0
"""Pixels between two names at the ends of lines."""


def scaling_spec(scales: tuple[Scale, ...], of: Literal["hours", "cost"]) -> Spec | None:
    """The chart of time or cost against GPUs; None where no decision runs on two counts."""
    drawn = [(scale, _known(scale, of)) for scale in scales]
    drawn = [(scale, points) for scale, points in drawn if len(points) > 1]
    values = [v for _, points in drawn for p in points for v in (_value(p, of), _ideal(p, of)) if v is not None]
    if not values or min(values) <= 0:
        return None
    names = [scale.name for scale, _ in drawn]
    spec = _layers(names, [p.count for _, points in drawn for p in points], values, of)
    points_data = [_entry(scale, p, of) for scale, points in drawn for p in points]
    spec["datasets"] = {"scaling": points_data, "ends": _ends(drawn, values, of)}
    spec["config"] = CONFIG
    return spec


def _known(scale: Scale, of: str) -> list[ScalePoint]:
    return [p for p in scale.counts if _value(p, of) is not None]


def _value(p: ScalePoint, of: str) -> float | None:
    return p.hours_value if of == "hours" else p.cost_value


def _ideal(p: ScalePoint, of: str) -> float | None:
    return p.hours_ideal if of == "hours" else p.cost_ideal


def _entry(scale: Scale, p: ScalePoint, of: str) -> dict[str, Any]:
    return {
        "decision": scale.name, "gpus": p.count, "value": rounded(_value(p, of)), "ideal": rounded(_ideal(p, of)),
        "own": p.own, "feasible": p.feasible, "time": p.hours, "price": p.cost, "speed": p.speed, "remark": p.remark,
    }  # fmt: skip


def _layers(names: list[str], counts: list[int], values: list[float], of: str) -> Spec:
    import altair as alt

    data = alt.NamedData("scaling")
    ticks = sorted(set(counts))
    x = alt.X(
        "gpus:Q",
        title="GPUs (log scale)",
        scale=alt.Scale(
            type="log", base=2, domain=[ticks[0] * 0.9, ticks[-1] * _room(ticks[-1] / ticks[0], names)], nice=False
        ),
        axis=alt.Axis(values=ticks, format="d", grid=False),
    )
    title, say = ("Wall-clock time, hours (log scale)", ",~r") if of == "hours" else ("Cost, USD (log scale)", "$,~r")
    low, high = _domain(values)
    y = alt.Y(
        "value:Q",
        title=title,
        scale=alt.Scale(type="log", domain=[low, high], nice=False),
        axis=alt.Axis(format=say, values=ticks_inside(low, high, decades_from=300.0)),
    )
    colour = alt.Color("decision:N", legend=None, scale=alt.Scale(domain=names, range=_cycled(COLOURS, len(names))))
    shape = alt.Shape("decision:N", legend=None, scale=alt.Scale(domain=names, range=_cycled(SHAPES, len(names))))
    base = alt.Chart(data)
    own = "datum.own"
    tips = [
        alt.Tooltip("decision:N", title=""),
        alt.Tooltip("gpus:Q", title="GPUs"),
        alt.Tooltip("time:N", title="time"),
        alt.Tooltip("price:N", title="cost"),
        alt.Tooltip("speed:N", title="speed-up"),
        alt.Tooltip("remark:N", title="remark"),
    ]
    ideal = base.mark_line(strokeDash=[3, 3], strokeWidth=1.2, opacity=0.75).encode(
        x=x, y=alt.Y("ideal:Q"), color=colour, tooltip=alt.TooltipValue(None)
    )
    lines = base.mark_line(strokeWidth=2).encode(x=x, y=y, color=colour, tooltip=alt.TooltipValue(None))
    points = base.mark_point(filled=True, stroke=INK, opacity=1).encode(
        x=x,
        y=y,
        color=colour,
        shape=shape,
        tooltip=tips,
        size=alt.SizeValue(48, condition={"test": own, "value": 110}),
        strokeWidth=alt.StrokeWidthValue(0.6, condition={"test": own, "value": 1.8}),
        fillOpacity=alt.FillOpacityValue(0, condition={"test": "datum.feasible", "value": 1}),
    )
    labels = (
        alt.Chart(alt.NamedData("ends"))
        .mark_text(align="left", baseline="middle", dx=11, fontWeight="bold", dy=alt.expr("datum.dy"))
        .encode(x=alt.X("gpus:Q"), y=alt.Y("value:Q"), text=alt.Text("decision:N"))
    )
    return spec_of(alt.layer(ideal, lines, points, labels), SCALING_HEIGHT)


def _room(span: float, names: list[str]) -> float:
    """How far the axis goes on beyond the last count, so that the longest name fits even on paper."""
    share = min(0.5, (GLYPH * max(map(len, names)) + 16) / (HALF_PAPER - AXIS))
    return float((span / 0.9) ** (share / (1 - share)))


def _cycled(items: tuple[str, ...], count: int) -> list[str]:
    return [items[i % len(items)] for i in range(count)]


def _domain(values: list[float]) -> tuple[float, float]:
    """The range of the values with some air, at least a factor of three."""
    low, high = min(values), max(values)
    air = max(1.12, math.sqrt(3.0 / (high / low))) if high / low < 3.0 else 1.12
    return low / air, high * air


def _ends(drawn: list[tuple[Scale, list[ScalePoint]]], values: list[float], of: str) -> list[dict[str, Any]]:
    """Where names stand: at the last point of each line, moved apart where they would cover each other."""
    low, high = _domain(values)

    def at(v: float) -> float:
        return math.log(high / v) / math.log(high / low) * SCALING_HEIGHT

    last = [(scale.name, points[-1], _value(points[-1], of) or low) for scale, points in drawn]
    entries, floor = [], -math.inf
    for name, point, value in sorted(last, key=lambda item: (-item[2], item[0])):
        y = max(at(value), floor)
        floor = y + LABEL_GAP
        entries.append({"decision": name, "gpus": point.count, "value": rounded(value), "dy": round(y - at(value), 2)})
    return entries
