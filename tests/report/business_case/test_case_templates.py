"""The pages of a case: every part that it fills, hostile names as names, and JSON for programs."""

import json
from html import unescape
from pathlib import Path

import pytest

from planner.errors import InputError
from planner.report.business_case.paper import on_paper
from planner.report.printing.page import fill, markup
from planner.report.printing.template import find_template
from planner.report.render import render
from tests.report.business_case.made_data import CASES, case_of, data_of
from tests.report.sample_plan import sample_plan

TEMPLATES = ("business-case", "business-case-executive")


def page_of(case: str, name: str = "business-case", *, paper: bool = False) -> str:
    """The page without its charts."""
    parts = markup({"head": "", "tail": "", "configurations": "null"})
    data = on_paper(data_of(case)) if paper else data_of(case)
    return fill(find_template(name), report=data, charts={}, notes=(), paper=paper, **parts)


@pytest.mark.parametrize("name", CASES)
@pytest.mark.parametrize("template", TEMPLATES)
def test_hostile_names_stay_names(name: str, template: str) -> None:
    page = page_of(name, template, paper=True)
    if name in ("hostile", "unknown"):
        page += page_of(name, template)
    assert "<script>alert" not in page
    assert "<img" not in page
    assert "None" not in page
    if name == "hostile":
        assert "{{7*7}}" in unescape(page)
        assert "\u202e" not in page
        assert "\x1b" not in page


def test_the_page_has_every_part_that_the_case_fills() -> None:
    page = page_of("made")
    for section in ("options", "decision", "cash-flow", "breakdown", "units", "sensitivity", "scenarios", "hours",
                    "scale",
                    "factors", "inputs", "method", "defaults", "sources"):  # fmt: skip
        assert f'<section id="{section}"' in page
        assert f'href="#{section}"' in page
    assert page.count('<details class="folded">') == 6, "flows by month and lines of three options"
    assert "<details" not in page_of("made", paper=True)
    assert '<th scope="rowgroup" colspan="6"><bdi>Money in</bdi></th>' in page


@pytest.mark.parametrize("name", CASES)
def test_the_page_of_finance_has_its_parts(name: str) -> None:
    page = page_of(name, "business-case-executive", paper=True)
    for section in ("cumulative", "options", "flows", "inputs"):
        assert f'<section id="{section}"' in page
    assert f"font-size: {data_of(name).executive.points}pt" in page


def test_data_for_programs_is_the_same_for_every_template(tmp_path: Path) -> None:
    written = [render(case_of("alone"), name, tmp_path / name, ["json"])[0][0].read_bytes() for name in TEMPLATES]
    assert written[0] == written[1]
    told = json.loads(written[0])
    assert told["headline"]["sentence"] == data_of("alone").headline.sentence
    assert [section["id"] for section in told["sections"]] == [section.id for section in data_of("alone").sections]


@pytest.mark.parametrize("name", TEMPLATES)
def test_a_plan_is_refused_by_a_template_of_a_case(name: str, tmp_path: Path) -> None:
    with pytest.raises(InputError, match=f"template {name} prints"):
        render(sample_plan(), name, tmp_path, ["md"])
    assert list(tmp_path.iterdir()) == []


def test_the_summary_of_finance_is_markdown(tmp_path: Path) -> None:
    (file,), _ = render(case_of("hostile"), "business-case-executive", tmp_path, ["md"])
    text = file.read_text()
    assert "business case in one page" in text
    assert "| **" not in text.splitlines()[0]
    assert "<script" not in text
    assert "<img" not in text
