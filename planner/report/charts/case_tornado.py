"""The tornado of a case: what each input does to the result over its band, the widest bar on top."""

from typing import Any, Final

from planner.report.charts.case_breakdown import DOLLARS
from planner.report.charts.front_axes import rounded
from planner.report.charts.theme import BLUE, CONFIG, INK, ORANGE, PHONE_WIDTH
from planner.report.charts.vega import Spec, spec_of
from planner.report.data.business_case_charts import SwingBar, SwingChart

_ROW: Final = 46
"""Height of a row: the name above its bar."""
_LOW, _HIGH = "input low (10 %)", "input high (90 %)"


def swings_spec(chart: SwingChart) -> Spec | None:
    """The chart; None where no input moves the result."""
    middle = chart.middle
    bars = [bar for bar in chart.bars if bar.low is not None and bar.high is not None and bar.low != bar.high]
    if middle is None or not bars:
        return None
    values = [value for bar in bars for value in (bar.low, bar.high) if value is not None]
    low, high = min(*values, middle), max(*values, middle)
    keys = {f"{at}": bar for at, bar in enumerate(bars)}
    spec = _layers(list(keys), chart.title, (low, high))
    spec["datasets"] = {
        "bars": [entry for key, bar in keys.items() for entry in _entries(key, bar, middle)],
        "names": [{"row": key, "input": f"{bar.name}{f' ({bar.share})' if bar.share != 'unknown' else ''}"}
                  for key, bar in keys.items()],
        "middle": [{"result": rounded(middle)}],
    }  # fmt: skip
    spec["config"] = CONFIG
    return spec


def _entries(key: str, bar: SwingBar, middle: float) -> list[dict[str, Any]]:
    ends = ((_LOW, bar.low_text, bar.low, bar.low_result), (_HIGH, bar.high_text, bar.high, bar.high_result))
    return [
        {"row": key, "input": bar.name, "side": side, "value": text, "from": rounded(middle), "to": rounded(result),
         "left": result < middle, "result": told}
        for side, text, result, told in ends
        if result is not None
    ]  # fmt: skip


def _layers(keys: list[str], title: str, ends: tuple[float, float]) -> Spec:
    import altair as alt

    air = 0.18 * (ends[1] - ends[0])
    scale = alt.Scale(domain=[ends[0] - air, ends[1] + air], nice=False)
    y = alt.Y("row:N", title=None, sort=keys, axis=None)
    narrow = f"width < {PHONE_WIDTH}"
    large = max(abs(end) for end in ends) >= 1e4
    count = alt.expr(f"{narrow} ? 4 : 8")
    axis = alt.Axis(labelExpr=DOLLARS, tickCount=count) if large else alt.Axis(format="$,~r", tickCount=count)
    x = alt.X("from:Q", title=title, scale=scale, axis=axis)
    colour = alt.Color(
        "side:N", title=None, sort=[_LOW, _HIGH], scale=alt.Scale(domain=[_LOW, _HIGH], range=[BLUE, ORANGE]),
        legend=alt.Legend(symbolType="square", symbolStrokeWidth=0, columns=alt.expr(f"{narrow} ? 1 : 2")),
    )  # fmt: skip
    tips = [alt.Tooltip("input:N", title=""), alt.Tooltip("side:N", title=""), alt.Tooltip("value:N", title="input"),
            alt.Tooltip("result:N", title="result")]  # fmt: skip
    bars = alt.Chart(alt.NamedData("bars"))
    layers: list[Any] = [
        bars.mark_bar(stroke=INK, strokeWidth=0.4, size=16, yOffset=9).encode(
            x=x, x2=alt.X2("to:Q"), y=y, color=colour, tooltip=tips
        )
    ]
    for left in (True, False):
        text = bars.transform_filter(f"datum.left == {str(left).lower()}").mark_text(
            align="right" if left else "left", baseline="middle", dx=-5 if left else 5, dy=9, fontSize=10, tooltip=None
        )
        layers.append(text.encode(x=alt.X("to:Q", scale=scale), y=y, text=alt.Text("value:N")))
    middle = alt.Chart(alt.NamedData("middle")).mark_rule(color=INK, strokeWidth=1.2, tooltip=None)
    named = alt.Chart(alt.NamedData("names")).mark_text(align="left", baseline="middle", dx=2, dy=-10, tooltip=None)
    layers.append(middle.encode(x=alt.X("result:Q", scale=scale)))
    if ends[0] < 0 < ends[1]:
        zero = alt.Chart(alt.NamedData("middle")).transform_calculate(zero="0")
        layers.append(zero.mark_rule(color=INK, strokeDash=[3, 3], opacity=0.7, tooltip=None).encode(
            x=alt.X("zero:Q", scale=scale)))  # fmt: skip
    layers.append(named.encode(x=alt.value(0), y=y, text=alt.Text("input:N")))
    return spec_of(alt.layer(*layers), _ROW * len(keys) + 4)
