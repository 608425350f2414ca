"""Spend month by month as stacked bars, a mark for the same month of the year before."""

from typing import Any, Final

from planner.report.charts.theme import BLUE, CONFIG, GREEN, GREY, INK, ORANGE, PINK, SKY, VERMILION
from planner.report.data.cost_centre import CostReport, MonthRow

Spec = dict[str, Any]
COLOURS: Final = (BLUE, ORANGE, GREEN, SKY, VERMILION, PINK)
HEIGHT: Final = 260
NEAR: Final = 0.08
"""Share of the axis within which a mark would cross the amount over a bar."""
LETTER: Final = 6
"""Pixels that a letter of an amount takes at most: where amounts have no room side by side, the axis tells them."""


def spend_spec(report: CostReport) -> Spec | None:
    """The chart; None where no month is known."""
    known = [row for row in report.months if row.spent_usd is not None]
    if not any(row.spent_usd for row in known):
        return None
    place = {who: number for number, who in enumerate(report.spenders)}
    largest = max(max(row.spent_usd or 0.0, row.before_usd or 0.0) for row in report.months)
    spec = _layers(report, [row.month for row in report.months])
    spec["datasets"] = {
        "parts": [
            {"month": row.month, "who": part.who, "place": place[part.who], "usd": round(part.usd, 2),
             "amount": part.text, "counted": row.counted}
            for row in known
            for part in row.parts
        ],
        "months": [
            {"month": row.month, "text": row.spent,
             "usd": round(_top(row, NEAR * largest), 2)}
            for row in known
        ],
        "before": [
            {"month": row.month, "usd": round(row.before_usd, 2), "a year before": row.before}
            for row in report.months
            if row.before_usd is not None
        ],
    }  # fmt: skip
    spec["config"] = CONFIG
    return spec


def _top(row: MonthRow, near: float) -> float:
    """Where an amount stands: over its bar, and over the mark of the year before where that would cross it."""
    spent, before = row.spent_usd or 0.0, row.before_usd or 0.0
    return before if 0.0 <= before - spent < near else spent


def _layers(report: CostReport, months: list[str]) -> Spec:
    import altair as alt

    x = alt.X(
        "month:O", title="Month", scale=alt.Scale(domain=months, paddingInner=0.25, paddingOuter=0.15),
        axis=alt.Axis(labelAngle=0, labelExpr="substring(datum.value, 5, 7) + '/' + substring(datum.value, 2, 4)"),
    )  # fmt: skip
    widest = max((len(row.spent) for row in report.months if row.spent_usd is not None), default=0)
    largest = max((row.spent_usd or 0.0 for row in report.months), default=0.0)
    say = "$,.0f" if largest >= 10 else "$,.2f"
    y = alt.Y("usd:Q", title="Spent, USD", axis=alt.Axis(format=say, tickCount=5), stack="zero")
    colours = [GREY if who == "others" else COLOURS[i % len(COLOURS)] for i, who in enumerate(report.spenders)]
    bars = (
        alt.Chart(alt.NamedData("parts"))
        .mark_bar(stroke=INK, strokeWidth=0.5)
        .encode(
            x=x, y=y, order="place:Q",
            color=alt.Color(
                "who:N", title=report.by, sort=None,
                scale=alt.Scale(domain=list(report.spenders), range=colours),
                legend=alt.Legend(symbolType="square", labelLimit=160, columns=alt.expr("width < 420 ? 2 : 4")),
            ),
            opacity=alt.condition("datum.counted !== ''", alt.value(0.55), alt.value(1)),
            tooltip=[alt.Tooltip("month:N"), alt.Tooltip("who:N", title=report.by), alt.Tooltip("amount:N")],
        )
    )  # fmt: skip
    text = (
        alt.Chart(alt.NamedData("months"))
        .mark_text(dy=-9, fontSize=10, opacity=alt.expr(f"width < {LETTER * (widest + 1) * len(months)} ? 0 : 1"))
        .encode(x=x, y=alt.Y("usd:Q"), text="text:N")
    )
    before = (
        alt.Chart(alt.NamedData("before"))
        .mark_tick(thickness=2.5, color=INK, width=alt.expr("max(10, width / 20)"))
        .encode(x=x, y=alt.Y("usd:Q"), tooltip=[alt.Tooltip("month:N"), alt.Tooltip("a year before:N")])
    )
    spec: Spec = alt.layer(bars, before, text).properties(height=HEIGHT).to_dict()
    return spec
