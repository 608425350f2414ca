"""The text of a terminal and the markdown: short, complete, harmless."""

import pytest

from planner.report.business_case.markdown import case_markdown
from planner.report.business_case.text import case_text
from planner.report.sections.text import columns
from tests.report.business_case.made_data import CASES, data_of


@pytest.mark.parametrize("name", CASES)
@pytest.mark.parametrize("width", [10, 60, 100, 200])
def test_no_line_is_wider_than_the_terminal(name: str, width: int) -> None:
    text = case_text(data_of(name), width)
    assert max(columns(line) for line in text.splitlines()) <= max(width, 40)
    assert "\x1b" not in text
    assert "None" not in text


def test_a_terminal_shows_answer_options_flows_swings_and_notes() -> None:
    text = case_text(data_of("made"), 100)
    for words in ("Build, do not buy", "Cost of ownership", "Cumulative discounted", "52 %", "warning: demand",
                  "In EUR"):  # fmt: skip
        assert words in text
    head = next(line for line in text.splitlines() if line.startswith("USD"))
    row = next(line for line in text.splitlines() if line.startswith("Net cash flow"))
    assert head.split() == ["USD", "Now", "Year", "1", "Year", "2", "Year", "3", "Total"]
    assert len(head) == len(row), "numbers are flush right"


def test_a_narrow_terminal_keeps_the_total() -> None:
    text = case_text(data_of("crowded"), 80)
    head = next(line for line in text.splitlines() if line.startswith("USD thousand"))
    assert head.endswith("Total")
    assert "more columns in the report." in text
    assert "22 more warnings in the report." in text


@pytest.mark.parametrize("name", CASES)
def test_markdown_tables_have_as_many_cells_as_columns(name: str) -> None:
    rows = [line for line in case_markdown(data_of(name)).splitlines() if line.startswith("|")]
    block: list[int] = []
    for row in rows:
        count = row.replace("\\|", "").count("|")
        if "---" in row:
            block = [count]
        elif block and row != rows[0] and count != block[0]:
            assert rows[rows.index(row) + 1].startswith("| ---"), row
    assert rows


def test_markdown_has_the_flows_and_notes_and_no_markup_of_others() -> None:
    text = case_markdown(data_of("made"))
    for words in ("# support-assistant: business case", "## Cash flow", "**Net cash flow**", "## What it hangs on",
                  "## Other courses of the world", "## Beside money"):  # fmt: skip
        assert words in text
    hostile = case_markdown(data_of("hostile"))
    assert "<script" not in hostile
    assert "<img" not in hostile
    assert "://" not in hostile
    assert "\u202e" not in hostile
