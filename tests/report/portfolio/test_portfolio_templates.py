"""What the pages and sheets of a portfolio hold; hostile names stay names."""

import re
from functools import cache
from html import unescape

import pytest

from planner.report.charts.portfolio_charts import PORTFOLIO_CHARTS
from planner.report.portfolio.paper import JOBS, on_paper
from planner.report.printing.page import fill, markup
from planner.report.printing.template import TEXT, find_template
from tests.report.portfolio.made_portfolio import data_of

TEMPLATES = ("portfolio", "portfolio-executive")
SMALL = ("rich", "minimal", "infeasible", "running", "hostile", "all-out", "nothing", "not-found")


@cache
def page_of(which: str, name: str = "portfolio", *, paper: bool = False) -> str:
    """The page of a plan without its charts."""
    parts = markup({"head": "", "tail": "", "configurations": "null"})
    data = data_of(which)
    return fill(
        find_template(name), report=on_paper(data) if paper else data, charts={}, notes=(), paper=paper, **parts
    )  # fmt: skip


@pytest.mark.parametrize("template", TEMPLATES)
@pytest.mark.parametrize("name", SMALL)
def test_hostile_names_stay_names(name: str, template: str) -> None:
    for paper in (False, True) if name == "hostile" else (False,):
        page = page_of(name, template, paper=paper)
        assert "<script>alert" not in page
        assert "<img" not in page
        assert "None" not in page
        assert "\x1b" not in page
        assert ("{{7*7}}" in unescape(page)) is (name == "hostile")


def test_the_page_has_every_part_that_the_plan_fills() -> None:
    page = page_of("running")
    for section in ("schedule", "jobs", "out", "moves", "budgets", "quotas", "shadow", "schedules", "outages",
                    "approvals", "solved", "assumptions", "sources"):  # fmt: skip
        assert f'<section id="{section}">' in page, section
        assert section == "schedule" or f'href="#{section}"' in page
    assert 'id="conflict"' not in page
    rows = re.findall(r'<tr data-id="(job-\d+)"', page)
    assert rows == [f"job-{n}" for n in range(1, 9)]
    assert page.count('<b class="badge">done</b>') == 2
    assert page.count('<b class="badge">running</b>') == 2
    assert page.count('<b class="badge">moved</b>') == 2
    assert "<summary>What moves without <bdi>AWS us-east-1</bdi>" in page


@pytest.mark.parametrize("name", ["infeasible", "all-out", "nothing"])
def test_without_a_job_that_runs_no_part_is_empty(name: str) -> None:
    page = page_of(name)
    for section in ("schedule", "jobs", "moves", "budgets", "quotas", "shadow", "schedules", "outages", "approvals"):
        assert f'id="{section}"' not in page
    assert '<section class="headline empty">' in page
    assert '<section id="out">' in page
    assert ('<section id="conflict">' in page) is (name == "infeasible")
    assert '<section id="solved">' in page


def test_the_executive_page_tells_what_a_director_asks() -> None:
    page = page_of("rich", "portfolio-executive")
    for title in ("Who runs when", "Budgets", "What does not run, or runs late", "If a provider is down", "Approvals",
                  "Next steps"):  # fmt: skip
        assert f"<h2>{title}</h2>" in page
    assert "How should 11 jobs run from 2026-12-01 00:00 to 2026-12-29 00:00, Europe/Berlin, under 4 budgets" in page
    assert "<h2>What is in conflict</h2>" in page_of("infeasible", "portfolio-executive")
    assert "Who runs when" not in page_of("infeasible", "portfolio-executive")


def test_paper_has_no_links_into_rows_and_fewer_of_them() -> None:
    page = page_of("crowd", paper=True)
    assert "data-id" not in page
    assert page.count('<th scope="row"><bdi>job-') >= JOBS
    assert f"On paper {JOBS:,} of 293 jobs are listed: those that are late first, then the dearest." in page
    assert "<details" not in page


def test_a_thousand_jobs_make_a_page_that_a_browser_bears() -> None:
    page = page_of("thousand")
    assert len(re.findall(r'<tr data-id="job-', page)) == 975
    assert len(page) < 2_500_000


def test_every_chart_of_a_template_is_one_that_there_is() -> None:
    for name in TEMPLATES:
        assert set(find_template(name).charts or ()) <= PORTFOLIO_CHARTS.keys()
    shown = {name for template in TEMPLATES for name in find_template(template).charts or ()}
    assert shown == PORTFOLIO_CHARTS.keys()


@pytest.mark.parametrize("name", SMALL)
def test_the_executive_text_is_markdown(name: str) -> None:
    told = fill(find_template("portfolio-executive"), page=TEXT, report=data_of(name))
    assert told.startswith("\n# " if told.startswith("\n") else "# ")
    assert "## Next steps" in told
    assert "<script" not in told
    assert "<img" not in told
    assert "None" not in told
    if name == "rich":
        assert "- Cost: $15,850 (" in told
        assert "| research in 2026-12 | $7,000 | $6,160 | 99 % | 71 % |" in told


def test_the_hostile_page_has_one_row_for_each_job() -> None:
    assert len(re.findall(r"<tr data-id=", page_of("hostile"))) == 8
