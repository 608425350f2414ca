"""All decisions of several plans: cost against time, a colour and a shape for each plan, its name at the shown one."""

from collections.abc import Sequence
from typing import Any, Final

from planner.report.charts.front_axes import rounded, ticks
from planner.report.charts.placing import place
from planner.report.charts.theme import (
    BLUE,
    CONFIG,
    FRONT_HEIGHT,
    GREEN,
    INK,
    ORANGE,
    PAPER_WIDTH,
    PHONE_WIDTH,
    PINK,
    SHAPES,
    SKY,
    VERMILION,
    YELLOW,
)
from planner.report.data.collection import Member
from planner.report.data.rows import Row
from planner.report.names import shorten
from planner.report.several.compare import BANDED

Spec = dict[str, Any]
COLOURS: Final = (BLUE, ORANGE, GREEN, VERMILION, SKY, PINK, YELLOW)
LABEL: Final = 22
"""Letters of a plan's name on the chart."""
MORE_HEIGHT: Final = 10
"""Pixels that every plan beyond the sixth adds, so that names find room."""


def point_id(member: Member, row: Row) -> str:
    """What a decision of a plan is called among those of all: `plan-1-52e3ef8524bf`."""
    return f"{member.id}-{row.id}"


def compare_spec(members: Sequence[Member]) -> Spec | None:
    """The chart; None where no decision has both a cost and a time."""
    drawn = [(one, row) for one in members for row in one.decisions if _both(row)]
    if not drawn:
        return None
    plans = list(dict.fromkeys(one.id for one, _ in drawn))
    labels = _labels(members, drawn)
    values = [v for entry in labels for v in entry["spans"]] if len(plans) <= BANDED else []
    costs = [v for _, row in drawn if (v := row.cost.value) is not None] + [cost for cost, _ in values]
    hours = [v for _, row in drawn if (v := row.hours.value) is not None] + [time for _, time in values]
    height = FRONT_HEIGHT + MORE_HEIGHT * max(0, len(plans) - BANDED)
    spec = _layers(plans, costs, hours, height)
    spec["datasets"] = {
        "decisions": [_point(one, row) for one, row in drawn],
        "labels": [{key: value for key, value in entry.items() if key != "spans"}
                   for entry in _placed(labels, drawn, (costs, hours), height)],
    }  # fmt: skip
    spec["config"] = CONFIG
    return spec


def _both(row: Row) -> bool:
    return bool(row.cost.value and row.hours.value and row.cost.value > 0 and row.hours.value > 0)


def _point(member: Member, row: Row) -> dict[str, Any]:
    return {
        "id": point_id(member, row), "plan": member.id, "name": shorten(member.name, LABEL),
        "cost": rounded(row.cost.value), "hours": rounded(row.hours.value),
    }  # fmt: skip


def _labels(members: Sequence[Member], drawn: Sequence[tuple[Member, Row]]) -> list[dict[str, Any]]:
    """For each plan its shown decision, else its first, with the bands where they are known."""
    entries = []
    for member in members:
        rows = [row for one, row in drawn if one is member]
        if not rows:
            continue
        row = next((row for row in rows if member.decision in row.roles), rows[0])
        entry: dict[str, Any] = {"plan": member.id, "name": member.number or shorten(member.name, LABEL)}
        for field in ("cost", "hours"):
            figure = getattr(row, field)
            low, high = (figure.value if end is None or end <= 0 else end for end in (figure.low, figure.high))
            entry |= {field: figure.value, f"{field}_low": rounded(low), f"{field}_high": rounded(high)}
        entry["spans"] = [(entry[f"cost_{end}"], entry[f"hours_{end}"]) for end in ("low", "high")]
        entries.append(entry)
    return entries


