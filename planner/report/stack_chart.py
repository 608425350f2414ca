"""Stacked bars: one bar per decision, the parts in one order, the total beside it, the limit as a tick."""

import json
from typing import Any, Final

from planner.report.data import Bar
from planner.report.theme import CONFIG, DARK, GREY, INK, PHONE_WIDTH, ROW_HEIGHT, SERIES

Spec = dict[str, Any]
WIDE: Final = 5.0
"""Where totals differ by more than this factor, bars show shares, or the short ones could not be read."""


def stack_spec(bars: tuple[Bar, ...], what: str, unit: str) -> Spec | None:
    """The chart of these bars; None where there is nothing to stack."""
    totals = [bar.total_value for bar in bars if bar.total_value > 0]
    if not totals:
        return None
    shares = max(totals) > WIDE * min(totals) and not any(bar.limit for bar in bars)
    terms = [name for name in _names(bars) if any(p.value > 0 for bar in bars for p in bar.parts if p.name == name)]
    longest = 100.0 if shares else max(max(bar.total_value, bar.limit or 0.0) for bar in bars) * 1.01
    spec = _layers(bars, terms, f"{what}, share of the total in %" if shares else f"{what}, {unit}", longest)
    spec["datasets"] = {
        "parts": [entry for bar in bars for entry in _parts(bar, shares=shares)],
        "limits": [{"bar": bar.name, "limit": bar.limit, "text": bar.limit_text} for bar in bars if bar.limit],
    }
    spec["config"] = CONFIG
    return spec


def _names(bars: tuple[Bar, ...]) -> list[str]:
    """Names of the parts of all bars, in the order of the fullest."""
    return [part.name for part in max(bars, key=lambda bar: len(bar.parts)).parts]


def _layers(bars: tuple[Bar, ...], terms: list[str], title: str, longest: float) -> Spec:
    import altair as alt

    order = [bar.name for bar in bars]
    plain: dict[str, Any] = {"domain": False, "ticks": False, "labelLimit": 160, "labelPadding": 6}
    y = alt.Y("bar:N", title=None, sort=order, axis=alt.Axis(**plain))
    said = json.dumps({bar.name: _total(bar) for bar in bars})
    right = alt.Axis(orient="right", labelExpr=f"{said}[datum.value]", labelFontWeight="bold", **plain)
    x = alt.X(
        "start:Q",
        title=title,
        scale=alt.Scale(domain=[0, longest], nice=False),
        axis=alt.Axis(format=",~r", tickCount=alt.expr(f"width < {PHONE_WIDTH} ? 4 : 8")),
    )
    colour = alt.Color(
        "part:N",
        title=None,
        sort=terms,
        scale=alt.Scale(domain=terms, range=[SERIES.get(name, GREY) for name in terms]),
        legend=alt.Legend(columns=alt.expr(f"width < {PHONE_WIDTH} ? 3 : 4"), symbolType="square", symbolStrokeWidth=0),
    )
    tips = [
        alt.Tooltip("what:N", title=""),
        alt.Tooltip("part:N", title=""),
        alt.Tooltip("text:N", title="amount"),
        alt.Tooltip("share:N", title="of the total"),
    ]
    parts = alt.Chart(alt.NamedData("parts"))
    room = f"(datum.end - datum.start) / {longest} * width > 5.5 * length(datum.part) + 8"
    named = parts.mark_text(fontSize=10, baseline="middle", tooltip=None).encode(
        x="middle:Q",
        y=alt.Y("bar:N", title=None, sort=order, axis=right),
        text="part:N",
        color=alt.Color("ink:N", scale=None),
        opacity=alt.condition(room, alt.value(1), alt.value(0)),
    )
    layers = [
        parts.mark_bar(stroke=INK, strokeWidth=0.4, size=22).encode(x=x, x2="end:Q", y=y, color=colour, tooltip=tips),
        named,
    ]
    if any(bar.limit for bar in bars):
        ticks = alt.Chart(alt.NamedData("limits")).mark_tick(color=INK, thickness=2.5, size=32)
        bare = alt.Y("bar:N", title=None, sort=order, axis=None)
        layers.append(ticks.encode(x="limit:Q", y=bare, tooltip=alt.Tooltip("text:N", title="card")))
    chart = alt.layer(*layers).resolve_scale(color="independent").resolve_axis(y="independent")
    spec: Spec = chart.properties(height=ROW_HEIGHT * len(bars) + 10).to_dict()
    return spec


def _total(bar: Bar) -> str:
    """The total, and the limit it is held against."""
    return f"{bar.total.removesuffix(' GiB')} of {bar.limit:,.1f} GiB" if bar.limit else bar.total


def _parts(bar: Bar, *, shares: bool) -> list[dict[str, Any]]:
    whole = sum(part.value for part in bar.parts)
    scale = 100.0 / whole if shares and whole > 0 else 1.0
    entries, start = [], 0.0
    for part in bar.parts:
        value = part.value * scale
        if value <= 0:
            continue
        entries.append({
            "bar": bar.name, "what": bar.what, "part": part.name, "text": part.text, "share": part.share,
            "start": round(start, 6), "end": round(start + value, 6), "middle": round(start + value / 2, 6),
            "ink": "white" if SERIES.get(part.name) in DARK else "black",
        })  # fmt: skip
        start += value
    return entries
