"""Pictures of the accuracy page: predicted against measured, and how far off each publisher's rows are."""

import math
import re
from collections.abc import Mapping, Sequence
from typing import Any, Final

from planner.report.charts.charts import Chart
from planner.report.charts.pictures import pictures
from planner.report.charts.theme import BLUE, CONFIG, GREEN, GREY, INK, ORANGE, PINK, SKY, VERMILION
from planner.report.charts.vega import Spec

TOLERANCE: Final[Mapping[str, float]] = {"memory": 0.15, "throughput": 0.25}
"""Quantity → error up to which a row counts as close; the dashed lines."""
UNIT: Final[Mapping[str, str]] = {"memory": "GiB", "throughput": "tokens/s per GPU"}
WAYS: Final[Mapping[str, str]] = {"fitted": "fitted on all", "held_out": "publisher held out"}
COLOURS: Final[Mapping[str, str]] = {"full": BLUE, "lora": ORANGE, "qlora": GREEN, "pretrain": PINK}
SHAPES: Final[Mapping[str, str]] = {"complete": "circle", "partial": "triangle-up"}
WIDTH: Final = 360
"""Of one scatter plot; two stand side by side on a wide page and below each other on a narrow one."""
STRIP_WIDTH: Final = 330
LANE: Final = 28
FURTHEST: Final = 4.0
"""Ratio at which the strip ends; what is further off stands at its edge."""
DOTS: Final = 'stroke-width="1.3" stroke-opacity="0.7"'
"""What all dots of a scatter plot share."""
_TAG = re.compile(r"<[^>]+>")
_DIGITS = re.compile(r"-?\d+\.\d{2,}")

Points = Sequence[Mapping[str, Any]]


def draw(found: Mapping[str, Any]) -> dict[str, str]:
    """Every picture by name as SVG: `memory-fitted`, `memory-held_out`, `memory-strip`, `memory` (both beside each
    other, for the README), and the same of throughput; none where there is no point.
    """
    specs: dict[str, Spec] = {}
    for quantity in TOLERANCE:
        points = found["quantities"][quantity]["points"]
        if points:
            for way in WAYS:
                specs[f"{quantity}-{way}"] = _spec(_scatter(quantity, points, way))
            specs[f"{quantity}-strip"] = _spec(_strip(quantity, points))
            specs[quantity] = _spec(_both(quantity, points))
    svg = pictures(tuple(Chart(name, spec, spec) for name, spec in specs.items()))
    return {name: _light(text) for name, text in svg.items()}


def _spec(chart: Any) -> Spec:
    legend = {**CONFIG["legend"], "layout": {"top": {"anchor": "start", "margin": 26}}}
    spec = {key: value for key, value in chart.to_dict().items() if key != "$schema"}
    return spec | {"config": {**CONFIG, "legend": legend}}


def _light(svg: str) -> str:
    """Coordinates to a tenth of a pixel, and what hundreds of marks share told once by their group."""
    svg = svg.replace('<g class="mark-symbol role-mark', f'<g {DOTS} class="mark-symbol role-mark')
    svg = svg.replace(' stroke-width="1.3" opacity="1"', "").replace(' stroke-opacity="0.7"/>', "/>")
    return _TAG.sub(lambda tag: _DIGITS.sub(lambda found: f"{float(found[0]):.1f}".removesuffix(".0"), tag[0]), svg)


def _both(quantity: str, points: Points) -> Any:
    import altair as alt

    return alt.hconcat(*(_scatter(quantity, points, way) for way in WAYS), spacing=24)


def _scatter(quantity: str, points: Points, way: str) -> Any:
    import altair as alt

    low, high = _domain(points)
    ticks = _ticks(low, high)
    scale = alt.Scale(type="log", domain=[low, high], nice=False)
    axis = alt.Axis(values=ticks, format="~s" if high >= 10_000 else "~g")
    x = alt.X("measured:Q", title=f"measured, {UNIT[quantity]} (log scale)", scale=scale, axis=axis)
    y = alt.Y("predicted:Q", title=f"predicted, {WAYS[way]}", scale=scale, axis=axis)
    lines = alt.Chart(alt.InlineData(values=_lines(low, high, TOLERANCE[quantity])))
    guides = [
        lines.transform_filter("datum.off == 0").mark_line(clip=True, stroke=INK, strokeWidth=1).encode(x=x, y=y),
        lines.transform_filter("datum.off != 0")
        .mark_line(clip=True, stroke=INK, strokeWidth=1, strokeDash=[4, 4], opacity=0.6)
        .encode(x=x, y=y, detail="off:Q"),
    ]
    known = {p["method"] for p in points}
    methods = [*(name for name in COLOURS if name in known), *sorted(known - set(COLOURS))]
    rows = [
        {
            "measured": p["measured"],
            "predicted": min(max(p[way], low), high),
            "method": p["method"],
            "tier": p["tier"],
        }
        for p in sorted(points, key=lambda p: (p["tier"] != "partial", p["place"], p["measured"]))
    ]
    dots = (
        alt.Chart(alt.InlineData(values=rows))
        .mark_point(filled=False, size=26, strokeWidth=1.3, opacity=1, strokeOpacity=0.7)
        .encode(
            x=x,
            y=y,
            color=alt.Color(
                "method:N",
                title="method",
                scale=alt.Scale(domain=methods, range=[COLOURS.get(name, GREY) for name in methods]),
                legend=alt.Legend(symbolOpacity=1, symbolStrokeWidth=2, columnPadding=14),
            ),
            shape=alt.Shape("tier:N", title="row", scale=alt.Scale(domain=list(SHAPES), range=list(SHAPES.values()))),
        )
    )
    return alt.layer(*guides, dots).properties(width=WIDTH, height=WIDTH)


