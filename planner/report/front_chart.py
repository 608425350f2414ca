"""The front: cost against time, quality as colour, method as shape, the decisions with their bands and names."""

import math
from typing import Any

from planner.report.data import Row
from planner.report.placing import Placed, place
from planner.report.theme import (
    BLUE,
    CONFIG,
    FRONT_HEIGHT,
    GREY,
    INK,
    PAPER_WIDTH,
    PHONE_WIDTH,
    QUALITY_EXTENT,
    QUALITY_SCHEME,
    SHAPES,
    SWATCH,
)

Spec = dict[str, Any]


def front_spec(front: tuple[Row, ...], cloud: tuple[tuple[float, float], ...]) -> Spec | None:
    """The chart of these front points over these dominated ones; None where no point has both cost and time."""
    rows = [row for row in front if row.cost.value is not None and row.hours.value is not None]
    if not rows:
        return None
    chosen = [row for row in rows if row.roles]
    low = [v for row in chosen for v in (row.cost.low, row.hours.low) if v is not None]
    numbers = [v for row in rows for v in (row.cost.value, row.hours.value) if v is not None]
    log = min([*numbers, *low, *(v for dot in cloud for v in dot)]) > 0
    spec = _layers(rows, chosen, cloud, log=log)
    spec["datasets"] = {
        "points": [_point(row) for row in rows],
        "cloud": [{"cost": _round(cost), "hours": _round(hours)} for cost, hours in cloud],
        "decisions": _decisions(chosen, rows, log=log),
    }
    spec["config"] = CONFIG
    return spec


def _layers(rows: list[Row], chosen: list[Row], cloud: tuple[tuple[float, float], ...], *, log: bool) -> Spec:
    import altair as alt

    costs = [
        v for row in rows for v in ((row.cost.low, row.cost.value, row.cost.high) if row.roles else (row.cost.value,))
    ]
    hours = [
        v
        for row in rows
        for v in ((row.hours.low, row.hours.value, row.hours.high) if row.roles else (row.hours.value,))
    ]
    scale = alt.Scale(type="log", nice=False, padding=16) if log else alt.Scale(zero=False, nice=False, padding=16)
    words = " (log scale)" if log else ""

    def axis(values: list[float | None], dots: list[float], say: str) -> alt.Axis:
        ticks = _ticks([*(v for v in values if v is not None), *dots]) if log else []
        return alt.Axis(format=say, values=ticks) if len(ticks) > 1 else alt.Axis(format=say, tickCount=6)

    x = alt.X("cost:Q", title=f"Cost, USD{words}", scale=scale, axis=axis(costs, [c for c, _ in cloud], "$,~r"))
    y = alt.Y(
        "hours:Q", title=f"Wall-clock time, hours{words}", scale=scale, axis=axis(hours, [h for _, h in cloud], ",~r")
    )
    here = "datum.id === selected"
    points = (
        alt.Chart(alt.NamedData("points"))
        .mark_point(filled=True, stroke=INK, opacity=1, cursor="pointer")
        .encode(
            x=x,
            y=y,
            shape=_shape(rows),
            color=_colour(rows),
            tooltip=alt.Tooltip("id:N"),
            size=alt.condition(here, alt.value(260), alt.value(64)),
            strokeWidth=alt.condition(here, alt.value(2.5), alt.value(0.7)),
        )
        .add_params(alt.param(name="selected", value=""))
    )
    below = []
    if cloud:
        below.append(alt.Chart(alt.NamedData("cloud")).mark_circle(color=GREY, opacity=0.45, size=10).encode(x=x, y=y))
    if not chosen:
        return _dict(alt.layer(*below, points))
    data = alt.NamedData("decisions")
    spans = [
        alt.Chart(data).mark_rule(stroke=INK, opacity=0.5).encode(x="cost_low:Q", x2="cost_high:Q", y="hours:Q"),
        alt.Chart(data).mark_rule(stroke=INK, opacity=0.5).encode(x="cost:Q", y="hours_low:Q", y2="hours_high:Q"),
    ]
    rings = alt.Chart(data).mark_point(stroke=INK, strokeWidth=1.6, size=190).encode(x="cost:Q", y="hours:Q")
    text = alt.MarkDef(
        "text",
        fontWeight="bold",
        baseline="middle",
        align=_either("align"),
        dx=_either("dx"),
        dy=_either("dy"),
    )
    names = alt.Chart(data, mark=text).encode(x="cost:Q", y="hours:Q", text="name:N")
    return _dict(alt.layer(*below, *spans, points, rings, names))


