"""The page in a real browser: it obeys its own policy, asks for nothing, and does what a reader expects."""

import shutil
import subprocess
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path

import pytest

from planner.outcome import Plan
from planner.report.render import render
from tests.report.browser import Page, browser, chromium
from tests.report.sample_plan import empty_plan, hostile_plan, large_plan, sample_plan

pytestmark = [
    pytest.mark.real,
    pytest.mark.skipif(chromium() is None, reason="needs Chromium"),
    pytest.mark.xdist_group("browser"),
]
PLANS: dict[str, Callable[[], Plan]] = {
    "sample": sample_plan,
    "hostile": hostile_plan,
    "empty": empty_plan,
    "large": partial(large_plan, 2000),
}
HERE = "[...document.querySelectorAll('tr.here')].map(r => r.dataset.id)"


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    out = tmp_path_factory.mktemp("reports")
    for name, plan in PLANS.items():
        render(plan(), "technical", out / name, ["html"] if name == "large" else ["html", "pdf"])
    return out


@pytest.fixture
def page(tmp_path: Path) -> Iterator[Page]:
    with browser(tmp_path / "profile") as tab:
        yield tab


def address(folder: Path, name: str, config: str = "") -> str:
    return (folder / name / "report.html").as_uri() + (f"#config={config}" if config else "")


@pytest.mark.parametrize("name", PLANS)
@pytest.mark.parametrize("width", [390, 1200])
def test_no_complaint_no_request_no_sideways_scrolling(page: Page, folder: Path, name: str, width: int) -> None:
    page.open(address(folder, name), width)
    assert page.complaints == []
    assert page.requests == [address(folder, name)]
    assert page.ask("document.documentElement.scrollWidth") <= width
    assert page.ask("document.querySelectorAll('img, iframe').length") == 0
    assert page.ask("document.querySelectorAll('[data-chart] svg, [data-chart] canvas').length") == (
        {"empty": 0, "large": 6}.get(name, 8)
    )


def test_the_live_charts_replace_the_pictures(page: Page, folder: Path) -> None:
    page.open(address(folder, "sample"))
    assert page.ask("document.querySelectorAll('.vega-embed svg').length") == 8


def test_a_deep_link_lights_up_its_row(page: Page, folder: Path) -> None:
    plan = sample_plan()
    wanted = plan.decisions["fastest"]
    page.open(address(folder, "sample", wanted[:8]))
    assert page.ask(HERE) == [wanted]
    for odd in ("nowhere", "%E0%A4%A", "", "';alert(1)//"):
        page.ask(f'location.hash = "config={odd}"')
        page.until(f"{HERE}.length === 0")
    assert page.complaints == []


@pytest.mark.parametrize("chart", ["front", "front-cost-quality", "front-time-quality"])
def test_a_click_on_a_point_lights_up_its_row_and_the_point_in_every_chart(
    page: Page, folder: Path, chart: str
) -> None:
    page.open(address(folder, "sample"), 1200, 1600)
    page.ask(f"document.querySelector('[data-chart=\"{chart}\"]').scrollIntoView()")
    wanted = sample_plan().front[-1]
    points = f"[...document.querySelectorAll('[data-chart=\"{chart}\"] .mark-symbol.role-mark path')]"
    point = f"{points}.find(p => p.__data__.datum.id === '{wanted.id}').getBoundingClientRect()"
    x, y = page.ask(f"(b => [b.x + b.width / 2, b.y + b.height / 2])({point})")
    page.mouse("mouseMoved", x, y)
    page.until("!document.getElementById('tip').hidden")
    assert wanted.model in page.ask("document.getElementById('tip').textContent")
    page.mouse("mousePressed", x, y)
    page.mouse("mouseReleased", x, y)
    page.until(f"{HERE}.length === 1")
    assert page.ask(HERE) == [wanted.id]
    assert f"Cost: ${wanted.cost_usd:,.2f}" in page.ask("document.getElementById('details').innerText")
    large = "[...document.querySelectorAll('.mark-symbol.role-mark path')].filter(p => p.__data__.size === 260)"
    page.until(f"{large}.length === 3")
    assert set(page.ask(f"{large}.map(p => p.__data__.datum.id)")) == {wanted.id}
    assert page.complaints == []


