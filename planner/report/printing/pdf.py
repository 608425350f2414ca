"""The page of paper: the same template as on a screen, thinned, in the paper style."""

import re
from collections.abc import Collection as Names
from dataclasses import replace
from typing import Final, Literal

from planner.report.data.collection import Collection, Printed
from planner.report.data.review import ReviewData
from planner.report.data.serving import ServingData
from planner.report.printing.fonts import font_faces
from planner.report.printing.page import PAPER_STYLE, STYLE, added, fill, markup
from planner.report.printing.paper_picture import picture
from planner.report.printing.template import Template
from planner.report.review.paper import on_paper as review_on_paper
from planner.report.sections.thinning import TABLE_ROWS, thin_front
from planner.report.serving.paper import on_paper as serving_on_paper
from planner.report.several.paper import on_paper

Paper = Literal["A4", "letter"]
"""Sizes of a sheet."""
_DATE: Final = re.compile(r"\d{4}-\d{2}-\d{2}")


def paper_page(
    data: Printed, template: Template, charts: Names[str], notes: tuple[str, ...] = (), paper: Paper = "A4"
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


def _thinned(data: Printed, paper: Paper) -> Printed:
    """The same with the rows that this paper shows."""
    if isinstance(data, Collection):
        return on_paper(data)
    if isinstance(data, ServingData):
        return serving_on_paper(data)
    if isinstance(data, ReviewData):
        return review_on_paper(data)
    page = data.executive
    fit = page.letter if paper == "letter" else page.paper
    front = thin_front(data.front, TABLE_ROWS, data.objectives)
    return replace(data, front=front, executive=replace(page, paper=fit))
