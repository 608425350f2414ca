"""The charts of a case: axes with units, the break-even at its month, bands, a line at 0, and none without data."""

import json
from typing import Any

import pytest

from planner.report.charts.case_breakdown import breakdown_spec
from planner.report.charts.case_charts import CASE_CHARTS
from planner.report.charts.case_curves import curves_spec, month_ticks
from planner.report.charts.case_tornado import swings_spec
from planner.report.charts.charts import Chart, charts
from planner.report.data.business_case_charts import CostBar, CostPart, Curve, CurveChart, Spot, SwingBar, SwingChart
from tests.report.business_case.made_data import case_of, data_of


@pytest.fixture(scope="module")
def drawn() -> dict[str, Chart]:
    return {chart.name: chart for chart in charts(data_of("made"))}


def rows_of(spec: dict[str, Any] | None, name: str) -> list[dict[str, Any]]:
    """Rows of a dataset of a spec."""
    assert spec is not None
    found: list[dict[str, Any]] = spec["datasets"][name]
    return found


def test_there_is_a_chart_per_question(drawn: dict[str, Chart]) -> None:
    assert list(drawn) == list(CASE_CHARTS)
    assert [chart.name for chart in charts(data_of("alone"))] == ["case-options", "case-breakdown"]
    assert [chart.name for chart in charts(data_of("unknown"))] == ["case-options", "case-breakdown", "case-units"]


def test_axes_name_their_unit(drawn: dict[str, Chart]) -> None:
    told = {name: json.dumps(chart.screen) for name, chart in drawn.items()}
    for name, title in {
        "case-cumulative": "Cumulative cash flow, USD", "case-options": "Cost up to the month, USD",
        "case-breakdown": "Cost over the horizon, USD", "case-units": "Cost per prediction, USD",
        "case-margins": "Margin, % of revenue", "case-tornado": "Net present value of build against buy, USD",
        "case-hours": "USD for each hour used (log scale)", "case-scale": "Cost a month, USD (log scale)",
    }.items():  # fmt: skip
        assert f'"{title}"' in told[name]


@pytest.mark.parametrize("name", ["certain", "unknown", "crowded", "hostile"])
def test_no_dataset_is_empty(name: str) -> None:
    for chart in charts(data_of(name)):
        assert all(chart.screen["datasets"].values()), chart.name


def test_specs_are_what_vega_lite_allows(drawn: dict[str, Chart]) -> None:
    import altair as alt

    for name in ("case-cumulative", "case-breakdown", "case-tornado", "case-hours"):
        chart = drawn[name]
        config = {key: value for key, value in chart.screen["config"].items() if key != "background"}
        alt.LayerChart.from_dict({**chart.screen, "config": config, "data": {"values": []}})


def test_the_break_even_stands_at_its_month_on_the_line(drawn: dict[str, Chart]) -> None:
    decision = case_of("made").decision
    assert decision is not None
    spec = drawn["case-cumulative"].screen
    (spot,) = rows_of(spec, "spots")
    assert (spot["x"], spot["text"]) == (16, "break-even in month 16")
    assert spot["y"] == pytest.approx(decision.returns.cumulative_usd[16], rel=1e-4)
    assert len(rows_of(spec, "lines")) == len(rows_of(spec, "bands")) == 37
    assert [row["low"] <= row["high"] for row in rows_of(spec, "bands")] == [True] * 37
    assert "uprights" not in spec["datasets"]


def test_no_break_even_no_mark() -> None:
    names = {chart.name: chart for chart in charts(data_of("undefined"))}
    assert "spots" not in names["case-cumulative"].screen["datasets"]


def test_hours_cross_where_they_cost_the_same(drawn: dict[str, Chart]) -> None:
    spots = {row["text"]: row for row in rows_of(drawn["case-hours"].screen, "spots")}
    assert spots["reserved 1 year from 63 %"]["x"] == pytest.approx(63)
    assert spots["reserved 1 year from 63 %"]["y"] == pytest.approx(2.5 / 0.63, rel=1e-4)
    assert rows_of(drawn["case-hours"].screen, "uprights") == [{"x": 70.0, "text": "this case: 70 %"}]


def test_parts_of_a_bar_follow_each_other_to_its_total(drawn: dict[str, Chart]) -> None:
    parts = rows_of(drawn["case-breakdown"].screen, "parts")
    mine = [row for row in parts if row["bar"] == "In-house assistant"]
    assert [row["start"] for row in mine] == [0.0, *(row["end"] for row in mine[:-1])]
    assert mine[-1]["end"] == pytest.approx(case_of("made").options[0].cost_usd.value)
    assert breakdown_spec(()) is None


def test_what_is_below_0_is_cut_from_no_log_axis_and_one_point_is_no_line() -> None:
    below = CurveChart("x", "y", (Curve("a", ((1.0, -1.0), (2.0, 3.0))),), log=True)
    assert curves_spec(below) is None
    assert curves_spec(CurveChart("x", "y", (Curve("a", ((1.0, 1.0),)),))) is None
    assert curves_spec(CurveChart()) is None
    away = CurveChart("x", "y", (Curve("a", ((0.0, -1.0), (2.0, 3.0))),), (Spot(5.0, 1.0, "outside"),))
    assert "spots" not in (curves_spec(away) or {})["datasets"]


def test_months_have_ticks_at_quarters_or_whole_years() -> None:
    assert month_ticks((0, 12)) == [0, 3, 6, 9, 12]
    assert month_ticks((1, 36)) == [6, 12, 18, 24, 30, 36]
    assert len(month_ticks((0, 1_200))) <= 13
    assert all(tick % 12 == 0 for tick in month_ticks((0, 1_200)))


def test_a_swing_of_nothing_or_of_nobody_knows_what_is_no_bar() -> None:
    def bar(name: str, low: float | None, high: float | None) -> SwingBar:
        return SwingBar(name, low, high, "1", "2", "", "", "unknown")

    spec = swings_spec(SwingChart("USD", 0.0, (bar("a", -5.0, 7.0), bar("b", 1.0, 1.0), bar("c", None, 2.0))))
    assert [row["input"] for row in rows_of(spec, "names")] == ["a"]
    assert [(row["from"], row["to"], row["left"]) for row in rows_of(spec, "bars")] == [
        (0.0, -5.0, True),
        (0.0, 7.0, False),
    ]
    assert swings_spec(SwingChart("USD", None, (bar("a", 1.0, 2.0),))) is None


def test_the_smallest_categories_are_one_last_and_grey() -> None:
    parts = (CostPart("Others", 5.0, "$5", "1 %"), CostPart("Training", 9.0, "$9", "2 %"))
    bars = (CostBar("a", "$14", parts), CostBar("b", "$9", parts[1:]))
    spec = breakdown_spec(bars)
    assert spec is not None
    scale = next(layer["encoding"]["color"]["scale"] for layer in spec["layer"] if "color" in layer["encoding"])
    assert (scale["domain"], scale["range"][-1]) == (["Training", "Others"], "#999999")
