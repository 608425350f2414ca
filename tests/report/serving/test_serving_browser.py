"""The page of a serving plan in a real browser: it asks for nothing, points lead to rows, phones and dark mode work."""

import shutil
import subprocess
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path

import pytest

from planner.outcome.serving_plan import ServingPlan
from planner.report.render import render
from tests.report.browser import Page, browser, chromium
from tests.report.sample_serving import (
    apis_alone,
    empty_serving_plan,
    hostile_serving_plan,
    large_serving_plan,
    serving_plan,
)

pytestmark = [
    pytest.mark.real,
    pytest.mark.skipif(chromium() is None, reason="needs Chromium"),
    pytest.mark.xdist_group("browser"),
]
PLANS: dict[str, Callable[[], ServingPlan]] = {
    "sample": serving_plan,
    "hostile": hostile_serving_plan,
    "empty": empty_serving_plan,
    "apis": apis_alone,
    "large": partial(large_serving_plan, 3000),
}
DRAWN = {"sample": 9, "hostile": 9, "empty": 0, "apis": 3, "large": 8}
HERE = "[...document.querySelectorAll('tr.here')].map(r => r.dataset.id)"


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    out = tmp_path_factory.mktemp("serving")
    for name, plan in PLANS.items():
        render(plan(), "technical", out / name, ["html"] if name == "large" else ["html", "pdf"])
        render(plan(), "executive", out / name / "executive", ["html", "pdf"])
    return out


@pytest.fixture
def page(tmp_path: Path) -> Iterator[Page]:
    with browser(tmp_path / "profile") as tab:
        yield tab


@pytest.mark.parametrize("name", PLANS)
@pytest.mark.parametrize(("width", "dark"), [(390, False), (1200, True)])
def test_no_complaint_no_request_no_sideways_scrolling(
    page: Page, folder: Path, name: str, width: int, dark: bool
) -> None:
    address = (folder / name / "report.html").as_uri()
    page.open(address, width, dark=dark)
    assert page.complaints == []
    assert page.requests == [address]
    assert page.ask("document.documentElement.scrollWidth") <= width
    assert page.ask("document.querySelectorAll('img, iframe').length") == 0
    assert page.ask("document.querySelectorAll('.vega-embed').length") == DRAWN[name]


@pytest.mark.parametrize("beside", [False, True])
def test_a_click_on_a_point_lights_up_its_row_and_tells_its_terms(page: Page, folder: Path, beside: bool) -> None:
    page.open((folder / "sample" / "report.html").as_uri(), 1200, 1600)
    page.ask("document.querySelector('[data-chart=front]').scrollIntoView()")
    wanted = serving_plan().beside[-1] if beside else serving_plan().front[0]
    points = "[...document.querySelectorAll('[data-chart=front] .mark-symbol.role-mark path')]"
    point = f"{points}.find(p => p.__data__.datum.id === '{wanted.id}').getBoundingClientRect()"
    x, y = page.ask(f"(b => [b.x + b.width / 2, b.y + b.height / 2])({point})")
    page.mouse("mouseMoved", x, y)
    page.until("!document.getElementById('tip').hidden")
    assert wanted.model in page.ask("document.getElementById('tip').textContent")
    page.mouse("mousePressed", x, y)
    page.mouse("mouseReleased", x, y)
    page.until(f"{HERE}.length === 1")
    assert page.ask(HERE) == [wanted.id]
    told = page.ask("document.getElementById('details').innerText")
    assert f"Cost of a month: ${wanted.cost_usd_per_month:,.0f}" in told
    assert ("Longest input" in told) is beside
    assert ("Its load in the busiest hour" in told) is not beside
    assert page.ask("[...document.querySelectorAll('#details .copy')].map(b => b.textContent)") == ["Copy the id"]
    assert page.complaints == []


def test_sorting_and_filtering(page: Page, folder: Path) -> None:
    page.open((folder / "sample" / "report.html").as_uri())
    seconds = "[...document.querySelectorAll('#front tbody tr')].map(r => Number(r.cells[5].dataset.v))"
    page.ask("document.querySelectorAll('#front th button')[5].click()")
    assert page.ask(seconds) == sorted(page.ask(seconds))
    for asked, kept in (("latency<1s", lambda s: s < 1), ("latency>=900ms", lambda s: s >= 0.9)):
        page.ask(
            f"(box => {{ box.value = '{asked}'; box.dispatchEvent(new Event('input')) }})"
            "(document.querySelector('[data-filter=front-table]'))"
        )
        found = page.ask(seconds)
        assert 0 < len(found) < len(serving_plan().front)
        assert all(map(kept, found))


def test_a_deep_link_lights_up_its_row(page: Page, folder: Path) -> None:
    wanted = serving_plan().decisions["cheapest_api"]
    page.open(f"{(folder / 'sample' / 'report.html').as_uri()}#config={wanted[:8]}")
    assert page.ask(HERE) == [wanted]


@pytest.mark.parametrize("name", PLANS)
def test_the_page_for_who_decides(page: Page, folder: Path, name: str) -> None:
    address = (folder / name / "executive" / "report.html").as_uri()
    page.open(address, 390)
    assert page.complaints == []
    assert page.requests == [address]
    assert page.ask("document.documentElement.scrollWidth") <= 390
    assert page.ask("[...document.querySelectorAll('h2')].map(h => h.textContent)")[-1] == "Next steps"


@pytest.mark.skipif(shutil.which("pdftotext") is None, reason="needs poppler-utils")
@pytest.mark.parametrize("name", PLANS)
def test_it_is_one_sheet_of_paper(folder: Path, name: str) -> None:
    facts = _told("pdfinfo", str(folder / name / "executive" / "report.pdf"))
    assert "Pages:           1\n" in facts


@pytest.mark.skipif(shutil.which("pdftotext") is None, reason="needs poppler-utils")
def test_paper_can_be_read_back(folder: Path) -> None:
    file = folder / "sample" / "report.pdf"
    told = _told("pdftotext", "-layout", str(file), "-")
    for words in ("support-bot-serving", "page 1 of", "Rent or call an API", "Friday 15:00 UTC", "p95 within 1 s"):
        assert words in told
    assert file.stat().st_size < 1_000_000
    assert "<script>alert(1)</script>" in _told("pdftotext", "-layout", str(folder / "hostile" / "report.pdf"), "-")


def _told(*command: str) -> str:
    return subprocess.run(command, check=True, capture_output=True, text=True).stdout
