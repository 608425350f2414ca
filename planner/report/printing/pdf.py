"""The same report on paper, by WeasyPrint; nothing is fetched, and the same data gives the same bytes."""

import re
from collections.abc import Mapping
from dataclasses import replace
from typing import TYPE_CHECKING, Any, Final, Literal

from planner.errors import SetupError
from planner.report.data.collection import Collection, Printed
from planner.report.data.report_data import ReportData
from planner.report.printing.fonts import font_faces, font_files
from planner.report.printing.page import PAPER_STYLE, STYLE, added, fill, markup
from planner.report.printing.paper_picture import describe, picture
from planner.report.printing.template import Template
from planner.report.sections.thinning import TABLE_ROWS, thin_front
from planner.report.several.paper import on_paper

if TYPE_CHECKING:
    from xml.etree.ElementTree import Element

PANGO: Final = (
    "PDF left out: WeasyPrint finds no Pango; install Pango, e.g. apt-get install libpango-1.0-0 libpangoft2-1.0-0 "
    "libharfbuzz-subset0 (macOS: brew install pango)"
)
WEASYPRINT: Final = "PDF left out: WeasyPrint is not installed; pip install 'finetune-planner[pdf]'"
Paper = Literal["A4", "letter"]
"""Sizes of a sheet."""
VARIANT: Final = "pdf/ua-1"
"""Tagged, with the language, the title and the order of reading (ISO 14289-1)."""
_DATE: Final = re.compile(r"\d{4}-\d{2}-\d{2}")


def paper_page(
    data: Printed, template: Template, svg: Mapping[str, str], notes: tuple[str, ...] = (), paper: Paper = "A4"
) -> str:  # fmt: skip
    """The page that WeasyPrint lays out: the same template, thinned, with the paper style."""
    thinned = on_paper(data) if isinstance(data, Collection) else _thinned(data, paper)
    style = "\n".join(
        [font_faces(), added(template, STYLE), added(template, PAPER_STYLE), f"@page {{ size: {paper} }}"]
    )
    created = data.title.as_of if _DATE.fullmatch(data.title.as_of) else ""
    head = (
        '<meta charset="utf-8">\n'
        + (f'<meta name="dcterms.created" content="{created}">\n' if created else "")
        + f"<style>{style}</style>\n"
    )
    parts, drawn = markup({"head": head, "tail": ""}), {name: picture(text) for name, text in svg.items()}
    return fill(template, report=thinned, charts=markup(drawn), notes=notes, paper=True, **parts)


def _thinned(data: ReportData, paper: Paper) -> ReportData:
    """The same with the rows that this paper shows."""
    page = data.executive
    fit = page.letter if paper == "letter" else page.paper
    front = thin_front(data.front, TABLE_ROWS, data.objectives)
    return replace(data, front=front, executive=replace(page, paper=fit))


def load() -> tuple[Any, Any]:
    """WeasyPrint's document and fetcher classes; raises SetupError saying what to install."""
    try:
        from weasyprint import HTML
        from weasyprint.urls import URLFetcher
    except ImportError as error:
        raise SetupError(WEASYPRINT) from error
    except OSError as error:
        raise SetupError(PANGO) from error
    return HTML, URLFetcher


def warm_up() -> None:
    """Load WeasyPrint and its fonts."""
    document("<p>x").write_pdf()


def document(page: str) -> Any:  # noqa: ANN401
    """The page laid out, as WeasyPrint's own document."""
    page_of, fetcher = load()
    fonts = {file.as_uri() for file in font_files()}

    class Refuse(fetcher):  # type: ignore[misc, valid-type]
        """Fetches nothing, whatever a name or a template asks for; a data: address carries its picture."""

        def fetch(self, url: str, headers: Any = None) -> Any:  # noqa: ANN401
            if url.startswith("data:image/") or url in fonts:
                return super().fetch(url, headers)
            message = f"a report fetches nothing: {url[:80]!r}"
            raise ValueError(message)

    html = page_of(string=page, url_fetcher=Refuse())
    describe(html.etree_element)
    _unlink(html.etree_element)
    return html.render()


def _unlink(page: "Element") -> None:
    """Leave words alone that lead to a part which paper does not print."""
    there = {element.get("id") for element in page.iter()}
    for link in page.iter("a"):
        if link.get("href", "").startswith("#") and link.get("href", "")[1:] not in there:
            del link.attrib["href"]


def pdf(
    data: Printed, template: Template, svg: Mapping[str, str], notes: tuple[str, ...] = (), paper: Paper = "A4"
) -> bytes:  # fmt: skip
    """The report as PDF."""
    written: bytes = document(paper_page(data, template, svg, notes, paper)).write_pdf(pdf_variant=VARIANT)
    return written
