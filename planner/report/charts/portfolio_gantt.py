"""Jobs over time: bars from start to end by team, deadlines as marks, what is late marked, closed times shaded."""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final, Literal

from planner.card_names import provider_text
from planner.report.charts.portfolio_lanes import RULE, Lane, Layout, layout_of
from planner.report.charts.portfolio_time import closed_layer, marks_of, now_layer, right_of, time_axis
from planner.report.charts.row_axis import Rows
from planner.report.charts.theme import (
    BLUE,
    CONFIG,
    DARK,
    GREEN,
    GREY,
    INK,
    ORANGE,
    PHONE_WIDTH,
    PINK,
    SKY,
    VERMILION,
    YELLOW,
)
from planner.report.charts.vega import Spec, spec_of
from planner.report.data.portfolio_parts import JobRow, TimeAxis
from planner.report.names import shorten

Form = Literal["screen", "paper", "small"]
COLOURS: Final = (BLUE, ORANGE, GREEN, SKY, PINK, YELLOW)
OTHERS: Final = "others"
SHORTEST: Final = 0.006
"""Share of the axis that a bar has at least, so that it can be seen."""


@dataclass(frozen=True, slots=True)
class _Size:
    """How many rows there are at most, one job to each, or several; and how high they are, in pixels."""

    rows: int
    lanes: int
    row: float
    lane: float
    letters: int
    """Of a name at the left."""
    font: float
    mixed: int = 0
    """Rows of several teams, in which no name stands."""
    thin: float = 0.0
    """How high these are."""


SIZES: Final = {
    "screen": _Size(rows=60, lanes=150, row=21, lane=16, letters=26, font=11),
    "paper": _Size(rows=44, lanes=56, row=17, lane=14, letters=24, font=10),
    "small": _Size(rows=15, lanes=15, row=12, lane=9.5, letters=20, font=9, mixed=20, thin=7),
}


def gantt_left(jobs: Sequence[JobRow], form: Form) -> str:
    """How many of the jobs are drawn, and by which rule; empty where all are."""
    found = _layout(jobs, form)
    told = f"{found.drawn:,} of {len(jobs):,} jobs are drawn: {RULE}." if found.left else ""
    whose = "Jobs of a team" if any(lane.name for lane in found.lanes) else "Jobs, of any team,"
    several = f"{whose} that do not overlap share a row." if found.packed else ""
    return f"{told} {several}".strip()


def _layout(jobs: Sequence[JobRow], form: Form) -> Layout:
    return layout_of(jobs, SIZES[form].rows, SIZES[form].lanes, mixed=SIZES[form].mixed)


def gantt_spec(jobs: Sequence[JobRow], axis: TimeAxis, form: Form) -> Spec | None:
    """The chart; None where no job runs."""
    if not jobs:
        return None
    import altair as alt

    size, found = SIZES[form], _layout(jobs, form)
    colours = _colours([one for lane in found.lanes for one in lane.jobs])
    named = any(lane.name for lane in found.lanes)
    step = (size.lane if named else size.thin) if found.packed else size.row
    left = {lane.key: shorten(lane.name, size.letters) if lane.name else "" for lane in found.lanes}
    bold = tuple(lane.key for lane in found.lanes if lane.heading or (found.packed and lane.name))
    rows = Rows(left, {lane.key: _right(lane) for lane in found.lanes}, bold)
    entries = [_entry(one, lane.key, colours, SHORTEST * axis.hours) for lane in found.lanes for one in lane.jobs]
    marks = [_deadline(one, lane.key, axis, packed=found.packed) for lane in found.lanes for one in lane.jobs]
    data: dict[str, list[dict[str, Any]]] = {
        "jobs": entries,
        "late": [one for one in entries if one["late"] > 0],
        "deadlines": [one for one in marks if one is not None],
        **marks_of(axis),
    }
    data = {name: listed for name, listed in data.items() if listed}
    x, y = time_axis(axis, small=form == "small"), rows.encoding("left")
    scale = alt.Scale(domain=[0, axis.hours], nice=False)
    bars = alt.Chart(alt.NamedData("jobs")).mark_bar(
        height={"band": 0.74}, stroke=INK, cursor="pointer", clip=True
    ).encode(
        x=x, x2="end:Q", y=y, color=_colour(colours, others=any(one["provider"] == OTHERS for one in entries),
                             near=form == "small"),
        opacity=alt.condition("datum.standing === 'done'", alt.value(0.4), alt.value(1)),
        strokeWidth=alt.condition("datum.standing === 'running'", alt.value(2), alt.value(0.5)),
        tooltip=[alt.Tooltip(f"{name}:N", title=title) for name, title in _TIPS.items()],
    )  # fmt: skip
    layers = [*closed_layer(axis, scale), bars]
    if "late" in data:
        layers.append(
            alt.Chart(alt.NamedData("late")).mark_bar(
                height={"band": 0.3}, color=VERMILION, stroke=INK, strokeWidth=0.8, clip=True, tooltip=None
            ).encode(x=alt.X("from:Q", scale=scale), x2="end:Q", y=rows.encoding())
        )  # fmt: skip
    if "deadlines" in data:
        layers.append(
            alt.Chart(alt.NamedData("deadlines")).mark_tick(
                color=INK, thickness=2, height={"band": 0.98}, tooltip=None
            ).encode(x=alt.X("at:Q", scale=scale), y=rows.encoding())
        )  # fmt: skip
    if found.packed and form != "small":
        layers.append(_names(rows, scale, size))
    if not found.packed and form != "small":
        layers.append(_costs(rows, scale))
    layers += now_layer(axis, scale)
    chart = alt.layer(*layers).resolve_axis(y="independent")
    spec = spec_of(chart, step * len(found.lanes))
    spec["datasets"] = data
    config = json.loads(json.dumps(CONFIG))
    config["axis"] |= {"labelFontSize": size.font}
    config["legend"] |= {"labelFontSize": size.font}
    spec["config"] = config
    return spec


