"""The small multiples: which pairs are drawn, what their lines join, what their sentences say."""

import dataclasses
import json
from functools import cache
from itertools import combinations

import pytest

from planner.outcome import Configuration, Plan
from planner.report.charts.charts import charts
from planner.report.charts.front_axes import OBJECTIVES, Objective
from planner.report.charts.front_chart import front_spec, panel_spec
from planner.report.charts.front_panels import edge, panel_names
from planner.report.data.rows import Row
from planner.report.gather import report_data
from planner.report.sections.thinning import CHART_POINTS, PANEL_POINTS
from tests.report.sample_plan import BREAKOUT, hostile_plan, large_plan, sample_plan


@cache
def the_sample() -> Plan:
    return sample_plan()


def changed(plan: Plan, **update: object) -> Plan:
    return plan.model_copy(update=update)


def front(plan: Plan, **update: object) -> Plan:
    """The plan with these fields in every configuration of its front."""
    return changed(plan, front=[c.model_copy(update=update) for c in plan.front])


@pytest.mark.parametrize(
    ("objectives", "names"),
    [
        (["cost", "time"], []),
        (["quality", "cost"], ["front-cost-quality"]),
        (["quality", "cost", "time"], ["front-cost-quality", "front-time-quality"]),
        (["cost", "time", "quality", "carbon"], list(panel_names())),
        (["cost", "carbon", "beauty"], ["front-cost-carbon"]),
    ],
)
def test_every_pair_of_objectives_but_cost_and_time_has_its_panel(objectives: list[str], names: list[str]) -> None:
    data = report_data(changed(the_sample(), objectives=objectives, cloud=[]))
    assert sorted(panel.chart for panel in data.panels) == sorted(names)
    assert sorted(c.name for c in charts(data, panel_names())) == sorted(names)


def test_the_line_joins_what_no_other_point_beats_on_both() -> None:
    rows = report_data(the_sample()).front
    for a, b in combinations(("cost", "time", "carbon", "quality"), 2):
        x, y = OBJECTIVES[a], OBJECTIVES[b]

        def losses(row: Row, x: Objective = x, y: Objective = y) -> tuple[float, float]:
            sign = -1 if y.name == "quality" else 1
            return x.figure(row).value or 0.0, sign * (y.figure(row).value or 0.0)

        pairs = {losses(row) for row in rows}
        best = {p for p in pairs if not any(q != p and q[0] <= p[0] and q[1] <= p[1] for q in pairs)}
        line = [losses(row) for row in edge(rows, x, y)]
        assert set(line) == best
        assert line == sorted(line)


def test_the_sentence_counts_the_line_and_names_its_ends() -> None:
    data = report_data(the_sample())
    panel = data.panels[0]
    line = edge(data.front, OBJECTIVES["cost"], OBJECTIVES["quality"])
    assert panel.sentence.startswith(
        f"Of {len(data.front)} configurations {len(line)} would be left by cost and quality alone"
    )
    assert f"from {line[0].cost.text} with q {line[0].quality.text}" in panel.sentence
    assert f"to {line[-1].cost.text} with q {line[-1].quality.text}" in panel.sentence
    assert "upper left" in panel.sentence


def test_one_point_is_best_and_has_no_line() -> None:
    plan = the_sample()
    one = changed(plan, front=plan.front[:1], decisions={"cheapest": plan.front[0].id}, cloud=[])
    data = report_data(one)
    assert "Of 1 configuration one is best by cost and quality alone" in data.panels[0].sentence
    spec = panel_spec(data.front, data.panels[0])
    assert spec is not None
    assert set(spec["datasets"]) == {"points", "decisions"}


