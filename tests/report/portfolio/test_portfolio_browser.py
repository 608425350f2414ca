"""The pages of a portfolio in a real browser: they ask for nothing, fit a phone, and are one sheet for who decides."""

import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from planner.report.render import Output, render
from tests.report.browser import Page, browser, chromium
from tests.report.portfolio.made_portfolio import PLANS

pytestmark = [
    pytest.mark.real,
    pytest.mark.skipif(chromium() is None, reason="needs Chromium"),
    pytest.mark.xdist_group("browser"),
]
AXE = Path(__file__).parents[3] / ".foreign" / "axe" / "node_modules" / "axe-core" / "axe.min.js"
DRAWN = {
    "rich": 6, "minimal": 1, "infeasible": 0, "running": 6, "crowd": 15, "hostile": 6, "nothing": 0, "thousand": 15,
    "worst": 6,
}  # fmt: skip
"""Portfolio → charts of its technical report."""
SHEETS = ("rich", "infeasible", "running", "crowd", "hostile", "worst")
"""Those that are laid out on paper."""


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    out = tmp_path_factory.mktemp("portfolios")
    for name in DRAWN:
        forms: list[Output] = ["html", "pdf"] if name in SHEETS else ["html"]
        render(PLANS[name](), "technical", out / name, forms)
        render(PLANS[name](), "executive", out / name / "executive", forms)
        if name in SHEETS:
            render(PLANS[name](), "executive", out / name / "letter", ["pdf"], paper="letter")
    return out


@pytest.fixture
def page(tmp_path: Path) -> Iterator[Page]:
    with browser(tmp_path / "profile") as tab:
        yield tab


@pytest.mark.parametrize("name", DRAWN)
@pytest.mark.parametrize(("width", "dark"), [(390, False), (1200, True)])
def test_no_complaint_no_request_no_sideways_scrolling(
    page: Page, folder: Path, name: str, width: int, dark: bool
) -> None:
    for part, drawn in (("", DRAWN[name]), ("executive", min(DRAWN[name], 1))):
        page.complaints, page.requests = [], []
        address = (folder / name / part / "report.html").as_uri()
        page.open(address, width, dark=dark)
        assert page.complaints == []
        assert page.requests == [address]
        assert page.ask("document.documentElement.scrollWidth") <= width
        assert page.ask("document.querySelectorAll('img, iframe').length") == 0
        assert page.ask("document.querySelectorAll('.vega-embed').length") == drawn


@pytest.mark.skipif(not AXE.is_file(), reason="needs axe-core in .foreign/ (tools/foreign.sh)")
@pytest.mark.parametrize("dark", [False, True], ids=["light", "dark"])
@pytest.mark.parametrize("name", ["running", "infeasible"])
def test_axe_finds_nothing_serious(page: Page, folder: Path, name: str, dark: bool) -> None:
    for part in ("", "executive"):
        page.open((folder / name / part / "report.html").as_uri(), dark=dark)
        page.ask(f"{AXE.read_text()}; 0")
        found = page.ask(
            "axe.run(document, {resultTypes: ['violations']}).then(r => r.violations"
            ".filter(v => ['serious', 'critical'].includes(v.impact))"
            ".map(v => [v.id, ...v.nodes.map(n => n.target.join(' ') + ': ' + n.failureSummary)]))"
        )
        assert found == []


def test_a_click_on_a_bar_lights_up_its_row(page: Page, folder: Path) -> None:
    page.open((folder / "rich" / "report.html").as_uri(), 1200, 1600)
    page.ask("document.querySelector('[data-chart=portfolio-gantt]').scrollIntoView()")
    bars = "[...document.querySelectorAll('[data-chart=portfolio-gantt] .mark-rect.role-mark path')]"
    bar = f"{bars}.find(p => p.__data__.datum.id === 'job-3').getBoundingClientRect()"
    x, y = page.ask(f"(b => [b.x + b.width / 2, b.y + b.height / 2])({bar})")
    page.mouse("mouseMoved", x, y)
    page.until("!document.getElementById('tip').hidden")
    assert "bot-serving" in page.ask("document.getElementById('tip').textContent")
    page.mouse("mousePressed", x, y)
    page.mouse("mouseReleased", x, y)
    page.until("document.querySelectorAll('tr.here').length === 1")
    assert page.ask("document.querySelector('tr.here').dataset.id") == "job-3"
    assert page.complaints == []


def test_rows_are_sorted_filtered_and_shown_bit_by_bit(page: Page, folder: Path) -> None:
    page.open((folder / "thousand" / "report.html").as_uri())
    rows = "document.querySelectorAll('#jobs-table tbody tr').length"
    assert page.ask(rows) == 300
    costs = "[...document.querySelectorAll('#jobs-table tbody tr')].map(r => Number(r.cells[6].dataset.v))"
    page.ask("document.querySelectorAll('#jobs-table th button')[6].click()")
    assert page.ask(costs) == sorted(page.ask(costs))
    page.ask(
        "(box => { box.value = 'h200 cost<100'; box.dispatchEvent(new Event('input')) })"
        "(document.querySelector('[data-filter=jobs-table]'))"
    )
    assert 0 < page.ask(rows) < 300
    assert all(cost < 100 for cost in page.ask(costs))
    page.ask("document.querySelector('#outages details summary').click()")
    assert page.ask("document.querySelector('#outages details').open")


def test_a_page_of_a_thousand_jobs_is_no_burden(folder: Path) -> None:
    assert (folder / "thousand" / "report.html").stat().st_size < 5_000_000


@pytest.mark.skipif(shutil.which("pdftotext") is None, reason="needs poppler-utils")
@pytest.mark.parametrize("sheet", ["executive", "letter"])
@pytest.mark.parametrize("name", SHEETS)
def test_who_decides_gets_one_sheet(folder: Path, name: str, sheet: str) -> None:
    assert "Pages:           1\n" in _told("pdfinfo", str(folder / name / sheet / "report.pdf"))


@pytest.mark.skipif(shutil.which("pdftotext") is None, reason="needs poppler-utils")
def test_paper_can_be_read_back(folder: Path) -> None:
    file = folder / "crowd" / "report.pdf"
    told = " ".join(_told("pdftotext", "-layout", str(file), "-").split())
    for words in ("december-batch", "page 1 of", "293 of 300 jobs run", "Who runs what, where and when",
                  "On paper 80 of 293 jobs are listed", "If a provider is down"):  # fmt: skip
        assert words in told
    assert file.stat().st_size < 1_500_000
    assert "<script>alert(1)</script>" in _told("pdftotext", "-layout", str(folder / "hostile" / "report.pdf"), "-")


def _told(*command: str) -> str:
    return subprocess.run(command, check=True, capture_output=True, text=True).stdout
