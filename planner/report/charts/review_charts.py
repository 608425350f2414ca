"""ReviewData → its figures, each for the screen and for paper."""

from collections.abc import Callable, Mapping
from typing import Final

from planner.report.charts.cost_centre_chart import months_spec
from planner.report.charts.review_budgets import budgets_spec
from planner.report.charts.review_days import days_spec
from planner.report.charts.review_drivers import drivers_spec
from planner.report.charts.review_models import models_spec
from planner.report.charts.sizes import Both, both
from planner.report.charts.theme import HALF_PAPER
from planner.report.data.review import ReviewData


def _trend(data: ReviewData) -> Both | None:
    months = data.charts.months
    if len(months.months) < 2:
        return None
    return both(months_spec(months.months, months.teams, "team", slim=True), HALF_PAPER)


def _months(data: ReviewData) -> Both | None:
    months = data.charts.months
    return both(months_spec(months.months, months.teams, "team")) if len(months.months) > 1 else None


def _where_shown(name: str, make: Callable[[ReviewData], Both | None]) -> Callable[[ReviewData], Both | None]:
    """The figure, where the parts of the report that are printed show it."""

    def draw(data: ReviewData) -> Both | None:
        shown = any(figure.chart == name for one in data.sections for figure in one.figures)
        return make(data) if shown else None

    return draw


_MADE: Final[Mapping[str, Callable[[ReviewData], Both | None]]] = {
    "review-days": lambda data: both(days_spec(data.charts.daily)),
    "review-months": _months,
    "review-trend": _trend,
    "review-budgets": lambda data: both(budgets_spec(data.charts.bullets)),
    "review-drivers": lambda data: both(drivers_spec(data.charts.steps)),
    "review-models": lambda data: both(models_spec(data.charts.models)),
}
REVIEW_CHARTS: Final[Mapping[str, Callable[[ReviewData], Both | None]]] = {
    name: make if name == "review-trend" else _where_shown(name, make) for name, make in _MADE.items()
}
"""Name of each figure → its specs, in the order of a report; of the trend, whatever parts are printed."""
