"""The front over two objectives: quality as colour, method as shape, the decisions with their bands and names."""

from collections.abc import Sequence
from typing import Any

from planner.report.charts.front_axes import OBJECTIVES, Objective, is_log, rounded, ticks
from planner.report.charts.front_marks import Plane, colour_of, decisions_of, mark_size, method_of, shape_of
from planner.report.charts.front_panels import edge
from planner.report.charts.placing import PADDING
from planner.report.charts.theme import (
    AXIS,
    CONFIG,
    FRONT_HEIGHT,
    GREY,
    HALF_PAPER,
    INK,
    PANEL_HEIGHT,
    PAPER_WIDTH,
    PHONE_WIDTH,
)
from planner.report.charts.vega import Spec, spec_of
from planner.report.data.panel import Panel
from planner.report.data.rows import Point, Row

Cloud = Sequence[tuple[float, float]]


def front_spec(front: Sequence[Row], cloud: Cloud) -> Spec | None:
    """Cost against time of these front points over these dominated ones; None where no point has both."""
    axes = OBJECTIVES["cost"], OBJECTIVES["time"]
    plane = plane_of(front, cloud, axes, (PAPER_WIDTH - AXIS, FRONT_HEIGHT))
    return None if plane is None else plane_spec(plane, legends=True)


def panel_spec(front: Sequence[Row], panel: Panel) -> Spec | None:
    """One of the small multiples: the same marks over two other objectives; None where no point has both."""
    axes = OBJECTIVES[panel.x], OBJECTIVES[panel.y]
    plane = plane_of(front, panel.cloud, axes, (HALF_PAPER - AXIS, PANEL_HEIGHT))
    return None if plane is None else plane_spec(plane, legends=False)


def plane_of(
    front: Sequence[Point], cloud: Cloud, axes: tuple[Objective, Objective], size: tuple[int, int],
    across: Sequence[float] = (),
) -> Plane | None:  # fmt: skip
    """The points that know both objectives; None where none does. `across` are values that the x axis must reach."""
    x, y = axes
    rows = [row for row in front if x.figure(row).value is not None and y.figure(row).value is not None]
    if not rows:
        return None
    xs = [*_drawn(rows, x, [a for a, _ in cloud]), *across]
    ys = _drawn(rows, y, [b for _, b in cloud])
    logs = is_log(x, xs), is_log(y, ys)
    return Plane(x, y, tuple(rows), tuple(cloud), size, logs, ((min(xs), max(xs)), (min(ys), max(ys))))


def _drawn(rows: Sequence[Point], objective: Objective, cloud: list[float]) -> list[float]:
    """All that has a place on the axis: points, dominated points, and bands of decisions, except wide ones of q."""
    figures = [(objective.figure(row), bool(row.roles) and objective.amount) for row in rows]
    found = [v for f, chosen in figures for v in ((f.low, f.value, f.high) if chosen else (f.value,))]
    return [*(v for v in found if v is not None), *cloud]


def plane_spec(plane: Plane, *, legends: bool) -> Spec:
    """The chart of a plane."""
    spec = _layers(plane, legends=legends)
    line = edge(plane.rows, plane.x, plane.y)
    data = {
        "points": [_point(plane, row, full=legends) for row in plane.rows],
        "cloud": [{plane.x.field: rounded(a), plane.y.field: rounded(b)} for a, b in plane.cloud],
        "line": [_pair(plane, row) for row in line],
        "decisions": decisions_of(plane),
    }
    used = str(spec["layer"])
    spec["datasets"] = {name: rows for name, rows in data.items() if f"'{name}'" in used}
    spec["config"] = CONFIG
    return spec


def _layers(plane: Plane, *, legends: bool) -> Spec:
    import altair as alt

    x, y = _axis(plane, 0), _axis(plane, 1)
    layers = []
    if plane.cloud:
        layers.append(alt.Chart(alt.NamedData("cloud")).mark_circle(color=GREY, opacity=0.45, size=10).encode(x=x, y=y))
    line = edge(plane.rows, plane.x, plane.y)
    if len(line) > 1:
        drawn = alt.Chart(alt.NamedData("line")).mark_line(
            interpolate="step-after", stroke=INK, strokeWidth=1, opacity=0.55
        )
        layers.append(drawn.encode(x=x, y=y))
    chosen = any(row.roles for row in plane.rows)
    if chosen:
        # Below the points: a ring takes what is clicked, though it is empty.
        layers += [*_bands(plane), _rings(plane)]
    layers.append(_points(plane, x, y, legends=legends))
    if chosen:
        layers.append(_names(plane))
    return spec_of(alt.layer(*layers), plane.size[1])


