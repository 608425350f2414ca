"""Charts as pictures: SVG text for paper, for markdown hosts and for pages whose script does not run."""

import re
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Final

from planner.errors import SetupError
from planner.report.charts.charts import Chart, charts
from planner.report.charts.vega_svg import MISSING, svg_of

if TYPE_CHECKING:
    from planner.report.data.printed import Printed

_PAD: Final = 18
_INK: Final = "#1a2027"
_HALO: Final = ".role-mark text{paint-order:stroke;stroke:#fff;stroke-width:4px;stroke-linejoin:round}"
_BOX = re.compile(r'^<svg ([^>]*?)width="([0-9.]+)" height="([0-9.]+)"([^>]*?) viewBox="[^"]*">')


def draw(data: "Printed", names: Sequence[str] | None = None) -> tuple[Chart, ...]:
    """The charts of these names of a report (None: all); raises SetupError where the chart packages are missing."""
    try:
        import vl_convert  # noqa: F401

        return charts(data, names)
    except ImportError as error:
        raise SetupError(MISSING) from error


def pictures(drawn: tuple[Chart, ...]) -> Mapping[str, str]:
    """Name of each chart → its SVG."""
    return {chart.name: svg_of(chart.name, chart.paper) for chart in drawn}


def on_white(svg: str) -> str:
    """The picture as a file of its own: dark on a white ground with a margin, whatever page it is shown in."""
    box = _BOX.match(svg)
    if box is None:
        return svg
    width, height = (float(box[k]) + 2 * _PAD for k in (2, 3))
    head = (
        f'<svg {box[1]}width="{width:g}" height="{height:g}"{box[4]} color="{_INK}" '
        f'viewBox="{-_PAD} {-_PAD} {width:g} {height:g}"><style>{_HALO}</style>'
        f'<rect x="{-_PAD}" y="{-_PAD}" width="{width:g}" height="{height:g}" fill="#fff"/>'
    )
    return head + svg[box.end() :] + "\n"
