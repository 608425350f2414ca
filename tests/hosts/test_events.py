"""Events made from plans, checks and runs."""

import math

import pytest

import planner
from planner.hosts.event import Event
from planner.hosts.events import (
    Run,
    budget_alert,
    check_events,
    gate_failed,
    plan_ready,
    planned_configuration,
    run_event,
)
from planner.outcome import Check
from planner.units import duration, usd
from tests.report.checks import BASE, broken_budget, hostile, nothing, one_changed
from tests.report.sample_plan import empty_plan, hostile_plan, sample_plan
from tests.report.sample_serving import apis_alone, empty_serving_plan, hostile_serving_plan, serving_plan

LINK = "https://ci.example/run/7"


def texts(event: Event) -> list[str]:
    return [event.title, event.text, *(part for fact in event.facts for part in fact)]


def strings(value: object) -> list[str]:
    if isinstance(value, str):
        return [value]
    items = value.values() if isinstance(value, dict) else value if isinstance(value, list) else ()
    return [text for item in items for text in strings(item)]


def with_budget(**changes: object) -> Check:
    check = broken_budget()
    first = check.judgement.budgets[0].model_copy(update=changes)
    return check.model_copy(update={"judgement": check.judgement.model_copy(update={"budgets": [first]})})


def test_a_plan_tells_its_decision() -> None:
    plan = sample_plan()
    chosen = planned_configuration(plan)
    assert chosen is not None
    event = plan_ready(plan, link=LINK)
    assert event.title == f"{plan.metadata.name}: {usd(chosen.cost_usd)} and {duration(chosen.hours)}"
    assert (event.name, event.severity, event.link) == ("plan-ready", "info", LINK)
    assert ("Cost", usd(chosen.cost_usd)) in event.facts
    assert event.data["cost_usd"] == chosen.cost_usd
    assert (event.data["decision"], event.data["id"], event.data["front"]) == ("knee", chosen.id, len(plan.front))


def test_another_decision_may_be_told() -> None:
    plan = sample_plan()
    assert plan_ready(plan, "cheapest").data["id"] == plan.decisions["cheapest"]
    assert plan_ready(plan, "no such").data["decision"] == next(iter(plan.decisions))


def test_a_plan_of_services_alone_tells_the_cheapest() -> None:
    text_of = {"api_version": "planner/v1", "kind": "FineTune", "metadata": {"name": "services"}, "methods": ["lora"]}
    plan = planner.plan(
        text_of | {"models": ["llama-3.1-8b"], "dataset": {"samples": 2_000, "tokens_per_sample": 400},
                   "hardware": {"providers": ["together"]}}
    )  # fmt: skip
    event = plan_ready(plan)
    assert (event.title, event.severity) == ("services: at least $4.60, time unknown", "info")
    assert event.text == "The cheapest managed service: LoRA r16 llama-3.1-8b at together."
    assert ("Time", "unknown") in event.facts
    assert ("Carbon", "unknown") in event.facts
    assert event.data["provider"] == "together"
    assert event.data["hours"] is event.data["carbon_kg"] is None
    run = run_event("run-start", Run("r", planned=planned_configuration(plan)))
    assert run.text == "Planned as LoRA r16 llama-3.1-8b at together."


def test_a_plan_with_nothing_feasible_says_so() -> None:
    event = plan_ready(empty_plan())
    assert event.title.endswith(": nothing is feasible")
    assert (event.severity, event.data["decision"]) == ("warn", "")
    assert "cost_usd" not in event.data


def test_unknown_figures_are_unknown() -> None:
    plan = sample_plan()
    unknown = [c.model_copy(update={"cost_usd": None, "carbon_kg": math.nan}) for c in plan.front]
    event = plan_ready(plan.model_copy(update={"front": unknown}))
    assert ("Cost", "unknown") in event.facts
    assert ("Carbon", "unknown") in event.facts
    assert (event.data["cost_usd"], event.data["carbon_kg"]) == (None, None)


def test_a_budget_alert_names_the_crossed_levels() -> None:
    event = budget_alert(
        with_budget(crossed=[0.9, 1.0], share=1.04, limit_usd=2000.0, spent_usd=1700.0, planned_usd=380.0,
                    budget="monthly", who="team ml-platform", month="2026-11"), LINK,
    )  # fmt: skip
    assert event is not None
    assert event.title == "Budget monthly of team ml-platform in 2026-11 reaches 100 %"
    text = "104 % of $2,000: $1,700 spent and $380 planned; alert 90 %, 100 %"
    assert event.facts == (("Budget monthly of team ml-platform in 2026-11", text),)
    assert (event.severity, event.data["budgets"][0]["crossed"]) == ("deny", [0.9, 1.0])


