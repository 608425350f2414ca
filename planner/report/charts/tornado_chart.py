"""The tornado: what each input does to the cost of the decision over its band, the widest bar on top."""

from typing import Any, Final

from planner.report.charts.theme import BLUE, CONFIG, INK, ORANGE, PHONE_WIDTH
from planner.report.charts.vega import Spec, spec_of
from planner.report.data.advice_rows import Changes, SwayRow

_ROW: Final = 46
"""Height of a row: the name above its bar."""
_LEAST: Final = 0.002
"""Share of the cost under which a bar would be no bar."""
_LOW, _HIGH = "lower end of the band", "upper end of the band"


def tornado_spec(changes: Changes) -> Spec | None:
    """The chart of the inputs that move the cost; None where none does."""
    base = changes.cost
    rows = [row for row in changes.sways if base and _swing(row) > _LEAST * base]
    if not base or not rows:
        return None
    values = [value for row in rows for value in (row.cost_low, row.cost_high) if value is not None]
    spec = _layers([row.what for row in rows], base, min(*values, base), max(*values, base))
    spec["datasets"] = {
        "bars": [entry for row in rows for entry in _entries(row, base)],
        "names": [{"input": row.what} for row in rows],
        "middle": [{"cost": round(base, 6)}],
    }
    spec["config"] = CONFIG
    return spec


def _swing(row: SwayRow) -> float:
    return abs(row.cost_high - row.cost_low) if row.cost_low is not None and row.cost_high is not None else 0.0


def _entries(row: SwayRow, base: float) -> list[dict[str, Any]]:
    ends = ((_LOW, row.low, row.cost_low), (_HIGH, row.high, row.cost_high))
    return [
        {
            "input": row.what, "side": side, "factor": factor, "from": round(base, 6), "to": round(value, 6),
            "left": value < base, "price": f"${value:,.2f}",
        }
        for side, factor, value in ends
        if value is not None
    ]  # fmt: skip


def _layers(names: list[str], base: float, low: float, high: float) -> Spec:
    import altair as alt

    air = 0.14 * (high - low)
    scale = alt.Scale(domain=[max(0.0, low - air), high + air], nice=False)
    y = alt.Y("input:N", title=None, sort=names, axis=None)
    x = alt.X(
        "from:Q",
        title="Cost of the decision, USD",
        scale=scale,
        axis=alt.Axis(format="$,~r", tickCount=alt.expr(f"width < {PHONE_WIDTH} ? 4 : 8")),
    )
    colour = alt.Color(
        "side:N",
        title=None,
        sort=[_LOW, _HIGH],
        scale=alt.Scale(domain=[_LOW, _HIGH], range=[BLUE, ORANGE]),
        legend=alt.Legend(symbolType="square", symbolStrokeWidth=0, columns=alt.expr(f"width < {PHONE_WIDTH} ? 1 : 2")),
    )
    tips = [
        alt.Tooltip("input:N", title=""),
        alt.Tooltip("side:N", title=""),
        alt.Tooltip("factor:N", title="factor"),
        alt.Tooltip("price:N", title="cost"),
    ]
    bars = alt.Chart(alt.NamedData("bars"))
    drawn = bars.mark_bar(stroke=INK, strokeWidth=0.4, size=16, yOffset=9).encode(
        x=x, x2=alt.X2("to:Q"), y=y, color=colour, tooltip=tips
    )
    layers = [drawn]
    for left in (True, False):
        text = bars.transform_filter(f"datum.left == {str(left).lower()}").mark_text(
            align="right" if left else "left", baseline="middle", dx=-5 if left else 5, dy=9, fontSize=10, tooltip=None
        )
        layers.append(text.encode(x=alt.X("to:Q", scale=scale), y=y, text=alt.Text("factor:N")))
    named = alt.Chart(alt.NamedData("names")).mark_text(align="left", baseline="middle", dx=2, dy=-10, tooltip=None)
    middle = alt.Chart(alt.NamedData("middle")).mark_rule(color=INK, strokeWidth=1.2, tooltip=None)
    chart = alt.layer(
        *layers,
        middle.encode(x=alt.X("cost:Q", scale=scale)),
        named.encode(x=alt.value(0), y=y, text=alt.Text("input:N")),
    )
    return spec_of(chart, _ROW * len(names) + 4)
