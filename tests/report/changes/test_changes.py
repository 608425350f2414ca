"""What would change a plan, as every form of report tells it."""

import json

import pytest

from planner.estimate.training import OUT_OF_MEMORY, REASONS
from planner.outcome import Plan
from planner.report.charts.charts import charts
from planner.report.charts.tornado_chart import tornado_spec
from planner.report.data.advice_rows import SHORT, changes_of
from planner.report.gather import report_data
from planner.report.printing.html import html
from planner.report.printing.template import find_template
from planner.report.sections.markdown import markdown
from planner.report.sections.text import text
from tests.report.sample_plan import empty_plan, sample_plan

from .sample_changes import advice, changed, short_of_memory

PLAN = changed(sample_plan())


def test_rows_say_more_or_less() -> None:
    second, pilot, first = changes_of(PLAN).advice
    assert (first.money, first.money_band) == ("$6.12 less", "$2.50 to $12.00 less")
    assert (first.time, first.time_band) == ("2.0 h less", "30 min more to 4.5 h less")
    assert (first.quality, first.quality_band) == ("0.004 lower", "0.030 lower to 0.020 higher")
    assert (first.sure, first.trade_offs, first.outside) == ("97 %", "", "")
    assert (second.time, second.time_band) == ("1.5 h more", "12 min to 3.0 h more")
    assert (second.trade_offs, second.outside) == ("takes longer", "outside the scenario: open hardware.tiers")
    assert (pilot.money, pilot.time, pilot.sure, pilot.quality) == ("$0.80 more", "", "", "0.020 higher")


def test_the_advice_on_the_default_decision_comes_first() -> None:
    assert PLAN.advice[0].decisions == ["best"]
    assert [(row.decisions, row.sure_of) for row in changes_of(PLAN).advice] == [
        ("knee", "cheaper"), ("knee", "higher q"), ("best", "cheaper"),
    ]  # fmt: skip


def test_certainty_is_never_whole() -> None:
    sure = PLAN.model_copy(update={"advice": [advice(PLAN, "knee", confidence=0.9999)]})
    assert changes_of(sure).advice[0].sure == "over 99 %"


def test_sensitivity_in_words() -> None:
    found = changes_of(PLAN)
    assert found.sentence.startswith("Over its band, from × 0.60 to × 1.7, the speed of l40s")
    assert found.sentence.endswith("The nearest flip: price of gcp x (spot) × 1.06: the knee becomes something else.")
    assert [row.above for row in found.sways] == [
        "no flip within × 0.25 to × 4", "× 1.06: the knee becomes something else", "no flip within × 0.25 to × 4",
    ]  # fmt: skip
    assert found.sways[2].cost.startswith("$")
    assert "→" not in found.sways[2].cost
    s = PLAN.sensitivity
    assert s is not None
    calm = s.model_copy(update={"inputs": [one.model_copy(update={"flips_above": None}) for one in s.inputs]})
    told = changes_of(PLAN.model_copy(update={"sensitivity": calm})).sentence
    assert told.endswith("None of these inputs alone makes another configuration the knee between × 0.25 and × 4.")


def test_the_tornado_has_two_bars_for_each_input_that_moves_the_cost() -> None:
    spec = tornado_spec(changes_of(PLAN))
    assert spec is not None
    bars = spec["datasets"]["bars"]
    assert len(bars) == 4
    assert [entry["input"] for entry in spec["datasets"]["names"]] == [
        "speed of l40s with hf-trainer and lora", "price of gcp x (spot)",
    ]  # fmt: skip
    assert {entry["left"] for entry in bars} == {True, False}
    assert "tornado" in {chart.name for chart in charts(report_data(PLAN), ["tornado"])}
    assert json.dumps(spec)


def test_a_plan_without_sensitivity_has_no_tornado() -> None:
    assert tornado_spec(changes_of(sample_plan())) is None


def test_text_shows_the_first_decision_only() -> None:
    told = text(report_data(PLAN))
    assert "What would change this:" in told
    assert "spot instead of on demand: $6.12 less, 1.5 h more, 97 % sure, but takes longer" in told
    assert "2 epochs instead of 3" not in told
    assert "The nearest flip:" in " ".join(told.split())


def test_markdown_has_tables() -> None:
    told = markdown(report_data(PLAN))
    assert "## What would change this" in told
    assert "| decision | change | cost | time | quality q | sure |" in told
    assert "| input | band | cost | time | flips |" in told
    assert "- 4 cores feed 0.8 M tokens/s" in told


def page(plan: Plan) -> str:
    return html(report_data(plan), find_template("technical"), (), {})


def test_the_page_folds_risk_and_steps() -> None:
    told = page(PLAN)
    assert 'id="changes"' in told
    assert told.count("<details>") == 3
    assert "<li>stop early</li>" in told
    assert "4 cores feed 0.8 M tokens/s" in told
    assert "What the knee rests on" in told
    assert 'id="changes"' not in page(sample_plan())


def test_advice_on_memory_tells_what_fits() -> None:
    plan = short_of_memory(empty_plan())
    first, second = changes_of(plan).advice
    assert (first.memory, first.verdict) == ("26.7 GiB less", "takes 20.0 GiB per GPU: runs, $20.00, 3.0 h")
    assert second.verdict == "takes 45.8 GiB per GPU: alone not enough"
    assert REASONS[OUT_OF_MEMORY] == SHORT
    elsewhere = plan.advice[1].model_copy(update={"stopped_by": "host memory"})
    (row,) = changes_of(plan.model_copy(update={"advice": [elsewhere]})).advice
    assert row.verdict == "takes 45.8 GiB per GPU: still stopped by host memory"
    assert "What would make it fit" in page(plan)
    assert "## What would make it fit" in markdown(report_data(plan))
    assert "What would make it fit:" in text(report_data(plan))


@pytest.mark.parametrize("bad", ["<script>alert(1)</script>", "a\x1b[31mb", "{{ 7*7 }}"])
def test_hostile_words_stay_words(bad: str) -> None:
    """A plan may come from anyone: what it says is escaped like all else."""
    plan = PLAN.model_copy(
        update={
            "advice": [advice(PLAN, "knee", change=bad, risk=bad, steps=[bad], opens=[bad])],
            "advice_notes": [bad],
        }
    )
    told = page(plan)
    assert "<script>alert" not in told
    assert "\x1b" not in told
    assert bad.replace("\x1b", "").replace("<", "&lt;").replace(">", "&gt;") in told
    assert "\x1b" not in text(report_data(plan))
    assert "<script>" not in markdown(report_data(plan))
