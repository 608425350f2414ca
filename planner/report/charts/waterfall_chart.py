"""The time of each decision as a waterfall: every part begins where the one before it ends, under the whole."""

import itertools
from collections.abc import Sequence
from typing import Any, Final

from planner.report.charts.front_axes import rounded
from planner.report.charts.row_axis import Rows
from planner.report.charts.theme import CONFIG, GREY, INK, PHONE_WIDTH, SERIES
from planner.report.charts.vega import Spec, spec_of
from planner.report.data.bars import Bar
from planner.report.names import shorten

MOST_BARS: Final = 6
"""Decisions that are drawn."""
_WIDE: Final = 5.0
"""Where totals differ by more than this factor, steps are shares of their total, or short ones could not be read."""
_ROW: Final = 13


def waterfall_spec(bars: Sequence[Bar], what: str, unit: str) -> Spec | None:
    """The steps of these bars; None where nothing takes any time."""
    drawn = [bar for bar in bars if _whole(bar) > 0][:MOST_BARS]
    if not drawn:
        return None
    wholes = [_whole(bar) for bar in drawn]
    shares = max(wholes) > _WIDE * min(wholes)
    longest = 100.0 if shares else max(wholes)
    steps = [entry for bar in drawn for entry in _steps(bar, shares=shares)]
    title = f"{what}, share of the total in %" if shares else f"{what}, {unit}"
    joins = [entry for bar in drawn for entry in _joins(bar, steps)]
    spec = _layers(drawn, steps, title, longest, joined=bool(joins))
    ends = [max(step["end"] for step in steps if step["bar"] == bar.name) for bar in drawn]
    wholes_drawn = [{"row": bar.name, "start": 0.0, "end": end} for bar, end in zip(drawn, ends, strict=True)]
    spec["datasets"] = {"steps": steps, "wholes": wholes_drawn, **({"joins": joins} if joins else {})}
    spec["config"] = CONFIG
    return spec


def _whole(bar: Bar) -> float:
    return sum(part.value for part in bar.parts if part.value > 0)


def _key(bar: Bar, part: str) -> str:
    return f"{bar.name}|{part}"


def _steps(bar: Bar, *, shares: bool) -> list[dict[str, Any]]:
    scale = 100.0 / _whole(bar) if shares else 1.0
    entries, start = [], 0.0
    for part in bar.parts:
        if part.value > 0:
            end = start + part.value * scale
            entries.append({
                "row": _key(bar, part.name), "bar": bar.name, "what": bar.what, "part": part.name, "text": part.text,
                "share": part.share, "start": rounded(start), "end": rounded(end),
            })  # fmt: skip
            start = end
    return entries


def _joins(bar: Bar, steps: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """From the end of each step to the row below."""
    mine = [step for step in steps if step["bar"] == bar.name]
    return [{"row": a["row"], "next": b["row"], "at": a["end"]} for a, b in itertools.pairwise(mine)]


def _rows(bars: Sequence[Bar], steps: list[dict[str, Any]]) -> Rows:
    """Each decision as a heading with its total, its parts under it with what they take at the right."""
    left: dict[str, str] = {}
    right: dict[str, str | list[str]] = {}
    for bar in bars:
        left[bar.name], right[bar.name] = shorten(bar.name, 30), bar.total
        for step in steps:
            if step["bar"] == bar.name:
                left[step["row"]], right[step["row"]] = step["part"], step["text"]
    names = tuple(bar.name for bar in bars)
    return Rows(left, right, names, names)


def _layers(bars: Sequence[Bar], steps: list[dict[str, Any]], title: str, longest: float, *, joined: bool) -> Spec:
    import altair as alt

    rows = _rows(bars, steps)
    terms = list(dict.fromkeys(step["part"] for step in steps))
    scale_of_parts = alt.Scale(domain=terms, range=[SERIES.get(name, GREY) for name in terms])
    colour = alt.Color("part:N", legend=None, scale=scale_of_parts)
    scale = alt.Scale(domain=[0, longest * 1.01], nice=False)
    axis = alt.Axis(format=",~r", tickCount=alt.expr(f"width < {PHONE_WIDTH} ? 4 : 8"))
    x = alt.X("start:Q", title=title, scale=scale, axis=axis)
    tips = [
        alt.Tooltip("what:N", title=""),
        alt.Tooltip("part:N", title=""),
        alt.Tooltip("text:N", title="takes"),
        alt.Tooltip("share:N", title="of the total"),
    ]
    base = alt.Chart(alt.NamedData("steps"))
    # A step of a few seconds keeps its outline, and so can be seen.
    bars_drawn = base.mark_bar(stroke=INK, strokeWidth=0.6, size=11).encode(
        x=x, x2=alt.X2("end:Q"), y=rows.encoding("left"), color=colour, tooltip=tips
    )
    wholes = alt.Chart(alt.NamedData("wholes")).mark_bar(color=INK, opacity=0.55, size=3, tooltip=None)
    joins = alt.Chart(alt.NamedData("joins")).mark_rule(stroke=INK, strokeWidth=0.6, opacity=0.6, tooltip=None)
    layers = [
        bars_drawn,
        wholes.encode(x=x, x2=alt.X2("end:Q"), y=rows.encoding("right")),
        *(
            [joins.encode(x=alt.X("at:Q", scale=scale, axis=axis), y=rows.encoding(), y2=alt.Y2("next:N"))]
            if joined
            else []
        ),
    ]
    chart = alt.layer(*layers).resolve_axis(y="independent")
    return spec_of(chart, _ROW * len(rows.left))
