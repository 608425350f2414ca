"""Lines over months, use or volume: bands, marked points, upright lines; linear with a line at 0, or logarithmic."""

import math
from collections.abc import Sequence
from itertools import pairwise
from typing import Any, Final, Literal

from planner.report.charts.front_axes import rounded, ticks_inside
from planner.report.charts.placing import place
from planner.report.charts.theme import (
    AXIS,
    BLUE,
    CONFIG,
    GREEN,
    INK,
    ORANGE,
    PAPER_WIDTH,
    PHONE_WIDTH,
    PINK,
    SKY,
    VERMILION,
)
from planner.report.charts.vega import Spec, spec_of
from planner.report.data.business_case_charts import Curve, CurveChart

HEIGHT: Final = 270
COLOURS: Final = (BLUE, ORANGE, GREEN, PINK, VERMILION, SKY)
DASHES: Final = ([1, 0], [6, 3], [2, 2], [8, 3, 2, 3], [4, 4], [10, 4])
"""Lines stay apart in black and white."""
STEPS: Final = 6
"""Points between two of a line, for the placing of words."""
_DOLLARS: Final = "replace(replace(format(datum.value, '$~s'), 'G', ' bn'), '−', '-')"
Range = tuple[float, float]
Side = Literal["left", "right"]


def curves_spec(chart: CurveChart, height: int = HEIGHT) -> Spec | None:
    """The chart; None where no line has two points."""
    curves = [one for one in chart.curves if len(one.points) > 1]
    if not curves:
        return None
    xs = [x for one in curves for x, _ in one.points] + [one.x for one in chart.uprights]
    ys = [y for one in curves for _, y in one.points] + [v for one in curves for _, *ends in one.band for v in ends]
    logs = (chart.log and not chart.percent, chart.log)
    if chart.log and (min(ys) <= 0 or (logs[0] and min(xs) <= 0)):
        return None
    across, up = (min(xs), max(xs)), _extent(ys, log=chart.log)
    if across[0] == across[1]:
        return None
    spec = _layers(chart, curves, across, up, logs, height)
    spec["datasets"] = _datasets(chart, curves, across, up, logs, height)
    spec["config"] = CONFIG
    return spec


def _extent(ys: Sequence[float], *, log: bool) -> Range:
    low, high = min(ys), max(ys)
    if log:
        air = (high / low) ** 0.06 if high > low else 1.3
        return low / air, high * air
    low, high = min(low, 0.0), max(high, 0.0)
    air = 0.06 * ((high - low) or 1.0)
    return (low - air if low < 0 else 0.0), high + air


def _datasets(
    chart: CurveChart, curves: Sequence[Curve], across: Range, up: Range, logs: tuple[bool, bool], height: int
) -> dict[str, list[dict[str, Any]]]:  # fmt: skip
    scale = 100.0 if chart.unit == "share" else 1.0
    wide = 100.0 if chart.percent else 1.0
    data = {
        "lines": [{"line": one.name, "x": rounded(wide * x), "y": rounded(scale * y)}
                  for one in curves for x, y in one.points],
        "bands": [{"line": one.name, "fill": COLOURS[at], "x": rounded(wide * x), "low": rounded(scale * low),
                   "high": rounded(scale * high)}
                  for at, one in enumerate(curves) for x, low, high in one.band],
        "spots": _spots(chart, curves, across, up, logs, height),
        "uprights": [{"x": rounded(wide * one.x), "text": one.text} for one in chart.uprights],
    }  # fmt: skip
    return {name: rows for name, rows in data.items() if rows}


def _spots(
    chart: CurveChart, curves: Sequence[Curve], across: Range, up: Range, logs: tuple[bool, bool], height: int
) -> list[dict[str, Any]]:  # fmt: skip
    """Marked points, their words where they cover neither each other nor a line."""
    inside = [one for one in chart.spots if across[0] <= one.x <= across[1] and up[0] <= one.y <= up[1]]
    marks = [(one.x, one.y, one.text) for one in inside]
    dense = [point for one in curves for point in _dense(one.points, logs)]
    for one in chart.uprights:
        dense += _dense(((one.x, up[0]), (one.x, up[1])), (False, logs[1]), 40)
    paper, narrow = (
        place(marks, dense or [(across[0], up[0])], size=(width, height), log=logs, extent=(across, up), apart=True)
        for width in (PAPER_WIDTH - AXIS, round(PHONE_WIDTH * 0.65))
    )
    wide = 100.0 if chart.percent else 1.0
    scale = 100.0 if chart.unit == "share" else 1.0
    return [
        {
            "x": rounded(wide * one.x), "y": rounded(scale * one.y), "text": one.text,
            "dx": a.dx, "dy": a.dy, "align": a.align, "narrow_dx": b.dx, "narrow_dy": b.dy, "narrow_align": b.align,
        }
        for one, a, b in zip(inside, paper, narrow, strict=True)
    ]  # fmt: skip


def _dense(points: Sequence[tuple[float, float]], logs: tuple[bool, bool], steps: int = STEPS) -> list[Range]:
    """A line as many points, straight between its own as it is drawn."""
    return [
        (_between(a, b, step / steps, log=logs[0]), _between(low, high, step / steps, log=logs[1]))
        for (a, low), (b, high) in pairwise(points)
        for step in range(steps)
    ]


def _between(a: float, b: float, part: float, *, log: bool) -> float:
    return a * (b / a) ** part if log else a + (b - a) * part