def _placed(
    labels: list[dict[str, Any]], drawn: Sequence[tuple[Member, Row]], values: tuple[list[float], list[float]],
    height: int,
) -> list[dict[str, Any]]:  # fmt: skip
    """The labels with where they stand, on a wide page and on a phone."""
    points = [(row.cost.value or 0.0, row.hours.value or 0.0) for _, row in drawn]
    marks = [(entry["cost"], entry["hours"], entry["name"]) for entry in labels]
    extent = ((min(values[0]), max(values[0])), (min(values[1]), max(values[1])))
    wide, narrow = (
        place(marks, points, size=(width, height), log=True, extent=extent)
        for width in (PAPER_WIDTH, PHONE_WIDTH * 0.65)
    )
    return [
        entry | {
            "cost": rounded(entry["cost"]), "hours": rounded(entry["hours"]),
            "dx": one.dx, "dy": one.dy, "align": one.align,
            "narrow_dx": other.dx, "narrow_dy": other.dy, "narrow_align": other.align,
        }
        for entry, one, other in zip(labels, wide, narrow, strict=True)
    ]  # fmt: skip


def _layers(plans: list[str], costs: list[float], hours: list[float], height: int) -> Spec:
    import altair as alt

    def axis(values: list[float], say: str) -> alt.Axis:
        at = ticks(values)
        return alt.Axis(format=say, values=at) if len(at) > 1 else alt.Axis(format=say, tickCount=6)

    def scale(values: list[float]) -> alt.Scale:
        return alt.Scale(type="log", nice=False, padding=16, domain=[min(values), max(values)])

    x = alt.X("cost:Q", title="Cost, USD (log scale)", scale=scale(costs), axis=axis(costs, "$,~r"))
    y = alt.Y("hours:Q", title="Wall-clock time, hours (log scale)", scale=scale(hours), axis=axis(hours, ",~r"))
    colour = alt.Color("plan:N", scale=alt.Scale(domain=plans, range=_cycled(COLOURS, len(plans))), legend=None)
    # Where colours come round again, shapes do not: no two plans share both.
    shapes = [SHAPES[(i + 2 * (i // len(COLOURS))) % len(SHAPES)] for i in range(len(plans))]
    shape = alt.Shape("plan:N", scale=alt.Scale(domain=plans, range=shapes), legend=None)
    here = "datum.id === selected"
    data, names = alt.NamedData("decisions"), alt.NamedData("labels")
    across = alt.Chart(names).mark_rule(strokeWidth=1.4, opacity=0.55).encode(
        x=alt.X("cost_low:Q"), x2="cost_high:Q", y="hours:Q", color=colour
    )  # fmt: skip
    upright = alt.Chart(names).mark_rule(strokeWidth=1.4, opacity=0.55).encode(
        y=alt.Y("hours_low:Q"), y2="hours_high:Q", x="cost:Q", color=colour
    )  # fmt: skip
    points = (
        alt.Chart(data)
        .mark_point(filled=True, stroke=INK, opacity=1, cursor="pointer")
        .encode(
            x=x, y=y, color=colour, shape=shape, tooltip=alt.Tooltip("id:N"),
            size=alt.condition(here, alt.value(260), alt.value(72)),
            strokeWidth=alt.condition(here, alt.value(2.5), alt.value(0.7)),
        )
        .add_params(alt.param(name="selected", value=""))
    )  # fmt: skip
    narrow = f"width < {PHONE_WIDTH}"
    text = (
        alt.Chart(names)
        .mark_text(
            baseline="middle", fontWeight="bold",
            dx=alt.expr(f"{narrow} ? datum.narrow_dx : datum.dx"),
            dy=alt.expr(f"{narrow} ? datum.narrow_dy : datum.dy"),
            align=alt.expr(f"{narrow} ? datum.narrow_align : datum.align"),
        )
        .encode(x="cost:Q", y="hours:Q", text="name:N")
    )  # fmt: skip
    spec: Spec = (
        alt.layer(*([across, upright] if len(plans) <= BANDED else []), points, text)
        .properties(height=height)
        .to_dict()
    )
    return spec


def _cycled(items: tuple[str, ...], count: int) -> list[str]:
    return [items[i % len(items)] for i in range(count)]
