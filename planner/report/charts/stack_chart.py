"""Stacked bars: one bar per decision, the parts in one order, the total beside it, band and limit where known."""

from collections.abc import Sequence
from typing import Any, Final

from planner.report.charts.front_axes import rounded
from planner.report.charts.row_axis import Rows
from planner.report.charts.theme import CONFIG, DARK, GREY, INK, PHONE_WIDTH, ROW_HEIGHT, SERIES
from planner.report.charts.vega import Spec, spec_of
from planner.report.data.bars import Bar
from planner.report.names import shorten
from planner.report.sections.bar_words import free_text, in_shares
from planner.units import gib

_FAR: Final = 2.0
"""The axis goes on to the end of a band up to this many times the longest bar."""
_THICK: Final = 20


def stack_spec(bars: tuple[Bar, ...], what: str, unit: str) -> Spec | None:
    """The chart of these bars; None where there is nothing to stack."""
    totals = [bar.total_value for bar in bars if bar.total_value > 0]
    if not totals:
        return None
    shares = in_shares(bars)
    data = {
        "parts": [entry for bar in bars for entry in _parts(bar, shares=shares)],
        "limits": [_limit(bar) for bar in bars if bar.limit],
        "bands": [] if shares else [_band(bar) for bar in bars if bar.low is not None and bar.high is not None],
    }
    data = {name: rows for name, rows in data.items() if rows}
    spec = _layers(bars, data, f"{what}, share of the total in %" if shares else f"{what}, {unit}", shares=shares)
    spec["datasets"] = data
    spec["config"] = CONFIG
    return spec


def _terms(bars: Sequence[Bar]) -> list[str]:
    """Names of the parts that some bar has, in the order of the fullest; those that it lacks follow."""
    fullest = sorted(bars, key=lambda bar: -len(bar.parts))
    names = dict.fromkeys(part.name for bar in fullest for part in bar.parts)
    return [name for name in names if any(p.value > 0 for bar in bars for p in bar.parts if p.name == name)]


def _longest(bars: Sequence[Bar], *, shares: bool) -> float:
    if shares:
        return 100.0
    whole = max(max(bar.total_value, bar.limit or 0.0) for bar in bars)
    return min(max([whole, *(bar.high for bar in bars if bar.high is not None)]), _FAR * whole) * 1.01


def _layers(bars: tuple[Bar, ...], data: dict[str, list[dict[str, Any]]], title: str, *, shares: bool) -> Spec:
    import altair as alt

    rows = Rows(
        {bar.name: shorten(bar.name, 30) for bar in bars},
        {bar.name: _total(bar) for bar in bars},
        bold_right=tuple(bar.name for bar in bars),
        field="bar",
    )
    longest, terms = _longest(bars, shares=shares), _terms(bars)
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
        x=alt.X("middle:Q"),
        y=rows.encoding("right"),
        text=alt.Text("part:N"),
        color=alt.Color("ink:N", scale=None),
        opacity=alt.OpacityValue(0, condition={"test": room, "value": 1}),
    )
    layers = [
        parts.mark_bar(stroke=INK, strokeWidth=0.4, size=_THICK).encode(
            x=x, x2=alt.X2("end:Q"), y=rows.encoding("left"), color=colour, tooltip=tips
        ),
        named,
        *(_against_limits(rows) if "limits" in data else []),
        *(_with_bands(rows) if "bands" in data else []),
    ]
    chart = alt.layer(*layers).resolve_scale(color="independent").resolve_axis(y="independent")
    return spec_of(chart, ROW_HEIGHT * len(bars) + 10)


def _against_limits(rows: Rows) -> list[Any]:
    """A frame around what stays free below the limit, and the limit itself."""
    import altair as alt

    base, tip = alt.Chart(alt.NamedData("limits")), [alt.Tooltip("text:N", title="card"), alt.Tooltip("free:N")]
    frame = base.transform_filter("datum.limit > datum.total").mark_bar(
        color="transparent", stroke=INK, strokeWidth=0.8, strokeDash=[3, 2], size=_THICK
    )
    tick = base.mark_tick(color=INK, thickness=2.5, size=30)
    return [
        frame.encode(x=alt.X("total:Q"), x2=alt.X2("limit:Q"), y=rows.encoding(), tooltip=tip),
        tick.encode(x=alt.X("limit:Q"), y=rows.encoding(), tooltip=tip),
    ]


def _with_bands(rows: Rows) -> list[Any]:
    """The 90 % band of each total, under its bar."""
    import altair as alt

    base = alt.Chart(alt.NamedData("bands"))
    tip = [alt.Tooltip("text:N", title="90 % band")]
    rule = base.mark_rule(stroke=INK, strokeWidth=1.4, yOffset=15, clip=True)
    ends = base.mark_tick(color=INK, thickness=1.4, size=7, yOffset=15, clip=True)
    return [
        rule.encode(x=alt.X("low:Q"), x2=alt.X2("high:Q"), y=rows.encoding(), tooltip=tip),
        ends.encode(x=alt.X("low:Q"), y=rows.encoding(), tooltip=tip),
        ends.encode(x=alt.X("high:Q"), y=rows.encoding(), tooltip=tip),
    ]


def _total(bar: Bar) -> str | list[str]:
    """The total; against a limit how much of it, and what stays free."""
    if not bar.limit:
        return bar.total
    return [f"{bar.total.removesuffix(' GiB')} of {gib(bar.limit)}", free_text(bar)]


def _limit(bar: Bar) -> dict[str, Any]:
    return {
        "bar": bar.name, "limit": rounded(bar.limit), "total": rounded(bar.total_value), "text": bar.limit_text,
        "free": free_text(bar),
    }  # fmt: skip


def _band(bar: Bar) -> dict[str, Any]:
    return {"bar": bar.name, "low": rounded(bar.low), "high": rounded(bar.high), "text": bar.band}


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