def _axis(plane: Plane, place: int) -> Any:  # noqa: ANN401
    import altair as alt

    objective, log, (low, high) = (plane.x, plane.y)[place], plane.logs[place], plane.extent[place]
    channel = alt.Y if place else alt.X
    scale = (
        alt.Scale(type="log", nice=False, padding=PADDING)
        if log
        else alt.Scale(zero=False, nice=False, padding=PADDING)
    )
    at = ticks([low, high]) if log else []
    shown = {"values": at} if len(at) > 1 else {"tickCount": 6}
    return channel(
        f"{objective.field}:Q",
        title=f"{plane.title(objective)}{' (log scale)' if log else ''}",
        scale=scale,
        axis=alt.Axis(format=objective.say, **shown),
    )


def _points(plane: Plane, x: Any, y: Any, *, legends: bool) -> Any:  # noqa: ANN401
    import altair as alt

    here, count = "datum.id === selected", len(plane.rows)
    size, stroke = mark_size(count)
    what = [alt.Tooltip("what:N", title=""), alt.Tooltip("method:N", title=plane.told_apart)] if legends else []
    figures = [
        alt.Tooltip(f"{o.field}:Q", title=plane.title(o), format=",.3~r") for o in dict.fromkeys((plane.x, plane.y))
    ]
    return (
        alt.Chart(alt.NamedData("points"))
        # An unknown quality is grey; by default its point would be left out.
        .mark_point(filled=True, stroke=INK, opacity=1, cursor="pointer", invalid=None)
        .encode(
            x=x,
            y=y,
            shape=shape_of(plane, legend=legends),
            color=colour_of(plane.rows, legend=legends),
            tooltip=[*what, *figures],
            size=alt.SizeValue(size, condition={"test": here, "value": 260}),
            strokeWidth=alt.StrokeWidthValue(stroke, condition={"test": here, "value": 2.5}),
        )
        .add_params(alt.param(name="selected", value=""))
    )


def _bands(plane: Plane) -> list[Any]:
    """The 90 % bands of the decisions."""
    import altair as alt

    data, a, b = alt.NamedData("decisions"), plane.x.field, plane.y.field
    # A layer without a mark would have no extent, which Vega complains of.
    chosen = decisions_of(plane)
    rule = alt.MarkDef("rule", stroke=INK, opacity=0.5)
    arrows = [
        alt.Chart(data)
        .mark_point(shape=shape, filled=True, color=INK, opacity=0.5, size=36, tooltip=None)
        .transform_filter(f"isValid(datum.{b}_{end}) && datum.{b}_{end}_cut")
        .encode(x=alt.X(f"{a}:Q"), y=alt.Y(f"{b}_{end}:Q"))
        for end, shape in (("low", "triangle-down"), ("high", "triangle-up"))
        if not plane.y.amount and any(one.get(f"{b}_{end}_cut") for one in chosen)
    ]
    return [
        *arrows,
        alt.Chart(data, mark=rule).encode(x=alt.X(f"{a}_low:Q"), x2=alt.X2(f"{a}_high:Q"), y=alt.Y(f"{b}:Q")),
        alt.Chart(data, mark=rule).encode(x=alt.X(f"{a}:Q"), y=alt.Y(f"{b}_low:Q"), y2=alt.Y2(f"{b}_high:Q")),
    ]


def _rings(plane: Plane) -> Any:  # noqa: ANN401
    """Around the decisions."""
    import altair as alt

    rings = alt.Chart(alt.NamedData("decisions")).mark_point(stroke=INK, strokeWidth=1.6, size=190)
    return rings.encode(x=f"{plane.x.field}:Q", y=f"{plane.y.field}:Q")


def _names(plane: Plane) -> Any:  # noqa: ANN401
    """Of the decisions."""
    import altair as alt

    data, x, y = alt.NamedData("decisions"), f"{plane.x.field}:Q", f"{plane.y.field}:Q"
    text = alt.MarkDef(
        "text", fontWeight="bold", baseline="middle", align=_either("align"), dx=_either("dx"), dy=_either("dy")
    )
    return alt.Chart(data, mark=text).encode(x=x, y=y, text=alt.Text("name:N"))


def _either(name: str) -> Any:  # noqa: ANN401
    """A label's placing, which depends on how wide the chart is drawn."""
    import altair as alt

    return alt.expr(f"width < {PHONE_WIDTH} ? datum.narrow_{name} : datum.{name}")


def _pair(plane: Plane, row: Point) -> dict[str, Any]:
    return {o.field: rounded(o.figure(row).value) for o in (plane.x, plane.y)}


def _point(plane: Plane, row: Point, *, full: bool) -> dict[str, Any]:
    told = {"what": f"{row.model}, {row.machine}, {row.offer} {row.tier}"} if full else {}
    quality = rounded(row.quality.value)
    return {"id": row.id, **_pair(plane, row), "quality": quality, "method": method_of(row), **told}
