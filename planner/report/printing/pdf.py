"""The page of paper: the same template as on a screen, thinned, in the paper style."""

import re
from collections.abc import Collection as Names
from typing import TYPE_CHECKING, Final

from planner.report.data.collection import Collection
from planner.report.printers import Paper, printer_for
from planner.report.printing.fonts import font_faces
from planner.report.printing.page import PAPER_STYLE, STYLE, added, fill, markup
from planner.report.printing.paper_picture import picture
from planner.report.printing.template import Template
from planner.report.several.paper import on_paper

if TYPE_CHECKING:
    from planner.report.data.printed import Printed, Single

_DATE: Final = re.compile(r"\d{4}-\d{2}-\d{2}")


def paper_page(
    data: "Printed", template: Template, charts: Names[str], notes: tuple[str, ...] = (), paper: Paper = "A4"
) -> str:  # fmt: skip
    """The page that WeasyPrint lays out, with the places of the charts of these names."""
    thinned = _thinned(data, paper)
    style = "\n".join(
        [font_faces(), added(template, STYLE), added(template, PAPER_STYLE), f"@page {{ size: {paper} }}"]
    )
    created = data.title.as_of if _DATE.fullmatch(data.title.as_of) else ""
    head = (
        '<meta charset="utf-8">\n'
        + (f'<meta name="dcterms.created" content="{created}">\n' if created else "")
        + f"<style>{style}</style>\n"
    )
    parts, places = markup({"head": head, "tail": ""}), {name: picture(name) for name in charts}
    return fill(template, report=thinned, charts=markup(places), notes=notes, paper=True, **parts)


def _thinned(data: "Printed", paper: Paper) -> "Printed":
    """The same with the rows that this paper shows."""
    if isinstance(data, Collection):
        return on_paper(data)
    thinned: Single = printer_for(data).on_paper(data, paper)
    return thinned