def _either(name: str) -> Any:  # noqa: ANN401
    """A label's placing, which depends on how wide the chart is drawn."""
    import altair as alt

    return alt.expr(f"width < {PHONE_WIDTH} ? datum.narrow_{name} : datum.{name}")


def _dict(chart: Any) -> Spec:  # noqa: ANN401
    spec: Spec = chart.properties(height=FRONT_HEIGHT).to_dict()
    return spec


def _shape(rows: list[Row]) -> Any:  # noqa: ANN401
    import altair as alt

    methods = sorted({_method(row) for row in rows})
    return alt.Shape(
        "method:N",
        title="method",
        scale=alt.Scale(domain=methods, range=[SHAPES[i % len(SHAPES)] for i in range(len(methods))]),
        legend=alt.Legend(symbolFillColor="transparent", columns=alt.expr(f"width < {PHONE_WIDTH} ? 1 : 8")),
    )


def _colour(rows: list[Row]) -> Any:  # noqa: ANN401
    import altair as alt

    known = [row.quality for row in rows if row.quality.value is not None]
    if not known:
        return alt.value(BLUE)
    title = "predicted quality q (prior)" if any("prior" in q.label for q in known) else "predicted quality q"
    scale = alt.Scale(scheme=alt.SchemeParams(name=QUALITY_SCHEME, extent=QUALITY_EXTENT), zero=False, nice=False)
    values = [q.value for q in known if q.value is not None]
    low, span = min(values), max(values) - min(values)
    legend = alt.Legend(
        type="symbol",
        symbolType=SWATCH,
        symbolSize=260,
        symbolStrokeWidth=0.7,
        columns=alt.expr(f"width < {PHONE_WIDTH} ? 3 : 5"),
        columnPadding=8,
        format=".2f" if span > 0.04 else ".3f",
        values=[low + span * step / 4 for step in range(5)] if span > 0 else [low],
    )
    return alt.Color("quality:Q", title=title, scale=scale, legend=legend)


def _method(row: Row) -> str:
    return row.method.split(" ")[0]


def _point(row: Row) -> dict[str, Any]:
    return {
        "id": row.id,
        "cost": _round(row.cost.value),
        "hours": _round(row.hours.value),
        "quality": _round(row.quality.value),
        "method": _method(row),
    }


def _round(value: float | None) -> float | None:
    """Six significant digits: more than a screen shows."""
    return None if value is None else float(f"{value:.6g}")


def _decisions(chosen: list[Row], rows: list[Row], *, log: bool) -> list[dict[str, Any]]:
    pairs = [(row.cost.value or 0.0, row.hours.value or 0.0) for row in rows]
    marks = [(row.cost.value or 0.0, row.hours.value or 0.0, ", ".join(row.roles)) for row in chosen]
    wide = place(marks, pairs, size=(PAPER_WIDTH, FRONT_HEIGHT), log=log)
    narrow = place(marks, pairs, size=(PHONE_WIDTH * 0.65, FRONT_HEIGHT), log=log)
    return [_decision(row, *spots) for row, *spots in zip(chosen, wide, narrow, strict=True)]


def _decision(row: Row, wide: Placed, narrow: Placed) -> dict[str, Any]:
    return {
        "name": ", ".join(row.roles), "cost": row.cost.value, "hours": row.hours.value,
        "cost_low": _or(row.cost.low, row.cost.value), "cost_high": _or(row.cost.high, row.cost.value),
        "hours_low": _or(row.hours.low, row.hours.value), "hours_high": _or(row.hours.high, row.hours.value),
        "dx": wide.dx, "dy": wide.dy, "align": wide.align,
        "narrow_dx": narrow.dx, "narrow_dy": narrow.dy, "narrow_align": narrow.align,
    }  # fmt: skip


def _or(value: float | None, other: float | None) -> float | None:
    return other if value is None else value


def _ticks(values: list[float]) -> list[float]:
    """1, 2, 5 of every decade in range; over more than three decades only the powers of ten."""
    low, high = min(values), max(values)
    decades = range(math.floor(math.log10(low)), math.ceil(math.log10(high)) + 1)
    steps = (1, 2, 5) if high / low <= 2000 else (1,)
    return [
        float(f"{step}e{decade}")
        for decade in decades
        for step in steps
        if low * 0.8 <= step * 10.0**decade <= high * 1.25
    ]
