"""ReportData → one Vega-Lite spec per figure, built with Altair; one family for the screen and for paper."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final, Literal

from planner.report.data import ReportData
from planner.report.front_chart import front_spec
from planner.report.scaling_chart import scaling_spec
from planner.report.stack_chart import stack_spec
from planner.report.theme import HALF_PAPER, PAPER_WIDTH
from planner.report.thinning import FRONT_POINTS, thin_cloud, thin_front
from planner.report.tornado_chart import tornado_spec

Spec = dict[str, Any]
SCALING: Final[Mapping[str, Literal["hours", "cost"]]] = {"scaling-time": "hours", "scaling-cost": "cost"}
"""Chart → what it draws against the number of GPUs."""


@dataclass(frozen=True, slots=True)
class Chart:
    """A figure: its spec for the screen and the same, thinned and of fixed width, for paper."""

    name: str
    screen: Spec
    paper: Spec


def charts(data: ReportData) -> tuple[Chart, ...]:
    """Every figure of a report, in order; none where nothing is feasible."""
    if not data.feasible:
        return ()
    drawn = thin_front(data.front, FRONT_POINTS, data.objectives)
    found = []
    screen = front_spec(data.front, data.cloud)
    if screen:
        thinned = len(drawn) < len(data.front) or len(data.cloud) > len(thin_cloud(data.cloud, len(drawn)))
        paper = front_spec(drawn, thin_cloud(data.cloud, len(drawn))) if thinned else screen
        found.append(Chart("front", _sized(screen, None), _sized(paper or screen, PAPER_WIDTH)))
    for name, bars, what, unit in (
        ("memory", data.memory, "Memory of the fullest GPU", "GiB"),
        ("cost", data.cost, "Cost", "USD"),
        ("time", data.time, "Wall-clock time", "hours"),
    ):
        spec = stack_spec(bars, what, unit)
        if spec:
            found.append(Chart(name, _sized(spec, None), _sized(spec, PAPER_WIDTH)))
    tornado = tornado_spec(data.changes)
    if tornado:
        found.append(Chart("tornado", _sized(tornado, None), _sized(tornado, PAPER_WIDTH)))
    for name, of in SCALING.items():
        spec = scaling_spec(data.scaling, of)
        if spec:
            found.append(Chart(name, _sized(spec, None), _sized(spec, HALF_PAPER)))
    return tuple(found)


def _sized(spec: Spec, width: int | None) -> Spec:
    """The spec at this width (None: that of the page), without the schema's address."""
    size = {"width": "container" if width is None else width}
    kept = {key: value for key, value in spec.items() if key != "$schema"}
    return {**kept, **size, "autosize": {"type": "fit-x" if width is None else "pad", "contains": "padding"}}
