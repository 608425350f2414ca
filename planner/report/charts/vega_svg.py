"""Vega-Lite → SVG by vl-convert, text measured in the fonts that it carries: alike on every machine, and fast.

Of a font of the system it opens the file again for each letter, which takes over half of the time of a chart.
"""

import os
import re
from functools import cache
from pathlib import Path
from typing import Any, Final

from planner.errors import SetupError
from planner.report.charts.theme import FONT

MISSING: Final = (
    "charts left out: altair and vl-convert-python are not installed; pip install 'finetune-planner[report]'"
)
_FONTS: Final = "FONTCONFIG_FILE"
_NO_FONTS: Final = Path(__file__).with_name("no_fonts.conf")
_FIRST: Final = {
    "data": {"values": [{}]},
    "layer": [
        {"mark": "point", "encoding": {"x": {"field": "x", "type": "quantitative"}}},
        {"mark": "text", "encoding": {"text": {"value": "x"}}},
    ],
}
_ID = re.compile(r' id="((?:gradient_|clip)\d+)"')
_NOISE = re.compile(r' (?:font-family|pointer-events|cursor|aria-hidden)="[^"]*"')
"""Attributes that every element repeats; the font stands once at the top."""
_SIZE = re.compile(r'^<svg ([^>]*?)width="([0-9.]+)" height="([0-9.]+)"')


def svg_of(name: str, spec: dict[str, Any]) -> str:
    """The chart as an SVG, drawn in `currentColor` without a background of its own.

    It scales with its column, and its inner ids are its own: Vega numbers gradients and clips through the life of the
    process; here they are numbered within the picture.
    """
    engine, version = _engine()
    svg: str = engine.vegalite_to_svg(spec, vl_version=version)
    for number, old in enumerate(dict.fromkeys(_ID.findall(svg))):
        svg = re.sub(rf"\b{re.escape(old)}\b", f"{name}-{number}", svg)
    return _SIZE.sub(rf'<svg \1width="\2" height="\3" font-family="{FONT}"', _NOISE.sub("", svg), count=1)


def warm_up() -> None:
    """Load the package and draw something, so that the first real chart need not wait; raises SetupError."""
    try:
        _engine()
    except ImportError as error:
        raise SetupError(MISSING) from error


@cache
def _engine() -> tuple[Any, str]:
    """The package, its fonts found, and the Vega-Lite that it draws by."""
    import vl_convert

    version: str = vl_convert.get_vegalite_versions()[-1]
    # Fonts are looked up once in a process, at the first text, where this variable says.
    before = os.environ.get(_FONTS)
    os.environ[_FONTS] = str(_NO_FONTS)
    try:
        vl_convert.vegalite_to_svg(_FIRST, vl_version=version)
    finally:
        del os.environ[_FONTS]
        if before is not None:
            os.environ[_FONTS] = before
    return vl_convert, version
