"""The same report on paper, by WeasyPrint; nothing is fetched, and the same data gives the same bytes."""

import re
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any, Final

from planner.errors import SetupError
from planner.report.data import ReportData
from planner.report.page import PAPER_STYLE, STYLE, fill, markup, read
from planner.report.thinning import TABLE_ROWS, thin_front

PANGO: Final = (
    "PDF left out: WeasyPrint finds no Pango; install Pango, e.g. apt-get install libpango-1.0-0 libpangoft2-1.0-0 "
    "libharfbuzz-subset0 (macOS: brew install pango)"
)
WEASYPRINT: Final = "PDF left out: WeasyPrint is not installed; pip install 'finetune-planner[pdf]'"
_DATE: Final = re.compile(r"\d{4}-\d{2}-\d{2}")


def paper_page(data: ReportData, folder: Path, svg: Mapping[str, str], notes: tuple[str, ...] = ()) -> str:
    """The page that WeasyPrint lays out: the same template, thinned, with the paper style."""
    thinned = replace(data, front=thin_front(data.front, TABLE_ROWS, data.objectives))
    created = data.title.as_of if _DATE.fullmatch(data.title.as_of) else ""
    head = (
        '<meta charset="utf-8">\n'
        + (f'<meta name="dcterms.created" content="{created}">\n' if created else "")
        + f"<style>{read(folder, STYLE)}\n{read(folder, PAPER_STYLE)}</style>\n"
    )
    return fill(folder, thinned, charts=markup(svg), notes=notes, paper=True, **markup({"head": head, "tail": ""}))


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

    class Refuse(fetcher):  # type: ignore[misc, valid-type]
        """Fetches nothing, whatever a name or a template asks for."""

        def fetch(self, url: str, headers: Any = None) -> Any:  # noqa: ANN401
            message = f"a report fetches nothing: {url[:80]!r}"
            raise ValueError(message)

    return page_of(string=page, url_fetcher=Refuse()).render()


def pdf(data: ReportData, folder: Path, svg: Mapping[str, str], notes: tuple[str, ...] = ()) -> bytes:
    """The report as PDF."""
    written: bytes = document(paper_page(data, folder, svg, notes)).write_pdf()
    return written
