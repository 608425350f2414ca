"""The summaries of a serving plan: for a terminal within its width, as markdown without a tag or link of a name."""

import pytest

from planner.report.printing.page import fill
from planner.report.printing.template import find_template
from planner.report.sections.text import columns
from planner.report.serving.markdown import serving_markdown
from planner.report.serving.page import serving_data
from planner.report.serving.text import serving_text
from tests.conftest import Golden
from tests.report.sample_serving import apis_alone, empty_serving_plan, hostile_serving_plan, serving_plan

PLANS = {"sample": serving_plan, "hostile": hostile_serving_plan, "empty": empty_serving_plan, "apis": apis_alone}


@pytest.mark.parametrize("name", PLANS)
@pytest.mark.parametrize("width", [60, 120])
def test_no_line_is_wider_than_the_terminal(name: str, width: int) -> None:
    lines = serving_text(serving_data(PLANS[name]()), width).splitlines()
    assert lines
    assert max(columns(line) for line in lines) <= width


def test_golden_text(golden: Golden) -> None:
    golden("report/serving.txt", serving_text(serving_data(serving_plan()), 110))


def test_golden_markdown(golden: Golden) -> None:
    golden("report/serving.md", serving_markdown(serving_data(serving_plan())))


def test_names_stay_names_in_markdown() -> None:
    told = serving_markdown(serving_data(hostile_serving_plan()))
    assert "<script" not in told
    assert "<img" not in told
    assert "http://" not in told


@pytest.mark.parametrize("name", PLANS)
def test_the_page_for_who_decides_as_markdown(name: str) -> None:
    data = serving_data(PLANS[name]())
    told = fill(find_template("serving-executive"), page="report.md.j2", report=data)
    assert "serving plan in one page" in told
    assert "<script" not in told
    if name in ("sample", "apis"):
        assert data.decisions[0].row.cost.text in told
