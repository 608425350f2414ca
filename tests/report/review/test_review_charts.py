"""The charts of a review: axes with units, days in their places, anomalies in lanes, steps that end at the change."""

import json
from typing import Any

import pytest

from planner.report.charts.charts import Chart, charts
from planner.report.charts.review_budgets import budgets_spec
from planner.report.charts.review_days import days_spec
from planner.report.charts.review_drivers import drivers_spec
from planner.report.charts.review_models import models_spec
from planner.report.data.review_charts import Ahead, Bullet, DailyChart, DayBar, Mark, Step
from planner.report.review.page import review_data
from tests.report.review.made_data import data_of, review_of

DAYS = tuple(DayBar(f"2026-10-{n:02}", f"${n}", (float(n), 1.0), (f"${n}", "$1.00")) for n in range(1, 32))


@pytest.fixture(scope="module")
def drawn() -> dict[str, Chart]:
    return {chart.name: chart for chart in charts(data_of("made"))}


def marks(spec: dict[str, Any] | None, name: str) -> list[dict[str, Any]]:
    """Rows of a dataset of a spec."""
    assert spec is not None
    found: list[dict[str, Any]] = spec["datasets"][name]
    return found


def test_there_is_a_chart_per_question(drawn: dict[str, Chart]) -> None:
    assert list(drawn) == ["review-days", "review-months", "review-trend", "review-budgets", "review-drivers",
                           "review-models"]  # fmt: skip
    assert charts(data_of("empty")) == ()
    assert [chart.name for chart in charts(data_of("first"))] == ["review-days"]


def test_parts_that_are_not_printed_are_not_drawn() -> None:
    found = charts(review_data(review_of("made"), ["budget", "kpis"]), ["review-days", "review-budgets"])
    assert [chart.name for chart in found] == ["review-budgets"]


def test_axes_name_their_unit(drawn: dict[str, Chart]) -> None:
    told = {name: json.dumps(chart.screen) for name, chart in drawn.items()}
    for name, title in {
        "review-days": "USD a day", "review-months": "Spent, USD", "review-budgets": "Per cent of the amount",
        "review-drivers": "Change, USD", "review-models": "Cost in the month, USD",
    }.items():  # fmt: skip
        assert f'"{title}"' in told[name]


@pytest.mark.parametrize("name", ["made", "partial", "hostile", "first"])
def test_no_dataset_is_empty(name: str) -> None:
    for chart in charts(data_of(name)):
        assert all(chart.screen["datasets"].values()), chart.name


def test_specs_are_what_vega_lite_allows(drawn: dict[str, Chart]) -> None:
    import altair as alt

    for chart in drawn.values():
        config = {key: value for key, value in chart.screen["config"].items() if key != "background"}
        alt.LayerChart.from_dict({**chart.screen, "config": config, "data": {"values": []}})


def test_a_day_is_as_far_from_the_first_as_the_calendar_says() -> None:
    ahead = tuple(Ahead(f"2026-11-{n:02}", 9.0, 8.0, None, "$9", "") for n in (1, 2))
    spec = days_spec(DailyChart(("a", "b"), DAYS, (), ahead, "90 %"))
    days = marks(spec, "days")
    assert [(row["at"], row["date"]) for row in (days[0], days[30])] == [(0, "2026-10-01"), (30, "2026-10-31")]
    assert (days[-1]["at"], days[-1]["end"], days[-1]["usd0"]) == (31, 31, 31.0), "the last day has an end"
    assert [row["at"] for row in marks(spec, "ahead")] == [31.5, 32.5], "a day that comes is a point at its noon"
    assert "low" not in marks(spec, "ahead")[0], "half a band is none"
    assert days_spec(DailyChart(("a", "b"), DAYS[:1])) is None
    assert days_spec(DailyChart()) is None


def test_anomalies_of_the_same_days_lie_in_lanes_of_their_own() -> None:
    found = (Mark("1", "2026-10-13", "2026-10-15", "spike"), Mark("2", "2026-10-05", "2026-10-31", "leak"),
             Mark("3", "2026-10-01", "2026-10-01", "drop"), Mark("4", "2026-10-30", "2026-10-30", "spike"))  # fmt: skip
    spec = days_spec(DailyChart(("a", "b"), DAYS, found))
    heights = {row["no"]: row["usd"] for row in marks(spec, "marks")}
    assert heights["1"] == heights["4"] != heights["2"]
    assert heights["3"] > heights["2"] or heights["3"] != heights["2"]
    assert min(heights.values()) > 32.0, "above all that was spent"


def test_steps_end_at_the_whole_change() -> None:
    steps = (
        Step("price", -10.0, ""),
        Step("volume", 50.0, ""),
        Step("mix", 5.0, ""),
        Step("change", 45.0, "", whole=True),
    )
    rows = marks(drivers_spec(steps), "steps")
    assert [(row["start"], row["end"]) for row in rows] == [(0.0, -10.0), (-10.0, 40.0), (40.0, 45.0), (0.0, 45.0)]
    assert [row["up"] for row in rows] == [False, True, True, True]
    assert drivers_spec((Step("price", 0.0, ""), Step("change", 0.0, "", whole=True))) is None
    assert drivers_spec(()) is None


def test_a_budget_of_unknown_end_has_no_diamond() -> None:
    known = Bullet("a", "$1 of $2", 0.5, 1.0, 1.2, None, 1.4, "within", "all")
    spec = budgets_spec([known, Bullet("b", "$0 of $2", 0.0, 0.1, None, None, None, "within", "all")])
    assert [row["name"] for row in marks(spec, "ends")] == ["a"]
    assert (marks(spec, "ends")[0]["low"], marks(spec, "ends")[0]["high"]) == (120.0, 140.0)
    assert budgets_spec([]) is None
    assert models_spec(()) is None
