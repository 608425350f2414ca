"""The portfolio's own front: cost against lateness, quality as colour, the schedule that is planned marked.

Where lateness is the same for all, quality stands in its place.
"""

from collections.abc import Sequence
from typing import Any, Final, Literal

from planner.report.charts.placing import Range, place
from planner.report.charts.theme import (
    AXIS,
    BLUE,
    CONFIG,
    GREY,
    INK,
    PAPER_WIDTH,
    QUALITY_EXTENT,
    QUALITY_SCHEME,
)
from planner.report.charts.vega import Spec, spec_of
from planner.report.data.portfolio_parts import FrontDot

HEIGHT: Final = 250
NAMED: Final = 4
"""Marks that are named."""
AIR: Final = 0.08
"""Of the range, beyond the outermost marks."""


def stands_on(dots: Sequence[FrontDot]) -> Literal["lateness", "quality"]:
    """What the upright axis tells: lateness, or quality where that is known of all and lateness is the same for all."""
    known = {dot.quality for dot in dots}
    same = len({dot.texts[1] for dot in dots}) == 1
    return "quality" if same and None not in known and len(known) > 1 else "lateness"


def front_spec(dots: Sequence[FrontDot]) -> Spec | None:
    """The chart; None where there are not two schedules that differ."""
    if len({(dot.cost_usd, dot.lateness_usd, dot.quality) for dot in dots}) < 2:
        return None
    import altair as alt

    late = stands_on(dots) == "lateness"
    places = [(dot.cost_usd, dot.lateness_usd if late else dot.quality or 0.0) for dot in dots]
    spans = (_span([at for at, _ in places]), _span([up for _, up in places]))
    scales = [alt.Scale(domain=list(span), nice=False, zero=False) for span in spans]
    x = alt.X("cost:Q", title="Cost, USD", scale=scales[0], axis=alt.Axis(format="$,~r", tickCount=6))
    # The air below nothing is no lateness that there could be.
    above = "datum.value < 0 ? '' : datum.label"
    axis = alt.Axis(format="$,~r" if late else ".2f", tickCount=5, labelExpr=above)
    y = alt.Y("up:Q", title="Lateness counts for, USD" if late else "Quality q", scale=scales[1], axis=axis)
    entries = [
        {"cost": round(at, 2), "up": round(up, 4), "quality": dot.quality if late else None, "name": dot.name,
         "usd": dot.texts[0], "counts": dot.texts[1], "q": dot.texts[2], "chosen": dot.chosen}
        for dot, (at, up) in zip(dots, places, strict=True)
    ]  # fmt: skip
    data: dict[str, list[dict[str, Any]]] = {
        "known": [one for one in entries if one["quality"] is not None],
        "plain": [one for one in entries if one["quality"] is None],
        "chosen": [one for one in entries if one["chosen"]][:1],
        "named": _named(dots, places, spans),
    }
    tips = [alt.Tooltip("name:N", title=""), alt.Tooltip("usd:N", title="cost"),
            alt.Tooltip("counts:N", title="lateness counts for"), alt.Tooltip("q:N", title="quality q")]  # fmt: skip

    def marks(name: str, colour: Any) -> Any:  # noqa: ANN401
        return alt.Chart(alt.NamedData(name)).mark_circle(size=110, stroke=INK, strokeWidth=0.8, opacity=1).encode(
            x=x, y=y, color=colour, tooltip=tips
        )  # fmt: skip

    layers = []
    if data["known"]:
        low, high = (f(one["quality"] for one in data["known"]) for f in (min, max))
        domain = [low, high] if high > low else [low - 0.01, high + 0.01]
        layers.append(marks("known", alt.Color(
            "quality:Q", title="quality q", legend=alt.Legend(gradientLength=120, format=".2f", tickCount=3),
            scale=alt.Scale(scheme=alt.SchemeParams(name=QUALITY_SCHEME, extent=QUALITY_EXTENT), domain=domain),
        )))  # fmt: skip
    if data["plain"]:
        layers.append(marks("plain", alt.value(GREY if late else BLUE)))
    if data["chosen"]:
        layers.append(
            alt.Chart(alt.NamedData("chosen")).mark_point(
                shape="circle", filled=False, size=320, stroke=INK, strokeWidth=2, tooltip=None
            ).encode(x=x, y=y)
        )  # fmt: skip
    layers.append(
        alt.Chart(alt.NamedData("named")).mark_text(
            fontWeight="bold", baseline="middle", align=alt.expr("datum.align"), dx=alt.expr("datum.dx"),
            dy=alt.expr("datum.dy"), tooltip=None,
        ).encode(x=x, y=y, text="name:N")
    )  # fmt: skip
    spec = spec_of(alt.layer(*layers), HEIGHT)
    spec["datasets"] = {name: rows for name, rows in data.items() if rows}
    spec["config"] = CONFIG
    return spec


def _span(values: Sequence[float]) -> Range:
    low, high = min(values), max(values)
    air = AIR * (high - low) or max(abs(high) * AIR, 1.0)
    return low - air, high + air


def _named(
    dots: Sequence[FrontDot], places: Sequence[tuple[float, float]], spans: tuple[Range, Range]
) -> list[dict[str, Any]]:  # fmt: skip
    """A name for the plan, and for the first of each kind of schedule beside it, where there is room."""
    firsts: dict[str, tuple[float, float]] = {}
    for dot, at in sorted(zip(dots, places, strict=True), key=lambda pair: not pair[0].chosen):
        firsts.setdefault(dot.name, at)
    shown = [(*at, name) for name, at in list(firsts.items())[:NAMED]]
    found = place(shown, places, size=(PAPER_WIDTH - AXIS, HEIGHT), log=False, extent=spans, apart=True)
    return [
        {"cost": round(at, 2), "up": round(up, 4), "name": name, "dx": put.dx, "dy": put.dy, "align": put.align}
        for (at, up, name), put in zip(shown, found, strict=True)
    ]
