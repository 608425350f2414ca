"""Budgets as bullet bars: what is spent and planned in per cent of the limit, and what counts against it."""

from collections.abc import Sequence
from typing import Final

from planner.report.charts.portfolio_time import right_of
from planner.report.charts.row_axis import Rows
from planner.report.charts.theme import BLUE, CONFIG, GREY, INK, PHONE_WIDTH, VERMILION
from planner.report.charts.vega import Spec, spec_of
from planner.report.data.portfolio_parts import BudgetBullet
from planner.report.names import shorten

ROW: Final = 26
DRAWN: Final = 16
"""Budgets that are drawn."""
FAR: Final = 200.0
"""Per cent to which the axis goes at most; what is further is told at the right."""


def budgets_left(bullets: Sequence[BudgetBullet]) -> str:
    """How many of the budgets are drawn; empty where all are."""
    return f"{DRAWN} of {len(bullets):,} budgets are drawn: the tightest." if len(bullets) > DRAWN else ""


def budgets_spec(bullets: Sequence[BudgetBullet]) -> Spec | None:
    """The chart; None without a budget."""
    shown = bullets[:DRAWN]
    if not shown:
        return None
    import altair as alt

    end = min(max([100.0, *(100 * max(one.used, one.held) for one in shown)]) * 1.03, FAR)
    keys = {f"{place}": one for place, one in enumerate(shown)}
    rows = Rows({key: shorten(one.name, 28) for key, one in keys.items()}, {key: one.text for key, one in keys.items()})
    scale = alt.Scale(domain=[0, end], nice=False, clamp=True)
    axis = alt.Axis(format=",~r", tickCount=alt.expr(f"width < {PHONE_WIDTH} ? 4 : 8"))
    tips = [alt.Tooltip("name:N", title=""), alt.Tooltip("text:N", title="planned"),
            alt.Tooltip("share:N", title="used"), alt.Tooltip("holds:N", title="holds with")]  # fmt: skip
    base = alt.Chart(alt.NamedData("budgets"))
    frame = base.mark_bar(color=INK, opacity=0.08, size=18, tooltip=None).encode(
        x=alt.X("zero:Q", title="Per cent of the limit", scale=scale, axis=axis), x2=alt.X2("whole:Q"),
        y=right_of(rows),
    )  # fmt: skip
    used = base.mark_bar(size=10, stroke=INK, strokeWidth=0.4).encode(
        x=alt.X("zero:Q", scale=scale), x2=alt.X2("used:Q"), y=rows.encoding("left"),
        color=alt.Color("colour:N", scale=None), tooltip=tips,
    )  # fmt: skip
    layers = [frame, used]
    if any(one.before > 0 for one in shown):
        layers.append(
            base.mark_bar(size=10, color=GREY, stroke=INK, strokeWidth=0.4, tooltip=None).encode(
                x=alt.X("zero:Q", scale=scale), x2=alt.X2("before:Q"), y=rows.encoding()
            )
        )
    if any(abs(one.held - one.used) > 1e-4 for one in shown):
        layers.append(
            base.mark_tick(color=INK, thickness=1.2, size=18, tooltip=None).encode(
                x=alt.X("held:Q", scale=scale), y=rows.encoding()
            )
        )
    layers.append(
        base.mark_tick(color=INK, thickness=2.5, size=24, tooltip=None).encode(
            x=alt.X("whole:Q", scale=scale), y=rows.encoding()
        )
    )
    spec = spec_of(alt.layer(*layers).resolve_axis(y="independent"), ROW * len(shown) + 10)
    spec["datasets"] = {"budgets": [
        {"row": key, "name": one.name, "text": one.text, "zero": 0, "whole": 100, "used": round(100 * one.used, 2),
         "before": round(100 * one.before, 2), "held": round(100 * one.held, 2), "share": f"{100 * one.used:.0f} %",
         "holds": one.holds,
         "colour": VERMILION if one.over else BLUE}
        for key, one in keys.items()
    ]}  # fmt: skip
    spec["config"] = CONFIG
    return spec
