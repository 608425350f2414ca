"""What is shown of a long front: never fewer than the decisions, spread over the objectives, always the same."""

import dataclasses
from functools import cache

import pytest

from planner.report.data.rows import Figure, Row
from planner.report.gather import report_data
from planner.report.printing.html import html
from planner.report.printing.template import find_template
from planner.report.sections.thinning import SCREEN_ROWS, TABLE_ROWS, thin_front
from tests.report.sample_plan import large_plan


@cache
def rows(n: int) -> tuple[Row, ...]:
    """A curve of cost against time, with quality in three steps; everything crowded at the cheap end."""
    template = report_data(large_plan(3)).front[0]

    def figure(value: float) -> Figure:
        return Figure(str(value), "", "", value, None, None)

    return tuple(
        dataclasses.replace(
            template,
            id=f"{i:04}",
            roles=(),
            cost=figure(1.0 + (i / n) ** 6 * 1000),
            hours=figure(50.0 / (1 + i / n * 40)),
            quality=figure(0.5 + 0.1 * (i % 3)),
        )
        for i in range(n)
    )


@pytest.mark.parametrize("limit", [1, 5, 20, 60, 300])
def test_no_more_than_the_limit_in_order_and_the_same_again(limit: int) -> None:
    front = rows(2000)
    thin = thin_front(front, limit)
    assert 0 < len(thin) <= limit
    assert [row.id for row in thin] == sorted(row.id for row in thin)
    assert thin == thin_front(front, limit)
    assert limit < 20 or len(thin) > 0.6 * limit


def test_decisions_are_never_dropped() -> None:
    front = [dataclasses.replace(row, roles=("knee",)) if i % 100 == 50 else row for i, row in enumerate(rows(2000))]
    for limit in (1, 5, 60):
        assert {row.id for row in front if row.roles} <= {row.id for row in thin_front(front, limit)}


def test_the_best_by_each_objective_is_kept() -> None:
    front = rows(2000)
    kept = {row.id for row in thin_front(front, 8)}
    assert {"0000", "1999"} <= kept
    assert any(row.quality.value == 0.7 for row in thin_front(front, 8))


def test_it_spreads_over_the_objectives_and_not_over_the_rows() -> None:
    """Half of the rows are within 2 % of the lowest cost; an even spread over rows would show them half of the time."""
    front = rows(2000)
    crowded = [row for row in front if (row.cost.value or 0) < 1 + (0.5**6) * 1000]
    assert len(crowded) >= 999
    shown = thin_front(front, 60, ["cost"])
    assert sum(row in crowded for row in shown) < 0.5 * len(shown)


def test_objectives_without_figures_are_no_obstacle() -> None:
    unknown = Figure("unknown", "", "", None, None, None)
    front = [dataclasses.replace(row, cost=unknown, hours=unknown, quality=unknown) for row in rows(100)]
    assert len(thin_front(front, 10)) == 10
    half = [dataclasses.replace(row, cost=unknown) if i % 2 else row for i, row in enumerate(rows(100))]
    assert len(thin_front(half, 10)) <= 10


def test_a_long_front_is_thinned_on_the_screen_and_kept_in_the_page() -> None:
    long = report_data(large_plan(700))
    template = find_template("technical")
    page = html(long, template, (), {})
    assert TABLE_ROWS < page.count(" data-first>") == len(long.first_shown) <= SCREEN_ROWS
    assert page.count("<tr data-id=") >= 700
    assert "Until you ask for all 700 rows, at most 300 are shown: every decision" in page
    short = html(report_data(large_plan(SCREEN_ROWS)), template, (), {})
    assert " data-first" not in short
    assert "Until you ask" not in short


def test_an_objective_that_nobody_knows_of_thins_nothing() -> None:
    """A plan.json may come from anywhere."""
    front = rows(50)
    assert thin_front(front, 10, ["beauty", "cost"]) == thin_front(front, 10, ["cost"])
    assert len(thin_front(front, 10, ["beauty"])) == 10
