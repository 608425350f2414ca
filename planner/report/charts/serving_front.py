"""The front of a serving plan: cost against latency, and above it what has a cost and no known latency."""

import math
from collections.abc import Sequence
from dataclasses import replace
from typing import Any, Final

from planner.report.charts.front_axes import SERVING_OBJECTIVES, rounded
from planner.report.charts.front_chart import plane_of, plane_spec
from planner.report.charts.front_marks import Plane, method_of
from planner.report.charts.placing import PADDING
from planner.report.charts.theme import AXIS, FRONT_HEIGHT, GREY, HALF_PAPER, INK, PANEL_HEIGHT, PAPER_WIDTH
from planner.report.charts.vega import Spec
from planner.report.data.panel import Panel
from planner.report.data.serving_rows import ServingRow

Cloud = Sequence[tuple[float, float]]
STRIP: Final = 60
"""Pixels at the top for what has no known latency."""
WAYS: Final = ("API", "rented")
"""Told apart by shape in every chart, whichever of them it holds."""
_UNKNOWN: Final = "latency unknown"


def serving_front_spec(front: Sequence[ServingRow], beside: Sequence[ServingRow], cloud: Cloud) -> Spec | None:
    """Cost against p95 latency; None where no point of the front has both."""
    apart = [row for row in beside if row.latency.value is None and row.cost.value is not None]
    axes = SERVING_OBJECTIVES["cost"], SERVING_OBJECTIVES["latency"]
    across = [row.cost.value for row in apart if row.cost.value is not None]
    plane = plane_of(front, cloud, axes, (PAPER_WIDTH - AXIS, FRONT_HEIGHT), across)
    if plane is None:
        return None
    plane = replace(plane, told_apart="way", others=WAYS)
    spec = plane_spec(plane, legends=True)
    return _with_strip(spec, plane, apart) if apart else spec


def serving_panel_spec(rows: Sequence[ServingRow], panel: Panel) -> Spec | None:
    """The same marks over cost and quality, those of unknown latency among them."""
    axes = SERVING_OBJECTIVES[panel.x], SERVING_OBJECTIVES[panel.y]
    plane = plane_of(rows, panel.cloud, axes, (HALF_PAPER - AXIS, PANEL_HEIGHT))
    return None if plane is None else plane_spec(replace(plane, told_apart="way", others=WAYS), legends=False)


def _with_strip(spec: Spec, plane: Plane, apart: Sequence[ServingRow]) -> Spec:
    """The same with room at the top, and there a row of marks at their cost."""
    (low, high), tall = plane.extent[1], plane.size[1]
    more = STRIP / (tall - 2 * PADDING)
    top = high * (high / low) ** more if plane.logs[1] else high + (high - low) * more
    for layer in spec["layer"]:
        scale = layer["encoding"].get("y", {}).get("scale")
        if scale is not None:
            scale["domain"] = [low, top if top > low else low + 1.0]
    spec["height"] = tall + STRIP
    named = [row for row in apart if row.roles]
    # Grey where the quality is unknown too, or where no point of the plane makes a scale of colours.
    scaled = any(row.quality.value is not None for row in plane.rows)
    data = {
        "strip": [{"text": _UNKNOWN}],
        "apart": [_entry(row) for row in apart if scaled and row.quality.value is not None],
        "apart_grey": [_entry(row) for row in apart if not scaled or row.quality.value is None],
        "named": [_name(row, plane) for row in named],
    }
    data = {name: rows for name, rows in data.items() if rows}
    spec["layer"] += [layer for layer in _strip() if layer["data"]["name"] in data]
    spec["datasets"] |= data
    return spec


def _name(row: ServingRow, plane: Plane) -> dict[str, Any]:
    """The name of a decision, on the side of its mark that has room."""
    cost, (low, high), at = row.cost.value or 0.0, plane.extent[0], 0.0
    if high > low:
        at = math.log(cost / low) / math.log(high / low) if plane.logs[0] else (cost - low) / (high - low)
    return {"cost": rounded(cost), "name": ", ".join(row.roles), "align": "right" if at > 0.6 else "left"}


def _strip() -> list[dict[str, Any]]:
    here = {"test": "datum.id === selected", "value": 260}
    line = {
        "mark": {"type": "rule", "stroke": INK, "strokeDash": [2, 3], "opacity": 0.5, "tooltip": None},
        "encoding": {"y": {"value": STRIP - 7}, "x": {"value": 0}, "x2": {"value": "width"}},
    }
    told = {
        "mark": {"type": "text", "align": "left", "baseline": "top", "dx": 2, "tooltip": None},
        "encoding": {"x": {"value": 0}, "y": {"value": 0}, "text": {"field": "text", "type": "nominal"}},
    }
    marks: dict[str, Any] = {
        "mark": {"type": "point", "filled": True, "stroke": INK, "opacity": 1, "cursor": "pointer"},
        "encoding": {
            "x": {"field": "cost", "type": "quantitative"},
            "y": {"value": STRIP - 20},
            "shape": {"field": "method", "type": "nominal"},
            "color": {"field": "quality", "type": "quantitative"},
            "tooltip": [{"field": "what", "type": "nominal", "title": ""}],
            "size": {"value": 64, "condition": here},
            "strokeWidth": {"value": 0.7, "condition": {"test": here["test"], "value": 2.5}},
        },
    }
    grey = {**marks, "encoding": {**marks["encoding"], "color": {"value": GREY}}}
    names = {
        "mark": {
            "type": "text",
            "baseline": "middle",
            "align": {"expr": "datum.align"},
            "dx": {"expr": "datum.align === 'left' ? -5 : 5"},
            "dy": -17,
            "fontWeight": "bold",
            "tooltip": None,
        },
        "encoding": {
            "x": {"field": "cost", "type": "quantitative"},
            "y": {"value": STRIP - 20},
            "text": {"field": "name", "type": "nominal"},
        },
    }
    return [
        {"data": {"name": "strip"}, **line},
        {"data": {"name": "strip"}, **told},
        {"data": {"name": "apart"}, **marks},
        {"data": {"name": "apart_grey"}, **grey},
        {"data": {"name": "named"}, **names},
    ]


def _entry(row: ServingRow) -> dict[str, Any]:
    return {
        "id": row.id, "cost": rounded(row.cost.value), "quality": rounded(row.quality.value), "method": method_of(row),
        "what": f"{row.model}, {row.offer}",
    }  # fmt: skip
