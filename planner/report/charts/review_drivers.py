"""What made the difference from the month before: price, volume, mix and the rest as steps to the whole change."""

from collections.abc import Sequence
from typing import Any, Final

from planner.report.charts.theme import BLUE, CONFIG, GREEN, INK, PHONE_WIDTH, VERMILION
from planner.report.charts.vega import Spec, spec_of
from planner.report.data.review_charts import Step

HEIGHT: Final = 210


def drivers_spec(steps: Sequence[Step]) -> Spec | None:
    """The chart; None where nothing changed."""
    if not any(abs(step.usd) >= 0.005 for step in steps):
        return None
    import altair as alt

    entries, at = list[dict[str, Any]](), 0.0
    for place, step in enumerate(steps):
        start, end = (0.0, step.usd) if step.whole else (at, at + step.usd)
        at = end
        entries.append({
            "place": place, "name": step.name, "start": round(start, 2), "end": round(end, 2), "text": step.text,
            "top": round(max(start, end), 2), "bottom": round(min(start, end), 2), "up": step.usd >= 0,
            "colour": BLUE if step.whole else VERMILION if step.usd >= 0 else GREEN,
        })  # fmt: skip
    names = [step.name for step in steps]
    low, high = min(0.0, *(e["bottom"] for e in entries)), max(0.0, *(e["top"] for e in entries))
    air = 0.16 * (high - low)
    scale = alt.Scale(domain=[low - (air if low < 0 else 0.0), high + (air if high > 0 else 0.0)], nice=False)
    x = alt.X("name:N", title=None, sort=names, scale=alt.Scale(domain=names, paddingInner=0.3, paddingOuter=0.2),
              axis=alt.Axis(labelAngle=0, domain=False, ticks=False, labelLimit=alt.expr("width / 5"),
                            labelOverlap=False))  # fmt: skip
    y = alt.Y("start:Q", title="Change, USD", scale=scale, axis=alt.Axis(format="$,~r", tickCount=5))
    tips = [alt.Tooltip("name:N", title=""), alt.Tooltip("text:N", title="")]
    base = alt.Chart(alt.NamedData("steps"))
    bars = base.mark_bar(stroke=INK, strokeWidth=0.4).encode(
        x=x, y=y, y2=alt.Y2("end:Q"), color=alt.Color("colour:N", scale=None), tooltip=tips
    )
    size = alt.expr(f"width < {PHONE_WIDTH} ? 9 : 11")
    above = base.transform_filter("datum.up").mark_text(
        dy=-5, baseline="bottom", fontWeight="bold", fontSize=size, tooltip=None
    )
    below = base.transform_filter("!datum.up").mark_text(
        dy=5, baseline="top", fontWeight="bold", fontSize=size, tooltip=None
    )
    ends = [
        mark.encode(x=x, y=alt.Y(f"{side}:Q", scale=scale), text="text:N")
        for mark, side in ((above, "top"), (below, "bottom"))
    ]
    zero = alt.Chart(alt.NamedData("zero")).mark_rule(stroke=INK, strokeWidth=1, tooltip=None).encode(
        y=alt.Y("at:Q", scale=scale)
    )  # fmt: skip
    spec = spec_of(alt.layer(bars, zero, *ends), HEIGHT)
    spec["datasets"] = {"steps": entries, "zero": [{"at": 0}]}
    spec["config"] = CONFIG
    return spec
