"""The page for who decides in a real browser: no complaint, no request, no sideways scrolling, light and dark."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from planner.report.render import render
from tests.report.browser import Page, browser, chromium
from tests.report.sample_plan import empty_plan, hostile_plan, sample_plan

pytestmark = [
    pytest.mark.real,
    pytest.mark.skipif(chromium() is None, reason="needs Chromium"),
    pytest.mark.xdist_group("browser"),
]
PLANS = {"sample": sample_plan, "hostile": hostile_plan, "empty": empty_plan}


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    out = tmp_path_factory.mktemp("executive")
    for name, plan in PLANS.items():
        render(plan(), "executive", out / name, ["html"])
    return out


@pytest.fixture
def page(tmp_path: Path) -> Iterator[Page]:
    with browser(tmp_path / "profile") as tab:
        yield tab


@pytest.mark.parametrize("name", PLANS)
@pytest.mark.parametrize(("width", "dark"), [(390, False), (1280, True)])
def test_it_is_whole_and_keeps_to_itself(page: Page, folder: Path, name: str, width: int, dark: bool) -> None:
    address = (folder / name / "report.html").as_uri()
    page.open(address, width, dark=dark)
    assert page.complaints == []
    assert page.requests == [address]
    assert page.ask("document.documentElement.scrollWidth") <= width
    heads = page.ask("[...document.querySelectorAll('h2')].map(h => h.textContent)")
    assert heads[-1] == "Next steps"
    assert page.ask("document.querySelectorAll('svg.bar').length") == (0 if name == "empty" else 2)
    if name != "empty":
        assert page.ask("document.querySelector('svg.bar').getBoundingClientRect().width") > 200
