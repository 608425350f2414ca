"""Spend day by day, stacked by team, with what was odd marked and the forecast beside it."""

import calendar
import datetime
import json
from collections.abc import Sequence
from typing import Any, Final

from planner.report.charts.cost_centre_chart import colours_of
from planner.report.charts.theme import CONFIG, INK, PHONE_WIDTH
from planner.report.charts.vega import Spec, spec_of
from planner.report.data.review_charts import Ahead, DailyChart, Mark

HEIGHT: Final = 280
AIR: Final = 1.05
"""The axis goes on so far above the largest value."""
NUMBER_DAYS: Final = 8
"""Days that the number of an anomaly takes before it."""
SHADED_DAYS: Final = 14
"""Days over which an anomaly is shaded at most: what is longer would grey the chart."""
LANE: Final = 0.075
"""Share of the axis that a lane of anomalies takes, above all values."""


def days_spec(found: DailyChart) -> Spec | None:
    """The chart; None where no day is known."""
    if len(found.days) < 2:
        return None
    top = max([sum(day.parts) for day in found.days] + [one.high or one.usd for one in found.ahead])
    if top <= 0:
        return None
    place = _Places(found.days[0].day)
    lanes = _lanes(found.marks)
    whole = top * AIR / (1 - LANE * max(lanes, default=0))
    data: dict[str, list[dict[str, Any]]] = {
        "days": [
            {"at": place(day.day) + after, "end": place(day.day) + 1, "date": day.day, "total": day.total}
            # Teams by their numbers, since a name could be that of another column.
            | {f"usd{number}": usd for number, usd in enumerate(day.parts)}
            | {f"team{number}": text for number, text in enumerate(day.texts)}
            # A step needs its end: the last day goes on to the end of it.
            for day, after in [*((day, 0) for day in found.days), (found.days[-1], 1)]
        ],
        "ahead": [
            # At noon, for a smooth line runs from day to day.
            {"at": place(one.day) + 0.5, "date": one.day, "usd": round(one.usd, 2), "text": one.text,
             "band": one.band} | _band(one)
            for one in found.ahead
        ],
        "marks": [
            {"at": place(mark.first_day), "end": place(mark.last_day) + 1, "no": mark.number, "text": mark.text,
             "usd": round(whole * (1 - LANE * (lane - 0.4)), 2)}
            for mark, lane in zip(found.marks, lanes, strict=True)
        ],
    }  # fmt: skip
    spec = _layers(found, whole)
    spec["datasets"] = {name: rows for name, rows in data.items() if rows}
    spec["config"] = CONFIG
    return spec


def _lanes(marks: Sequence[Mark]) -> list[int]:
    """The lowest lane, from 1, that each mark shares with none of its days; numbers need some days too."""
    ends: list[str] = []
    found = dict[int, int]()
    for at, mark in sorted(enumerate(marks), key=lambda item: (item[1].first_day, item[1].number)):
        start = (datetime.date.fromisoformat(mark.first_day) - datetime.timedelta(days=NUMBER_DAYS)).isoformat()
        free = next((lane for lane, end in enumerate(ends) if end < start), None)
        if free is None:
            ends.append(mark.last_day)
            free = len(ends) - 1
        ends[free] = mark.last_day
        found[at] = free + 1
    return [found[at] for at in range(len(marks))]


class _Places:
    """Days as numbers from the first that is drawn: no reader's time zone moves them."""

    def __init__(self, first: str) -> None:
        self._first = datetime.date.fromisoformat(first)

    def __call__(self, day: str) -> int:
        return (datetime.date.fromisoformat(day) - self._first).days


def _months(first: str, last: str) -> dict[int, str]:
    """Place of the first of each month → its name."""
    start, day, found = datetime.date.fromisoformat(first), datetime.date.fromisoformat(first).replace(day=1), {}
    while day.isoformat() <= last:
        if day >= start:
            found[(day - start).days] = f"{calendar.month_abbr[day.month]} {day.year}"
        day = (day + datetime.timedelta(days=32)).replace(day=1)
    return found


def _band(one: Ahead) -> dict[str, Any]:
    if one.low is None or one.high is None:
        return {}
    return {"low": round(max(one.low, 0.0), 2), "high": round(one.high, 2)}


