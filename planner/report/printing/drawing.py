"""The process that draws charts: the chart package holds the interpreter's lock while it draws."""

from collections.abc import Iterator
from typing import Any

from planner.report.charts.vega_svg import svg_of, warm_up
from planner.report.printing.worker import working


def serve() -> None:
    """Answer every (name, spec) with its SVG."""
    working(warm_up, _drawn)


def _drawn(question: tuple[str, dict[str, Any]], _: Iterator[Any]) -> str:
    return svg_of(*question)
