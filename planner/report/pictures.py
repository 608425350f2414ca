"""Charts as pictures: SVG text for paper, for markdown hosts and for pages whose script does not run."""

import re
from collections.abc import Mapping
from typing import Final

from planner.errors import SetupError
from planner.report.charts import Chart, charts
from planner.report.data import ReportData

MISSING: Final = (
    "charts left out: altair and vl-convert-python are not installed; pip install 'finetune-planner[report]'"
)
VEGA_LITE: Final = "6.4"
_SIZE = re.compile(r'^<svg ([^>]*?)width="([0-9.]+)" height="([0-9.]+)"')


def draw(data: ReportData) -> tuple[Chart, ...]:
    """The charts of a report; raises SetupError where the chart packages are missing."""
    try:
        import vl_convert  # noqa: F401

        return charts(data)
    except ImportError as error:
        raise SetupError(MISSING) from error


def pictures(drawn: tuple[Chart, ...]) -> Mapping[str, str]:
    """Name of each chart → its SVG, drawn in `currentColor` without a background of its own."""
    import vl_convert

    return {chart.name: _fluid(vl_convert.vegalite_to_svg(chart.paper, vl_version=VEGA_LITE)) for chart in drawn}


def _fluid(svg: str) -> str:
    """The picture without a fixed height, so that it scales with its column."""
    return _SIZE.sub(r'<svg \1width="\2" height="\3" role="img"', svg, count=1)
