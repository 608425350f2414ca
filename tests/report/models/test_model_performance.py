"""Quality against cost across models: rows, marks, sentences and the page, for plans of every kind."""

import math

import pytest

import planner
from planner.gate.drift import plan_drift
from planner.outcome import CatalogReference, Plan
from planner.outcome.drift import Drift
from planner.report.charts.charts import _CHARTS
from planner.report.charts.models_chart import models_spec
from planner.report.data.models import ModelRow
from planner.report.gather import report_data
from planner.report.models.marks import MOST_MARKS
from planner.report.models.page import PAPER_ROWS, model_performance
from planner.report.printing.html import html
from planner.report.printing.page import fill
from planner.report.printing.template import TEXT, find_template
from tests.conftest import Golden
from tests.report.printing.test_html import Elements, without_foreign_parts
from tests.report.sample_configurations import OFFERS, configuration
from tests.report.sample_plan import empty_plan, hostile_plan, large_plan, sample_plan

TEMPLATE = find_template("model-performance")
PLAN = sample_plan()


def unscored(plan: Plan) -> Plan:
    """The plan without any quality, as where no base score is known."""
    blank = {
        "quality": None, "quality_lo": None, "quality_hi": None, "quality_label": "unknown: no published score",
        "quality_parts": {"base": None, "points": None},
    }  # fmt: skip
    none = plan.alternatives.model_copy(update={"configurations": []})
    return plan.model_copy(
        update={"front": [c.model_copy(update=blank) for c in plan.front], "beside": [], "alternatives": none}
    )


def many_models(count: int) -> Plan:
    plan = PLAN
    one = configuration("qwen2.5-7b", "lora", 1.0, OFFERS[3])
    front = [
        one.model_copy(update={
            "id": f"{i:012x}", "model": f"model-{i:03}", "cost_usd": 10.0 + i, "quality": 0.5 + i / 1000,
            "quality_lo": 0.3, "quality_hi": 0.8,
        })
        for i in range(count)
    ]  # fmt: skip
    none = plan.alternatives.model_copy(update={"configurations": []})
    return plan.model_copy(
        update={"front": front, "beside": [], "decisions": {"knee": front[0].id}, "pairings": [], "alternatives": none}
    )


def earlier() -> list[Drift]:
    """The sample against a baseline of other prices, and a previous plan that is the same."""
    plan = PLAN
    front = [c.model_copy(update={"cost_usd": (c.cost_usd or 0) * 0.9}) for c in plan.front if c.model != "gemma-2-9b"]
    ids = {c.id for c in front}
    old = plan.model_copy(update={
        "front": front, "decisions": {n: i for n, i in plan.decisions.items() if i in ids},
        "catalog": CatalogReference(as_of="2026-06-01", digest="sha256:0123456789abcdef"),
    })  # fmt: skip
    return [plan_drift("baseline", ("base.json", old), plan), plan_drift("previous", ("last.json", plan), plan)]


def of_model(rows: tuple[ModelRow, ...], name: str) -> list[ModelRow]:
    return [row for row in rows if row.model == name]


def test_every_model_of_the_plan_has_its_best_configurations() -> None:
    plan = PLAN
    rows = model_performance(plan).rows
    assert {row.model for row in rows} == {
        c.model for c in (*plan.front, *plan.beside, *plan.alternatives.configurations)
    }
    for model in {c.model for c in plan.front}:
        mine = [c for c in plan.front if c.model == model]
        shown = {row.picked: row for row in of_model(rows, model)}
        cheapest = next(row for picked, row in shown.items() if "cheapest" in picked)
        fastest = next(row for picked, row in shown.items() if "fastest" in picked)
        best = next(row for picked, row in shown.items() if "best" in picked)
        assert cheapest.cost.value == min(c.cost_usd for c in mine if c.cost_usd)
        assert fastest.hours.value == min(c.hours for c in mine if c.hours)
        near = [c for c in mine if (c.quality or 0) >= max(o.quality or 0 for o in mine) - 0.01]
        assert best.cost.value == min(c.cost_usd for c in near if c.cost_usd)
    assert {row.id for row in rows} >= set(plan.decisions.values())


