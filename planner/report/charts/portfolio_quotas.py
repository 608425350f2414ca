"""A quota over time: what is held as steps, against what may be."""

from typing import Any, Final

from planner.report.charts.portfolio_time import closed_layer, marks_of, now_layer, time_axis
from planner.report.charts.theme import BLUE, CONFIG, INK
from planner.report.charts.vega import Spec, spec_of
from planner.report.data.portfolio_parts import QuotaSteps, TimeAxis

HEIGHT: Final = 110


def quota_spec(found: QuotaSteps | None, axis: TimeAxis) -> Spec | None:
    """The chart; None where there is no such quota."""
    if found is None or not found.points:
        return None
    import altair as alt

    points = [point for point in found.points if point[0] <= axis.hours]
    entries: list[dict[str, Any]] = [
        {"at": hour, "used": used, "units": units, "told": f"{used:g} of {units:g}"} for hour, used, units in points
    ]
    # A step needs its end.
    entries.append({**entries[-1], "at": axis.hours})
    top = max(max(one["used"], one["units"]) for one in entries)
    y_scale = alt.Scale(domain=[0, max(1.12 * top, 1)], nice=False)
    scale = alt.Scale(domain=[0, axis.hours], nice=False)
    x = time_axis(axis, top=False)
    x.title = None
    y = alt.Y("used:Q", title="GPUs", scale=y_scale, axis=alt.Axis(format=",d", tickMinStep=1, tickCount=3))
    base = alt.Chart(alt.NamedData("quota"))
    tips = [alt.Tooltip("told:N", title="GPUs held")]
    layers = [
        *closed_layer(axis, scale),
        base.mark_area(interpolate="step-after", color=BLUE, fillOpacity=0.25,
                       line={"color": BLUE, "strokeWidth": 1.5}).encode(x=x, y=y, tooltip=tips),
        base.mark_line(interpolate="step-after", stroke=INK, strokeWidth=1.5, strokeDash=[5, 3], tooltip=None).encode(
            x=alt.X("at:Q", scale=scale), y=alt.Y("units:Q", scale=y_scale)
        ),
        *now_layer(axis, scale),
    ]  # fmt: skip
    spec = spec_of(alt.layer(*layers), HEIGHT)
    spec["datasets"] = {"quota": entries, **{name: rows for name, rows in marks_of(axis).items() if rows}}
    spec["config"] = CONFIG
    return spec
