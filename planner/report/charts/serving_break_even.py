"""Renting against an API over the volume: a line for each, crossings marked, this traffic as an upright line."""

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
from planner.report.data.serving_parts import BreakEven, CostLinePoints
from planner.report.names import shorten

HEIGHT: Final = 300
RENTED: Final = (BLUE, GREEN, SKY)
APIS: Final = (ORANGE, VERMILION, PINK)
_LABEL: Final = 48
Side = Literal["left", "right"]
STEPS: Final = 12
"""Points between two of a line, for the placing of words."""
UPRIGHT: Final = 40
"""The same of the line of this traffic."""
_PREFIX: Final = {True: "rented: ", False: "API: "}


def break_even_spec(found: BreakEven) -> Spec | None:
    """The chart; None where there are not two lines."""
    lines = found.lines
    if len(lines) < 2:
        return None
    xs = [v for line in lines for v, _ in line.points] + ([found.now] if found.now else [])
    ys = [c for line in lines for _, c in line.points]
    air = (max(ys) / min(ys)) ** 0.04 if max(ys) > min(ys) else 1.2
    across, up = (min(xs), max(xs)), (min(ys) / air, max(ys) * air)
    spec = _layers(lines, across, up, found)
    spec["datasets"] = _datasets(found, across, up)
    spec["config"] = CONFIG
    return spec


def _name(line: CostLinePoints) -> str:
    return f"{_PREFIX[line.rented]}{shorten(line.name, _LABEL)}"


def _datasets(found: BreakEven, xs: tuple[float, float], ys: tuple[float, float]) -> dict[str, list[dict[str, Any]]]:
    data = {
        "lines": [
            {"line": _name(line), "requests": rounded(v), "usd": rounded(c)}
            for line in found.lines
            for v, c in line.points
        ],
        "crossings": _crossings(found, xs, ys),
        "now": [{"requests": rounded(found.now), "text": found.now_text}] if found.now else [],
    }  # fmt: skip
    return {name: rows for name, rows in data.items() if rows}


def _colours(lines: Sequence[CostLinePoints]) -> list[str]:
    counts = {True: 0, False: 0}
    found = []
    for line in lines:
        palette = RENTED if line.rented else APIS
        found.append(palette[counts[line.rented] % len(palette)])
        counts[line.rented] += 1
    return found


def _layers(
    lines: Sequence[CostLinePoints], xs: tuple[float, float], ys: tuple[float, float], found: BreakEven
) -> Spec:  # fmt: skip
    import altair as alt

    names = [_name(line) for line in lines]
    x = alt.X(
        "requests:Q",
        title="Requests a month (log scale)",
        scale=alt.Scale(type="log", domain=list(xs), nice=False),
        axis=alt.Axis(format="~s", values=_few(ticks_inside(*xs))),
    )
    y = alt.Y(
        "usd:Q",
        title="Cost a month, USD (log scale)",
        scale=alt.Scale(type="log", domain=list(ys), nice=False),
        axis=alt.Axis(format="$,~r", values=_few(ticks_inside(*ys, decades_from=300.0))),
    )
    legend = alt.Legend(
        symbolType="stroke",
        symbolStrokeWidth=2.5,
        labelLimit=alt.expr("min(360, width - 30)"),
        columns=alt.expr(f"width < {PHONE_WIDTH} ? 1 : 2"),
    )
    colour = alt.Color("line:N", title=None, sort=names, legend=legend,
                       scale=alt.Scale(domain=names, range=_colours(lines)))  # fmt: skip
    # Rented lines are whole, those of APIs dashed: they stay apart in black and white.
    dashes = [[1, 0] if line.rented else [6, 3] for line in lines]
    dash = alt.StrokeDash("line:N", title=None, sort=names, legend=legend, scale=alt.Scale(domain=names, range=dashes))
    tips = [
        alt.Tooltip("line:N", title=""), alt.Tooltip("requests:Q", title="requests a month", format=",.3~s"),
        alt.Tooltip("usd:Q", title="cost a month", format="$,.4~r"),
    ]  # fmt: skip
    layers = [
        alt.Chart(alt.NamedData("lines")).mark_line(strokeWidth=2, tooltip=None).encode(
            x=x, y=y, color=colour, strokeDash=dash
        ),
        alt.Chart(alt.NamedData("lines")).mark_circle(size=40, opacity=0.01).encode(x=x, y=y, tooltip=tips),
    ]  # fmt: skip
    if found.now:
        base = alt.Chart(alt.NamedData("now"))
        side: Side = "right" if _across(found.now, xs) > 0.6 else "left"
        layers += [
            base.mark_rule(stroke=INK, strokeDash=[2, 3], strokeWidth=1.2, tooltip=None).encode(x=x),
            base.mark_text(
                align=side, baseline="bottom", dx=-5 if side == "right" else 5, dy=-4, tooltip=None
            ).encode(x=x, y=alt.value(alt.expr("height")), text="text:N"),
        ]  # fmt: skip
    if found.crossings:
        layers += _crossed()
    return spec_of(alt.layer(*layers), HEIGHT)


