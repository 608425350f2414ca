"""Which template prints a review, and what its page and paper hold; hostile names stay names."""

import json
from html import unescape
from pathlib import Path

import pytest

from planner.errors import InputError
from planner.report.data.review import SECTIONS
from planner.report.printing.page import fill, markup
from planner.report.printing.template import find_template, fitting
from planner.report.reading import read_any_plan, read_outcome, read_plan
from planner.report.render import render, takes_of
from tests.conftest import Golden
from tests.report.review.made_data import REVIEWS, data_of, review_of
from tests.report.sample_plan import sample_plan
from tests.report.sample_serving import serving_plan

TEMPLATES = ("spend", "spend-executive", "spend-agenda")


def page_of(review: str, name: str = "spend", *, paper: bool = False) -> str:
    """The page without its charts."""
    parts = markup({"head": "", "tail": "", "configurations": "null"})
    return fill(find_template(name), report=data_of(review), charts={}, notes=(), paper=paper, **parts)


@pytest.mark.parametrize(("asked", "found"), [("technical", "spend"), ("executive", "spend-executive"),
                                              ("spend-agenda", "spend-agenda")])  # fmt: skip
def test_the_usual_names_mean_those_of_a_review(asked: str, found: str) -> None:
    assert fitting(find_template(asked), "review").name == found
    assert takes_of(review_of("made")) == "review"


@pytest.mark.parametrize("name", ["compare", "model-performance", "comment", "index", "serving"])
def test_a_template_of_another_kind_is_refused_with_those_that_fit(name: str, tmp_path: Path) -> None:
    with pytest.raises(InputError, match=rf"template {name} prints .*spend, spend-agenda, spend-executive"):
        render(review_of("made"), name, tmp_path, ["md"])
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("name", TEMPLATES)
def test_a_plan_is_refused_by_a_template_of_a_review(name: str, tmp_path: Path) -> None:
    for plan in (sample_plan(), serving_plan()):
        with pytest.raises(InputError, match=rf"template {name} prints a review of spend, and this is a plan of"):
            render(plan, name, tmp_path, ["md"])


def test_only_a_review_has_sections(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="sections are parts of a review of spend"):
        render(sample_plan(), "technical", tmp_path, ["md"], sections=["summary"])
    with pytest.raises(InputError, match="unknown section 'budgets'"):
        render(review_of("made"), "technical", tmp_path, ["md"], sections=["budgets"])
    render(review_of("made"), "technical", tmp_path, ["md"], sections=["budget"])
    assert "## Budgets" in (tmp_path / "summary.md").read_text()
    assert "## What to change" not in (tmp_path / "summary.md").read_text()


def test_a_template_of_ones_own_says_what_it_prints(tmp_path: Path) -> None:
    mine = tmp_path / "mine"
    mine.mkdir()
    (mine / "template.yaml").write_text("extends: spend\nbrand: ACME\n")
    assert find_template(str(mine)).takes == "review"
    written, _ = render(review_of("made"), str(mine), tmp_path / "out", ["json"])
    assert json.loads(written[0].read_text())["period"] == "October 2026"


@pytest.mark.parametrize("name", REVIEWS)
@pytest.mark.parametrize("template", TEMPLATES)
def test_hostile_names_stay_names(name: str, template: str) -> None:
    page = page_of(name, template) + page_of(name, template, paper=True)
    assert "<script>alert" not in page
    assert "<img" not in page
    assert "None" not in page
    if name == "hostile":
        assert "{{7*7}}" in unescape(page)
        assert "\u202e" not in page
        assert "\x1b" not in page


@pytest.mark.parametrize("template", TEMPLATES)
def test_golden(template: str, golden: Golden) -> None:
    """Charts, styles and scripts are looked at elsewhere."""
    golden(f"report/{template}.html", page_of("made", template))


def test_the_page_has_every_part_that_the_review_fills() -> None:
    page = page_of("made")
    for section in (*SECTIONS, "assumptions", "sources"):
        assert f'<section id="{section}"' in page
        assert f'href="#{section}"' in page
    assert page.count('<details class="folded">') == len(review_of("made").statements)
    assert "<details" not in page_of("made", paper=True)


def test_a_review_is_read_back_and_is_no_plan(tmp_path: Path) -> None:
    file = tmp_path / "plan.json"
    file.write_text(review_of("made").model_dump_json())
    assert read_outcome(tmp_path) == read_outcome(file) == review_of("made")
    for read in (read_any_plan, read_plan):
        with pytest.raises(
            InputError,
            match="a review of spend, and this takes a plan of fine-tuning or serving; `planner report` prints",
        ):
            read(file)
    file.write_text(review_of("made").model_dump_json().replace('"months"', '"month_of"', 1))
    with pytest.raises(InputError, match=r"not a review of spend of this version.*months"):
        read_outcome(file)
    file.write_text(serving_plan().model_dump_json())
    assert read_outcome(file) == serving_plan()
    scenario = tmp_path / "review.yaml"
    scenario.write_text("kind: SpendReview\n")
    with pytest.raises(InputError, match=r"not JSON; expected the plan.json that `planner plan .*review.yaml` writes"):
        read_outcome(scenario)


def test_changes_are_blocks_with_their_sentences_at_full_width() -> None:
    for page in (page_of("made"), page_of("made", paper=True)):
        block = page.partition('<section class="block">')[2].partition("</section>")[0]
        figures, _, sentences = block.partition("</dl>")
        assert "Saves a month" in figures
        assert "Basis" not in figures
        assert [f"<b>{name}:</b>" in sentences for name in ("How to", "Risk", "Basis")] == [True] * 3
        assert page.count('<section class="block">') == 3
