"""Budgets as bullet bars: spent in per cent of the amount, the time that is over, and where it is forecast to end."""

from collections.abc import Sequence
from typing import Final

from planner.report.charts.row_axis import Rows
from planner.report.charts.theme import BLUE, CONFIG, INK, ORANGE, PHONE_WIDTH, VERMILION
from planner.report.charts.vega import Spec, spec_of
from planner.report.data.review_charts import Bullet
from planner.report.names import shorten

ROW: Final = 34
FAR: Final = 200.0
"""Per cent to which the axis goes at most; what is further is told at the right."""
_COLOURS: Final = {"over": VERMILION, "expected to be over": ORANGE, "a level is reached": ORANGE, "within": BLUE}


def budgets_spec(bullets: Sequence[Bullet]) -> Spec | None:
    """The chart; None without a budget."""
    if not bullets:
        return None
    import altair as alt

    longest = max([100.0] + [100 * max(b.used, b.high or b.forecast or 0.0) for b in bullets])
    end = min(longest * 1.03, FAR)
    keys = {f"{place}": one for place, one in enumerate(bullets)}
    rows = Rows({key: shorten(one.name, 28) for key, one in keys.items()}, {key: one.text for key, one in keys.items()})
    scale = alt.Scale(domain=[0, end], nice=False, clamp=True)
    axis = alt.Axis(format=",~r", tickCount=alt.expr(f"width < {PHONE_WIDTH} ? 4 : 8"))
    tips = [
        alt.Tooltip("name:N", title=""), alt.Tooltip("what:N", title="of"), alt.Tooltip("text:N", title="spent"),
        alt.Tooltip("status:N", title="stands"), alt.Tooltip("share:N", title="used"),
        alt.Tooltip("ends:N", title="forecast"),
    ]  # fmt: skip
    base = alt.Chart(alt.NamedData("budgets"))
    frame = base.mark_bar(color=INK, opacity=0.08, size=20, tooltip=None).encode(
        x=alt.X("zero:Q", title="Per cent of the amount", scale=scale, axis=axis),
        x2=alt.X2("whole:Q"),
        y=rows.encoding("right"),
    )
    used = base.mark_bar(size=11, stroke=INK, strokeWidth=0.4).encode(
        x=alt.X("zero:Q", scale=scale), x2=alt.X2("used:Q"), y=rows.encoding("left"),
        color=alt.Color("colour:N", scale=None), tooltip=tips,
    )  # fmt: skip
    limit = base.mark_tick(color=INK, thickness=2.5, size=26, tooltip=None).encode(
        x=alt.X("whole:Q", scale=scale), y=rows.encoding()
    )
    elapsed = base.mark_tick(color=INK, thickness=1, size=20, opacity=0.8, tooltip=None).encode(
        x=alt.X("elapsed:Q", scale=scale), y=rows.encoding()
    )
    layers = [frame, used, elapsed, limit]
    ahead = alt.Chart(alt.NamedData("ends"))
    if any(b.forecast is not None for b in bullets):
        layers += [
            ahead.mark_rule(stroke=INK, strokeWidth=1.4, tooltip=None).encode(
                x=alt.X("low:Q", scale=scale), x2=alt.X2("high:Q"), y=rows.encoding()
            ),
            ahead.mark_point(shape="diamond", filled=True, fill=INK, stroke=INK, size=70, opacity=1).encode(
                x=alt.X("end:Q", scale=scale), y=rows.encoding(), tooltip=tips
            ),
        ]
    chart = alt.layer(*layers).resolve_axis(y="independent")
    spec = spec_of(chart, ROW * len(bullets) + 10)
    entries = [_entry(key, one) for key, one in keys.items()]
    spec["datasets"] = {"budgets": entries, "ends": [one for one in entries if one["end"] is not None]}
    spec["config"] = CONFIG
    return spec


def _entry(key: str, one: Bullet) -> dict[str, object]:
    end = None if one.forecast is None else round(100 * one.forecast, 2)
    low, high = (end if value is None else round(100 * value, 2) for value in (one.low, one.high))
    return {
        "row": key, "name": one.name, "what": one.what, "text": one.text, "status": one.status, "zero": 0,
        "whole": 100, "used": round(100 * max(one.used, 0.0), 2), "elapsed": round(100 * one.elapsed, 2), "end": end,
        "low": low, "high": high, "share": f"{100 * one.used:.0f} %", "colour": _COLOURS.get(one.status, BLUE),
        "ends": "unknown" if end is None else f"{end:.0f} %",
    }  # fmt: skip