def test_figures_are_those_of_the_plan() -> None:
    plan = PLAN
    c = plan.front[0]
    row = next(row for row in model_performance(plan).rows if row.id == c.id)
    start = 1 / (1 + math.exp(-0.49))
    assert c.quality is not None
    assert c.cost_usd is not None
    assert (row.base.text, row.base.note) == ("66.7", f"q {start:.2f}")
    assert row.gain.value == pytest.approx(c.quality - start)
    assert row.gain_cost.value == pytest.approx(c.cost_usd / (100 * (c.quality - start)))
    assert row.speed.value == pytest.approx(c.work.tokens_per_s_per_gpu * c.hardware.count)
    assert row.filled.value == pytest.approx(c.memory_gib.total / c.memory_gib.usable)
    assert row.quality.note.endswith("prior")


def test_the_tiles_hold_over_all_rows_and_say_of_whom() -> None:
    fast = PLAN.front[0]
    work = fast.work.model_copy(update={"tokens_per_s_per_gpu": 1e6})
    rapid = fast.model_copy(update={
        "id": "0123456789ab", "model": "rapid", "work": work, "quality": None, "quality_lo": None, "quality_hi": None,
    })  # fmt: skip
    models = model_performance(PLAN.model_copy(update={"beside": [rapid], "alternatives": PLAN.alternatives.model_copy(
        update={"configurations": []}
    )}))  # fmt: skip
    tiles = {name: (figure, whose) for name, figure, whose in models.figures}
    assert list(tiles) == ["Expected q of the best", "Cheapest gain of 0.01 in q", "Most tokens/s", "Fullest card"]
    most = max(models.rows, key=lambda row: row.speed.value or 0.0)
    assert most.model == "rapid"
    assert tiles["Most tokens/s"] == (
        most.speed.text, f"{most.model} (beside the front, quality unknown) on {most.machine}"
    )  # fmt: skip


def test_marks_not_beaten_are_the_frontier_and_dots_are_the_rest_of_the_front() -> None:
    models = model_performance(PLAN)
    for mark in models.marks:
        beaten = any(o.cost_usd <= mark.cost_usd and o.quality >= mark.quality for o in models.marks if o is not mark)
        assert mark.frontier != beaten
    assert len(models.marks) == len({mark.model for mark in models.marks})
    assert len(models.dots) + len(models.marks) <= 150
    spec = models_spec(models)
    assert spec is not None
    assert [d["model"] for d in spec["datasets"]["marks"]] == [mark.model for mark in models.marks]
    line = spec["datasets"]["line"]
    assert [d["quality"] for d in line] == sorted(d["quality"] for d in line)


def test_one_model_has_no_chart_and_a_true_sentence() -> None:
    plan = PLAN
    front = [c for c in plan.front if c.model == plan.front[0].model]
    alone = plan.model_copy(update={
        "front": front, "beside": [], "alternatives": plan.alternatives.model_copy(update={"configurations": []}),
    })  # fmt: skip
    models = model_performance(alone)
    assert models_spec(models) is None
    assert models.chart.startswith(f"Cost and quality are known of one model, {front[0].model}: ")
    assert "overlaps" not in " ".join(models.details)


def test_unknown_quality_is_told_and_ranks_nothing() -> None:
    models = model_performance(unscored(PLAN))
    assert models.lead.startswith("The quality of ")
    assert models.lead.endswith(" is unknown, so nothing ranks by it.")
    assert (models.marks, models.chart, models.chart_rule) == ((), "", "")
    assert {(row.base.text, row.quality.text, row.gain.text, row.gain_cost.text) for row in models.rows} == {
        ("unknown", "unknown", "unknown", "unknown")
    }
    assert any("set quality.allow_prior: true" in text for text in models.details)


