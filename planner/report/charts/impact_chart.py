"""Dots of what each axis does to the decision: cost and time in one chart, quality in the other, one row per axis."""

from typing import Any, Final, Literal

from planner.report.charts.front_axes import rounded
from planner.report.charts.theme import AXIS, BLUE, CONFIG, GREY, HALF_PAPER, INK, ORANGE
from planner.report.charts.vega import Spec, spec_of
from planner.report.data.impact import MOVES_Q, ImpactDot, ImpactTable

Of = Literal["cost", "quality"]
_ROW: Final = 62
"""Height of a row: the name above its dots, their values under them."""
_UNDER: Final = 12
"""Pixels from the lowest dot to the values."""
_GAP: Final = 4.0
_LETTER: Final = 6.0
"""Width of a letter of a value."""
_LOW: Final = 4
"""How far below its name the marks of a row stand, in pixels."""
_MARKS: Final[dict[Of, tuple[tuple[str, int, str, str], ...]]] = {
    "cost": (("cost", _LOW - 5, BLUE, "circle"), ("time", _LOW + 7, ORANGE, "diamond")),
    "quality": (("q", _LOW, BLUE, "circle"),),
}
"""Figure, its pixels below the middle of a row, colour and shape."""


def impact_spec(table: ImpactTable, of: Of) -> Spec | None:
    """The chart; None where no axis could be moved."""
    dots = [entry for dot in table.dots for entry in _entries(dot, of)]
    if not dots:
        return None
    names = list(dict.fromkeys(dot.axis for dot in table.dots))
    values = [float(entry["change"]) for entry in dots] + [0.0]
    least = MOVES_Q * 1.3 if of == "quality" else 0.02
    low, high = min(*values, -least if of == "quality" else 0.0), max(*values, least)
    air = 0.12 * (high - low)
    spec = _layers(names, [rounded(low - air), rounded(high + air)], of)
    spec["datasets"] = {
        "dots": dots,
        "labels": _labels(dots, names, high - low + 2 * air),
        "names": [{"axis": name, "at": 0.0} for name in names],
        "noise": [{"low": -MOVES_Q, "high": MOVES_Q}] if of == "quality" else [],
    }
    spec["config"] = CONFIG
    return spec


def _entries(dot: ImpactDot, of: Of) -> list[dict[str, Any]]:
    figures = (("q", dot.quality),) if of == "quality" else (("cost", dot.cost), ("time", dot.hours))
    return [
        {"axis": dot.axis, "value": dot.value, "figure": name, "change": rounded(change), "allowed": dot.allowed}
        for name, change in figures
        if change is not None
    ]


def _labels(dots: list[dict[str, Any]], names: list[str], span: float) -> list[dict[str, Any]]:
    """The value of every dot, under it; of dots too near to each other the values together, under their middle.

    Cost and time of one value are a few pixels apart in height, so a value is written under its cost, and under its
    time too where that lies elsewhere.
    """
    found: list[dict[str, Any]] = []
    for name in names:
        mine = [d for d in dots if d["axis"] == name]
        spots = sorted({(d["change"], d["value"]) for d in mine})
        values = {d["value"]: place for place, d in enumerate(mine)}
        groups: list[list[tuple[float, str]]] = []
        for spot in spots:
            if groups and _apart(groups[-1], spot, span) < _GAP:
                groups[-1].append(spot)
            else:
                groups.append([spot])
        for group in groups:
            told = sorted({value for _, value in group}, key=lambda value: values[value])
            middle = (group[0][0] + group[-1][0]) / 2
            found.append({"axis": name, "change": rounded(middle), "value": ", ".join(told)})
    return found


def _apart(group: list[tuple[float, str]], spot: tuple[float, str], span: float) -> float:
    """Pixels of air between the label of a group and that of the next dot, on paper."""
    letters = len(", ".join(dict.fromkeys(value for _, value in group)))
    middle = (group[0][0] + group[-1][0]) / 2
    across = (spot[0] - middle) / span * (HALF_PAPER - AXIS)
    return across - (letters + len(spot[1])) * _LETTER / 2


def _layers(names: list[str], domain: list[float], of: Of) -> Spec:
    import altair as alt

    title = "Change of q" if of == "quality" else "Change of cost and time, %"
    say = "format(datum.value, '+.3~f')" if of == "quality" else "format(100 * datum.value, '+,.3~r')"
    x = alt.X(
        "change:Q",
        title=title,
        scale=alt.Scale(domain=domain, nice=False),
        axis=alt.Axis(labelExpr=f"datum.value === 0 ? '0' : {say}", tickCount=5),
    )
    y = alt.Y("axis:N", title=None, sort=names, axis=None)
    tips = [
        alt.Tooltip("axis:N", title="instead of"),
        alt.Tooltip("value:N", title="value"),
        alt.Tooltip("figure:N", title="figure"),
        alt.Tooltip("change:Q", title="change", format="+.4f" if of == "quality" else "+.1%"),
    ]
    layers = []
    if of == "quality":
        layers.append(
            alt.Chart(alt.NamedData("noise"))
            .mark_rect(color=GREY, opacity=0.18, tooltip=None)
            .encode(x=alt.X("low:Q"), x2="high:Q")
        )
    # A tick in every row, so that no line runs through the names.
    names_of = alt.Chart(alt.NamedData("names"))
    own = alt.MarkDef("tick", color=INK, thickness=1.4, size=28, yOffset=_LOW, tooltip=None)
    layers.append(alt.Chart(alt.NamedData("names"), mark=own).encode(x=alt.X("at:Q"), y=y))
    for figure, offset, colour, shape in _MARKS[of]:
        mark = alt.MarkDef(
            "point", filled=True, size=64, opacity=1, strokeWidth=1.4, yOffset=offset, color=colour, shape=shape
        )
        dots = alt.Chart(alt.NamedData("dots"), mark=mark).transform_filter(f"datum.figure === '{figure}'")
        hollow = alt.condition("datum.allowed", alt.value(1), alt.value(0))
        layers.append(dots.encode(x=x, y=y, tooltip=tips, fillOpacity=hollow, detail="figure:N"))
    under = _MARKS[of][-1][1] + _UNDER
    text = alt.MarkDef("text", align="center", dy=under, baseline="middle", fontSize=10)
    layers.append(alt.Chart(alt.NamedData("labels"), mark=text).encode(x=x, y=y, text="value:N"))
    named = names_of.mark_text(align="left", baseline="middle", dx=2, dy=-17, fontWeight="bold", tooltip=None)
    layers.append(named.encode(x=alt.value(0), y=y, text="axis:N"))
    return spec_of(alt.layer(*layers), _ROW * len(names) + 6)
