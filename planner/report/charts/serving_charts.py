"""ServingData → its figures, each for the screen and for paper."""

from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Final

from planner.report.charts.serving_break_even import break_even_spec
from planner.report.charts.serving_front import serving_front_spec, serving_panel_spec
from planner.report.charts.serving_latency import latency_spec
from planner.report.charts.serving_load import load_spec, replicas_spec
from planner.report.charts.sizes import Both, both, sized
from planner.report.charts.stack_chart import stack_spec
from planner.report.charts.theme import HALF_PAPER, PAPER_WIDTH
from planner.report.data.serving import ServingData
from planner.report.sections.thinning import (
    CHART_POINTS,
    FRONT_POINTS,
    PANEL_FRONT_POINTS,
    PANEL_POINTS,
    spread,
    thin_cloud,
    thin_front,
)

BESIDE_POINTS: Final = 40
"""Points of unknown latency that paper shows."""


def _front(data: ServingData) -> Both | None:
    screen = serving_front_spec(data.front, data.beside, data.cloud)
    if screen is None:
        return None
    drawn = thin_front(data.front, FRONT_POINTS, data.objectives)
    beside = thin_front(data.beside, BESIDE_POINTS, data.objectives)
    dots = thin_cloud(data.cloud, len(drawn), CHART_POINTS)
    paper = serving_front_spec(drawn, beside, dots)
    return sized(screen, None), sized(paper or screen, PAPER_WIDTH)


def _panel(data: ServingData) -> Both | None:
    if not data.panels:
        return None
    panel, rows = data.panels[0], (*data.front, *data.beside)
    screen = serving_panel_spec(rows, panel)
    if screen is None:
        return None
    drawn = thin_front(rows, PANEL_FRONT_POINTS, data.objectives)
    dots = spread(panel.cloud, max(0, PANEL_POINTS - len(drawn)))
    paper = serving_panel_spec(drawn, replace(panel, cloud=dots))
    return sized(screen, None), sized(paper or screen, HALF_PAPER)


SERVING_CHARTS: Final[Mapping[str, Callable[[ServingData], Both | None]]] = {
    "front": _front,
    "front-cost-quality": _panel,
    "load": lambda data: both(load_spec(data.traffic.requests_per_s)),
    "replicas": lambda data: both(replicas_spec(data.traffic.steps)),
    "latency-ttft": lambda data: both(latency_spec(data.curves, data.targets, "ttft"), HALF_PAPER),
    "latency-itl": lambda data: both(latency_spec(data.curves, data.targets, "itl"), HALF_PAPER),
    "latency-total": lambda data: both(latency_spec(data.curves, data.targets, "total"), HALF_PAPER),
    "cost": lambda data: both(stack_spec(data.cost, "Cost a month", "USD")),
    "break-even": lambda data: both(break_even_spec(data.break_even)),
}
"""Name of each figure → its specs, in the order of a report."""
