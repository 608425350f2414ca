"""How cost and time of the decisions on spot machines are spread: one strip per policy, on demand and limit as lines.

A thin bar from the 5 % to the 95 % quantile of the simulated runs, a thick one over the middle half, a tick at the
median and a diamond at the mean (a box plot after Tukey 1977, whiskers at fixed quantiles).
"""

from collections.abc import Sequence
from typing import Any, Final, Literal

from planner.report.charts.front_axes import rounded, ticks
from planner.report.charts.row_axis import Rows
from planner.report.charts.theme import BLUE, CONFIG, INK, PHONE_WIDTH, SKY
from planner.report.charts.vega import Spec, spec_of
from planner.report.data.spot_rows import PolicyRow, simulated
from planner.report.data.spread import RunLimits, Spread
from planner.report.names import shorten
from planner.report.sections.spot_spread import Of, Scope, scope_of, spread_of

MOST_GROUPS: Final = 6
"""Decisions whose policies are drawn."""
_ROW: Final = 21
_BELOW: Final = "|"
"""Key of the row under all others, where the name of a limit stands."""
_TITLES: Final = {"cost": ("Cost of a run, USD", "$,~r"), "hours": ("Wall-clock time of a run, hours", ",~r")}


def spot_spec(rows: Sequence[PolicyRow], limits: RunLimits, of: Of) -> Spec | None:
    """The strips of these policies; None where nothing is known of any."""
    rows = simulated(rows)
    groups = list(dict.fromkeys(row.decisions for row in rows))[:MOST_GROUPS]
    drawn = [row for row in rows if row.decisions in groups]
    scope = scope_of(drawn, limits, of)
    if scope is None:
        return None
    strips = [row for row in drawn if spread_of(row, of).middle is not None]
    lines = [entry for group in groups if (entry := _on_demand(group, drawn, of))]
    spec = _layers(groups, drawn, scope, of, on_demand=bool(lines))
    spec["datasets"] = {
        "strips": [_strip(row, scope, of) for row in strips],
        **({"on_demand": lines} if lines else {}),
        **({"limit": [{"value": scope.limit.value, "text": scope.limit.text}]} if scope.limit else {}),
    }
    spec["config"] = CONFIG
    return spec


def _key(row: PolicyRow) -> str:
    return f"{row.decisions}|{row.policy}"


def _strip(row: PolicyRow, scope: Scope, of: Of) -> dict[str, Any]:
    spread, edge = spread_of(row, of), _domain(scope)[1]
    return {
        "row": _key(row), "decision": row.decisions, "policy": row.policy,
        "low": rounded(spread.low), "lower": rounded(spread.lower), "middle": rounded(spread.middle),
        "upper": rounded(edge if spread.upper is None else spread.upper),
        "high": rounded(edge if spread.high is None else spread.high), "mean": rounded(spread.mean),
        "told": row.cost if of == "cost" else row.hours, "band": row.cost_band if of == "cost" else row.hours_band,
        "meets": row.meets, "on_demand": row.on_demand,
    }  # fmt: skip


def _on_demand(group: str, rows: Sequence[PolicyRow], of: Of) -> dict[str, Any] | None:
    """The line of a decision: the same machine on demand, over the rows of its policies."""
    mine = [row for row in rows if row.decisions == group]
    spreads: list[Spread] = [spread_of(row, of) for row in mine]
    found = next((s for s in spreads if s.on_demand is not None), None)
    if found is None:
        return None
    return {
        "row": group, "last": _key(mine[-1]), "value": rounded(found.on_demand),
        "text": f"on demand {found.on_demand_text}",
    }  # fmt: skip


def _rows(groups: list[str], rows: list[PolicyRow], scope: Scope, of: Of) -> Rows:
    """Decisions as headings, their policies under them, the recommended one ticked, the means at the right."""
    left: dict[str, str] = {}
    right: dict[str, str | list[str]] = {}
    for group in groups:
        left[group] = shorten(group, 30)
        for row in rows:
            if row.decisions == group:
                left[_key(row)] = f"{row.policy}{' ✓' if row.recommended else ''}"
                right[_key(row)] = row.cost if of == "cost" else row.hours
    return Rows({**left, **({_BELOW: ""} if scope.limit else {})}, right, tuple(groups))


