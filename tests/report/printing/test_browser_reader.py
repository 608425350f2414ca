"""The page in the hands of a reader: terms of a point, copying, the keyboard alone."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml

from planner.report.render import render
from planner.report.sections.details import MOST
from tests.report.browser import Page, browser, chromium
from tests.report.sample_plan import hostile_plan, large_plan, sample_plan

pytestmark = [
    pytest.mark.real,
    pytest.mark.skipif(chromium() is None, reason="needs Chromium"),
    pytest.mark.xdist_group("browser"),
]
PANEL = "document.getElementById('details')"
CONTROL = 2


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    out = tmp_path_factory.mktemp("reader")
    for name, plan in (("sample", sample_plan()), ("hostile", hostile_plan()), ("large", large_plan(MOST + 500))):
        render(plan, "technical", out / name, ["html"])
    return out


@pytest.fixture
def page(tmp_path: Path) -> Iterator[Page]:
    with browser(tmp_path / "profile") as tab:
        yield tab


def address(folder: Path, name: str, config: str = "") -> str:
    return (folder / name / "report.html").as_uri() + (f"#config={config}" if config else "")


def test_a_link_opens_the_terms_and_escape_closes_them(page: Page, folder: Path) -> None:
    plan = sample_plan()
    wanted = next(c for c in plan.front if c.id == plan.decisions["fastest"])
    page.open(address(folder, "sample"))
    assert page.ask(f"{PANEL}.hidden")
    link = f"document.querySelector('.front a[href=\"#config={wanted.id}\"]')"
    page.ask(f"{link}.focus()")
    page.key("Enter")
    page.until(f"!{PANEL}.hidden")
    told = page.ask(f"{PANEL}.innerText")
    assert wanted.id in told
    assert "fastest" in told
    assert f"{wanted.memory_gib.total:.1f} GiB" in told
    for term in ("activations", "CUDA context", "compute", "re-runs", "training", "preemption"):
        assert term in told
    assert page.ask(f"document.activeElement === {PANEL}")
    assert wanted.id[:8] in page.ask("document.querySelector('.unseen[role=status]').textContent")
    page.key("Escape")
    page.until(f"{PANEL}.hidden")
    assert page.ask(f"document.activeElement === {link}")
    assert page.ask("location.hash") == ""
    assert page.ask("document.querySelectorAll('tr.here').length") == 0
    assert page.complaints == []


def test_bars_are_as_long_as_their_shares(page: Page, folder: Path) -> None:
    c = sample_plan().front[0]
    page.open(address(folder, "sample", c.id))
    page.until(f"!{PANEL}.hidden")
    bars = page.ask(
        f"[...{PANEL}.querySelector('dl').querySelectorAll('.track')]"
        ".map(t => t.firstChild.getBoundingClientRect().width / t.getBoundingClientRect().width)"
    )
    m = c.memory_gib
    terms = (m.weights, m.adapters, m.gradients, m.optimizer, m.activations, m.logits, m.temporary, m.context)
    assert bars == pytest.approx([value / sum(terms) for value in terms], abs=0.01)


def test_beyond_the_bound_a_point_says_what_is_not_there(page: Page, folder: Path) -> None:
    page.open(address(folder, "large"))
    held = set(page.ask("Object.keys(JSON.parse(document.getElementById('configurations').textContent).found)"))
    plan = large_plan(MOST + 500)
    assert len(held & {c.id for c in plan.front}) <= MOST
    assert set(plan.decisions.values()) <= held
    without = next(c.id for c in plan.front if c.id not in held)
    page.ask(f"location.hash = 'config={without}'")
    page.until(f"!{PANEL}.hidden")
    assert "2,500 points" in page.ask(f"{PANEL}.innerText")
    assert page.ask(f"{PANEL}.querySelectorAll('.copy').length") == 0
    assert page.complaints == []


def test_copying_by_keyboard_from_a_file(page: Page, folder: Path) -> None:
    c = sample_plan().front[0]
    page.open(address(folder, "sample", c.id))
    page.until(f"!{PANEL}.hidden")
    assert _copied(page, f"{PANEL}.querySelector('[data-copy=id]')") == c.id
    lines = yaml.safe_load(_copied(page, f"{PANEL}.querySelector('[data-copy=scenario]')"))
    assert lines == _kept(c)
    assert yaml.safe_load(_copied(page, "document.querySelector('.front td .copy')")) == _kept(c)
    chosen = next(x for x in sample_plan().front if x.id == sample_plan().decisions["knee"])
    of_knee = f"document.querySelector('.decisions [data-of=\"{chosen.id}\"]')"
    assert yaml.safe_load(_copied(page, of_knee)) == _kept(chosen)
    command = _copied(page, f"{PANEL}.querySelector('[data-copy=command]')")
    assert command.startswith("planner plan scenarios/support-bot.yaml --set 'include=[{model: ")
    assert page.complaints == []


def test_what_hostile_names_put_into_a_shell_is_words(page: Page, folder: Path) -> None:
    import shlex

    c = hostile_plan().front[0]
    page.open(address(folder, "hostile", c.id))
    page.until(f"!{PANEL}.hidden")
    words = shlex.split(_copied(page, f"{PANEL}.querySelector('[data-copy=command]')"))
    assert words[:4] == ["planner", "plan", "scenarios/support-bot.yaml", "--set"]
    assert yaml.safe_load(words[4].removeprefix("include=")) == _kept(c)["include"]
    assert page.ask(f"{PANEL}.querySelectorAll('img, script').length") == 0
    assert page.complaints == []


def _kept(c: Any) -> dict[str, Any]:
    rule = {
        "model": c.model, "method": c.method["name"], "stack": c.stack, "gpu": c.hardware.gpu,
        "count": c.hardware.count, "provider": c.offer.provider, "region": c.offer.region, "tier": c.offer.tier,
    }  # fmt: skip
    axes = {path: [value] for path, value in c.axes.items() if value is not None}
    return {"include": [rule], **({"axes": axes} if axes else {})}


def _copied(page: Page, button: str) -> str:
    """Press the button by the keyboard, then paste."""
    page.ask(f"{button}.focus()")
    page.key("Enter")
    page.until(f"{button}.textContent === 'copied'")
    assert page.ask(f"document.activeElement === {button}")
    page.ask("document.body.append(Object.assign(document.createElement('textarea'), {id: 'paste'}))")
    page.ask("document.getElementById('paste').focus()")
    page.key("v", modifiers=CONTROL, command="paste")
    text: str = page.ask("document.getElementById('paste').value")
    page.ask("document.getElementById('paste').remove()")
    return text


def test_the_keyboard_reaches_everything_and_shows_where_it_is(page: Page, folder: Path) -> None:
    page.open(address(folder, "sample"))
    page.key("Tab")
    assert page.ask("document.activeElement.className") == "skip"
    assert page.ask("document.activeElement.getBoundingClientRect().height") > 20
    page.key("Enter")
    assert page.ask("document.activeElement.id") == "content"
    reachable = "[...document.querySelectorAll('main a, main button, main input, main summary, main [tabindex=\"0\"]')]"
    wanted = page.ask(f"{reachable}.filter(e => e.getClientRects().length).length")
    seen = 0
    for _ in range(wanted):
        page.key("Tab")
        seen += page.ask("document.getElementById('content').contains(document.activeElement)")
        style = page.ask(
            "(s => [s.outlineStyle, parseFloat(s.outlineWidth)])(getComputedStyle(document.activeElement))"
        )
        assert style[0] != "none", page.ask("document.activeElement.outerHTML")
        assert style[1] >= 1
    assert seen == wanted


def test_sorting_by_keyboard_is_announced(page: Page, folder: Path) -> None:
    page.open(address(folder, "sample"))
    page.ask("document.querySelectorAll('#front-table th button')[4].focus()")
    for direction in ("ascending", "descending"):
        page.key("Enter")
        assert page.ask("document.querySelectorAll('#front-table th')[4].ariaSort") == direction
        assert page.ask("document.querySelector('.unseen[role=status]').textContent") == f"Sorted by Cost, {direction}"
    costs = page.ask("[...document.querySelectorAll('#front-table tbody tr')].map(r => Number(r.cells[4].dataset.v))")
    assert costs == sorted(costs, reverse=True)


def test_conditions_beside_words_narrow_a_table(page: Page, folder: Path) -> None:
    page.open(address(folder, "sample"))
    front = sample_plan().front

    def shown(text: str) -> set[str]:
        box = "document.querySelector('input[data-filter=front-table]')"
        page.ask(f"{box}.value = {text!r}; {box}.dispatchEvent(new Event('input'))")
        return set(page.ask("[...document.querySelectorAll('#front-table tbody tr')].map(row => row.dataset.id)"))

    dear = sorted(c.cost_usd or 0.0 for c in front)[len(front) // 2]
    cheap = {c.id for c in front if c.cost_usd is not None and c.cost_usd < dear}
    assert shown(f"cost<{dear:.6g}") == {c.id for c in front if float(f"{c.cost_usd:.6g}") < float(f"{dear:.6g}")}
    assert cheap
    fast = {c.id for c in front if c.hours is not None and c.hours < 0.5}
    assert shown("time < 30min") == shown("time<0.5h") == shown("time<0.5") == fast
    assert shown("q>0.5") == shown("quality>=0.5") == {c.id for c in front if (c.quality or 0) > 0.5}
    assert shown("memory<40") == {c.id for c in front if c.memory_gib.total < 40}
    assert shown("qlora memory<40") <= shown("memory<40")
    assert shown("cost<") == shown("nothing<5") == shown("") == {c.id for c in front}
    assert page.complaints == []


def test_an_address_of_nothing_here_is_told(page: Page, folder: Path) -> None:
    page.open(address(folder, "sample", "nope"))
    page.until(f"!{PANEL}.hidden")
    assert "No such configuration here: nope" in page.ask(f"{PANEL}.innerText")
    assert "nope" in page.ask("document.querySelector('.unseen[role=status]').textContent")
    page.ask(f"location.hash = 'config={sample_plan().front[0].id}'")
    page.until(f"{PANEL}.innerText.includes('{sample_plan().front[0].id}')")
    told = page.ask(f"{PANEL}.innerText")
    assert "Quality q" in told
    assert " usable" in told
    page.key("Escape")
    page.until(f"{PANEL}.hidden")
    assert page.complaints == []


def test_the_command_is_copied_and_contents_lead_to_sections(page: Page, folder: Path) -> None:
    page.open(address(folder, "sample"))
    assert _copied(page, "document.querySelector('#again + .copy')") == "planner plan scenarios/support-bot.yaml"
    links = page.ask("[...document.querySelectorAll('.contents a')].map(a => a.hash.slice(1))")
    assert links == page.ask("[...document.querySelectorAll('main > section[id]')].map(s => s.id)")
    assert page.complaints == []


def test_on_a_phone_decisions_are_cards(page: Page, folder: Path) -> None:
    page.open(address(folder, "sample"), width=390)
    assert page.ask("document.documentElement.scrollWidth") == 390
    boxes = page.ask(
        "[...document.querySelectorAll('.cards')].map(t => t.parentNode.scrollWidth - t.parentNode.clientWidth)"
    )
    assert boxes
    assert max(boxes) <= 1
    said = "getComputedStyle(document.querySelector('.decisions td.n'), '::before').content"
    assert page.ask(said) == "attr(data-label)" or "Cost" in page.ask(said)