def _lines(low: float, high: float, tolerance: float) -> list[dict[str, float]]:
    return [
        {"off": off, "measured": at, "predicted": at * (1.0 + off)}
        for off in (0.0, -tolerance, tolerance)
        for at in (low, high)
    ]


def _domain(points: Points) -> tuple[float, float]:
    """The range of what was measured and predicted, with a little air."""
    values = [p[key] for p in points for key in ("measured", "fitted", "held_out") if p[key] > 0]
    return float(f"{min(values) / 1.15:.3g}"), float(f"{max(values) * 1.15:.3g}")


def _ticks(low: float, high: float) -> list[float]:
    """1, 2, 5 of every decade in range, powers of ten alone over a long one."""
    steps = (1, 2, 5) if high / low < 300 else (1,)
    decades = range(math.floor(math.log10(low)), math.ceil(math.log10(high)) + 1)
    return [float(f"{s}e{d}") for d in decades for s in steps if low <= float(f"{s}e{d}") <= high]


def _strip(quantity: str, points: Points) -> Any:
    """One lane per publisher, most rows first: a tick per row at predicted over measured, held out below fitted."""
    import altair as alt

    names = _publishers(points)
    rows = [
        {
            "publisher": p["publisher"],
            "way": label,
            "ratio": float(f"{min(max(p[way] / p['measured'], 1.0 / FURTHEST), FURTHEST):.3g}"),
        }
        for way, label in WAYS.items()
        for p in points
    ]
    scale = alt.Scale(type="log", domain=[1.0 / FURTHEST, FURTHEST], nice=False)
    axis = alt.Axis(values=[0.25, 0.5, 0.75, 1, 1.5, 2, 3, 4], format="~g")
    labels = list(WAYS.values())
    x = alt.X("ratio:Q", title="predicted over measured (log scale)", scale=scale, axis=axis)
    y = alt.Y(
        "publisher:N",
        title=None,
        sort=names,
        scale=alt.Scale(paddingInner=0.3, paddingOuter=0.15),
        axis=alt.Axis(labelLimit=200, ticks=False, domain=False),
    )
    offset = alt.YOffset("way:N", sort=labels, scale=alt.Scale(domain=labels, paddingInner=0.15))
    colour = alt.Color(
        "way:N",
        title=None,
        sort=labels,
        scale=alt.Scale(domain=labels, range=[SKY, VERMILION]),
        legend=alt.Legend(symbolType="square", symbolOpacity=1, symbolStrokeWidth=0, columnPadding=18),
    )
    tolerance = TOLERANCE[quantity]
    edges = [{"at": 1.0, "off": 0}, *({"at": 1.0 + off, "off": 1} for off in (-tolerance, tolerance))]
    rules = (
        alt.Chart(alt.InlineData(values=edges))
        .mark_rule(stroke=INK)
        .encode(
            x=alt.X("at:Q", scale=scale),
            strokeDash=alt.condition("datum.off > 0", alt.value([4, 4]), alt.value([1, 0])),
            opacity=alt.condition("datum.off > 0", alt.value(0.6), alt.value(1.0)),
        )
    )
    data = alt.Chart(alt.InlineData(values=rows))
    ticks = data.mark_tick(thickness=1.2, opacity=0.5, height=alt.RelativeBandSize(1.0)).encode(
        x=x, y=y, yOffset=offset, color=colour
    )
    middle = data.mark_point(filled=True, shape="diamond", stroke=INK, strokeWidth=1, opacity=1, size=60).encode(
        x=alt.X("median(ratio):Q", scale=scale), y=y, yOffset=offset, color=colour
    )
    return alt.layer(rules, ticks, middle).properties(width=STRIP_WIDTH, height=LANE * len(names))


def _publishers(points: Points) -> list[str]:
    counts: dict[str, int] = {}
    for p in points:
        counts[p["publisher"]] = counts.get(p["publisher"], 0) + 1
    return sorted(counts, key=lambda name: (-counts[name], name))
