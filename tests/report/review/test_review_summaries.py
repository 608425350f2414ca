"""The summaries of a review: for a terminal within its width, as markdown without a tag or link of a name."""

import pytest

from planner.report.printing.page import fill
from planner.report.printing.template import find_template
from planner.report.review.markdown import review_markdown
from planner.report.review.page import review_data
from planner.report.review.text import review_text
from planner.report.sections.text import columns
from tests.conftest import Golden
from tests.report.review.made_data import REVIEWS, data_of, review_of


@pytest.mark.parametrize("name", REVIEWS)
@pytest.mark.parametrize("width", [60, 120])
def test_no_line_is_wider_than_the_terminal(name: str, width: int) -> None:
    lines = review_text(data_of(name), width).splitlines()
    assert lines
    assert max(columns(line) for line in lines) <= width


def test_golden_text(golden: Golden) -> None:
    golden("report/spend.txt", review_text(data_of("made"), 110))


def test_golden_markdown(golden: Golden) -> None:
    golden("report/spend.md", review_markdown(data_of("made")))


@pytest.mark.parametrize("template", ["spend-executive", "spend-agenda"])
def test_golden_pages_as_markdown(template: str, golden: Golden) -> None:
    golden(f"report/{template}.md", fill(find_template(template), page="report.md.j2", report=data_of("made")))


@pytest.mark.parametrize("name", REVIEWS)
def test_names_stay_names_in_markdown(name: str) -> None:
    data = data_of(name)
    pages = [fill(find_template(one), page="report.md.j2", report=data) for one in ("spend-executive", "spend-agenda")]
    for told in (review_markdown(data), *pages):
        assert "<script" not in told
        assert "<img" not in told
        assert "http://" not in told
        assert "None" not in told


def test_sections_shorten_the_summaries() -> None:
    data = review_data(review_of("made"), ["budget"])
    assert "Unit costs" not in review_text(data)
    assert review_markdown(data).count("\n## ") == 3, "warnings, budgets, assumptions"
