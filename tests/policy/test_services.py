"""Jobs at managed fine-tuning services, as examples describe them, held against policies."""

from typing import Any

import pytest
from pydantic import ValidationError

from planner.outcome import ManagedJob, ScenarioDifference
from planner.policy.cases import ExampleJob
from tests.policy.making import governance, judged, only, scenario, spend

SERVICE = {"service": "tuning-api", "provider": "together"}


def job(usd: float, **more: Any) -> dict[str, Any]:
    return {**SERVICE, "figures": {"cost_usd": usd, **more.pop("figures", {})}, **more}


def least(one: ScenarioDifference) -> ScenarioDifference:
    """The same, its cost after the change a lower bound."""
    assert one.after is not None
    assert one.after.service is not None
    service = one.after.service.model_copy(update={"cost_usd_at_least": True})
    return one.model_copy(update={"after": one.after.model_copy(update={"service": service})})


def test_an_example_is_a_job_without_a_machine() -> None:
    made = scenario(job(120, method="lora", figures={"quality": 0.8, "cost_parts.tax": 10}), job(100))
    assert made.after is not None
    assert made.after.configuration is None
    chosen = made.after.chosen
    assert isinstance(chosen, ManagedJob)
    assert (chosen.cost_usd, chosen.quality, chosen.cost_parts.tax, chosen.cost_parts.storage) == (120, 0.8, 10, None)
    assert (made.flipped, made.delta["cost_usd"].total) == (False, 20)
    assert made.delta["hours"].after is None
    flip = scenario(job(120), {"figures": {"cost_usd": 100}})
    assert (flip.flipped, flip.sentence) == (
        True, "flips from LoRA llama-3.1-8b on 1x h100-sxm to LoRA llama-3.1-8b at together",
    )  # fmt: skip


def test_rules_know_of_it_what_a_service_tells_and_no_more() -> None:
    rules = """\
rules:
  - {name: cost, figure: cost_usd, max: $100}
  - {name: time, figure: hours, max: 1 h, severity: warn}
  - {name: rented, allow: {services: [vm], providers: [together]}}
  - {name: sure, confidence: {cost_usd: prior, quality: calibrated, price: high}}
"""
    found = judged(rules, scenario(job(120, labels={"quality": "extrapolated"}, price_confidence="medium")))
    assert (only(found, "cost").result, only(found, "cost").value) == ("deny", 120)
    assert only(found, "time").message == "Time is unknown (together does not tell it), and the limit is 1.0 h"
    assert [(v.figure, v.value_text, v.result) for v in found.verdicts if v.rule == "rented"] == [
        ("service", "tuning-api", "deny")
    ]
    sure = {v.figure: v for v in found.verdicts if v.rule == "sure"}
    assert [one.value_text for one in sure.values()] == ["unknown", "extrapolated", "medium"]
    assert [one.result for one in sure.values()] == ["deny", "deny", "deny"]
    fixes = [one.fix for one in sure.values()]
    assert fixes[0] == "let a machine be chosen (hardware.providers): no managed service tells it"
    assert "planner calibrate" in fixes[1]


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"gpu": "h100-sxm", "figures": {"hours": "3 h"}}, "tells nothing of gpu, figures.hours; leave that out"),
        ({"labels": {"hours": "prior"}, "tier": "spot"}, "tells nothing of tier, labels.hours; leave that out"),
        ({"figures": {"margin": 0.1, "front": 0, "delta.hours": 1, "cost_usd_hi": 9}}, "nothing of figures.margin;"),
    ],
)
def test_what_no_service_tells_is_refused(changes: dict[str, Any], said: str) -> None:
    with pytest.raises(ValidationError, match=said):
        ExampleJob.model_validate(SERVICE | changes)


def test_a_service_is_somebodys() -> None:
    with pytest.raises(ValidationError, match="name the provider of the managed service"):
        ExampleJob.model_validate({"service": "tuning-api"})


def test_a_broken_example_is_told_at_its_place() -> None:
    with pytest.raises(Exception, match=r"a.yaml:3:\d+: a managed service \(tuning-api\) tells nothing of nodes"):
        governance(
            a="api_version: planner/v1\nkind: PolicyTest\n"
            "cases: [{name: x, today: 2026-02-01, expect: {result: pass}, "
            "job: {service: tuning-api, provider: openai, nodes: 2}}]\n"
        )


RULES = """\
rules:
  - {name: most, figure: cost_usd, max: $100}
  - {name: least, figure: cost_usd, min: $1, severity: warn}
budgets:
  - {name: team, per: team, amount: $200}
approvals:
  levels: [{above: $500, from: [finance]}]
"""
UNCOUNTED = "; fees that a managed service does not state are not counted"


def test_a_cost_that_is_a_lower_bound_is_told_as_one() -> None:
    metadata = {"metadata": {"name": "bot", "team": "ml"}}
    spent = spend("  - {team: ml, usd: $20}\n")
    found = judged(RULES, least(scenario(job(80, **metadata))), s=spent)
    assert only(found, "most").message == f"Cost at least $80.00 is within the limit of $100{UNCOUNTED}"
    assert (only(found, "most").result, only(found, "most").value_text) == ("pass", "at least $80.00")
    assert only(found, "team").message == (
        "Team ml: $20.00 spent to 2026-02-09 and at least $80.00 planned are at least 50 % of $200 in 2026-02; this "
        f"crosses 50 %{UNCOUNTED}"
    )
    assert only(found, "team").value_text == "at least $100"
    assert only(found, "approvals").message == f"Cost $80.00 needs no approval up to $500{UNCOUNTED}"
    over = judged(RULES, least(scenario(job(600, **metadata))), s=spent)
    assert only(over, "most").message == "Cost at least $600 is above the limit of $100"
    assert only(over, "approvals").message.endswith(f"needs approval from finance{UNCOUNTED}")
    exact = judged(RULES, scenario(job(80, **metadata)), s=spent)
    assert not any("least" in verdict.message for verdict in exact.verdicts)
