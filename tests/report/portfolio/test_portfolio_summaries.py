"""The texts of a portfolio for a terminal and as markdown: short, aligned, and harmless whatever names are."""

import re

import pytest

from planner.report.portfolio.markdown import JOBS, portfolio_markdown
from planner.report.portfolio.member import portfolio_member
from planner.report.portfolio.text import portfolio_text
from planner.report.sections.text import LEAST_WIDTH, columns
from tests.report.portfolio.made_portfolio import PLANS, data_of, hostile, infeasible, minimal, rich


@pytest.mark.parametrize("width", [1, 60, 100, 200])
@pytest.mark.parametrize("name", PLANS)
def test_a_terminal_shows_no_line_too_long(name: str, width: int) -> None:
    text = portfolio_text(data_of(name), width)
    lines = text.splitlines()
    # A word alone may be longer than a line.
    assert all(columns(line) <= max(width, LEAST_WIDTH) or len(line.split()) <= 2 for line in lines)
    assert not any(ord(char) < 32 for char in text.replace("\n", ""))
    assert len(lines) < 600


def test_a_terminal_shows_jobs_budgets_and_what_is_left_out() -> None:
    text = portfolio_text(data_of("rich"), 140)
    assert text.startswith("december-batch: 8 of 11 jobs run for $15,850")
    row = next(line for line in text.splitlines() if line.startswith("ranker-large "))
    assert row.split()[1:8] == ["2026-12-01", "08:00", "2026-12-06", "08:00", "$5,210", "0.71", "26.0"]
    for words in ("What does not run:", "poem-writer", "it does not pay", "71 %", "If a provider is down:",
                  "3 jobs need approval", "from the linear relaxation"):  # fmt: skip
        assert words in text
    assert "bot-serving (running)" in portfolio_text(data_of("running"), 140)
    assert "278 more in the report." not in text
    assert "273 more in the report." in portfolio_text(data_of("crowd"), 140)


def test_a_terminal_shows_a_conflict_with_what_frees_it() -> None:
    text = portfolio_text(data_of("infeasible"), 120)
    assert "- at most 8 h100-sxm at aws us-east-1: 16 of them" in text
    assert "from  " not in text


def test_markdown_has_the_jobs_as_a_table() -> None:
    told = portfolio_markdown(data_of("rich"))
    assert told.startswith("# december-batch: portfolio\n\n8 of 11 jobs run")
    row = next(line for line in told.splitlines() if line.startswith("| ranker-large"))
    assert "$5,210<br><sub>$4,272 to $6,252</sub>" in row
    assert row.endswith("| 0.71 | 26.0 h |")
    for words in ("## Budgets", "## What does not run", "## Quotas", "## Approvals", "## How it was solved"):
        assert words in told
    assert "## What moved" not in told
    assert "## What is in conflict" in portfolio_markdown(data_of("infeasible"))
    many = portfolio_markdown(data_of("crowd"))
    assert sum(line.startswith("| job-") and " to 2026-" in line for line in many.splitlines()) == JOBS
    assert f"{293 - JOBS} more are in the report." in many


@pytest.mark.parametrize("name", PLANS)
def test_every_table_of_the_markdown_has_as_many_cells_as_columns(name: str) -> None:
    width = 0
    for line in portfolio_markdown(data_of(name)).splitlines():
        cells = line.replace("\\|", "").count("|") if line.startswith("|") else 0
        assert not (width and cells) or cells == width
        width = cells


def test_names_become_neither_tags_nor_images() -> None:
    # What stands in code style is shown as it is.
    told = re.sub("`[^`\\n]*`", "", portfolio_markdown(data_of("hostile")))
    assert "<script" not in told
    assert "<img" not in told
    assert re.search(r"(?<!\\)\]\(", told) is None
    assert "\x1b" not in told + portfolio_text(data_of("hostile"), 100)


def test_a_batch_lists_it_in_a_line_and_adds_nothing_up() -> None:
    member = portfolio_member(rich())
    assert (member.state, member.decision, member.name) == ("planned", "portfolio", "december-batch")
    assert member.what == "8 of 11 jobs run; 1 late; proven within 0.80 %"
    assert (member.cost.text, member.cost.band) == ("$15,850", "$13,948 to $18,069")
    assert [figure.value for figure in (member.cost, member.hours, member.quality, member.carbon)] == [None] * 4
    assert member.carbon.text == "unknown"
    stuck = portfolio_member(infeasible())
    assert (stuck.state, stuck.decision, stuck.cost.text) == ("infeasible", "", "unknown")
    assert stuck.reason.startswith("No schedule is possible: what cannot be kept together is ranker")
    assert portfolio_member(minimal()).what == "1 of 1 jobs run; proven within 0 %"


def test_a_member_of_hostile_names_is_short_and_plain() -> None:
    member = portfolio_member(hostile())
    assert max(len(text) for text in (member.name, member.team, member.scenario, member.what)) <= 80
    assert not any(ord(char) < 32 for char in member.name + member.what)
