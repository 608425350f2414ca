"""Paper: pages, the same bytes twice, nothing fetched, and a clear word where a part is missing."""

import logging
import re
import sys
from collections.abc import Mapping
from importlib import import_module
from pathlib import Path
from typing import Any

import pytest

from planner.errors import SetupError
from planner.report.charts.pictures import draw, pictures
from planner.report.gather import report_data
from planner.report.printing import fonts, layout
from planner.report.printing import pdf as paper
from planner.report.printing.paper_picture import picture
from planner.report.printing.template import find_template
from tests.report.sample_plan import empty_plan, hostile_plan, large_plan, sample_plan

TEMPLATE = find_template("technical")


@pytest.fixture(scope="module")
def svg() -> Mapping[str, str]:
    return pictures(draw(report_data(sample_plan())))


@pytest.fixture(scope="module")
def page(svg: Mapping[str, str]) -> str:
    return paper.paper_page(report_data(sample_plan()), TEMPLATE, svg)


@pytest.fixture(scope="module")
def document(page: str, svg: Mapping[str, str]) -> Any:
    return layout.document(page, svg.__getitem__)


def test_a_few_pages_of_a4_with_title_author_and_date(document: Any) -> None:
    assert 5 <= len(document.pages) <= 9
    assert (round(document.pages[0].width), round(document.pages[0].height)) == (794, 1123)
    assert document.metadata.title == "support-bot: fine-tuning plan"
    assert document.metadata.authors == ["Ana Sousa"]
    assert document.metadata.created == "2026-11-22"
    assert document.metadata.lang == "en"
    assert "Fine-tune" in document.metadata.description
    assert {"Fine-tuning plan", "technical report", "ml-platform"} <= set(document.metadata.keywords)


def test_bookmarks_are_the_headings_one_in_another(document: Any) -> None:
    ((title, _, sections, _),) = document.make_bookmark_tree()
    assert title == "support-bot"
    named = {name: [one[0] for one in inner] for name, _, inner, _ in sections}
    assert {"Decisions", "The front", "Memory", "Cost", "Time"} <= named.keys()
    assert "How the training runs" in named["Time"]


def test_every_picture_says_in_words_what_it_shows(page: str, document: Any) -> None:
    written = document.write_pdf(pdf_variant=layout.VARIANT, uncompressed_pdf=True)
    assert written.count(b"/Alt ") == written.count(b"/S /Figure") == 8
    for name in ("front", "memory", "cost", "time"):
        sentence = getattr(report_data(sample_plan()).sentences, name)
        assert import_module("pydyf").String(sentence).data in written
    assert b"/S /TH" in written
    assert page.count("<title>") == 1


def test_small_print_can_be_read(document: Any) -> None:
    """Sizes in points, 0.75 to a CSS pixel; only the 2 of CO2 is smaller."""
    sizes = {
        box.style["font_size"] * 0.75
        for sheet in document.pages
        for box in sheet._page_box.descendants()
        if type(box).__name__ == "TextBox" and box.text.strip("2 ")
    }
    assert min(sizes) >= 5.5


def test_a_link_leads_somewhere_or_is_none(caplog: pytest.LogCaptureFixture) -> None:
    body = '<p><a href="#here">a</a> <a href="#gone">b</a></p><p id="here">c</p>'
    with caplog.at_level(logging.ERROR, logger="weasyprint"):
        written = layout.document(f'<html lang="en"><title>t</title><body>{body}</body></html>')
    assert [[link[1] for link in sheet.links] for sheet in written.pages] == [["here"]]
    assert "No anchor" not in caplog.text


@pytest.mark.real
def test_same_bytes_twice_and_small(page: str, document: Any, svg: Mapping[str, str]) -> None:
    first, second = document.write_pdf(), layout.document(page, svg.__getitem__).write_pdf()
    assert first == second
    assert first.startswith(b"%PDF-")
    assert len(first) < 1_000_000


def test_letter_where_it_is_asked_for() -> None:
    page = layout.document(paper.paper_page(report_data(empty_plan()), TEMPLATE, {}, paper="letter")).pages[0]
    assert (round(page.width), round(page.height)) == (816, 1056)