def _layers(groups: list[str], rows: list[PolicyRow], scope: Scope, of: Of, *, on_demand: bool) -> Spec:
    import altair as alt

    lanes = _rows(groups, rows, scope, of)
    y = lanes.encoding()
    title, say = _TITLES[of]
    at = ticks([scope.low, scope.high]) if scope.log else []
    shown = {"values": at} if len(at) > 1 else {"tickCount": alt.expr(f"width < {PHONE_WIDTH} ? 4 : 7")}
    scale = alt.Scale(type="log" if scope.log else "linear", domain=_domain(scope), nice=False)
    axis = alt.Axis(format=say, **shown)

    def x(field: str) -> Any:  # noqa: ANN401
        words = " (log scale)" if scope.log else ""
        return alt.X(f"{field}:Q", title=f"{title}{words}", scale=scale, axis=axis)

    tips = [
        alt.Tooltip("decision:N", title=""), alt.Tooltip("policy:N", title="policy"),
        alt.Tooltip("told:N", title="mean"), alt.Tooltip("band:N", title="90 % of runs"),
        alt.Tooltip("meets:N", title="in time"), alt.Tooltip("on_demand:N", title="on demand"),
    ]  # fmt: skip
    strips = alt.Chart(alt.NamedData("strips"))
    layers = [
        strips.mark_bar(color=SKY, size=5).encode(
            x=x("low"), x2=alt.X2("high:Q"), y=lanes.encoding("left"), tooltip=tips
        ),
        strips.mark_bar(color=BLUE, size=12).encode(
            x=x("lower"), x2=alt.X2("upper:Q"), y=lanes.encoding("right"), tooltip=tips
        ),
        strips.mark_tick(color="white", thickness=2, size=12, tooltip=None).encode(x=x("middle"), y=y),
        strips.transform_filter("isValid(datum.mean)")
        .mark_point(shape="diamond", filled=True, fill="white", stroke="black", opacity=1, size=34, strokeWidth=0.8)
        .encode(x=x("mean"), y=y, tooltip=tips),
    ]
    if on_demand:
        layers += _lines(scope, x, y)
    if scope.limit:
        layers += _limit(scope, x)
    chart = alt.layer(*layers).resolve_axis(y="independent")
    return spec_of(chart, _ROW * len(lanes.left))


def _domain(scope: Scope) -> list[float]:
    """The range with some air at both ends."""
    if scope.log:
        return [scope.low / 1.12, scope.high * 1.12]
    air = 0.05 * (scope.high - scope.low) or 0.5 * scope.high or 1.0
    return [max(0.0, scope.low - air), scope.high + air]


def _lines(scope: Scope, x: Any, y: Any) -> list[Any]:  # noqa: ANN401
    """On demand: a line over the rows of its decision, with its name in the row of the decision's."""
    import altair as alt

    data = alt.NamedData("on_demand")
    line = alt.MarkDef("rule", stroke=INK, strokeWidth=1.4, y2Offset=_ROW / 2 - 2, yOffset=2 - _ROW / 2, tooltip=None)
    return [
        alt.Chart(data, mark=line).encode(x=x("value"), y=y, y2=alt.Y2("last:N")),
        alt.Chart(data, mark=_beside(scope, "middle")).encode(x=x("value"), y=y, text=alt.Text("text:N")),
    ]


def _limit(scope: Scope, x: Any) -> list[Any]:  # noqa: ANN401
    """The budget or the deadline, from top to bottom."""
    import altair as alt

    data = alt.NamedData("limit")
    line = alt.MarkDef("rule", stroke=INK, strokeWidth=1.4, strokeDash=[5, 3], tooltip=None)
    return [
        alt.Chart(data, mark=line).encode(x=x("value")),
        alt.Chart(data, mark=_beside(scope, "bottom")).encode(
            x=x("value"), y=alt.value("height"), text=alt.Text("text:N")
        ),
    ]


def _beside(scope: Scope, baseline: Literal["middle", "bottom"]) -> Any:  # noqa: ANN401
    """Text at that side of its line where there is more room."""
    import altair as alt

    low, high = _domain(scope)
    at = f"log(datum.value / {low}) / log({high} / {low})" if scope.log else f"(datum.value - {low}) / {high - low}"
    right = f"{at} > 0.5"
    return alt.MarkDef(
        "text",
        baseline=baseline,
        tooltip=None,
        align=alt.expr(f"{right} ? 'right' : 'left'"),
        dx=alt.expr(f"{right} ? -5 : 5"),
    )
