"""The worth of a sampled front against the generations that it took, and what polishing added."""

from typing import Final

from planner.report.charts.theme import BLUE, CONFIG, INK, ORANGE, SCALING_HEIGHT
from planner.report.charts.vega import Spec, spec_of
from planner.report.data.convergence import Convergence
from planner.report.names import capital

_ROOM: Final = 0.16
"""Share of the width that the names at the end of the line take."""


def convergence_spec(course: Convergence) -> Spec | None:
    """The chart; None where there is no course to draw."""
    if len(course.points) < 2:
        return None
    import altair as alt

    values = [v for _, v in course.points] + ([course.polished] if course.polished is not None else [])
    low, high = min(values), max(values)
    air = max(0.12 * (high - low), 0.002)
    digits = 0 if high - low > 0.05 else 1 if high - low > 0.003 else 2
    last, worth = course.points[-1]
    x = alt.X(
        "at:Q",
        title=capital(course.along),
        scale=alt.Scale(domain=[0, round(max(last, 1) * (1 + _ROOM), 3)], nice=False),
        axis=alt.Axis(format=",d", values=_ticks(last), grid=False),
    )
    y = alt.Y(
        "worth:Q",
        title="Worth of the front, % of its box",
        scale=alt.Scale(domain=[_round(max(0.0, low - air)), _round(min(1.0, high + air))], nice=False),
        axis=alt.Axis(labelExpr=f"format(100 * datum.value, '.{digits}f')", tickCount=6),
    )
    tips = [alt.Tooltip("at:Q", title=course.along), alt.Tooltip("worth:Q", title="worth", format=".3%")]
    line = (
        alt.Chart(alt.NamedData("course"))
        .mark_line(stroke=BLUE, strokeWidth=2, interpolate="step-after", tooltip=None)
        .encode(x=x, y=y)
    )
    dots = alt.Chart(alt.NamedData("course")).mark_circle(color=BLUE, size=18, opacity=1).encode(x=x, y=y, tooltip=tips)
    ends = alt.Chart(alt.NamedData("ends"))
    marks = ends.mark_point(filled=True, stroke=INK, strokeWidth=0.7, size=80, opacity=1, tooltip=None).encode(
        x=x,
        y=y,
        shape=alt.Shape("what:N", legend=None, scale=alt.Scale(domain=_WHATS, range=["circle", "diamond"])),
        color=alt.Color("what:N", legend=None, scale=alt.Scale(domain=_WHATS, range=[BLUE, ORANGE])),
    )
    names = ends.mark_text(
        align="left", baseline="middle", dx=9, dy=alt.expr("datum.dy"), fontWeight="bold", tooltip=None
    ).encode(x=x, y=y, text="what:N")
    spec = spec_of(alt.layer(line, dots, marks, names), SCALING_HEIGHT)
    ended = [{"at": last, "worth": _round(worth), "what": _WHATS[0], "dy": 0.0}]
    if course.polished is not None:
        near = (course.polished - worth) / (high - low + 2 * air) * SCALING_HEIGHT < 14
        ended[0]["dy"] = 7.0 if near else 0.0
        ended.append({"at": last, "worth": _round(course.polished), "what": _WHATS[1], "dy": -7.0 if near else 0.0})
    spec["datasets"] = {"course": [{"at": at, "worth": _round(v)} for at, v in course.points], "ends": ended}
    spec["config"] = CONFIG
    return spec


_WHATS: Final = ["sampled", "polished"]


def _ticks(last: int) -> list[int]:
    """Whole numbers up to the last, about eight of them, at a step of 1, 2 or 5 times a power of ten."""
    step = next((s * 10**e for e in range(9) for s in (1, 2, 5) if last <= 8 * s * 10**e), max(last, 1))
    return list(range(0, last + 1, step))


def _round(value: float) -> float:
    return round(value, 6)
