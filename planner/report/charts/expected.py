"""Which figures a report seems to have, told at once; the specs, which take a while, tell which it has."""

from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING, Final

from planner.report.charts.front_panels import panel_names
from planner.report.data.report_data import ReportData

if TYPE_CHECKING:
    from planner.report.data.printed import Printed


def expected(data: "Printed", names: Sequence[str] | None = None) -> tuple[str, ...] | None:
    """Names of the figures, of these (None: all), in the order of a report; None where only drawing them tells."""
    if not isinstance(data, ReportData):
        return None
    if not data.feasible:
        return ()
    return tuple(name for name, seems in _SEEMS.items() if (names is None or name in names) and seems(data))


def _panel(name: str) -> Callable[[ReportData], bool]:
    return lambda data: any(panel.chart == name for panel in data.panels)


_SEEMS: Final[Mapping[str, Callable[[ReportData], bool]]] = {
    "front": lambda data: bool(data.front),
    **{name: _panel(name) for name in panel_names()},
    "spot-cost": lambda data: bool(data.spot_policies),
    "spot-time": lambda data: bool(data.spot_policies),
    "memory": lambda data: bool(data.memory),
    "cost": lambda data: bool(data.cost),
    "time": lambda data: bool(data.time),
    "tornado": lambda data: bool(data.changes.sways),
    "convergence": lambda data: len(data.convergence.points) > 1,
    "impact-cost": lambda data: bool(data.impact.dots),
    "impact-quality": lambda data: bool(data.impact.dots),
    "models": lambda data: len(data.models.marks) > 1,
    "scaling-time": lambda data: any(len(scale.counts) > 1 for scale in data.scaling),
    "scaling-cost": lambda data: any(len(scale.counts) > 1 for scale in data.scaling),
}