def test_tagged_and_in_embedded_fonts_of_an_installed_package() -> None:
    page = paper.paper_page(report_data(empty_plan()), TEMPLATE, {})
    written = layout.document(page).write_pdf(pdf_variant=layout.VARIANT, uncompressed_pdf=True)
    for said in (
        b"/MarkInfo",
        b"/StructTreeRoot",
        b"/Lang (en)",
        b"/DisplayDocTitle true",
        b"/Outlines",
        b"/FontFile2",
    ):
        assert said in written
    names = set(re.findall(rb"/BaseFont /[A-Z]{6}\+([\w-]+)", written))
    assert {b"Source-Sans-Pro", b"Source-Sans-Pro-Bold"} <= names
    assert all(name.startswith(b"Source-Sans-Pro") or b"Mono" in name for name in names)


def test_without_the_package_paper_takes_what_the_system_has(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(fonts, "PACKAGE", "no_such_font_package")
    assert fonts.font_files() == ()
    assert "@font-face" not in paper.paper_page(report_data(empty_plan()), TEMPLATE, {})


def test_charts_are_pictures_and_no_script_is(page: str) -> None:
    assert page.count('<img class="drawn" src="chart:') == 8
    assert "<script" not in page
    assert "On paper at most 150 points are drawn" in page


def test_a_chart_is_asked_for_once_and_only_when_its_size_is_needed(svg: Mapping[str, str]) -> None:
    asked: list[str] = []

    def charts(name: str) -> str:
        asked.append(name)
        return svg[name]

    places = "".join(f'<p style="break-before: page">{picture(name)}</p>' for name in ("time", "front", "cost"))
    made = layout.document(f'<html lang="en"><title>t</title><body>{places}</body></html>', charts)
    assert asked == ["time", "front", "cost"]
    drawn = made.write_pdf(uncompressed_pdf=True)
    assert len(made.pages) == 3
    assert b"/FontFile2" in drawn
    assert asked == ["time", "front", "cost"]


def test_a_template_cannot_ask_for_a_chart_that_is_not_there(caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.ERROR, logger="weasyprint"):
        layout.document('<html lang="en"><title>t</title><body><img src="chart:none"></body></html>')
    assert "a report fetches nothing: 'chart:none'" in caplog.text


def test_a_long_front_is_thinned_by_the_rule_it_states() -> None:
    told = paper.paper_page(report_data(large_plan(700)), TEMPLATE, {})
    assert 40 < told.count("<tr data-id=") <= 60
    assert "at most 60 of the 700 rows" in told


def test_nothing_is_fetched(caplog: pytest.LogCaptureFixture, tmp_path: Path) -> None:
    secret = tmp_path / "secret.txt"
    secret.write_text("secret")
    wanted = [secret.as_uri(), "http://evil.test/x.png", "//evil.test/y.css", "data:image/png;base64,AAAA"]
    body = "".join(f'<img src="{url}"><link rel="stylesheet" href="{url}">' for url in wanted)
    body += f"<style>@import url({secret.as_uri()}); p {{ background: url(http://evil.test/z) }}</style><p>text</p>"
    body += f'<svg width="9" height="9"><image href="{secret.as_uri()}"/></svg>'
    with caplog.at_level(logging.ERROR, logger="weasyprint"):
        written = layout.document(f"<html><body>{body}</body></html>").write_pdf()
    assert b"secret" not in written
    refused = " ".join(record.getMessage() for record in caplog.records)
    assert refused.count("a report fetches nothing") >= len(wanted)


@pytest.mark.real
def test_hostile_names_ask_for_nothing(caplog: pytest.LogCaptureFixture) -> None:
    data = report_data(hostile_plan())
    with caplog.at_level(logging.WARNING, logger="weasyprint"):
        svg = pictures(draw(data))
        pages = layout.document(paper.paper_page(data, TEMPLATE, svg), svg.__getitem__).pages
    assert len(pages) >= 5
    assert "fetches nothing" not in caplog.text


def test_without_weasyprint_it_says_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "weasyprint", None)
    with pytest.raises(SetupError, match=r"PDF left out: WeasyPrint is not installed; pip install"):
        layout.load()


def test_without_pango_it_says_what_to_install(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    (tmp_path / "weasyprint.py").write_text("raise OSError('cannot load library libpango-1.0-0')\n")
    for name in [name for name in sys.modules if name.split(".")[0] == "weasyprint"]:
        monkeypatch.delitem(sys.modules, name)
    monkeypatch.syspath_prepend(str(tmp_path))
    with pytest.raises(SetupError, match=r"install Pango, e\.g\. apt-get install libpango-1\.0-0"):
        layout.load()
