"""The pages of a review in a real browser: they ask for nothing, fit a phone, and are one sheet for a director."""

import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from planner.report.render import render
from tests.report.browser import Page, browser, chromium
from tests.report.review.made_data import REVIEWS, review_of

pytestmark = [
    pytest.mark.real,
    pytest.mark.skipif(chromium() is None, reason="needs Chromium"),
    pytest.mark.xdist_group("browser"),
]
DRAWN = {"made": 5, "partial": 5, "first": 1, "empty": 0, "hostile": 5, "crowded": 5}
TEMPLATES = ("spend", "spend-executive", "spend-agenda")


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    out = tmp_path_factory.mktemp("reviews")
    for name in REVIEWS:
        for template in TEMPLATES:
            render(review_of(name), template, out / name / template, ["html", "pdf"])
    return out


@pytest.fixture
def page(tmp_path: Path) -> Iterator[Page]:
    with browser(tmp_path / "profile") as tab:
        yield tab


@pytest.mark.parametrize("name", REVIEWS)
@pytest.mark.parametrize(("width", "dark"), [(390, False), (1200, True)])
def test_no_complaint_no_request_no_sideways_scrolling(
    page: Page, folder: Path, name: str, width: int, dark: bool
) -> None:
    for template in TEMPLATES:
        page.complaints, page.requests = [], []
        address = (folder / name / template / "report.html").as_uri()
        page.open(address, width, dark=dark)
        assert page.complaints == []
        assert page.requests == [address]
        assert page.ask("document.documentElement.scrollWidth") <= width
        if template == "spend":
            assert page.ask("document.querySelectorAll('.vega-embed').length") == DRAWN[name]


def test_a_statement_unfolds_and_an_anomaly_tells_itself(page: Page, folder: Path) -> None:
    page.open((folder / "made" / "spend" / "report.html").as_uri(), 1200, 1600)
    page.ask("document.querySelector('details.folded summary').click()")
    assert page.ask("document.querySelector('details.folded').open")
    assert "By rule" in page.ask("document.querySelector('details.folded').innerText")
    page.ask("document.querySelector('[data-chart=review-days]').scrollIntoView()")
    # Of numbers the first is that of the spike, which the table lists first.
    number = "[...document.querySelectorAll('[data-chart=review-days] .mark-text.role-mark text')]"
    x, y = page.ask(f"(b => [b.x + b.width / 2, b.y + b.height / 2])({number}.find(t => t.textContent === '1')"
                    ".getBoundingClientRect())")  # fmt: skip
    page.mouse("mouseMoved", x, y)
    page.until("!document.getElementById('tip').hidden")
    assert "rsch-0412" in page.ask("document.getElementById('tip').textContent")


@pytest.mark.skipif(shutil.which("pdftotext") is None, reason="needs poppler-utils")
@pytest.mark.parametrize("name", REVIEWS)
def test_a_director_gets_one_sheet(folder: Path, name: str) -> None:
    assert "Pages:           1\n" in _told("pdfinfo", str(folder / name / "spend-executive" / "report.pdf"))


@pytest.mark.skipif(shutil.which("pdftotext") is None, reason="needs poppler-utils")
def test_paper_can_be_read_back(folder: Path) -> None:
    file = folder / "made" / "spend" / "report.pdf"
    told = _told("pdftotext", "-layout", str(file), "-")
    for words in (
        "Statement of research, October 2026",
        "page 1 of",
        "What to change",
        "accounted for to the cent",
    ):
        assert words in told
    assert file.stat().st_size < 1_000_000
    assert "<script>alert(1)</script>" in _told("pdftotext", "-layout", str(folder / "hostile/spend/report.pdf"), "-")


def _told(*command: str) -> str:
    return subprocess.run(command, check=True, capture_output=True, text=True).stdout