def test_unknown_spend_is_not_zero() -> None:
    event = budget_alert(with_budget(crossed=[0.5], spent_usd=None, share=None))
    assert event is not None
    assert "unknown of " in event.facts[0][1]
    assert "unknown spent" in event.facts[0][1]
    assert (event.severity, event.data["budgets"][0]["spent_usd"]) == ("warn", None)


def test_without_a_crossed_level_there_is_no_alert() -> None:
    """Even where the spend of others has reached one: this change does not cause it."""
    assert budget_alert(with_budget(crossed=[], reached=[0.9], share=0.95)) is None


def test_a_failed_gate_names_what_denies() -> None:
    check = broken_budget()
    denied = [v for v in check.judgement.verdicts if v.result == "deny"]
    event = gate_failed(check, LINK)
    assert event is not None
    assert event.title.startswith(f"The change is blocked: {len(denied)} rule")
    assert len(event.facts) == len(event.data["verdicts"]) == len(denied)
    where = f"({denied[0].place.file}:{denied[0].place.line})"
    assert where in event.facts[0][1]
    assert event.data["verdicts"][0]["file"] == denied[0].place.file


def test_many_verdicts_are_counted() -> None:
    check = broken_budget()
    many = [v for v in check.judgement.verdicts if v.result == "deny"][:1] * 25
    event = gate_failed(check.model_copy(update={"judgement": check.judgement.model_copy(update={"verdicts": many})}))
    assert event is not None
    assert (len(event.facts), event.text, len(event.data["verdicts"])) == (10, "15 more rules not listed here.", 25)


def test_a_check_without_trouble_has_nothing_to_tell() -> None:
    assert check_events(nothing()) == []
    assert check_events(one_changed()) == []
    assert [event.name for event in check_events(broken_budget()) if event.name == "gate-failed"] == ["gate-failed"]


def test_a_run_that_starts() -> None:
    planned = planned_configuration(sample_plan())
    assert planned is not None
    event = run_event("run-start", Run("support-bot-7", "ml-platform", planned=planned), LINK)
    assert event.title == "Run support-bot-7 starts"
    assert ("Planned cost", usd(planned.cost_usd)) in event.facts
    assert event.facts[0] == ("Team", "ml-platform")
    assert (event.data["cost_usd"], event.data["planned"]["id"]) == (None, planned.id)


def test_a_run_that_ends_beside_its_plan() -> None:
    planned = planned_configuration(sample_plan())
    assert planned is not None
    planned = planned.model_copy(update={"cost_usd": 100.0, "hours": None})
    event = run_event("run-end", Run("x", cost_usd=150.0, hours=6.5, status="failed", planned=planned))
    assert (event.title, event.severity) == ("Run x failed", "warn")
    assert event.facts == (("Cost", "$150, planned $100 (+50 %)"), ("Time", "6.5 h"))


def test_a_run_of_unknown_cost() -> None:
    event = run_event("run-end", Run("x"))
    assert (event.title, event.facts) == ("Run x ended", (("Cost", "unknown"), ("Time", "unknown")))


@pytest.mark.parametrize("make", [lambda: plan_ready(hostile_plan()), lambda: gate_failed(hostile())])
def test_hostile_names_are_plain_everywhere(make: object) -> None:
    event = make() if callable(make) else None
    assert isinstance(event, Event)
    for text in [*texts(event), *strings(dict(event.data))]:
        assert text.isprintable()
        assert "\u202e" not in text
        assert len(text) <= 500


def test_the_samples_are_what_these_tests_think() -> None:
    assert broken_budget().judgement.result == hostile().judgement.result == "deny"
    assert BASE.name == "origin/main"


def test_a_plan_of_what_is_served_is_told_by_the_month() -> None:
    event = plan_ready(serving_plan())
    knee = serving_plan().configuration(serving_plan().decisions["knee"])
    assert knee is not None
    assert " a month and p95 " in event.title
    assert event.data["cost_usd_per_month"] == knee.cost_usd_per_month
    assert event.data["kind"] == "Serving"
    assert dict(event.facts)["Cost"].endswith(" a month")
    api = plan_ready(apis_alone())
    assert api.data["decision"] == "cheapest_api"
    nothing = plan_ready(empty_serving_plan())
    assert (nothing.severity, nothing.title.endswith("nothing is feasible")) == ("warn", True)
    assert not any(ord(char) < 32 for char in plan_ready(hostile_serving_plan()).title)
