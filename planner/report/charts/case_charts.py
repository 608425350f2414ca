"""CaseData → its figures, each for the screen and for paper."""

from collections.abc import Callable, Mapping
from typing import Final

from planner.report.charts.case_breakdown import breakdown_spec
from planner.report.charts.case_curves import curves_spec
from planner.report.charts.case_tornado import swings_spec
from planner.report.charts.sizes import Both, both
from planner.report.charts.theme import HALF_PAPER
from planner.report.data.business_case import CaseData

SLIM: Final = 140
"""Height of the chart of one page."""

CASE_CHARTS: Final[Mapping[str, Callable[[CaseData], Both | None]]] = {
    "case-cumulative": lambda data: both(curves_spec(data.charts.cumulative)),
    "case-cumulative-small": lambda data: both(curves_spec(data.charts.cumulative, SLIM), HALF_PAPER),
    "case-returns": lambda data: both(curves_spec(data.charts.returns)),
    "case-options": lambda data: both(curves_spec(data.charts.options)),
    "case-breakdown": lambda data: both(breakdown_spec(data.charts.breakdown)),
    "case-units": lambda data: both(curves_spec(data.charts.units)),
    "case-margins": lambda data: both(curves_spec(data.charts.margins)),
    "case-tornado": lambda data: both(swings_spec(data.charts.swings)),
    "case-hours": lambda data: both(curves_spec(data.charts.hours)),
    "case-scale": lambda data: both(curves_spec(data.charts.scale)),
}
"""Name of each figure → its specs, in the order of a report."""
