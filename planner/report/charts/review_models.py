"""What the dearest models cost in the month, and what for: a bar each, the total at its end."""

from collections.abc import Sequence
from typing import Any, Final

from planner.report.charts.row_axis import Rows
from planner.report.charts.theme import BLUE, CONFIG, GREY, INK, ORANGE, PHONE_WIDTH
from planner.report.charts.vega import Spec, spec_of
from planner.report.data.review_charts import ModelBar
from planner.report.names import shorten

ROW: Final = 28
COLOURS: Final = {"training": BLUE, "serving": ORANGE, "other": GREY}


def models_spec(bars: Sequence[ModelBar]) -> Spec | None:
    """The chart; None where no model cost anything."""
    if not bars:
        return None
    import altair as alt

    entries, longest = list[dict[str, Any]](), 0.0
    for place, bar in enumerate(bars):
        start = 0.0
        for part, usd, text in bar.parts:
            entries.append({"row": f"{place}", "model": bar.name, "part": part, "start": round(start, 2),
                            "end": round(start + usd, 2), "text": text, "total": bar.total})  # fmt: skip
            start += usd
        longest = max(longest, start)
    rows = Rows({f"{n}": shorten(bar.name, 28) for n, bar in enumerate(bars)},
                {f"{n}": bar.total for n, bar in enumerate(bars)})  # fmt: skip
    there = [name for name in COLOURS if any(entry["part"] == name for entry in entries)]
    x = alt.X("start:Q", title="Cost in the month, USD", scale=alt.Scale(domain=[0, longest * 1.01], nice=False),
              axis=alt.Axis(format="$,~r", tickCount=alt.expr(f"width < {PHONE_WIDTH} ? 4 : 8")))  # fmt: skip
    colour = alt.Color("part:N", title=None, sort=there,
                       scale=alt.Scale(domain=there, range=[COLOURS[name] for name in there]),
                       legend=alt.Legend(symbolType="square"))  # fmt: skip
    tips = [alt.Tooltip("model:N", title=""), alt.Tooltip("part:N", title="for"), alt.Tooltip("text:N", title="cost"),
            alt.Tooltip("total:N", title="in all")]  # fmt: skip
    base = alt.Chart(alt.NamedData("models"))
    drawn = base.mark_bar(stroke=INK, strokeWidth=0.4, size=15).encode(
        x=x, x2=alt.X2("end:Q"), y=rows.encoding("left"), color=colour, tooltip=tips
    )
    named = base.mark_point(opacity=0, tooltip=None).encode(x=x, y=rows.encoding("right"))
    spec = spec_of(alt.layer(drawn, named).resolve_axis(y="independent"), ROW * len(bars) + 10)
    spec["datasets"] = {"models": entries}
    spec["config"] = CONFIG
    return spec
