"""How managed fine-tuning services are told in the terminal, in markdown and in the report."""

from typing import Any

import pytest

import planner
from planner.outcome import Plan
from planner.report.gather import report_data
from planner.report.printing.html import html
from planner.report.printing.template import find_template
from planner.report.sections.markdown import markdown
from planner.report.sections.text import text
from planner.units import quality_q


def plan(**changes: Any) -> Plan:
    return planner.plan(
        {
            "api_version": "planner/v1",
            "kind": "FineTune",
            "metadata": {"name": "services"},
            "models": ["llama-3.1-8b", "gpt-4.1-mini"],
            "methods": ["lora"],
            "dataset": {"samples": 2_000, "tokens_per_sample": 400},
            "hardware": {"providers": ["openai", "together"]},
        }
        | changes
    )


@pytest.fixture(scope="module")
def alone() -> Plan:
    return plan()


def test_a_plan_of_services_alone_has_a_headline(alone: Plan) -> None:
    data = report_data(alone)
    assert data.headline.sentence.startswith("No machine is in play; a managed service tunes llama-3.1-8b (LoRA r16)")
    assert "in a time that it does not tell" in data.headline.sentence
    assert data.sentences.constraints == "The scenario puts no machine in play, so there was nothing to cut."
    # Of a front of one point it is told once what it is, whichever decisions it is.
    assert data.headline.details[0] == (
        "Over cost and quality, the time left out, the one point of the front is a managed job: llama-3.1-8b "
        "(LoRA r16) at together for at least $4.60."
    )
    assert {row.provider for row in data.managed.rows} == {"openai", "together"}
    mine = next(row for row in data.managed.rows if row.provider == "openai")
    assert (mine.quality, mine.hosting) == ("unknown", "none, billed by token")
    assert mine.inference == "$0.80 in, $3.20 out (2.0 times the untuned)"
    assert mine.method == "method not disclosed"
    theirs = next(row for row in data.managed.rows if row.provider == "together")
    assert (theirs.hosting, theirs.inference, theirs.trust) == ("unknown", "unknown", "2026, high confidence")


def test_every_form_has_the_table(alone: Plan) -> None:
    data = report_data(alone)
    for told in (text(data, 100), markdown(data), html(data, find_template("technical"), (), {})):
        assert "together" in told
        assert "at least $4.60" in told
        assert "Managed fine-tuning" in told
    assert "nothing is feasible" not in text(data, 100).lower()


def test_tax_and_currency_stand_beside_the_cost() -> None:
    """Together's minimum of 4.00 and 15 % of re-runs are 4.60; 19 % of it 0.87."""
    data = report_data(plan(tax={"name": "VAT", "percent": 19}, currency="EUR"))
    row = next(row for row in data.managed.rows if row.provider == "together")
    euros = f"EUR {4.60 / 1.1172:.2f}"
    assert row.cost_band == f"$4.45 to $4.75; {euros}; VAT $0.87 or EUR 0.78"
    for told in (text(data, 100), markdown(data), html(data, find_template("technical"), (), {})):
        flat = " ".join(told.split())
        assert f"at least {euros}" in flat
        assert "VAT comes on top: managed (LoRA r16 llama-3.1-8b at together) at least $0.87 or EUR 0.78" in flat


@pytest.mark.parametrize(
    ("value", "said"),
    [
        (None, "unknown"), (float("nan"), "unknown"), (0.0, "0"), (1.5e-16, "0"), (-3e-12, "0"), (2e-9, "under 0.001"),
        (0.0009, "under 0.001"), (-0.0009, "-under 0.001"), (0.001, "0.0010"), (0.684927, "0.68"),
    ],
)  # fmt: skip
def test_quality_is_told_in_few_digits(value: float | None, said: str) -> None:
    assert quality_q(value) == said


def test_a_plan_without_services_says_nothing_of_them(alone: Plan) -> None:
    data = report_data(alone.model_copy(update={"managed": None}))
    for told in (text(data, 100), markdown(data), html(data, find_template("technical"), (), {})):
        assert "Managed fine-tuning" not in told
