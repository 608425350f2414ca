"""How the points of a front are marked: shape by method, colour by quality, decisions with names, bands and places."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from planner.report.charts.front_axes import Objective, rounded
from planner.report.charts.placing import Placed, Range, place
from planner.report.charts.theme import BLUE, GREY, PHONE_WIDTH, QUALITY_EXTENT, QUALITY_SCHEME, SHAPES, SWATCH
from planner.report.data.rows import Point


@dataclass(frozen=True, slots=True)
class Plane:
    """Two objectives, and the points that have both."""

    x: Objective
    y: Objective
    rows: tuple[Point, ...]
    cloud: tuple[tuple[float, float], ...]
    """(x, y) of dominated points."""
    size: tuple[int, int]
    """Width on paper and height, in pixels."""
    logs: tuple[bool, bool]
    extent: tuple[Range, Range]
    """Lowest and highest value drawn, of x and of y."""
    told_apart: str = "method"
    """What the shapes stand for."""
    others: tuple[str, ...] = ()
    """What has a shape too, though it is no point of the plane."""

    def title(self, objective: Objective) -> str:
        """Name and unit of an objective, and whether it is only a prior."""
        if objective.name != "quality":
            return objective.title
        return quality_title(self.rows)


def quality_title(rows: Sequence[Point]) -> str:
    """What the quality of these rows is called."""
    prior = any("prior" in row.quality.label for row in rows if row.quality.value is not None)
    return "Predicted quality q (prior)" if prior else "Predicted quality q"


def mark_size(count: int) -> tuple[int, float]:
    """Area of a point in square pixels and width of its outline: of many, smaller ones."""
    return (64, 0.7) if count <= 300 else (40, 0.5) if count <= 1000 else (26, 0.35)


def method_of(row: Point) -> str:
    """The method's name, without its rank and targets."""
    return row.method.split(" ")[0]


def shape_of(plane: Plane, *, legend: bool) -> Any:  # noqa: ANN401
    """A shape for each method, or whatever tells the points apart."""
    import altair as alt

    methods = sorted({method_of(row) for row in plane.rows} | set(plane.others), key=str.lower)
    told = alt.Legend(symbolFillColor="transparent", columns=alt.expr(f"width < {PHONE_WIDTH} ? 1 : 8"))
    return alt.Shape(
        "method:N",
        title=plane.told_apart,
        scale=alt.Scale(domain=methods, range=[SHAPES[i % len(SHAPES)] for i in range(len(methods))]),
        legend=told if legend and len(methods) > 1 else None,
    )


def colour_of(rows: Sequence[Point], *, legend: bool) -> Any:  # noqa: ANN401
    """Quality from dark to light; blue where no quality is known."""
    import altair as alt

    values = [row.quality.value for row in rows if row.quality.value is not None]
    if not values:
        return alt.ColorValue(BLUE)
    scale = alt.Scale(scheme=alt.SchemeParams(name=QUALITY_SCHEME, extent=QUALITY_EXTENT), zero=False, nice=False)
    low, span = min(values), max(values) - min(values)
    told = alt.Legend(
        type="symbol",
        symbolType=SWATCH,
        symbolSize=260,
        symbolStrokeWidth=0.7,
        columns=alt.expr(f"width < {PHONE_WIDTH} ? 3 : 5"),
        columnPadding=8,
        format=".2f" if span > 0.04 else ".3f",
        values=[low + span * step / 4 for step in range(5)] if span > 0 else [low],
    )
    grey = {"test": "datum.quality === null", "value": GREY} if len(values) < len(rows) else alt.Undefined
    return alt.Color(
        "quality:Q", title=quality_title(rows), scale=scale, legend=told if legend else None, condition=grey
    )


def decisions_of(plane: Plane) -> list[dict[str, Any]]:
    """The decisions among the points: where they are, their bands, and where their names go."""
    chosen = [row for row in plane.rows if row.roles]
    points = [_at(plane, row) for row in plane.rows]
    marks = [(*_at(plane, row), ", ".join(row.roles)) for row in chosen]
    sizes = (plane.size, (round(PHONE_WIDTH * 0.65), plane.size[1]))
    wide, narrow = (place(marks, points, size=size, log=plane.logs, extent=plane.extent) for size in sizes)
    return [_decision(plane, row, *spots) for row, *spots in zip(chosen, wide, narrow, strict=True)]


def _at(plane: Plane, row: Point) -> tuple[float, float]:
    return plane.x.figure(row).value or 0.0, plane.y.figure(row).value or 0.0


def _decision(plane: Plane, row: Point, wide: Placed, narrow: Placed) -> dict[str, Any]:
    entry: dict[str, Any] = {"name": ", ".join(row.roles)}
    for objective in (plane.x, plane.y):
        figure, name = objective.figure(row), objective.field
        low, high = (figure.value if end is None else end for end in (figure.low, figure.high))
        if not objective.amount and low is not None and high is not None:
            # The scale is that of the points: a wider band is cut where they end, and marked there.
            bottom, top = plane.extent[objective is plane.y]
            entry |= {f"{name}_low_cut": low < bottom, f"{name}_high_cut": high > top}
            low, high = max(low, bottom), min(high, top)
        entry |= {name: rounded(figure.value), f"{name}_low": rounded(low), f"{name}_high": rounded(high)}
    return entry | {
        "dx": wide.dx, "dy": wide.dy, "align": wide.align,
        "narrow_dx": narrow.dx, "narrow_dy": narrow.dy, "narrow_align": narrow.align,
    }  # fmt: skip
