"""The pages of a case in a real browser: they ask for nothing, fit a phone, and are one sheet for finance."""

import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from planner.report.render import render
from tests.report.browser import Page, browser, chromium
from tests.report.business_case.made_data import CASES, case_of

pytestmark = [
    pytest.mark.real,
    pytest.mark.skipif(chromium() is None, reason="needs Chromium"),
    pytest.mark.xdist_group("browser"),
]
TEMPLATES = ("business-case", "business-case-executive")
DRAWN = {"made": 9, "alone": 2, "certain": 5, "undefined": 8, "unknown": 3, "crowded": 6, "hostile": 9}


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    out = tmp_path_factory.mktemp("cases")
    for name in CASES:
        for template in TEMPLATES:
            render(case_of(name), template, out / name / template, ["html", "pdf"])
        render(case_of(name), TEMPLATES[1], out / name / "letter", ["pdf"], paper="letter")
    return out


@pytest.fixture
def page(tmp_path: Path) -> Iterator[Page]:
    with browser(tmp_path / "profile") as tab:
        yield tab


@pytest.mark.parametrize("name", CASES)
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
        if template == "business-case":
            assert page.ask("document.querySelectorAll('.vega-embed').length") == DRAWN[name]


def test_months_unfold(page: Page, folder: Path) -> None:
    page.open((folder / "made" / "business-case" / "report.html").as_uri(), 1200, 1600)
    page.ask("document.querySelector('details.folded summary').click()")
    assert page.ask("document.querySelector('details.folded').open")
    assert "Cumulative discounted" in page.ask("document.querySelector('details.folded').innerText")


@pytest.mark.skipif(shutil.which("pdftotext") is None, reason="needs poppler-utils")
@pytest.mark.parametrize("name", CASES)
def test_finance_gets_one_sheet(folder: Path, name: str) -> None:
    for which in ("business-case-executive", "letter"):
        assert "Pages:           1\n" in _told("pdfinfo", str(folder / name / which / "report.pdf"))


@pytest.mark.skipif(shutil.which("pdftotext") is None, reason="needs poppler-utils")
def test_paper_can_be_read_back_and_is_bounded(folder: Path) -> None:
    told = _told("pdftotext", "-layout", str(folder / "made" / "business-case" / "report.pdf"), "-")
    for words in ("Cumulative discounted", "What it hangs on", "Assumptions", "page 1 of"):
        assert words in told
    crowded = folder / "crowded" / "business-case" / "report.pdf"
    pages = next(line for line in _told("pdfinfo", str(crowded)).splitlines() if line.startswith("Pages:"))
    assert int(pages.split()[1]) <= 32
    assert crowded.stat().st_size < 1_000_000


def _told(*command: str) -> str:
    return subprocess.run(command, check=True, capture_output=True, text=True).stdout
