"""Charts as pictures: SVG text for paper, for markdown hosts and for pages whose script does not run."""

import re
from collections.abc import Mapping, Sequence
from typing import Final

from planner.errors import SetupError
from planner.report.charts.charts import Chart, charts
from planner.report.charts.theme import FONT
from planner.report.data.collection import Printed

MISSING: Final = (
    "charts left out: altair and vl-convert-python are not installed; pip install 'finetune-planner[report]'"
)
_ID = re.compile(r' id="((?:gradient_|clip)\d+)"')
_NOISE = re.compile(r' (?:font-family|pointer-events|cursor|aria-hidden)="[^"]*"')
"""Attributes that every element repeats; the font stands once at the top."""
_PAD: Final = 18
_INK: Final = "#1a2027"
_HALO: Final = ".role-mark text{paint-order:stroke;stroke:#fff;stroke-width:4px;stroke-linejoin:round}"
_BOX = re.compile(r'^<svg ([^>]*?)width="([0-9.]+)" height="([0-9.]+)"([^>]*?) viewBox="[^"]*">')
_SIZE = re.compile(r'^<svg ([^>]*?)width="([0-9.]+)" height="([0-9.]+)"')


def draw(data: Printed, names: Sequence[str] | None = None) -> tuple[Chart, ...]:
    """The charts of these names of a report (None: all); raises SetupError where the chart packages are missing."""
    try:
        import vl_convert  # noqa: F401

        return charts(data, names)
    except ImportError as error:
        raise SetupError(MISSING) from error


def warm_up() -> None:
    """Load the chart packages and draw something, so that the first real chart need not wait for it."""
    try:
        import altair  # noqa: F401
        import vl_convert
    except ImportError as error:
        raise SetupError(MISSING) from error
    vl_convert.vegalite_to_svg(
        {"data": {"values": [{}]}, "mark": "text", "encoding": {"text": {"value": "x"}}}, vl_version=_version()
    )


def _version() -> str:
    import vl_convert

    version: str = vl_convert.get_vegalite_versions()[-1]
    return version


def pictures(drawn: tuple[Chart, ...]) -> Mapping[str, str]:
    """Name of each chart → its SVG, drawn in `currentColor` without a background of its own."""
    import vl_convert

    version = _version()
    return {
        chart.name: _fluid(chart.name, vl_convert.vegalite_to_svg(chart.paper, vl_version=version)) for chart in drawn
    }


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


def _fluid(name: str, svg: str) -> str:
    """The picture ready to stand in a page: scaling with its column, its inner ids its own.

    Vega numbers gradients and clips through the life of the process; here they are numbered within the picture.
    """
    ids = dict.fromkeys(_ID.findall(svg))
    for number, old in enumerate(ids):
        svg = re.sub(rf"\b{re.escape(old)}\b", f"{name}-{number}", svg)
    svg = _NOISE.sub("", svg)
    return _SIZE.sub(rf'<svg \1width="\2" height="\3" font-family="{FONT}"', svg, count=1)