_TIPS: Final = {"name": "", "team": "team", "where": "where", "start": "from", "finish": "to", "cost": "cost",
                "told": "late"}  # fmt: skip


def _right(lane: Lane) -> str | list[str]:
    """What a row costs, and how late it is."""
    return ", ".join([lane.jobs[0].cost.text, *([f"late {lane.jobs[0].late}"] if lane.jobs[0].late else [])]) if (
        len(lane.jobs) == 1) else ""  # fmt: skip


def _colours(jobs: Sequence[JobRow]) -> dict[str, str]:
    """Provider → its colour: the busiest have one each, the others are grey."""
    hours: dict[str, float] = {}
    for one in jobs:
        hours[one.provider] = hours.get(one.provider, 0.0) + (one.hours.value or 0.0)
    named = sorted(hours, key=lambda name: (-hours[name], name))
    kept = named if len(named) <= len(COLOURS) else named[: len(COLOURS) - 1]
    return dict(zip(kept, COLOURS, strict=False))


def _entry(one: JobRow, row: str, colours: dict[str, str], shortest_hours: float) -> dict[str, Any]:
    start, hours = one.start_hours, one.hours.value or 0.0
    end, fill = start + hours, colours.get(one.provider, GREY)
    return {
        "id": one.id, "row": row, "name": one.name, "team": one.team, "where": one.where, "start": one.start,
        "finish": one.end, "cost": one.cost.text, "told": one.late or "no", "at": round(max(start, 0.0), 2),
        "end": round(max(end, start + shortest_hours, 0.0), 2), "from": round(max(end - one.late_hours, start, 0.0), 2),
        "late": round(one.late_hours, 2), "standing": one.standing,
        "provider": provider_text(one.provider) if one.provider in colours else OTHERS,
        "ink": "#ffffff" if fill in DARK else "#1a2027",
    }  # fmt: skip


def _deadline(one: JobRow, row: str, axis: TimeAxis, *, packed: bool) -> dict[str, Any] | None:
    """Its mark; where rows are shared only of what is late, since others lie among other jobs."""
    at = one.deadline_hours
    if at is None or not 0.0 <= at <= axis.hours or (packed and not one.late_hours):
        return None
    return {"row": row, "at": round(at, 2)}


def _colour(colours: dict[str, str], *, others: bool, near: bool) -> Any:  # noqa: ANN401
    import altair as alt

    names = [*(provider_text(name) for name in colours), *([OTHERS] if others else [])]
    legend = alt.Legend(
        symbolType="square",
        labelLimit=140,
        offset=6 if near else 18,
        columns=alt.expr(f"width < {PHONE_WIDTH} ? 2 : 7"),
    )
    return alt.Color(
        "provider:N",
        title=None,
        sort=None,
        legend=legend,
        scale=alt.Scale(domain=names, range=[*colours.values(), GREY][: len(names)]),
    )


def _names(rows: Rows, scale: Any, size: _Size) -> Any:  # noqa: ANN401
    """Names inside bars that have room for some letters of them."""
    import altair as alt

    wide = "abs(scale('x', datum.end) - scale('x', datum.at))"
    return alt.Chart(alt.NamedData("jobs")).mark_text(
        align="left", baseline="middle", dx=3, fontSize=size.font - 1.5, limit=alt.expr(f"max({wide} - 5, 1)"),
        opacity=alt.expr(f"{wide} < 26 ? 0 : 1"), tooltip=None, clip=True,
    ).encode(x=alt.X("at:Q", scale=scale), y=rows.encoding(), text="name:N",
             color=alt.Color("ink:N", scale=None))  # fmt: skip


def _costs(rows: Rows, scale: Any) -> Any:  # noqa: ANN401
    """Costs at the right of their rows; a phone has no room for them."""
    import altair as alt

    return alt.Chart(alt.NamedData("jobs")).mark_point(opacity=0, tooltip=None).encode(
        x=alt.X("at:Q", scale=scale), y=right_of(rows)
    )  # fmt: skip
