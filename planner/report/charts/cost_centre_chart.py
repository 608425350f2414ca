"""Spend month by month as stacked bars, a mark for the same month of the year before."""

from collections.abc import Sequence
from typing import Any, Final

from planner.report.charts.theme import BLUE, CONFIG, GREEN, GREY, INK, ORANGE, PINK, SKY, VERMILION
from planner.report.data.cost_centre import CostReport, MonthRow

Spec = dict[str, Any]
COLOURS: Final = (BLUE, ORANGE, GREEN, SKY, VERMILION, PINK)
GREYS: Final = {"others": GREY, "unattributed": "#6b7680"}
HEIGHT: Final = 260
SLIM: Final = 108
NEAR: Final = 0.08
"""Share of the axis within which a mark would cross the amount over a bar."""
LETTER: Final = 6
"""Pixels that a letter of an amount takes at most: where amounts have no room side by side, the axis tells them."""


def spend_spec(report: CostReport) -> Spec | None:
    """The chart; None where no month is known."""
    return months_spec(report.months, report.spenders, report.by)


def months_spec(
    months: Sequence[MonthRow], spenders: Sequence[str], by: str, *, slim: bool = False
) -> Spec | None:  # fmt: skip
    """The same of these months, split into these spenders; `slim` takes less room. None where no month is known."""
    known = [row for row in months if row.spent_usd is not None]
    if not any(row.spent_usd for row in known):
        return None
    place = {who: number for number, who in enumerate(spenders)}
    largest = max(max(row.spent_usd or 0.0, row.before_usd or 0.0) for row in months)
    marked = any(row.before_usd is not None for row in months)
    spec = _layers(months, spenders, "" if slim else by, SLIM if slim else HEIGHT, marked=marked)
    data: dict[str, list[dict[str, Any]]] = {
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
            for row in months
            if row.before_usd is not None
        ],
    }  # fmt: skip
    spec["datasets"] = {name: found for name, found in data.items() if found}
    spec["config"] = CONFIG
    return spec


def _top(row: MonthRow, near: float) -> float:
    """Where an amount stands: over its bar, and over the mark of the year before where that would cross it."""
    spent, before = row.spent_usd or 0.0, row.before_usd or 0.0
    return before if 0.0 <= before - spent < near else spent


def colours_of(spenders: Sequence[str]) -> list[str]:
    """A colour for each; several small ones, and what belongs to nobody, are grey."""
    return [GREYS.get(who) or COLOURS[i % len(COLOURS)] for i, who in enumerate(spenders)]


def _layers(rows: Sequence[MonthRow], spenders: Sequence[str], by: str, height: int, *, marked: bool) -> Spec:
    import altair as alt

    months = [row.month for row in rows]

    x = alt.X(
        "month:O", title="Month" if by else None, scale=alt.Scale(domain=months, paddingInner=0.25, paddingOuter=0.15),
        axis=alt.Axis(labelAngle=0, labelExpr="substring(datum.value, 5, 7) + '/' + substring(datum.value, 2, 4)"),
    )  # fmt: skip
    widest = max((len(row.spent) for row in rows if row.spent_usd is not None), default=0)
    largest = max((row.spent_usd or 0.0 for row in rows), default=0.0)
    say = "$,.0f" if largest >= 10 else "$,.2f"
    y = alt.Y("usd:Q", title="Spent, USD", axis=alt.Axis(format=say, tickCount=5), stack="zero")
    bars = (
        alt.Chart(alt.NamedData("parts"))
        .mark_bar(stroke=INK, strokeWidth=0.5)
        .encode(
            x=x, y=y, order="place:Q",
            color=alt.Color(
                "who:N", title=by or None, sort=None,
                scale=alt.Scale(domain=list(spenders), range=colours_of(spenders)),
                legend=alt.Legend(
                    symbolType="square", labelLimit=160, columns=alt.expr(f"width < 420 ? {2 if by else 3} : 5")
                ),
            ),
            opacity=alt.condition("datum.counted !== ''", alt.value(0.55), alt.value(1)),
            tooltip=[alt.Tooltip("month:N"), alt.Tooltip("who:N", title=by or "who"), alt.Tooltip("amount:N")],
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
    spec: Spec = alt.layer(bars, *([before] if marked else []), text).properties(height=height).to_dict()
    return spec