def test_many_models_are_thinned_on_the_chart_and_on_paper_and_it_says_so() -> None:
    models = model_performance(many_models(90))
    assert len({row.model for row in models.rows}) == 90
    assert len(models.marks) == MOST_MARKS
    assert "For 66 further models of lower quality there is no room." in models.chart_rule
    assert len(models.on_paper) == PAPER_ROWS
    assert models.paper_rule.startswith(f"On paper stand {PAPER_ROWS} of 90 rows")
    assert len(model_performance(large_plan(500)).rows) < 60


def test_bands_that_do_not_overlap_are_told() -> None:
    plan = many_models(2)
    front = [plan.front[0].model_copy(update={"quality": 0.2, "quality_lo": 0.1, "quality_hi": 0.29}), plan.front[1]]
    told = " ".join(model_performance(plan.model_copy(update={"front": front})).details)
    assert "the bands alone set model-000 apart from model-001" in told
    assert "overlaps that of the other model" in " ".join(model_performance(plan).details)


def test_the_page(golden: Golden) -> None:
    data = report_data(PLAN, earlier())
    golden("report/model-performance.html", without_foreign_parts(html(data, TEMPLATE, (), {})))
    golden("report/model-performance.md", fill(TEMPLATE, page=TEXT, report=data, notes=()))


def test_a_hostile_plan_runs_nothing_and_an_empty_one_is_a_page() -> None:
    plain = report_data(PLAN, earlier())
    tags = {tag for tag, _ in Elements(html(plain, TEMPLATE, (), {})).tags}
    hostile = report_data(hostile_plan(), [plan_drift("baseline", ("x", PLAN), hostile_plan())])
    page = html(hostile, TEMPLATE, (), {})
    assert {tag for tag, _ in Elements(page).tags} <= tags
    assert not [name for _, attributes in Elements(page).tags for name in attributes if name.startswith("on")]
    empty = html(report_data(empty_plan(), [plan_drift("baseline", ("x", PLAN), empty_plan())]), TEMPLATE, (), {})
    assert "Nothing is feasible" in empty
    assert "no decision stands in both plans" in empty


def test_the_technical_report_draws_everything_but_the_models() -> None:
    technical = find_template("technical").charts
    assert technical is not None
    assert {*technical, "models"} == set(_CHARTS)
    assert TEMPLATE.charts == ("models",)


def test_services_tell_no_time_and_no_machine_and_their_minimum_is_at_least() -> None:
    plan = planner.plan({
        "api_version": "planner/v1", "kind": "FineTune", "metadata": {"name": "services"}, "methods": ["lora"],
        "models": ["llama-3.1-8b", "gpt-4.1-mini"], "dataset": {"samples": 2_000, "tokens_per_sample": 400},
        "hardware": {"providers": ["openai", "together"]},
    })  # fmt: skip
    models = model_performance(plan)
    known, unknown = models.rows
    assert (known.model, known.cost.text, known.base.text, known.gain.text) == (
        "llama-3.1-8b", "at least $4.60", "not told", "not told",
    )  # fmt: skip
    assert {known.hours.text, known.speed.text, known.memory.text, known.filled.text} == {"not told"}
    assert (unknown.base.text, unknown.quality.text, unknown.gain.text) == ("unknown", "unknown", "unknown")
    assert models.lead.startswith("llama-3.1-8b promises the most: q 0.68 for at least $4.60")
    assert "The expected quality of gpt-4.1-mini is unknown." in models.details
    both = PLAN.model_copy(update={"managed": plan.managed})
    row = next(row for row in of_model(model_performance(both).rows, "llama-3.1-8b") if row.where == "managed service")
    assert (row.base.text, row.gain_cost.text[:10]) == ("66.7", "at least $")
