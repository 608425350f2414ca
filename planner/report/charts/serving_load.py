"""The load over the week, and the replicas that follow it: two charts over the same hours."""

from collections.abc import Sequence
from typing import Any, Final

from planner.report.charts.front_axes import rounded
from planner.report.charts.theme import BLUE, CONFIG, GREEN, INK, ORANGE, PHONE_WIDTH, PINK, SKY
from planner.report.charts.vega import Spec, spec_of
from planner.report.data.serving_parts import ReplicaSteps
from planner.report.names import shorten

DAYS: Final = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")
COLOURS: Final = (BLUE, ORANGE, GREEN, PINK, SKY)
HEIGHT: Final = 150
WEEK: Final = 168
_DASHES: Final = ([1, 0], [6, 3], [2, 2], [8, 3, 2, 3], [4, 4])
_LABEL: Final = 30


def load_spec(hours: Sequence[float]) -> Spec | None:
    """Requests per second by hour of the week; None where nobody knows them."""
    if not hours or max(hours) <= 0:
        return None
    import altair as alt

    data = alt.NamedData("load")
    y = alt.Y("rate:Q", title="Requests/s", axis=alt.Axis(format=",~r", tickCount=4), scale=alt.Scale(zero=True))
    tips = [alt.Tooltip("when:N", title="hour"), alt.Tooltip("rate:Q", title="requests/s", format=",.3~r")]
    area = (
        alt.Chart(data)
        .mark_area(interpolate="step-after", color=BLUE, fillOpacity=0.25, line={"color": BLUE, "strokeWidth": 1.5})
        .encode(x=_hours(), y=y, tooltip=tips)
    )
    spec = spec_of(alt.layer(area), HEIGHT)
    # A step needs its end: the last hour goes on to the end of the week.
    spec["datasets"] = {
        "load": [{"hour": h, "rate": rounded(hours[min(h, len(hours) - 1)]), "when": _when(h)} for h in range(WEEK + 1)]
    }
    spec["config"] = CONFIG
    return spec


def replicas_spec(steps: Sequence[ReplicaSteps]) -> Spec | None:
    """Replicas by hour of the week, one line for each number of decisions; None where no decision has replicas."""
    drawn = steps[: len(COLOURS)]
    if not drawn:
        return None
    import altair as alt

    names = [shorten(one.name, _LABEL) for one in drawn]
    highest = max(max(one.replicas) for one in drawn)
    data = alt.NamedData("steps")
    y = alt.Y(
        "replicas:Q",
        title="Replicas",
        scale=alt.Scale(domain=[0, max(highest * 1.08, 1)], nice=False),
        axis=alt.Axis(format=",d", tickMinStep=1, tickCount=4),
    )
    legend = alt.Legend(symbolType="stroke", symbolStrokeWidth=2, columns=alt.expr(f"width < {PHONE_WIDTH} ? 1 : 5"))
    colour = alt.Color("decision:N", title=None, sort=names, legend=legend,
                       scale=alt.Scale(domain=names, range=list(COLOURS[: len(names)])))  # fmt: skip
    dash = alt.StrokeDash("decision:N", sort=names, legend=legend, title=None,
                          scale=alt.Scale(domain=names, range=list(_DASHES[: len(names)])))  # fmt: skip
    tips = [
        alt.Tooltip("decision:N", title=""), alt.Tooltip("when:N", title="hour"),
        alt.Tooltip("replicas:Q", title="replicas", format=",d"),
    ]  # fmt: skip
    lines = (
        alt.Chart(data)
        .mark_line(interpolate="step-after", strokeWidth=2)
        .encode(x=_hours(), y=y, color=colour, strokeDash=dash, tooltip=tips)
    )
    spec = spec_of(alt.layer(lines), HEIGHT)
    spec["datasets"] = {
        "steps": [
            {"decision": name, "hour": h, "replicas": one.replicas[min(h, WEEK - 1)], "when": _when(h)}
            for name, one in zip(names, drawn, strict=True)
            for h in range(WEEK + 1)
        ]
    }
    spec["config"] = CONFIG
    return spec


def _hours() -> Any:  # noqa: ANN401
    """Days at their midnights; the grid tells them apart."""
    import altair as alt

    names = "[" + ",".join(f"'{day}'" for day in DAYS) + "]"
    return alt.X(
        "hour:Q",
        title="Hour of the week, UTC",
        scale=alt.Scale(domain=[0, WEEK], nice=False),
        axis=alt.Axis(
            values=list(range(0, WEEK, 24)), labelExpr=f"{names}[datum.value / 24]", labelAlign="left", grid=True,
            labelOverlap=False, labelColor=INK,
        ),
    )  # fmt: skip


def _when(hour: int) -> str:
    hour = min(hour, WEEK - 1)
    return f"{DAYS[hour // 24]} {hour % 24:02}:00"
