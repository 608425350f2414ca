"""ReportData → one Vega-Lite spec per figure, built with Altair; one family for the screen and for paper."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from planner.report.data import ReportData
from planner.report.front_chart import front_spec
from planner.report.scaling_chart import scaling_spec
from planner.report.stack_chart import stack_spec
from planner.report.theme import HALF_PAPER, PAPER_WIDTH
from planner.report.thinning import FRONT_POINTS, thin_cloud, thin_front
from planner.report.tornado_chart import tornado_spec

Spec = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Chart:
    """A figure: its spec for the screen and the same, thinned and of fixed width, for paper."""

    name: str
    screen: Spec
    paper: Spec


def charts(data: ReportData, names: Sequence[str] | None = None) -> tuple[Chart, ...]:
    """The figures of a report of these names (None: all), in order; none where nothing is feasible."""
    if not data.feasible:
        return ()
    wanted = [name for name in _CHARTS if names is None or name in names]
    drawn = ((name, _CHARTS[name](data)) for name in wanted)
    return tuple(Chart(name, *specs) for name, specs in drawn if specs is not None)


Both = tuple[Spec, Spec]
"""For the screen and for paper."""


def _front(data: ReportData) -> Both | None:
    screen = front_spec(data.front, data.cloud)
    if not screen:
        return None
    drawn = thin_front(data.front, FRONT_POINTS, data.objectives)
    cloud = thin_cloud(data.cloud, len(drawn))
    thinned = len(drawn) < len(data.front) or len(data.cloud) > len(cloud)
    paper = front_spec(drawn, cloud) if thinned else screen
    return _sized(screen, None), _sized(paper or screen, PAPER_WIDTH)


def _both(spec: Spec | None, width: int = PAPER_WIDTH) -> Both | None:
    return (_sized(spec, None), _sized(spec, width)) if spec else None


_CHARTS: Final[Mapping[str, Callable[[ReportData], Both | None]]] = {
    "front": _front,
    "memory": lambda data: _both(stack_spec(data.memory, "Memory of the fullest GPU", "GiB")),
    "cost": lambda data: _both(stack_spec(data.cost, "Cost", "USD")),
    "time": lambda data: _both(stack_spec(data.time, "Wall-clock time", "hours")),
    "tornado": lambda data: _both(tornado_spec(data.changes)),
    "scaling-time": lambda data: _both(scaling_spec(data.scaling, "hours"), HALF_PAPER),
    "scaling-cost": lambda data: _both(scaling_spec(data.scaling, "cost"), HALF_PAPER),
}
"""Name of each figure → its specs, in the order of a report."""


def _sized(spec: Spec, width: int | None) -> Spec:
    """The spec at this width (None: that of the page), without the schema's address."""
    size = {"width": "container" if width is None else width}
    kept = {key: value for key, value in spec.items() if key != "$schema"}
    return {**kept, **size, "autosize": {"type": "fit-x" if width is None else "pad", "contains": "padding"}}
