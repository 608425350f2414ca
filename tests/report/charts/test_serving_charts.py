"""The charts of a serving plan: axes with units, the unknown apart, targets and crossings where they belong."""

import json
from typing import Any

import pytest

from planner.report.charts.charts import Chart, charts
from planner.report.charts.serving_break_even import break_even_spec
from planner.report.charts.serving_latency import latency_spec
from planner.report.charts.serving_load import load_spec, replicas_spec
from planner.report.charts.theme import SERIES
from planner.report.data.serving import ServingData
from planner.report.data.serving_parts import BreakEven, CostLinePoints, Curve, CurvePoint, ReplicaSteps, TargetLine
from planner.report.sections.thinning import CHART_POINTS
from planner.report.serving.page import serving_data
from tests.report.sample_serving import apis_alone, empty_serving_plan, large_serving_plan, serving_plan


@pytest.fixture(scope="module")
def data() -> ServingData:
    return serving_data(serving_plan())


@pytest.fixture(scope="module")
def drawn(data: ServingData) -> dict[str, Chart]:
    return {chart.name: chart for chart in charts(data)}


def marks(spec: dict[str, Any], name: str) -> list[dict[str, Any]]:
    """Rows of a dataset of a spec."""
    found: list[dict[str, Any]] = spec["datasets"][name]
    return found


def test_there_is_a_chart_per_question(drawn: dict[str, Chart]) -> None:
    latencies = ["latency-ttft", "latency-itl", "latency-total"]
    assert list(drawn) == ["front", "front-cost-quality", "load", "replicas", *latencies, "cost", "break-even"]
    assert charts(serving_data(empty_serving_plan())) == ()
    assert [chart.name for chart in charts(serving_data(apis_alone()))] == ["front-cost-quality", "load", "cost"]


def test_axes_name_their_unit(drawn: dict[str, Chart]) -> None:
    told = {name: json.dumps(chart.screen) for name, chart in drawn.items()}
    for name, title in {
        "front": "p95 to the last token, seconds (log scale)", "load": "Requests/s", "replicas": "Replicas",
        "latency-ttft": "p95 to the first token, s (log scale)",
        "latency-itl": "p95 between two tokens, ms (log scale)",
        "break-even": "Cost a month, USD (log scale)", "cost": "Cost a month, share of the total in %",
    }.items():  # fmt: skip
        assert f'"{title}"' in told[name]
    assert '"Hour of the week, UTC"' in told["load"]
    assert '"Requests a month (log scale)"' in told["break-even"]


def test_no_dataset_is_empty_and_every_dataset_is_used(drawn: dict[str, Chart]) -> None:
    for chart in drawn.values():
        for spec in (chart.screen, chart.paper):
            assert all(spec["datasets"].values())
            used = json.dumps([spec["layer"], spec.get("data")])
            assert all(f'{{"name": "{name}"}}' in used for name in spec["datasets"])


def test_specs_are_what_vega_lite_allows(drawn: dict[str, Chart]) -> None:
    import altair as alt

    for chart in drawn.values():
        config = {key: value for key, value in chart.screen["config"].items() if key != "background"}
        alt.LayerChart.from_dict({**chart.screen, "config": config, "data": {"values": []}})


def test_what_has_no_known_latency_stands_apart_at_its_cost(drawn: dict[str, Chart], data: ServingData) -> None:
    spec = drawn["front"].screen
    assert {row["id"] for row in marks(spec, "apart")} == {row.id for row in data.beside}
    assert {row["id"] for row in marks(spec, "points")} == {row.id for row in data.front}
    assert all("latency" not in row for row in marks(spec, "apart"))
    assert [row["name"] for row in marks(spec, "named")] == ["cheapest API"]


def test_paper_is_thinned() -> None:
    data = serving_data(large_serving_plan(3_000))
    front = next(chart for chart in charts(data, ["front"]) if chart.name == "front")
    assert len(marks(front.screen, "points")) == 3_000
    assert len(marks(front.paper, "points")) + len(marks(front.paper, "cloud")) <= CHART_POINTS


def test_the_week_ends_with_its_last_hour() -> None:
    hours = [float(hour) for hour in range(168)]
    spec = load_spec(hours)
    assert spec is not None
    rows = marks(spec, "load")
    assert (rows[0]["when"], rows[0]["rate"]) == ("Mon 00:00", 0.0)
    assert (rows[167]["when"], rows[167]["rate"]) == ("Sun 23:00", 167.0)
    assert rows[168] == {"hour": 168, "rate": 167.0, "when": "Sun 23:00"}
    assert load_spec([0.0] * 168) is None
    assert load_spec([]) is None


def test_replicas_are_steps_from_zero() -> None:
    spec = replicas_spec([ReplicaSteps("knee", (2,) * 100 + (12,) * 68)])
    assert spec is not None
    assert [row["replicas"] for row in marks(spec, "steps")][99:101] == [2, 12]
    told = json.dumps(spec["layer"])
    assert '"interpolate": "step-after"' in told
    assert '"domain": [0, 12.96]' in told
    assert replicas_spec([]) is None


def curve(*values: float | None) -> Curve:
    points = (CurvePoint(0.2 * (at + 1), at, v, None, v) for at, v in enumerate(values))
    return Curve("knee", tuple(points), planned=0.5)


def test_the_planned_load_lies_on_the_curve_and_targets_across() -> None:
    target = TargetLine("ttft", "p95", 2.0, "p95 target 2 s")
    spec = latency_spec([curve(0.4, 0.8, 1.6, None)], [target], "ttft")
    assert spec is not None
    assert [row["value"] for row in marks(spec, "curves")] == [0.4, 0.8, 1.6]
    assert marks(spec, "planned") == [{"decision": "knee", "load": 0.5, "value": 1.2}]
    assert marks(spec, "targets") == [{"value": 2.0, "text": "p95 target 2 s"}]
    assert latency_spec([curve(0.4, 0.8)], [], "itl") is None
    assert latency_spec([curve(None, 0.8)], [], "ttft") is None


def test_below_a_second_latencies_are_in_milliseconds() -> None:
    spec = latency_spec([curve(0.04, 0.08)], [], "total")
    assert spec is not None
    assert [row["value"] for row in marks(spec, "curves")] == [40.0, 80.0]
    assert '"p95 to the last token, ms (log scale)"' in json.dumps(spec["layer"])


def test_rented_lines_are_whole_and_those_of_apis_dashed() -> None:
    points = ((1e5, 900.0), (1e6, 900.0))
    lines = (CostLinePoints("a", "a", True, points), CostLinePoints("b", "b", False, ((1e5, 90.0), (1e6, 2_000.0))))
    spec = break_even_spec(BreakEven(lines=lines))
    assert spec is not None
    told = json.dumps(spec["layer"])
    assert '"domain": ["rented: a", "API: b"], "range": [[1, 0], [6, 3]]' in told
    assert set(spec["datasets"]) == {"lines"}
    assert break_even_spec(BreakEven(lines=lines[:1])) is None


def test_every_part_of_the_cost_has_its_colour(data: ServingData) -> None:
    assert set(data.cost_terms) <= SERIES.keys()
    assert len({SERIES[name] for name in ("machines", "tokens", "first model", "levers", "fine-tuning")}) == 5
