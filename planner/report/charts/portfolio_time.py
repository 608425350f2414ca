"""The axis of charts over the time of a portfolio: what begins when, what is closed, and now."""

import json
from typing import Any, Final

from planner.report.charts.row_axis import Rows
from planner.report.charts.theme import INK, PHONE_WIDTH
from planner.report.data.portfolio_parts import TimeAxis

NARROW: Final = 12
"""Ticks that a phone shows about half of."""


def time_axis(axis: TimeAxis, *, field: str = "at", small: bool = False, top: bool = True) -> Any:  # noqa: ANN401
    """The x of a layer that shows the axis; hours are numbers, so that no reader's time zone moves them."""
    import altair as alt

    names = json.dumps({f"{hour:g}": name for hour, name in axis.ticks})
    # Vega prints a whole number as Python's :g does.
    name = f"{names}[toString(datum.value)] || ''"
    every = 2 if len(axis.ticks) > NARROW else 1
    ticks = alt.Axis(
        orient="top" if top else "bottom", values=[hour for hour, _ in axis.ticks], grid=True, labelAlign="left",
        labelOverlap="greedy", labelExpr=name, labelPadding=3,
        labelFontSize=9 if small else alt.expr(f"width < {PHONE_WIDTH} ? {11 - every} : 11"),
    )  # fmt: skip
    scale = alt.Scale(domain=[0, axis.hours], nice=False)
    return alt.X(f"{field}:Q", title=None if small else axis.title, scale=scale, axis=ticks)


def right_of(rows: Rows) -> Any:  # noqa: ANN401
    """The y of a layer that shows the right side of rows; a phone has no room for it, and the table tells it."""
    y = rows.encoding("right")
    y["axis"]["labelExpr"] = f"width < {PHONE_WIDTH} ? '' : ({y['axis']['labelExpr']})"
    return y


def marks_of(axis: TimeAxis) -> dict[str, list[dict[str, Any]]]:
    """The datasets of what is closed and of now."""
    return {
        "closed": [{"at": start, "end": end, "why": why} for start, end, why in axis.closed],
        "now": [{"at": axis.now, "text": "now"}] if axis.now is not None else [],
    }


def closed_layer(axis: TimeAxis, scale: Any) -> list[Any]:  # noqa: ANN401
    """A shade over the times at which nothing runs."""
    import altair as alt

    if not axis.closed:
        return []
    return [
        alt.Chart(alt.NamedData("closed")).mark_rect(color=INK, opacity=0.13).encode(
            x=alt.X("at:Q", scale=scale), x2="end:Q", tooltip=[alt.Tooltip("why:N", title="closed")]
        )
    ]  # fmt: skip


def now_layer(axis: TimeAxis, scale: Any) -> list[Any]:  # noqa: ANN401
    """A dashed line where the portfolio stands."""
    import altair as alt

    if axis.now is None:
        return []
    base = alt.Chart(alt.NamedData("now"))
    x = alt.X("at:Q", scale=scale)
    return [
        base.mark_rule(stroke=INK, strokeWidth=1.5, strokeDash=[5, 3], tooltip=None).encode(x=x),
        base.mark_text(align="left", baseline="bottom", dx=3, dy=-2, fontWeight="bold", tooltip=None).encode(
            x=x, y=alt.value("height"), text="text:N"
        ),
    ]  # fmt: skip
