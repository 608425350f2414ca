"""The page of a check: golden text, names that stay names, pictures made of numbers."""

import base64
import hashlib
import re

import pytest

from planner.outcome import Check, FrontMove
from planner.report.changes.check_page import check_page
from planner.report.changes.check_picture import budget_svg, front_svg
from planner.report.printing.template import list_templates
from tests.conftest import Golden
from tests.report import checks
from tests.report.printing.test_html import Elements

CHECKS = {
    "nothing": checks.nothing,
    "denied": checks.broken_budget,
    "hostile": checks.hostile,
    "unknown": checks.unknown,
}


@pytest.fixture(params=CHECKS)
def check(request: pytest.FixtureRequest) -> Check:
    return CHECKS[request.param]()


def test_golden(golden: Golden) -> None:
    page = re.sub(r"<style>.*?</style>", "<style>STYLE</style>", check_page(checks.broken_budget()), flags=re.DOTALL)
    golden("report/check-denied.html", re.sub(r"'sha256-[^']*'", "'sha256-…'", page))


def test_no_script_and_only_its_own_style(check: Check) -> None:
    page = check_page(check)
    elements = Elements(page)
    said = next(a["content"] for t, a in elements.tags if a.get("http-equiv") == "Content-Security-Policy")
    ((kind, style),) = elements.texts
    digest = base64.b64encode(hashlib.sha256(style.encode()).digest()).decode()
    assert kind == "style"
    assert said is not None
    assert said.startswith(f"default-src 'none'; script-src 'none'; style-src 'sha256-{digest}'")
    for tag, attributes in elements.tags:
        assert tag not in {"script", "img", "iframe", "object", "embed", "link", "base", "form", "use", "a"}
        assert not {name for name in attributes if name == "style" or name.startswith("on") or name in {"src", "href"}}


def test_hostile_names_are_text() -> None:
    page = check_page(checks.hostile())
    assert "&lt;script&gt;alert(1)&lt;/script&gt;" in page
    assert "\u202e" not in page


def test_says_what_the_comment_says() -> None:
    page = check_page(checks.broken_budget())
    for told in ("1 scenario changed: $67.20 → $95.25", "spend-guard / team-month", "lower the cost by $120",
                 "it expired on 2026-11-01", "policies/spend.yaml:12", "+$26.58", "margin 9 % → 2 %",
                 "planner check --base 5f0c2a9d1b7e --head 9be1c0ffee21"):  # fmt: skip
        assert told in page
    assert "unknown, as the base has no lock" in check_page(checks.unknown())


def test_it_is_no_template_of_plans() -> None:
    assert "check" not in [t.name for t in list_templates()]


def test_a_front_is_drawn_with_a_mark_for_every_point_and_units_on_its_axes() -> None:
    told = front_svg(checks.front(1.3))
    assert told.count('class="before"') == 11
    assert told.count('class="after"') == 11
    assert "$4.00" in told
    assert "30.0 h" in told
    assert "cost, logarithmic" in told
    assert front_svg(FrontMove(gone=0, new=0, stayed=0)) == ""
    alone = front_svg(FrontMove(gone=0, new=1, stayed=0, after_points=[[5.0, 2.0], [None, 1.0]]))
    assert alone.count("<circle") == 1
    for x, y in re.findall(r'cx="([\d.]+)" cy="([\d.]+)"', told):
        assert 0 < float(x) < 520
        assert 0 < float(y) < 230


def test_a_budget_bar_reaches_past_the_limit_and_is_left_out_where_unknown() -> None:
    told = budget_svg(checks.budget(1_790.0, 330.0))
    limit = float(re.findall(r'd="M([\d.]+) 0V18"', told)[0])
    spent, planned = (float(w) for w in re.findall(r'class="(?:spent|planned)"[^>]*? width="([\d.]+)"', told))
    assert spent < limit < spent + planned <= 400
    assert budget_svg(checks.budget(None, 30.0)) == ""


def test_notes_that_nobody_may_miss_come_first_and_backticks_are_left_out() -> None:
    there = checks.difference(checks.infeasible(), checks.removed())
    page = check_page(Check(difference=there, judgement=checks.judgement()))
    for note in ("raise constraints.max_cost from $1.00 to $2.06", "it is abstract: true now"):
        at = page.index(f'<ul class="heed"><li>{note}')
        assert 0 < at - page.rindex('<p class="lead">', 0, at) < 400
    assert "`" not in re.sub(r"<style>.*?</style>", "", page, flags=re.DOTALL)


def test_a_margin_is_explained_once_and_a_new_scenario_told_whole() -> None:
    there = checks.difference(checks.added(), checks.elsewhere(), unchanged=3)
    page = check_page(Check(difference=there, judgement=checks.judgement()))
    assert page.count("Margin: how far") == 1
    assert "other provider, now spot, other stack" in page
    for told in ("20.5 to 34.6 h", "0.61 to 0.94", "4.2 to 9.6 kg", "2 × l40s", "<dt>Unchanged</dt><dd><bdi>3</bdi>"):
        assert told in page
