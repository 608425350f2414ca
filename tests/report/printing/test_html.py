"""The page: golden text, a policy that names exactly its own scripts, and names that stay names."""

import base64
import hashlib
import json
import re
import sys
from html.parser import HTMLParser

import pytest

from planner.outcome import Plan
from planner.report.charts.pictures import draw, pictures
from planner.report.gather import report_data
from planner.report.printing.head import policy
from planner.report.printing.html import BUNDLE_MARKER, embedded, html
from planner.report.printing.template import find_template
from tests.conftest import Golden
from tests.report.sample_plan import empty_plan, hostile_plan, sample_plan

TEMPLATE = find_template("technical")


def page_of(plan: Plan) -> str:
    data = report_data(plan)
    drawn = draw(data)
    return html(data, TEMPLATE, drawn, pictures(drawn))


@pytest.fixture(scope="module")
def page() -> str:
    return page_of(sample_plan())


@pytest.fixture(scope="module")
def hostile() -> str:
    return page_of(hostile_plan())


class Elements(HTMLParser):
    """Every element with its attributes, and the text of scripts and styles."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.texts: list[tuple[str, str]] = []
        self._inside = ""
        self.feed(text)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))
        if tag in {"script", "style"}:
            self._inside = "json" if ("type", "application/json") in attrs else tag
            self.texts.append((self._inside, ""))

    def handle_data(self, data: str) -> None:
        if self._inside:
            self.texts[-1] = (self._inside, self.texts[-1][1] + data)

    def handle_endtag(self, tag: str) -> None:
        self._inside = ""


def without_foreign_parts(page: str) -> str:
    """The page less the third-party script, the pictures, the long data and the hashes that follow from them."""
    page = re.sub(rf"<script>{re.escape(BUNDLE_MARKER)}.*?</script>", "<script>VEGA</script>", page, flags=re.DOTALL)
    page = re.sub(r"<svg .*?</svg>", "<svg/>", page, flags=re.DOTALL)
    page = re.sub(r"<style>.*?</style>", "<style>STYLE</style>", page, flags=re.DOTALL)
    page = re.sub(r'<script>"use strict".*?</script>', "<script>REPORT</script>", page, flags=re.DOTALL)
    page = re.sub(r"'sha256-[^']*'", "'sha256-…'", page)
    page = re.sub(r'(id="configurations">).*?(</script>)', r"\1CONFIGURATIONS\2", page, flags=re.DOTALL)
    return re.sub(r'(id="charts">)(.*?)(</script>)', _indented, page, flags=re.DOTALL)


def _indented(match: re.Match[str]) -> str:
    return f"{match[1]}{json.dumps(json.loads(match[2]), indent=1)}{match[3]}"


def test_golden(page: str, golden: Golden) -> None:
    golden("report/technical.html", without_foreign_parts(page))


def test_golden_of_nothing_feasible(golden: Golden) -> None:
    golden("report/technical-empty.html", without_foreign_parts(page_of(empty_plan())))


def test_the_same_plan_gives_the_same_bytes(page: str) -> None:
    assert page_of(sample_plan()) == page


@pytest.mark.parametrize("which", ["page", "hostile"])
def test_the_policy_names_exactly_the_scripts_and_styles_there_are(which: str, request: pytest.FixtureRequest) -> None:
    elements = Elements(request.getfixturevalue(which))
    said = next(
        a["content"] for t, a in elements.tags if t == "meta" and a.get("http-equiv") == "Content-Security-Policy"
    )
    assert said is not None
    assert said.startswith("default-src 'none'; script-src 'sha256-")
    assert "unsafe" not in said
    rules = {rule.split()[0]: set(rule.split()[1:]) for rule in said.split("; ")}
    for kind, rule in (("script", "script-src"), ("style", "style-src")):
        found = {
            base64.b64encode(hashlib.sha256(text.encode()).digest()).decode() for k, text in elements.texts if k == kind
        }
        assert rules[rule] == {f"'sha256-{digest}'" for digest in found}
    assert len([1 for kind, _ in elements.texts if kind == "script"]) == 2


@pytest.mark.parametrize("which", ["page", "hostile"])
def test_nothing_inline_and_nothing_from_elsewhere(which: str, request: pytest.FixtureRequest) -> None:
    for tag, attributes in Elements(request.getfixturevalue(which)).tags:
        assert tag not in {"img", "iframe", "object", "embed", "link", "base", "form", "image", "use"}
        for name, value in attributes.items():
            assert name != "style"
            assert not name.startswith("on")
            assert name not in {"src", "srcset", "action", "data"}
            if name.endswith("href"):
                assert (value or "").startswith("#")


def test_hostile_names_are_text(hostile: str) -> None:
    assert "&lt;script&gt;alert(1)&lt;/script&gt;" in hostile
    assert "{{7*7}}" in hostile
    assert "<script>alert" not in hostile
    assert "49" not in re.findall(r"Team <bdi>(.*?)</bdi>", hostile)[0]
    assert "\u202e" not in hostile


def test_json_cannot_end_its_element() -> None:
    text = embedded({"name": "</script><!--<script>&"})
    assert not set("<>&") & set(text)
    assert json.loads(text) == {"name": "</script><!--<script>&"}


def test_tables_are_there_without_script(page: str) -> None:
    assert page.count("<tr data-id=") == len(sample_plan().front) + len(sample_plan().beside)
    assert page.index("<svg ") < page.index("<script")


def test_without_the_chart_packages_tables_remain(monkeypatch: pytest.MonkeyPatch) -> None:
    from planner.errors import SetupError

    monkeypatch.setitem(sys.modules, "altair", None)
    data = report_data(sample_plan())
    with pytest.raises(SetupError, match="charts left out"):
        draw(data)
    page = html(data, TEMPLATE, (), {}, ("charts left out: because",))
    assert "<svg" not in page
    assert "charts left out: because" in page
    assert page.count("<tr data-id=") == 28


def test_a_policy_without_scripts_allows_none() -> None:
    assert "script-src 'none'; style-src 'none'" in policy([], [])


def test_small_enough_to_mail(page: str) -> None:
    assert len(page.encode()) < 2_500_000
