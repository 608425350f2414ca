"""PortfolioData → its figures, each for the screen and for paper."""

from collections.abc import Callable, Mapping
from typing import Final

from planner.report.charts.portfolio_budgets import budgets_spec
from planner.report.charts.portfolio_front import front_spec
from planner.report.charts.portfolio_gantt import gantt_spec
from planner.report.charts.portfolio_quotas import quota_spec
from planner.report.charts.sizes import Both, both, sized
from planner.report.charts.theme import HALF_PAPER, PAPER_WIDTH
from planner.report.data.portfolio import PortfolioData

QUOTAS: Final = 12
"""Small multiples of quotas."""


def _gantt(data: PortfolioData) -> Both | None:
    screen, paper = (gantt_spec(data.jobs, data.axis, form) for form in ("screen", "paper"))
    return None if screen is None or paper is None else (sized(screen, None), sized(paper, PAPER_WIDTH))


def _quota(place: int) -> Callable[[PortfolioData], Both | None]:
    def draw(data: PortfolioData) -> Both | None:
        found = data.steps[place] if place < len(data.steps) else None
        return both(quota_spec(found, data.axis), HALF_PAPER)

    return draw


PORTFOLIO_CHARTS: Final[Mapping[str, Callable[[PortfolioData], Both | None]]] = {
    "portfolio-gantt": _gantt,
    "portfolio-gantt-small": lambda data: both(gantt_spec(data.jobs, data.axis, "small")),
    "portfolio-budgets": lambda data: both(budgets_spec(data.bullets)),
    **{f"portfolio-quota-{place + 1}": _quota(place) for place in range(QUOTAS)},
    "portfolio-front": lambda data: both(front_spec(data.dots)),
}
"""Name of each figure → its specs, in the order of a report."""
