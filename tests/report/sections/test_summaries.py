"""summary.md and the terminal's summary."""

import re

import pytest

from planner.report.gather import report_data
from planner.report.sections.markdown import code, escape, markdown
from planner.report.sections.text import columns, text
from tests.conftest import Golden
from tests.report.sample_plan import empty_plan, hostile_plan, sample_plan

PLANS = {"sample": sample_plan, "hostile": hostile_plan, "empty": empty_plan}


@pytest.mark.parametrize("name", PLANS)
def test_golden_markdown(name: str, golden: Golden) -> None:
    golden(f"report/summary-{name}.md", markdown(report_data(PLANS[name]())))


@pytest.mark.parametrize("name", PLANS)
@pytest.mark.parametrize("width", [60, 100])
def test_golden_text(name: str, width: int, golden: Golden) -> None:
    golden(f"report/terminal-{name}-{width}.txt", text(report_data(PLANS[name]()), width))


@pytest.mark.parametrize("name", PLANS)
@pytest.mark.parametrize("width", [40, 60, 80, 100, 160])
def test_lines_keep_to_the_width(name: str, width: int) -> None:
    lines = text(report_data(PLANS[name]()), width).splitlines()
    assert max(columns(line) for line in lines) <= width
    assert all(line == line.rstrip() for line in lines)


@pytest.mark.parametrize("name", PLANS)
def test_every_table_row_has_as_many_cells_as_its_head(name: str) -> None:
    tables = re.findall(r"(?:^\|.*\n)+", markdown(report_data(PLANS[name]())), flags=re.MULTILINE)
    assert tables
    for table in tables:
        assert len({len(re.findall(r"(?<!\\)\|", line)) for line in table.splitlines()}) == 1


def test_hostile_names_become_neither_tag_nor_image_nor_link() -> None:
    told = markdown(report_data(hostile_plan()))
    assert "<script" not in told
    assert "<img" not in told
    assert "://" not in told
    assert escape("![x](y) @all | <b> `c`") == "!\\[x\\](y) &#64;all \\| &lt;b&gt; \\`c\\`"
    assert code("a`b|c") == "`a'b/c`"


def test_nothing_feasible_says_so_and_what_to_do() -> None:
    for told in (markdown(report_data(empty_plan())).replace("\\", ""), text(report_data(empty_plan()))):
        assert "Nothing is feasible" in told
        assert "raise constraints.max_cost from $1.00 to $1.85" in told


def test_wide_letters_count_twice() -> None:
    assert [columns("abc"), columns("日本"), columns("e\u0301")] == [3, 4, 1]
