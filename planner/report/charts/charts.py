"""ReportData → one Vega-Lite spec per figure, built with Altair; one family for the screen and for paper."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, Final

from planner.late import Late
from planner.report.charts.compare_chart import compare_spec
from planner.report.charts.convergence_chart import convergence_spec
from planner.report.charts.cost_centre_chart import spend_spec
from planner.report.charts.front_chart import front_spec, panel_spec
from planner.report.charts.front_panels import panel_names
from planner.report.charts.impact_chart import impact_spec
from planner.report.charts.models_chart import models_spec
from planner.report.charts.scaling_chart import scaling_spec
from planner.report.charts.sizes import Both, both, sized
from planner.report.charts.spot_chart import spot_spec
from planner.report.charts.stack_chart import stack_spec
from planner.report.charts.theme import HALF_PAPER, PAPER_WIDTH
from planner.report.charts.tornado_chart import tornado_spec
from planner.report.charts.vega import Spec
from planner.report.charts.waterfall_chart import waterfall_spec
from planner.report.data.collection import Collection
from planner.report.data.report_data import ReportData
from planner.report.data.rows import Row
from planner.report.sections.thinning import (
    CHART_POINTS,
    FRONT_POINTS,
    PANEL_FRONT_POINTS,
    PANEL_POINTS,
    thin_cloud,
    thin_front,
)

if TYPE_CHECKING:
    from planner.report.data.printed import Printed


@dataclass(frozen=True, slots=True)
class Chart:
    """A figure: its spec for the screen and the same, thinned and of fixed width, for paper."""

    name: str
    screen: Spec
    paper: Spec


def charts(data: "Printed", names: Sequence[str] | None = None) -> tuple[Chart, ...]:
    """The figures of a report of these names (None: all), in order; none where nothing is feasible."""
    if isinstance(data, Collection):
        drawn = [(name, make(data)) for name, make in _SEVERAL.items() if names is None or name in names]
    elif not data.feasible:
        return ()
    else:
        made = _OF[type(data).__name__]
        drawn = [(name, make(data)) for name, make in made.items() if names is None or name in names]
    return tuple(Chart(name, *specs) for name, specs in drawn if specs is not None)


def _front(data: ReportData) -> Both | None:
    return _thinned(data, data.cloud, PAPER_WIDTH, (FRONT_POINTS, CHART_POINTS), front_spec)


def _panel(name: str) -> Callable[[ReportData], Both | None]:
    """One of the small multiples, where the report has it."""

    def draw(data: ReportData) -> Both | None:
        panel = next((panel for panel in data.panels if panel.chart == name), None)
        if panel is None:
            return None
        return _thinned(
            data, panel.cloud, HALF_PAPER, (PANEL_FRONT_POINTS, PANEL_POINTS),
            lambda rows, cloud: panel_spec(rows, replace(panel, cloud=tuple(cloud))),
        )  # fmt: skip

    return draw


def _thinned(
    data: ReportData, cloud: tuple[tuple[float, float], ...], width: int, most: tuple[int, int],
    spec_of: Callable[[Sequence[Row], Sequence[tuple[float, float]]], Spec | None],
) -> Both | None:  # fmt: skip
    """All points for the screen; for paper what `thinning` keeps: at most so many of the front, and in all."""
    screen = spec_of(data.front, cloud)
    if not screen:
        return None
    drawn = thin_front(data.front, most[0], data.objectives)
    dots = thin_cloud(cloud, len(drawn), most[1])
    thinned = len(drawn) < len(data.front) or len(dots) < len(cloud)
    paper = spec_of(drawn, dots) if thinned else screen
    return sized(screen, None), sized(paper or screen, width)


_CHARTS: Final[Mapping[str, Callable[[ReportData], Both | None]]] = {
    "front": _front,
    **{name: _panel(name) for name in panel_names()},
    "spot-cost": lambda data: both(spot_spec(data.spot_policies, data.run_limits, "cost"), HALF_PAPER),
    "spot-time": lambda data: both(spot_spec(data.spot_policies, data.run_limits, "hours"), HALF_PAPER),
    "memory": lambda data: both(stack_spec(data.memory, "Memory of the fullest GPU", "GiB")),
    "cost": lambda data: both(stack_spec(data.cost, "Cost", "USD")),
    "time": lambda data: both(waterfall_spec(data.time, "Wall-clock time", "hours")),
    "tornado": lambda data: both(tornado_spec(data.changes)),
    "convergence": lambda data: both(convergence_spec(data.convergence)),
    "impact-cost": lambda data: both(impact_spec(data.impact, "cost"), HALF_PAPER),
    "impact-quality": lambda data: both(impact_spec(data.impact, "quality"), HALF_PAPER),
    "models": lambda data: both(models_spec(data.models)),
    "scaling-time": lambda data: both(scaling_spec(data.scaling, "hours"), HALF_PAPER),
    "scaling-cost": lambda data: both(scaling_spec(data.scaling, "cost"), HALF_PAPER),
}
"""Name of each figure → its specs, in the order of a report."""
_OF: Final[Late[Mapping[str, Callable[[Any], Both | None]]]] = Late({
    "ReportData": f"{__name__}:_CHARTS",
    "ServingData": "planner.report.charts.serving_charts:SERVING_CHARTS",
    "ReviewData": "planner.report.charts.review_charts:REVIEW_CHARTS",
    "PortfolioData": "planner.report.charts.portfolio_charts:PORTFOLIO_CHARTS",
    "CaseData": "planner.report.charts.case_charts:CASE_CHARTS",
})  # fmt: skip
"""Data of a report → its figures."""
_SEVERAL: Final[Mapping[str, Callable[[Collection], Both | None]]] = {
    "plans": lambda data: both(compare_spec(data.members) if data.sentences.decisions else None),
    "spend": lambda data: both(spend_spec(data.spend)),
}
"""The same of a report of several plans."""