def test_points_are_the_same_in_every_panel_and_carry_their_ids() -> None:
    data = report_data(the_sample())
    drawn = {chart.name: chart.screen for chart in charts(data, ["front", *panel_names()])}
    ids = {row.id for row in data.front}
    for name in ("front", *panel_names()[:2]):
        if name in drawn:
            assert {p["id"] for p in drawn[name]["datasets"]["points"]} == ids
            assert [p["name"] for p in drawn[name]["params"]] == ["selected"]
            assert {d["name"] for d in drawn[name]["datasets"]["decisions"]} == {"knee", "cheapest", "fastest", "best"}


def test_paper_keeps_to_its_points() -> None:
    for chart in charts(report_data(large_plan(400)), ["front", *panel_names()]):
        data = chart.paper["datasets"]
        assert len(data["points"]) + len(data.get("cloud", [])) <= (
            CHART_POINTS if chart.name == "front" else PANEL_POINTS
        )
        assert len(chart.screen["datasets"]["points"]) == 400


def test_a_zero_turns_the_logarithm_of_its_axis_off_and_of_no_other() -> None:
    plan = front(the_sample(), cost_usd=0.0, cost_usd_lo=0.0, cost_usd_hi=0.0)
    data = report_data(changed(plan, cloud=[]))
    told = json.dumps(front_spec(data.front, data.cloud))
    assert "Cost, USD (log" not in told
    assert "Wall-clock time, hours (log scale)" in told


def test_equal_values_and_unknown_ones_are_drawn_or_left_out() -> None:
    plan = changed(the_sample(), cloud=[])
    same = report_data(front(plan, cost_usd=5.0, cost_usd_lo=5.0, cost_usd_hi=5.0, quality=0.5))
    spec = panel_spec(same.front, same.panels[0])
    assert spec is not None
    assert len(spec["datasets"]["points"]) == len(same.front)
    half = [_without(c) if i % 2 else c for i, c in enumerate(plan.front)]
    data = report_data(changed(plan, front=half))
    known = sum(row.quality.value is not None for row in data.front)
    spec = panel_spec(data.front, data.panels[0])
    assert spec is not None
    assert len(spec["datasets"]["points"]) == known < len(data.front)
    assert report_data(front(plan, quality=None)).panels == ()


def _without(c: Configuration) -> Configuration:
    return c.model_copy(update={"quality": None, "quality_lo": None, "quality_hi": None})


def test_hostile_names_and_a_cloud_of_odd_rows() -> None:
    plan = hostile_plan()
    odd = [[1.0], [1.0, None, 0.5], [2.0, 3.0, None], [2.0, 3.0, 0.4]]
    data = report_data(front(changed(plan, cloud=odd), method={"name": BREAKOUT}))
    assert [panel.cloud for panel in data.panels] == [((1.0, 0.5), (2.0, 0.4)), ((3.0, 0.4),)]
    for panel in data.panels:
        assert panel_spec(data.front, panel) is not None
    nothing = dataclasses.replace(data.panels[0], cloud=())
    spec = panel_spec(data.front, nothing)
    assert spec is not None
    assert "cloud" not in spec["datasets"]


def test_a_band_of_q_wider_than_the_points_is_cut_and_marked() -> None:
    plan = changed(front(the_sample(), quality_lo=0.01, quality_hi=0.99), cloud=[])
    data = report_data(plan)
    panel = next(panel for panel in data.panels if panel.chart == "front-cost-quality")
    spec = panel_spec(data.front, panel)
    assert spec is not None
    known = [row.quality.value for row in data.front if row.quality.value is not None]
    for d in spec["datasets"]["decisions"]:
        assert (d["quality_low"], d["quality_high"]) == pytest.approx((min(known), max(known)), rel=1e-5)
        assert (d["quality_low_cut"], d["quality_high_cut"]) == (True, True)
        assert "cost_low_cut" not in d
    inside = report_data(front(plan, quality_lo=max(known), quality_hi=max(known)))
    spec = panel_spec(inside.front, inside.panels[0])
    assert spec is not None
    assert not any(d["quality_high_cut"] for d in spec["datasets"]["decisions"])