def test_sorting_and_filtering(page: Page, folder: Path) -> None:
    page.open(address(folder, "sample"))
    hours = "[...document.querySelectorAll('#front tbody tr')].map(r => Number(r.cells[5].dataset.v))"
    button = "document.querySelectorAll('#front th button')[5]"
    page.ask(f"{button}.click()")
    assert page.ask(hours) == sorted(page.ask(hours))
    page.ask(f"{button}.click()")
    assert page.ask(hours) == sorted(page.ask(hours), reverse=True)
    assert page.ask(f"{button}.closest('th').ariaSort") == "descending"
    page.ask(
        "const box = document.querySelector('[data-filter=front-table]'); "
        "box.value = 'H100 full'; box.dispatchEvent(new Event('input'))"
    )
    shown = page.ask("[...document.querySelectorAll('#front tbody tr:not([hidden])')].map(r => r.textContent)")
    assert 0 < len(shown) < len(sample_plan().front)
    assert all("h100" in text and "full" in text for text in shown)
    assert f"{len(shown)} of {len(sample_plan().front)} rows" == page.ask(
        "document.querySelector('.count').textContent"
    )


def test_a_long_front_shows_the_rows_chosen_for_it_and_more_on_request(page: Page, folder: Path) -> None:
    shown = "document.querySelectorAll('#front tbody tr:not([hidden])').length"
    page.open(address(folder, "large"))
    first = page.ask("document.querySelectorAll('#front tbody tr[data-first]').length")
    assert 200 < page.ask(shown) == first <= 300
    assert page.ask("document.querySelectorAll('#front tbody tr[data-first] .badge').length") == 3
    there = set(page.ask("[...document.querySelectorAll('#front tbody tr')].map(r => r.dataset.id)"))
    hidden = next(c.id for c in large_plan(2000).front if c.id not in there)
    page.ask(f"location.hash = 'config={hidden}'")
    page.until(f"{HERE}.length === 1")
    assert page.ask(shown) == first + 1
    assert page.ask("document.querySelector('.count').textContent") == f"2,000 rows, {first + 1} shown"
    while not page.ask("document.querySelector('.more').hidden"):
        page.ask("document.querySelector('.more').click()")
    assert page.ask(shown) == 2000
    page.ask("document.querySelectorAll('#front th button')[4].click()")
    page.ask("document.querySelectorAll('#front th button')[4].click()")
    costs = page.ask("[...document.querySelectorAll('#front tbody tr')].map(r => Number(r.cells[4].dataset.v))")
    dear = sorted((c.cost_usd or 0 for c in large_plan(2000).front), reverse=True)[:300]
    assert costs[:300] == [float(f"{cost:.6g}") for cost in dear]


def test_dark_and_light_differ_and_stay_legible(page: Page, folder: Path) -> None:
    ink = "getComputedStyle(document.querySelector('[data-chart] .role-axis-label text')).fill"
    page.open(address(folder, "sample"), dark=True)
    assert page.ask("getComputedStyle(document.body).backgroundColor") == "rgb(20, 24, 28)"
    assert page.ask(ink) == "rgb(231, 235, 238)"
    page.call("Emulation.setEmulatedMedia", features=[{"name": "prefers-color-scheme", "value": "light"}])
    assert page.ask(ink) == "rgb(26, 32, 39)"


def test_without_script_the_tables_and_pictures_are_there(page: Page, folder: Path) -> None:
    page.script = False
    page.open(address(folder, "sample"))
    assert page.ask("document.querySelectorAll('[data-chart] svg').length") == 8
    assert page.ask("document.querySelectorAll('.vega-embed').length") == 0
    assert page.ask("document.querySelectorAll('#front tbody tr').length") == len(sample_plan().front)
    assert page.ask("getComputedStyle(document.querySelector('.tools')).display") == "none"


@pytest.mark.skipif(shutil.which("pdftotext") is None, reason="needs poppler-utils")
def test_paper_can_be_read_back(folder: Path) -> None:
    told = _told("pdftotext", "-layout", str(folder / "sample" / "report.pdf"), "-")
    for words in (
        "support-bot",
        "page 1 of",
        "Decisions",
        "The front",
        "prior: ranking only",
        "Sources, and how to make this again",
    ):
        assert words in told
    assert all(row.split()[-2] == "yes" or "yes" in row for row in _fonts(folder / "sample" / "report.pdf"))
    hostile = _told("pdftotext", "-layout", str(folder / "hostile" / "report.pdf"), "-")
    assert "<script>alert(1)</script>" in hostile
    assert "{{7*7}}" in hostile


def _fonts(path: Path) -> list[str]:
    return _told("pdffonts", str(path)).splitlines()[2:]


def _told(*command: str) -> str:
    return subprocess.run(command, check=True, capture_output=True, text=True).stdout
