"""Vega-Lite → SVG: text measured in the fonts that vl-convert carries, and ids that are a picture's own."""

import os
import re
import subprocess
import sys

import pytest

from planner.report.charts.vega_svg import svg_of

WIDTHS = """
import re
from planner.report.charts.vega_svg import svg_of, warm_up
warm_up()
for font in ("No Such Font", "DejaVu Sans", "Liberation Serif"):
    axis = {"labelFont": font, "title": None}
    spec = {"data": {"values": [{"name": "a long enough name"}]}, "mark": "point", "width": 50,
            "encoding": {"y": {"field": "name", "type": "nominal", "axis": axis}}}
    print(re.search(r'width="([0-9.]+)"', svg_of("one", spec))[1])
"""


def test_no_font_of_the_system_is_measured() -> None:
    found = subprocess.run([sys.executable, "-c", WIDTHS], capture_output=True, text=True, check=True)
    widths = found.stdout.split()
    assert len(widths) == 3
    assert len(set(widths)) == 1


@pytest.mark.parametrize("before", [None, "/somewhere/fonts.conf"])
def test_the_environment_is_left_as_it_was(before: str | None) -> None:
    environment = {name: value for name, value in os.environ.items() if name != "FONTCONFIG_FILE"}
    if before is not None:
        environment["FONTCONFIG_FILE"] = before
    script = (
        "import os; from planner.report.charts.vega_svg import warm_up; warm_up(); "
        "print(os.environ.get('FONTCONFIG_FILE'))"
    )
    found = subprocess.run([sys.executable, "-c", script], env=environment, capture_output=True, text=True, check=True)
    assert found.stdout.strip() == str(before)


def test_ids_are_the_pictures_own_and_do_not_count_on() -> None:
    spec = {
        "data": {"values": [{"x": 1}, {"x": 2}]},
        "mark": {"type": "point", "clip": True},
        "encoding": {"x": {"field": "x", "type": "quantitative"}},
    }
    first, second = svg_of("one", spec), svg_of("one", spec)
    assert first == second
    assert set(re.findall(r' id="([^"]+)"', first)) == {"one-0"}
    assert "url(#one-0)" in first
