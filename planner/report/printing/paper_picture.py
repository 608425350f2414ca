"""Charts for paper: the SVG that Vega writes without what only a screen needs, as pictures that WeasyPrint draws fast.

As an image and not inline, so that the page's styles are not matched against thousands of marks.
"""

import re
from collections.abc import Iterator
from typing import TYPE_CHECKING, Final

from planner.report.charts.theme import FONT
from planner.report.printing.fonts import FAMILY

if TYPE_CHECKING:
    from xml.etree.ElementTree import Element

INK: Final = "#111111"
"""What `currentColor` is on paper."""
ADDRESS: Final = "chart:"
"""Before the name of a chart, where its picture belongs."""
PICTURE: Final = "picture"
KEY: Final = "colour key"
"""What a picture is called that nothing describes, or that only repeats the words beside it."""
_SVG: Final = "http://www.w3.org/2000/svg"
_GROUP: Final = f"{{{_SVG}}}g"
_LINE: Final = f"{{{_SVG}}}line"
_PATH: Final = f"{{{_SVG}}}path"
_FRAMES: Final = ("background", "foreground")
_FOR_SCREENS: Final = frozenset({"class", "role", "aria-roledescription", "aria-label"})
"""Attributes without a mark on paper."""
_MOVED: Final = re.compile(r"translate\(([-\d.e]+),([-\d.e]+)\)")
_ENDS: Final = frozenset({"transform", "x2", "y2"})


def picture(name: str) -> str:
    """The place of the chart of this name, without its alternative text, which the page around it says."""
    return f'<img class="drawn" src="{ADDRESS}{name}">'


def describe(element: "Element", said: str = "") -> None:
    """Give every picture of a page its alternative text: its own label, or that of the element around it."""
    said = element.get("aria-label", said)
    if element.tag == "img" and "alt" not in element.attrib:
        element.set("alt", said or PICTURE)
    elif element.tag == f"{{{_SVG}}}svg" and element.find(f"{{{_SVG}}}title") is None:
        from xml.etree.ElementTree import Element

        title = Element(f"{{{_SVG}}}title")
        title.text = KEY if element.get("aria-hidden") == "true" else said or PICTURE
        element.insert(0, title)
    for child in element:
        describe(child, said)


def simplified(svg: str) -> str:
    """The same picture in fewer elements, in the fonts of paper.

    They are narrower than those it was laid out with, so nothing is cut.
    """
    from xml.etree.ElementTree import fromstring, register_namespace, tostring

    register_namespace("", _SVG)
    root = fromstring(svg)
    _simplify(root)
    root.set("color", INK)
    root.set("font-family", f"'{FAMILY}', {FONT}")
    return tostring(root, encoding="unicode")


def _simplify(parent: "Element") -> None:
    parent[:] = list(_joined(_marks(parent)))


def _marks(parent: "Element") -> Iterator["Element"]:
    """The children that draw something, out of groups that say nothing of their own."""
    for child in parent:
        empty = child.get("class") in _FRAMES and not {"fill", "stroke"} & set(child.attrib)
        if empty or child.get("opacity") == "0" or child.get("display") == "none":
            continue
        for name in _FOR_SCREENS & set(child.attrib):
            del child.attrib[name]
        _simplify(child)
        if child.get("transform") == "translate(0,0)":
            del child.attrib["transform"]
        if child.tag == _GROUP and not child.attrib:
            yield from child
        elif child.tag != _GROUP or len(child):
            _fade(child)
            yield child


def _fade(mark: "Element") -> None:
    """Opacity as that of the fill or of the stroke: that of a whole mark is a picture of its own in a PDF."""
    opacity, attributes = mark.get("opacity"), mark.attrib
    if opacity is None:
        return
    fills = mark.tag != _LINE and attributes.get("fill", "none") != "none"
    strokes = attributes.get("stroke", "none") != "none"
    if opacity == "1" or fills + strokes == 1:
        del attributes["opacity"]
        part = "fill-opacity" if fills else "stroke-opacity"
        if opacity != "1":
            attributes[part] = f"{float(opacity) * float(attributes.get(part, 1)):g}"


def _joined(marks: Iterator["Element"]) -> Iterator["Element"]:
    """Lines that follow one another and look alike, such as a grid's, as one path."""
    last: tuple[dict[str, str], Element] | None = None
    for mark in marks:
        moved = _MOVED.fullmatch(mark.get("transform", "translate(0,0)"))
        if mark.tag != _LINE or moved is None or len(mark) or {"x1", "y1"} & set(mark.attrib):
            last = None
            yield mark
            continue
        look = {name: value for name, value in mark.attrib.items() if name not in _ENDS}
        drawn = f"M{moved[1]},{moved[2]}l{mark.get('x2', '0')},{mark.get('y2', '0')}"
        if last is not None and last[0] == look:
            last[1].set("d", last[1].get("d", "") + drawn)
            continue
        mark.tag = _PATH
        mark.attrib.clear()
        mark.attrib.update(look, d=drawn, fill="none")
        last = look, mark
        yield mark
