"""The section on changes in a real browser: nothing sticks out, and what is folded opens."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from planner.report.render import render
from tests.report.browser import Page, browser, chromium
from tests.report.sample_plan import sample_plan

from .sample_changes import changed

pytestmark = [
    pytest.mark.real,
    pytest.mark.skipif(chromium() is None, reason="needs Chromium"),
    pytest.mark.xdist_group("browser"),
]


@pytest.fixture(scope="module")
def report(tmp_path_factory: pytest.TempPathFactory) -> str:
    out = tmp_path_factory.mktemp("changes")
    render(changed(sample_plan()), "technical", out, ["html"])
    return (out / "report.html").as_uri()


@pytest.fixture
def page(tmp_path: Path) -> Iterator[Page]:
    with browser(tmp_path / "profile") as tab:
        yield tab


@pytest.mark.parametrize("width", [390, 1200])
def test_it_fits_and_unfolds(page: Page, report: str, width: int) -> None:
    page.open(report, width)
    assert page.complaints == []
    assert page.ask("document.documentElement.scrollWidth") <= width
    assert page.ask("document.querySelectorAll('#figure-tornado [data-chart] svg, #figure-tornado canvas').length") == 1
    assert page.ask("document.querySelector('#changes details').open") is False
    page.ask("document.querySelector('#changes summary').click()")
    assert page.ask("document.querySelector('#changes details').open") is True
    assert page.ask("document.querySelector('#changes details ol').getBoundingClientRect().height") > 0
