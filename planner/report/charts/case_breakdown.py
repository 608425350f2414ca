"""Costs by category, a stacked bar for each option, its band below."""

from typing import Any, Final

from planner.report.charts.front_axes import rounded
from planner.report.charts.row_axis import Rows
from planner.report.charts.theme import (
    BLUE,
    CONFIG,
    DARK,
    GREEN,
    GREY,
    INK,
    ORANGE,
    PHONE_WIDTH,
    PINK,
    ROW_HEIGHT,
    SKY,
    VERMILION,
    YELLOW,
)
from planner.report.charts.vega import Spec, spec_of
from planner.report.data.business_case_charts import OTHERS, CostBar
from planner.report.names import shorten

COLOURS: Final = (BLUE, ORANGE, GREEN, SKY, PINK, VERMILION, YELLOW, GREY)
DOLLARS: Final = "replace(replace(format(datum.value, '$~s'), 'G', ' bn'), '−', '-')"
_THICK: Final = 20
_FAR: Final = 2.0
"""The axis goes on to the end of a band up to this many times the longest bar."""


def breakdown_spec(bars: tuple[CostBar, ...]) -> Spec | None:
    """The chart; None where no option has a known part."""
    drawn = [bar for bar in bars if bar.parts]
    if not drawn:
        return None
    terms = list(dict.fromkeys(part.name for bar in sorted(drawn, key=lambda b: -len(b.parts)) for part in bar.parts))
    terms.sort(key=lambda term: term == OTHERS)
    colours = {term: GREY if term == OTHERS else COLOURS[min(at, len(COLOURS) - 1)] for at, term in enumerate(terms)}
    whole = [sum(part.usd for part in bar.parts) for bar in drawn]
    ends = [bar.high for bar in drawn if bar.high is not None]
    longest = min(max([*whole, *ends]), _FAR * max(whole)) * 1.01
    data = {
        "parts": [row for bar in drawn for row in _parts(bar, colours)],
        "bands": [{"bar": bar.name, "low": rounded(bar.low), "high": rounded(bar.high), "text": bar.band}
                  for bar in drawn if bar.low is not None and bar.high is not None],
    }  # fmt: skip
    spec = _layers(drawn, terms, colours, longest, bands=bool(data["bands"]))
    spec["datasets"] = {name: rows for name, rows in data.items() if rows}
    spec["config"] = CONFIG
    return spec


def _parts(bar: CostBar, colours: dict[str, str]) -> list[dict[str, Any]]:
    found, start = [], 0.0
    for part in bar.parts:
        found.append({
            "bar": bar.name, "part": part.name, "text": part.text, "share": part.share, "start": rounded(start),
            "end": rounded(start + part.usd), "middle": rounded(start + part.usd / 2),
            "ink": "white" if colours[part.name] in DARK else "black",
        })  # fmt: skip
        start += part.usd
    return found


def _layers(bars: list[CostBar], terms: list[str], colours: dict[str, str], longest: float, *, bands: bool) -> Spec:
    import altair as alt

    rows = Rows(
        {bar.name: shorten(bar.name, 28) for bar in bars}, {bar.name: bar.total for bar in bars},
        bold_right=tuple(bar.name for bar in bars), field="bar",
    )  # fmt: skip
    narrow = f"width < {PHONE_WIDTH}"
    axis = alt.Axis(labelExpr=DOLLARS, tickCount=alt.expr(f"{narrow} ? 4 : 8")) if longest >= 1e4 else \
        alt.Axis(format="$,~r", tickCount=alt.expr(f"{narrow} ? 4 : 8"))  # fmt: skip
    x = alt.X("start:Q", title="Cost over the horizon, USD", axis=axis,
              scale=alt.Scale(domain=[0, longest], nice=False))  # fmt: skip
    colour = alt.Color(
        "part:N", title=None, sort=terms, scale=alt.Scale(domain=terms, range=[colours[term] for term in terms]),
        legend=alt.Legend(columns=alt.expr(f"{narrow} ? 3 : 4"), symbolType="square", symbolStrokeWidth=0),
    )  # fmt: skip
    tips = [alt.Tooltip("bar:N", title=""), alt.Tooltip("part:N", title=""), alt.Tooltip("text:N", title="amount"),
            alt.Tooltip("share:N", title="of the option")]  # fmt: skip
    parts = alt.Chart(alt.NamedData("parts"))
    room = f"(datum.end - datum.start) / {longest} * width > 5.5 * length(datum.part) + 8"
    layers = [
        parts.mark_bar(stroke=INK, strokeWidth=0.4, size=_THICK).encode(
            x=x, x2=alt.X2("end:Q"), y=rows.encoding("left"), color=colour, tooltip=tips
        ),
        parts.mark_text(fontSize=10, baseline="middle", tooltip=None).encode(
            x=alt.X("middle:Q"), y=rows.encoding("right"), text=alt.Text("part:N"),
            color=alt.Color("ink:N", scale=None), opacity=alt.OpacityValue(0, condition={"test": room, "value": 1}),
        ),
    ]  # fmt: skip
    if bands:
        base, tip = alt.Chart(alt.NamedData("bands")), [alt.Tooltip("text:N", title="90 % band")]
        rule = base.mark_rule(stroke=INK, strokeWidth=1.4, yOffset=15, clip=True)
        end = base.mark_tick(color=INK, thickness=1.4, size=7, yOffset=15, clip=True)
        layers += [
            rule.encode(x=alt.X("low:Q"), x2=alt.X2("high:Q"), y=rows.encoding(), tooltip=tip),
            end.encode(x=alt.X("low:Q"), y=rows.encoding(), tooltip=tip),
            end.encode(x=alt.X("high:Q"), y=rows.encoding(), tooltip=tip),
        ]
    chart = alt.layer(*layers).resolve_scale(color="independent").resolve_axis(y="independent")
    return spec_of(chart, ROW_HEIGHT * len(bars) + 10)
