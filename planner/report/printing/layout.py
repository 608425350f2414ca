"""A page on paper, by WeasyPrint; nothing is fetched, and the same page gives the same bytes."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any, Final

from planner.errors import SetupError
from planner.report.printing.fonts import font_files
from planner.report.printing.paper_picture import ADDRESS, describe, simplified

if TYPE_CHECKING:
    from xml.etree.ElementTree import Element

PANGO: Final = (
    "PDF left out: WeasyPrint finds no Pango; install Pango, e.g. apt-get install libpango-1.0-0 libpangoft2-1.0-0 "
    "libharfbuzz-subset0 (macOS: brew install pango)"
)
WEASYPRINT: Final = "PDF left out: WeasyPrint is not installed; pip install 'finetune-planner[pdf]'"
VARIANT: Final = "pdf/ua-1"
"""Tagged, with the language, the title and the order of reading (ISO 14289-1)."""
Charts = Callable[[str], str]
"""Name of a chart → its SVG; may wait until it is drawn."""


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


def laid_out(page: str, charts: Charts) -> bytes:
    """The page as PDF."""
    written: bytes = document(page, charts).write_pdf(pdf_variant=VARIANT)
    return written


def document(page: str, charts: Charts | None = None) -> Any:  # noqa: ANN401
    """The page laid out, as WeasyPrint's own document; a chart is asked for when its size is needed, not before."""
    page_of, fetcher = load()
    from weasyprint.text.fonts import FontConfiguration

    files = {file.as_uri() for file in font_files()}

    class Refuse(fetcher):  # type: ignore[misc, valid-type]
        """Fetches nothing, whatever a name or a template asks for; a data: address carries its picture."""

        def fetch(self, url: str, headers: Any = None) -> Any:  # noqa: ANN401
            if url.startswith("data:image/") or url in files:
                return super().fetch(url, headers)
            message = f"a report fetches nothing: {url[:80]!r}"
            raise ValueError(message)

    refuse, fonts = Refuse(), FontConfiguration()
    html = page_of(string=page, url_fetcher=refuse)
    describe(html.etree_element)
    _unlink(html.etree_element)
    awaited = {
        address: _Awaited(address, charts, _Fonts(fonts), refuse)
        for image in html.etree_element.iter("img")
        if charts is not None and (address := image.get("src", "")).startswith(ADDRESS)
    }
    return html.render(font_config=fonts, cache=awaited)


@dataclass(frozen=True)
class _Fonts:
    """What a chart is told of the page around it."""

    font_config: Any


@dataclass
class _Awaited:
    """A chart as WeasyPrint's image: made when its size is asked for."""

    address: str
    charts: Charts
    around: _Fonts
    fetcher: Any

    def get_intrinsic_size(self, *given: Any) -> Any:  # noqa: ANN401
        """Width, height and their ratio, in CSS pixels."""
        return self._image.get_intrinsic_size(*given)

    def draw(self, *given: Any) -> None:  # noqa: ANN401
        """Draw it into a stream of a PDF."""
        self._image.draw(*given)

    @cached_property
    def _image(self) -> Any:  # noqa: ANN401
        from xml.etree.ElementTree import fromstring

        from weasyprint.images import SVGImage

        drawn = simplified(self.charts(self.address.removeprefix(ADDRESS)))
        return SVGImage(fromstring(drawn), self.address, self.fetcher, self.around)


def _unlink(page: "Element") -> None:
    """Leave words alone that lead to a part which paper does not print."""
    there = {element.get("id") for element in page.iter()}
    for link in page.iter("a"):
        if link.get("href", "").startswith("#") and link.get("href", "")[1:] not in there:
            del link.attrib["href"]