def _layers(found: DailyChart, top: float) -> Spec:
    import altair as alt

    first, last = found.days[0].day, (found.ahead[-1].day if found.ahead else found.days[-1].day)
    scale = alt.Scale(domain=[0, _Places(first)(last) + 1], nice=False)
    narrow = f"width < {PHONE_WIDTH}"
    months = _months(first, last)
    name = f"{json.dumps(months)}[datum.value]"
    ticks = alt.Axis(
        values=list(months), grid=True, labelAlign="left", labelOverlap="greedy",
        labelExpr=f"{narrow} ? slice({name}, 0, 3) : {name}",
    )  # fmt: skip
    x = alt.X("at:Q", title=None, scale=scale, axis=ticks)
    height, axis = alt.Scale(domain=[0, top], nice=False), alt.Axis(format="$,~r", tickCount=5)
    y = alt.Y("usd:Q", title="USD a day", scale=height, axis=axis)
    stacked = alt.Y("usd:Q", stack="zero", title="USD a day", scale=height, axis=axis)
    colour = alt.Color(
        "team:N", title=None, sort=None,
        scale=alt.Scale(domain=list(found.teams), range=colours_of(found.teams)),
        legend=alt.Legend(symbolType="square", labelLimit=160, columns=alt.expr(f"{narrow} ? 2 : 5")),
    )  # fmt: skip
    tips = [alt.Tooltip("date:N", title="day"), alt.Tooltip("total:N", title="all")]
    tips += [alt.Tooltip(f"team{place}:N", title=team) for place, team in enumerate(found.teams)]
    shades, spans = _marks(scale) if found.marks else ([], [])
    layers = [
        alt.Chart(alt.NamedData("days")).transform_fold(
            [f"usd{number}" for number in range(len(found.teams))], as_=["key", "usd"]
        ).transform_calculate(
            place="toNumber(slice(datum.key, 3))", team=f"{json.dumps(list(found.teams))}[datum.place]"
        ).mark_area(interpolate="step-after", opacity=1, tooltip=None).encode(
            x=x, y=stacked, color=colour, order="place:Q"
        ),
        *shades,
        # A pointer anywhere over a day is told of it; only what is drawn after this stands before it.
        alt.Chart(alt.NamedData("days")).transform_filter("datum.end > datum.at").mark_rect(opacity=0).encode(
            x=alt.X("at:Q", scale=scale), x2="end:Q", y=alt.value(0), y2=alt.value(HEIGHT), tooltip=tips
        ),
        *(_ahead(x, y) if found.ahead else []),
        *spans,
    ]  # fmt: skip
    return spec_of(alt.layer(*layers), HEIGHT)


def _ahead(x: Any, y: Any) -> list[Any]:  # noqa: ANN401
    """The forecast: its band, and its line."""
    import altair as alt

    base = alt.Chart(alt.NamedData("ahead"))
    tips = [alt.Tooltip("date:N", title="day"), alt.Tooltip("text:N", title="forecast"),
            alt.Tooltip("band:N", title="band")]  # fmt: skip
    return [
        base.mark_area(interpolate="monotone", color=INK, opacity=0.14, tooltip=None).encode(
            x=x, y=alt.Y("low:Q"), y2=alt.Y2("high:Q")
        ),
        base.mark_line(interpolate="monotone", color=INK, strokeWidth=1.2, opacity=0.8, tooltip=None).encode(x=x, y=y),
        base.mark_circle(size=60, opacity=0).encode(x=x, y=y, tooltip=tips),
    ]


def _marks(scale: Any) -> tuple[list[Any], list[Any]]:  # noqa: ANN401
    """A shade over the odd days; above them a bar, before it the number that the table of anomalies has."""
    import altair as alt

    base = alt.Chart(alt.NamedData("marks"))
    tips = [alt.Tooltip("no:N", title="anomaly"), alt.Tooltip("text:N", title="")]
    x, y = alt.X("at:Q", scale=scale), alt.Y("usd:Q")
    down = (
        base.transform_filter(f"datum.end - datum.at <= {SHADED_DAYS}")
        .mark_rect(color=INK, opacity=0.07, tooltip=None)
        .encode(x=x, x2="end:Q", y=y, y2=alt.value(HEIGHT))
    )
    span = base.mark_rule(stroke=INK, strokeWidth=3).encode(x=x, x2="end:Q", y=y, tooltip=tips)
    number = base.mark_text(dx=-4, align="right", baseline="middle", fontSize=11, fontWeight="bold").encode(
        x=x, y=y, text="no:N", tooltip=tips
    )
    return [down], [span, number]
