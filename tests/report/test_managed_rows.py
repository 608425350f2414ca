"""How managed fine-tuning services are told in the terminal, in markdown and in the report."""

from typing import Any

import pytest

import planner
from planner.outcome import Plan
from planner.report.gather import report_data
from planner.report.html import html
from planner.report.markdown import markdown
from planner.report.template import find_template
from planner.report.text import text


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
    assert data.headline.sentence.startswith("No machine is in play; a managed service tunes llama-3.1-8b (lora r 16)")
    assert "in a time that it does not tell" in data.headline.sentence
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
        assert "$4.60" in told
        assert "Managed fine-tuning" in told
    assert "nothing is feasible" not in text(data, 100).lower()


def test_a_plan_without_services_says_nothing_of_them(alone: Plan) -> None:
    data = report_data(alone.model_copy(update={"managed": None}))
    for told in (text(data, 100), markdown(data), html(data, find_template("technical"), (), {})):
        assert "Managed fine-tuning" not in told
