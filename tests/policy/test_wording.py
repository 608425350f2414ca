"""How verdicts read, of every rule at once: in any medium, and as a sentence of figure, value and limit."""

from typing import Any

from planner.outcome import LockState
from tests.policy.making import cost, judged, scenario

EVERY_RULE = """\
rules:
  - {name: low, figure: cost_usd, max: $1}
  - {name: high, figure: quality, min: 0.99}
  - {name: unknown, figure: carbon_kg, max: 1 kg}
  - {name: percent, figure: delta_percent.cost_usd, max: 1 %}
  - {name: new, figure: delta.quality, min: 0}
  - {name: chance, figure: chance_higher.cost_usd, max: 5 %}
  - {name: lists, allow: {providers: [x], regions: [x], gpus: [x], models: ['x*'], teams: [x], cost_centres: [x]}}
  - {name: sure, confidence: {hours: calibrated, price: high, quality: calibrated}}
  - {name: stay, forbid: [flipped, within_noise, flipped_within_noise]}
  - {name: who, requires: [team, owner, cost_centre]}
budgets:
  - {name: all, per: everyone, amount: $1, counts: all}
  - {name: team, per: team, amount: $1}
  - {name: job, per: job, amount: $1}
approvals: {levels: [{above: $1, from: [alice]}]}
lock: {required: true, max_age: 1 d}
"""


def _everything() -> list[Any]:
    job = {"metadata": {"name": "bot"}, "figures": {"cost_usd": 50, "quality": 0.5}, "gpu": "l4", "labels": {
        "hours": "prior", "quality": "prior"}, "price_confidence": "low"}  # fmt: skip
    locks = ("current", "stale-scenario", "other-catalog", "edited", "missing")
    scenarios = [scenario(job, cost(40), lock=_lock(state), path=f"scenarios/{state}.yaml") for state in locks]
    scenarios += [scenario(job), scenario({"state": "infeasible"}), scenario({"state": "unreadable"}),
                  scenario({"figures": {}})]  # fmt: skip
    return list(judged(EVERY_RULE, *scenarios).verdicts)


def _lock(state: str) -> LockState:
    return LockState.model_validate({"file": "scenarios/bot.lock.yaml", "state": state, "as_of": "2026-01-01",
                                     "text": "prices were changed by hand"})  # fmt: skip


def test_no_message_or_fix_has_the_marks_of_one_medium() -> None:
    verdicts = _everything()
    assert {verdict.rule for verdict in verdicts} >= {"low", "lists", "sure", "stay", "who", "all", "approvals", "lock",
                                                      "infeasible", "unreadable"}  # fmt: skip
    for verdict in verdicts:
        assert "`" not in verdict.message + verdict.fix + verdict.value_text + verdict.limit_text


def test_figure_value_and_limit_make_a_sentence_or_are_empty() -> None:
    said = set()
    for verdict in _everything():
        assert bool(verdict.figure) == bool(verdict.value_text) == bool(verdict.limit_text), verdict
        if verdict.figure and verdict.result == "deny":
            said.add(f"{verdict.figure} is {verdict.value_text}, the limit {verdict.limit_text}")
    assert said >= {
        "cost_usd is $50.00, the limit $1.00",
        "carbon_kg is unknown, the limit 1.0 kg",
        "delta_percent.cost_usd is +25 %, the limit 1 %",
        "provider is aws, the limit x",
        "team is unknown, the limit x",
        "confidence in hours is prior, the limit calibrated",
        "confidence in the price is low, the limit high",
        "age of the lock is 40 days, the limit 1 day",
        "spent and planned is unknown, the limit $1.00",
    }
