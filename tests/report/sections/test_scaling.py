"""Scaling over GPU counts: rows, sentence, and charts that leave out what they cannot draw."""

import json

import pytest

from planner.report.charts.charts import charts
from planner.report.charts.scaling_chart import scaling_spec
from planner.report.gather import report_data
from planner.report.sections.scaling import scales_of, scaling_sentence
from tests.report.sample_plan import sample_plan


def test_rows_tell_speed_cost_and_why_not() -> None:
    scales = {scale.name: scale for scale in scales_of(sample_plan())}
    assert list(scales) == ["knee", "cheapest", "fastest", "best"]
    assert [p.count for p in scales["best"].counts] == [1, 2, 4, 8]
    assert [p.remark for p in scales["best"].counts].count("best") == 1
    last = scales["knee"].counts[-1]
    assert (last.hours, last.cost, last.speed, last.share) == ("", "", "", "")
    assert last.remark == "batch not divisible by GPUs and micro-batch"
    assert scales["cheapest"].counts[1].speed == "1.8 ×"
    assert scales["cheapest"].counts[1].share == "92 %"


def test_the_sentence_is_of_the_first_decision_that_scales() -> None:
    told = report_data(sample_plan()).sentences.scaling
    assert told.startswith("The knee job (")
    assert "3.4 times as fast on 4 times the cards (85 % of ideal)" in told
    assert "beats ideal" not in told
    assert scaling_sentence(()) == ""


def test_one_count_draws_no_line() -> None:
    plan = sample_plan()
    alone = plan.model_copy(update={"scaling": [p for p in plan.scaling if p.count == 1]})
    data = report_data(alone)
    assert data.sentences.scaling.startswith("No provider of a decision offers")
    assert not {"scaling-time", "scaling-cost"} & {
        chart.name for chart in charts(data, ["scaling-time", "scaling-cost"])
    }


def test_a_plan_without_scaling_has_no_section() -> None:
    data = report_data(sample_plan().model_copy(update={"scaling": []}))
    assert data.scaling == ()
    assert data.sentences.scaling == ""


@pytest.mark.parametrize("of", ["hours", "cost"])
def test_every_line_has_points_and_a_name_at_its_end(of: str) -> None:
    spec = scaling_spec(report_data(sample_plan()).scaling, "hours" if of == "hours" else "cost")
    assert spec is not None
    entries, ends = spec["datasets"]["scaling"], spec["datasets"]["ends"]
    assert len(entries) == 15
    assert {end["decision"] for end in ends} == {"knee", "cheapest", "fastest", "best"}
    assert all(entry["ideal"] > 0 for entry in entries)
    assert "log" in json.dumps(spec["layer"])


def test_faster_than_ideal_is_explained() -> None:
    plan = sample_plan()
    points = [p.model_copy(update={"hours": 9.0 / p.count**1.2}) for p in plan.scaling]
    assert "beats ideal" in report_data(plan.model_copy(update={"scaling": points})).sentences.scaling


def test_decisions_that_are_one_job_on_other_counts_are_told_once() -> None:
    plan = sample_plan()
    best, knee = (plan.configuration(plan.decisions[name]) for name in ("best", "knee"))
    assert best is not None
    assert knee is not None
    twin = best.model_copy(update={"id": knee.id, "hardware": best.hardware.model_copy(update={"count": 8})})
    front = [twin if c.id == knee.id else c for c in plan.front]
    points = [p.model_copy(update={"decision": "knee"}) for p in plan.scaling if p.decision == "best"]
    points += [p for p in plan.scaling if p.decision != "knee"]
    scales = scales_of(plan.model_copy(update={"front": front, "scaling": points}))
    assert [scale.name for scale in scales] == ["knee, best", "cheapest", "fastest"]
    assert [p.remark for p in scales[0].counts if p.own] == ["best", "knee"]
