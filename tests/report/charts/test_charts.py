"""Charts: the specs say what they should, twice the same, and the pictures follow the page's colours."""

import json
import re

import pytest

from planner.report.charts.charts import Chart, charts
from planner.report.charts.pictures import pictures
from planner.report.charts.placing import CHOICES, place
from planner.report.gather import report_data
from planner.report.printing.html import html
from planner.report.printing.template import find_template
from planner.report.sections.thinning import CHART_POINTS
from tests.report.sample_plan import BREAKOUT, empty_plan, hostile_plan, large_plan, sample_plan


@pytest.fixture(scope="module")
def drawn() -> dict[str, Chart]:
    return {chart.name: chart for chart in charts(report_data(sample_plan()))}


def test_there_is_a_chart_per_question(drawn: dict[str, Chart]) -> None:
    sides = ["front-cost-quality", "front-time-quality"]
    assert list(drawn) == ["front", *sides, "memory", "cost", "time", "models", "scaling-time", "scaling-cost"]
    assert charts(report_data(empty_plan())) == ()


def test_the_same_plan_gives_the_same_specs(drawn: dict[str, Chart]) -> None:
    assert tuple(drawn.values()) == charts(report_data(sample_plan()))


def test_axes_name_their_unit(drawn: dict[str, Chart]) -> None:
    told = {name: json.dumps(chart.screen) for name, chart in drawn.items()}
    assert "Cost, USD (log scale)" in told["front"]
    assert "Wall-clock time, hours (log scale)" in told["front"]
    assert "Memory of the fullest GPU, GiB" in told["memory"]
    assert "Cost, USD" in told["cost"]
    assert "Wall-clock time, share of the total in %" in told["time"]


def test_no_dataset_is_empty_and_every_dataset_is_used(drawn: dict[str, Chart]) -> None:
    for chart in drawn.values():
        for spec in (chart.screen, chart.paper):
            assert all(spec["datasets"].values())
            used = json.dumps(spec["layer"])
            assert all(f'{{"name": "{name}"}}' in used for name in spec["datasets"])


def test_specs_are_what_vega_lite_allows(drawn: dict[str, Chart]) -> None:
    import altair as alt

    for chart in drawn.values():
        # No ground at all is null to Vega, of which the schema does not know.
        config = {key: value for key, value in chart.screen["config"].items() if key != "background"}
        alt.LayerChart.from_dict({**chart.screen, "config": config, "data": {"values": []}})


def test_every_chart_has_a_sentence_that_a_page_reads_out() -> None:
    data = report_data(sample_plan())
    page = html(data, find_template("technical"), (), {chart.name: "<svg/>" for chart in charts(data)})
    labels = re.findall(r'data-chart="([^"]*)" role="img" aria-label="([^"]*)"', page)
    assert {name for name, _ in labels} >= {"front", "front-cost-quality", "front-time-quality", "memory", "time"}
    assert all(len(label) > 20 for _, label in labels)


def test_no_spec_holds_an_address(drawn: dict[str, Chart]) -> None:
    assert "://" not in json.dumps([(chart.screen, chart.paper) for chart in drawn.values()])


def test_methods_have_shapes_and_decisions_have_names_and_bands(drawn: dict[str, Chart]) -> None:
    spec = drawn["front"].screen
    decisions = spec["datasets"]["decisions"]
    assert {d["name"] for d in decisions} == {"knee", "cheapest", "fastest", "best"}
    assert all(d["cost_low"] < d["cost"] < d["cost_high"] for d in decisions)
    shapes = [layer["encoding"]["shape"] for layer in spec["layer"] if "shape" in layer["encoding"]]
    assert shapes[0]["scale"]["domain"] == ["full", "LoRA"]


def test_paper_is_thinned_and_the_screen_is_not() -> None:
    front = charts(report_data(large_plan(700)), ["front"])[0]
    assert len(front.screen["datasets"]["points"]) == 700
    assert len(front.paper["datasets"]["points"]) + len(front.paper["datasets"]["cloud"]) <= CHART_POINTS
    assert len(front.paper["datasets"]["decisions"]) == 3


def test_a_free_machine_turns_the_logarithm_off() -> None:
    plan = sample_plan()
    front = [
        plan.front[0].model_copy(update={"cost_usd": 0.0, "cost_usd_lo": 0.0, "cost_usd_hi": 0.0}),
        *plan.front[1:],
    ]
    spec = charts(report_data(plan.model_copy(update={"front": front})), ["front"])[0].screen
    assert "Cost, USD (log" not in json.dumps(spec["layer"])


def test_pictures_take_the_pages_colours(drawn: dict[str, Chart]) -> None:
    svg = pictures(tuple(drawn.values()))
    for text in svg.values():
        assert text.startswith("<svg ")
        assert "currentColor" in text
        assert "style=" not in text
        assert 'fill="white"/>' not in text[:400]


def test_hostile_names_are_text_in_a_picture() -> None:
    plan = hostile_plan()
    front = [c.model_copy(update={"method": {"name": BREAKOUT}}) for c in plan.front]
    svg = pictures(charts(report_data(plan.model_copy(update={"front": front})), ["front", "memory", "time"]))
    assert all("<img" not in text and "<script" not in text for text in svg.values())


def test_labels_keep_clear_of_each_other_and_inside() -> None:
    points = [(1.0, 1.0), (1.02, 1.0), (10.0, 10.0)]
    spots = place(
        [(1.0, 1.0, "cheapest"), (1.02, 1.0, "fastest"), (10.0, 10.0, "best")], points, size=(640, 340), log=True
    )
    assert spots[0] != spots[1]
    assert spots[2].align == "right"
    assert all(spot in CHOICES for spot in spots)
    assert place([], [], size=(640, 340), log=True) == []
