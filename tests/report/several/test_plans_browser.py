"""Pages of several plans in a real browser: no complaint, no request, sorting, filtering, chart and rows linked."""

import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from planner.report.render import render
from planner.report.several.collection import collection
from tests.report.browser import Page, browser, chromium

from .sample_collection import collected, hostile, plans, spending

pytestmark = [
    pytest.mark.real,
    pytest.mark.skipif(chromium() is None, reason="needs Chromium"),
    pytest.mark.xdist_group("browser"),
]
NAMES = ("compare", "index", "cost-centre")
SHOWN = "document.querySelectorAll('table[data-sortable] tbody tr')"
FILTER = "document.querySelector('input[data-filter]')"


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    out = tmp_path_factory.mktemp("plans")
    for kind, data in (("sample", collected(plans(), spending())), ("hostile", collected(hostile(), spending()))):
        for name in NAMES:
            render(data, name, out / kind / name, ["html", "pdf"] if kind == "sample" else ["html"])
    render(collection([collected(plans()).members[0]] * 3000), "index", out / "large", ["html"])
    return out


@pytest.fixture
def page(tmp_path: Path) -> Iterator[Page]:
    with browser(tmp_path / "profile") as tab:
        yield tab


@pytest.mark.parametrize("kind", ["sample", "hostile"])
@pytest.mark.parametrize("name", NAMES)
def test_no_complaint_no_request_no_sideways_scrolling(page: Page, folder: Path, name: str, kind: str) -> None:
    address = (folder / kind / name / "report.html").as_uri()
    for width, dark in ((390, False), (1200, True)):
        page.open(address, width, dark=dark)
        assert page.ask("document.documentElement.scrollWidth") <= width
    assert page.complaints == []
    assert set(page.requests) == {address}
    drawn = {"compare": 1, "index": 0, "cost-centre": 1}[name]
    assert page.ask("document.querySelectorAll('.vega-embed svg').length") == drawn


def test_thousands_are_sorted_and_filtered(page: Page, folder: Path) -> None:
    page.open((folder / "large" / "report.html").as_uri())
    assert page.ask(f"{SHOWN}.length") == 300
    page.ask("document.querySelectorAll('table[data-sortable] th button')[0].click()")
    assert page.ask("document.querySelector('[aria-sort]').textContent.trim()") == "Plan"
    page.ask(f"(i => {{ i.value = 'nobody'; i.dispatchEvent(new Event('input')) }})({FILTER})")
    assert page.ask(f"{SHOWN}.length") == 0
    assert page.ask("document.querySelector('.count').textContent") == "0 of 3,000 rows"


def test_a_decision_on_the_chart_lights_up_its_row(page: Page, folder: Path) -> None:
    page.open((folder / "sample" / "compare" / "report.html").as_uri())
    wanted = page.ask("document.querySelector('tr[data-id]').dataset.id")
    page.ask(f"location.hash = 'config={wanted}'")
    page.until("document.querySelectorAll('tr.here').length === 1")
    large = "[...document.querySelectorAll('#figure-plans path')].filter(p => p.getAttribute('stroke-width') === '2.5')"
    page.until(f"{large}.length === 1")


@pytest.mark.parametrize("name", NAMES)
def test_paper_has_no_page_without_a_table_or_words(folder: Path, name: str) -> None:
    file = folder / "sample" / name / "report.pdf"
    text = subprocess.run(["pdftotext", "-layout", file, "-"], check=True, capture_output=True, text=True).stdout
    pages = text.rstrip("\f").split("\f")
    assert 1 <= len(pages) <= 5
    assert min(len(page.split()) for page in pages) > 30
    assert f"page {len(pages)} of {len(pages)}" in pages[-1]