def _crossed() -> list[Any]:
    """The crossings as diamonds, and their words where they cover neither each other nor a line."""
    import altair as alt

    base = alt.Chart(alt.NamedData("crossings"))
    marks = base.mark_point(shape="diamond", filled=True, fill=INK, stroke=INK, size=120, opacity=1, tooltip=None)
    narrow = f"width < {PHONE_WIDTH}"
    texts = base.mark_text(
        baseline="middle",
        fontWeight="bold",
        tooltip=None,
        dx=alt.expr(f"{narrow} ? datum.narrow_dx : datum.dx"),
        dy=alt.expr(f"{narrow} ? datum.narrow_dy : datum.dy"),
        align=alt.expr(f"{narrow} ? datum.narrow_align : datum.align"),
    )
    at = {"x": "requests:Q", "y": "usd:Q"}
    return [marks.encode(**at), texts.encode(**at, text="text:N")]


def _crossings(found: BreakEven, xs: tuple[float, float], ys: tuple[float, float]) -> list[dict[str, Any]]:
    marks = [(c.requests, c.usd, c.text) for c in found.crossings]
    dense = [point for line in found.lines for point in _dense(line.points)]
    points = [point for point in dense if ys[0] <= point[1] <= ys[1]]
    if found.now:
        points += _dense([(found.now, ys[0]), (found.now, ys[1])], steps=UPRIGHT)
    wide, narrow = (
        place(marks, points, size=(width, HEIGHT), log=True, extent=(xs, ys), apart=True)
        for width in (PAPER_WIDTH - AXIS, round(PHONE_WIDTH * 0.65))
    )
    return [
        {
            "requests": rounded(c.requests), "usd": rounded(c.usd), "text": c.text,
            "dx": one.dx, "dy": one.dy, "align": one.align,
            "narrow_dx": other.dx, "narrow_dy": other.dy, "narrow_align": other.align,
        }
        for c, one, other in zip(found.crossings, wide, narrow, strict=True)
    ]  # fmt: skip


def _dense(points: Sequence[tuple[float, float]], steps: int = STEPS) -> list[tuple[float, float]]:
    """A line as many points, straight between its own on a log scale."""
    found = []
    for (a, low), (b, high) in pairwise(points):
        found += [(a * (b / a) ** (step / steps), low * (high / low) ** (step / steps)) for step in range(steps)]
    return found


def _across(value: float, xs: tuple[float, float]) -> float:
    return math.log(value / xs[0]) / math.log(xs[1] / xs[0]) if xs[1] > xs[0] else 0.5


def _few(values: list[float]) -> list[float]:
    """Powers of ten alone where there would be more than a dozen ticks."""
    tens = [v for v in values if math.log10(v).is_integer()]
    return tens if len(values) > 12 and len(tens) > 2 else values