def _layers(
    chart: CurveChart, curves: Sequence[Curve], across: Range, up: Range, logs: tuple[bool, bool], height: int
) -> Spec:  # fmt: skip
    import altair as alt

    names = [one.name for one in curves]
    x, y = _x(chart, across, log=logs[0]), _y(chart, up)
    narrow = f"width < {PHONE_WIDTH}"
    legend = None if len(names) == 1 else alt.Legend(
        symbolType="stroke", symbolStrokeWidth=2.5, labelLimit=alt.expr("min(280, width - 30)"),
        columns=alt.expr(f"{narrow} ? 1 : 3"),
    )  # fmt: skip
    colours, dashes = list(COLOURS[: len(names)]), list(DASHES[: len(names)])
    colour = alt.Color("line:N", title=None, sort=names, legend=legend, scale=alt.Scale(domain=names, range=colours))
    dash = alt.StrokeDash("line:N", title=None, sort=names, legend=legend, scale=alt.Scale(domain=names, range=dashes))
    tips = [
        alt.Tooltip("line:N", title=""), alt.Tooltip("x:Q", title=_x_word(chart), format=",.4~r"),
        alt.Tooltip("y:Q", title="% of revenue" if chart.unit == "share" else "USD", format=",.4~r"),
    ]  # fmt: skip
    lines, layers = alt.Chart(alt.NamedData("lines")), list[Any]()
    if any(one.band for one in curves):
        bands = alt.Chart(alt.NamedData("bands")).mark_area(opacity=0.16, tooltip=None)
        layers.append(
            bands.encode(
                x=x, y=alt.Y("low:Q"), y2=alt.Y2("high:Q"), fill=alt.Fill("fill:N", scale=None), detail="line:N"
            )
        )
    if not chart.log and up[0] < 0 < up[1]:
        zero = alt.Chart(alt.NamedData("lines")).transform_aggregate(n="count()").transform_calculate(zero="0")
        layers.append(zero.mark_rule(color=INK, strokeWidth=1, tooltip=None).encode(y=alt.Y("zero:Q")))
    layers += [
        lines.mark_line(strokeWidth=2, tooltip=None).encode(x=x, y=y, color=colour, strokeDash=dash),
        lines.mark_circle(size=40, opacity=0.01).encode(x=x, y=y, tooltip=tips),
    ]
    if chart.uprights:
        layers += _uprights(chart, across)
    if chart.spots:
        layers += _marked(narrow)
    return spec_of(alt.layer(*layers), height)


def _x_word(chart: CurveChart) -> str:
    return "month" if chart.months else "% used" if chart.percent else "volume a month"


def _x(chart: CurveChart, across: Range, *, log: bool) -> Any:  # noqa: ANN401
    import altair as alt

    if log:
        return alt.X("x:Q", title=chart.x, scale=alt.Scale(type="log", domain=list(across), nice=False),
                     axis=alt.Axis(format="~s", values=ticks_inside(*across)))  # fmt: skip
    if chart.months:
        axis = alt.Axis(format="d", values=month_ticks(across))
        return alt.X("x:Q", title=chart.x, scale=alt.Scale(domain=list(across), nice=False), axis=axis)
    whole = 100.0 if chart.percent else 1.0
    return alt.X("x:Q", title=chart.x, scale=alt.Scale(domain=[whole * v for v in across], nice=False),
                 axis=alt.Axis(format=",~r", tickCount=8))  # fmt: skip


def month_ticks(across: Range) -> list[int]:
    """Quarters of short horizons, whole years of longer ones, at most thirteen."""
    months = across[1] - across[0]
    step = 3 if months <= 24 else 6 if months <= 48 else 12 * math.ceil(months / 144)
    return list(range(step * math.ceil(across[0] / step), int(across[1]) + 1, step))


def _y(chart: CurveChart, up: Range) -> Any:  # noqa: ANN401
    import altair as alt

    scale = 100.0 if chart.unit == "share" else 1.0
    low, high = (scale * value for value in up)
    domain = [low, high]
    if chart.log:
        axis = alt.Axis(format="$,~r", values=ticks_inside(low, high, 300.0))
        return alt.Y("y:Q", title=chart.y, scale=alt.Scale(type="log", domain=domain, nice=False), axis=axis)
    if chart.unit == "share":
        axis = alt.Axis(format=",~r", tickCount=5)
    elif max(abs(value) for value in domain) >= 1e4:
        axis = alt.Axis(labelExpr=_DOLLARS, tickCount=5)
    else:
        axis = alt.Axis(format="$,~r", tickCount=5)
    return alt.Y("y:Q", title=chart.y, scale=alt.Scale(domain=domain, nice=False), axis=axis)


def _uprights(chart: CurveChart, across: Range) -> list[Any]:
    import altair as alt

    base = alt.Chart(alt.NamedData("uprights"))
    middle = (across[0] + across[1]) / 2
    side: Side = "right" if chart.uprights[0].x > middle else "left"
    text = base.mark_text(align=side, baseline="bottom", dx=-5 if side == "right" else 5, dy=-4, tooltip=None)
    return [
        base.mark_rule(stroke=INK, strokeDash=[2, 3], strokeWidth=1.2, tooltip=None).encode(x="x:Q"),
        text.encode(x="x:Q", y=alt.value(alt.expr("height")), text="text:N"),
    ]


def _marked(narrow: str) -> list[Any]:
    import altair as alt

    base = alt.Chart(alt.NamedData("spots"))
    marks = base.mark_point(shape="diamond", filled=True, fill=INK, stroke=INK, size=110, opacity=1, tooltip=None)
    texts = base.mark_text(
        baseline="middle", fontWeight="bold", tooltip=None,
        dx=alt.expr(f"{narrow} ? datum.narrow_dx : datum.dx"), dy=alt.expr(f"{narrow} ? datum.narrow_dy : datum.dy"),
        align=alt.expr(f"{narrow} ? datum.narrow_align : datum.align"),
    )  # fmt: skip
    return [marks.encode(x="x:Q", y="y:Q"), texts.encode(x="x:Q", y="y:Q", text="text:N")]
