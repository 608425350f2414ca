"""Every template for everyone: axe-core finds nothing serious, names do no harm, nothing needs a wide screen."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from planner.report.render import render
from tests.report.browser import Page, browser, chromium
from tests.report.every_template import TEMPLATES, WHICH, printed
from tests.report.sample_plan import sample_plan
from tests.report.sample_serving import serving_plan

AXE = Path(__file__).parents[3] / ".foreign" / "axe" / "node_modules" / "axe-core" / "axe.min.js"
SERVING = ("serving", "serving-executive")
PAPER = 704
"""A4 less the margins of a browser, in CSS pixels."""
pytestmark = [
    pytest.mark.real,
    pytest.mark.skipif(chromium() is None, reason="needs Chromium"),
    pytest.mark.xdist_group("browser"),
]


@pytest.fixture(scope="module")
def pages(tmp_path_factory: pytest.TempPathFactory) -> dict[tuple[str, str], str]:
    return printed(tmp_path_factory.mktemp("every"))


@pytest.fixture
def page(tmp_path: Path) -> Iterator[Page]:
    with browser(tmp_path / "profile") as tab:
        yield tab


@pytest.mark.skipif(not AXE.is_file(), reason="needs axe-core in .foreign/ (tools/foreign.sh)")
@pytest.mark.parametrize("dark", [False, True], ids=["light", "dark"])
@pytest.mark.parametrize("name", TEMPLATES)
def test_axe_finds_nothing_serious(page: Page, pages: dict[tuple[str, str], str], name: str, dark: bool) -> None:
    knee = (serving_plan() if name in SERVING else sample_plan()).decisions["knee"]
    page.open(f"{pages[name, 'sample']}#config={knee}", dark=dark)
    assert page.ask("!!document.getElementById('details')") is (name in {"technical", "serving"})
    assert _serious(page) == []
    page.ask("document.body.insertAdjacentHTML('beforeend', '<img id=nameless src=data:,>')")
    assert [rule for rule, *_ in _serious(page)] == ["image-alt"], "axe is not looking"


def _serious(page: Page) -> list[list[str]]:
    page.ask(f"{AXE.read_text()}; 0")
    found: list[list[str]] = page.ask(
        "axe.run(document, {resultTypes: ['violations']}).then(r => r.violations"
        ".filter(v => ['serious', 'critical'].includes(v.impact))"
        ".map(v => [v.id, ...v.nodes.map(n => n.target.join(' ') + ': ' + n.failureSummary)]))"
    )
    return found


@pytest.mark.parametrize("which", WHICH)
@pytest.mark.parametrize("name", TEMPLATES)
def test_no_harm_and_no_sideways_scrolling(
    page: Page, pages: dict[tuple[str, str], str], name: str, which: str
) -> None:
    address = pages[name, which]
    page.open(address, 390)
    assert page.complaints == []
    assert page.requests == [address]
    assert page.ask("document.documentElement.scrollWidth") <= 390
    assert page.ask("document.querySelectorAll('img, iframe, object, embed, form:not(.vega-bindings)').length") == 0
    outside = "[...document.querySelectorAll('main p, main li, main dd, main h1, main h2, main h3')]"
    beyond = f"{outside}.filter(e => !e.closest('.scroll') && e.getBoundingClientRect().right > 391)"
    assert page.ask(f"{beyond}.map(e => e.textContent.slice(0, 60))") == []
    assert page.ask("[...document.querySelectorAll('script')].map(s => s.id).filter(Boolean).length") >= 1
    page.call("Emulation.setEmulatedMedia", media="print")
    page.call("Emulation.setDeviceMetricsOverride", width=PAPER, height=1000, deviceScaleFactor=1, mobile=False)
    assert page.ask("document.documentElement.scrollWidth") <= PAPER
    for button in ("copy", "more", "skip"):
        hidden = f"[...document.querySelectorAll('.{button}')].every(b => b.getClientRects().length === 0)"
        assert page.ask(hidden), button


def test_a_picture_that_a_template_asks_for_is_not_fetched(page: Page, tmp_path: Path) -> None:
    mine = tmp_path / "mine"
    mine.mkdir()
    (tmp_path / "there.svg").write_text('<svg xmlns="http://www.w3.org/2000/svg" width="9" height="9"/>')
    asked = ["file:///etc/passwd", (tmp_path / "there.svg").as_uri(), "http://127.0.0.1:9/x.png"]
    pictures = "".join(f'<img src="{source}" alt="">' for source in asked)
    (mine / "template.yaml").write_text("extends: technical\n")
    (mine / "report.html.j2").write_text(
        f"{{% extends 'technical/report.html.j2' %}}{{% block kicker %}}{pictures}{{% endblock %}}"
    )
    render(sample_plan(), str(mine), tmp_path / "out", ["html"])
    page.open((tmp_path / "out" / "report.html").as_uri())
    assert page.ask("[...document.images].map(i => i.naturalWidth)") == [0, 0, 0]
    assert sum("Content Security Policy" in text for text in page.complaints) == 3
