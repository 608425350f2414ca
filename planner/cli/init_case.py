"""What `planner init --kind BusinessCase` asks and writes: a first case of building against buying."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from planner.cli.init_portfolio import scenarios_in
from planner.decision_names import CHEAPEST_API

QUESTIONS: Final = {
    "name": "Name of the case",
    "horizon": "How far is looked ahead, such as 3 years",
    "discount_rate": "What money costs by the year, such as 10 %",
    "requests": "Predictions a month (requests, answers, documents)",
    "plans": "Scenarios whose plans supply costs (FineTune or Serving), with commas, or none",
}
FORMS: Final = {"horizon": "months", "discount_rate": "yearly", "requests": "count"}
"""Answer → kind of quantity that it is."""
NONE: Final = "none"
_SUPPLY: Final = 2
"""Scenarios found beside that a first case takes costs from."""


@dataclass(frozen=True, slots=True)
class CaseAnswers:
    """What a first case says; each as a person writes it, files by their paths from the case."""

    name: str = "my-first-case"
    horizon: str = "3 years"
    discount_rate: str = "10 %"
    requests: str = "1M"
    """Of a month."""
    plans: str = NONE


def defaults(name: str | None, folder: Path) -> CaseAnswers:
    """The answers where nobody says otherwise: scenarios that lie in the folder, or in one inside, supply costs."""
    plans = ", ".join(scenarios_in(folder)[:_SUPPLY]) or NONE
    return CaseAnswers(plans=plans) if name is None else CaseAnswers(name=name, plans=plans)


def case_text(a: CaseAnswers, folder: Path, schema: str, text: Callable[[str], str]) -> str:
    """The scenario, with a word on every part of it; texts as `text` writes them."""
    return TEMPLATE.format(
        schema=schema, name=text(a.name), horizon=text(a.horizon), discount_rate=text(a.discount_rate),
        requests=text(a.requests), plans=_plans(a, folder, text),
    )  # fmt: skip


def _plans(a: CaseAnswers, folder: Path, text: Callable[[str], str]) -> str:
    """The block `plans` of what is built; without scenarios, what it would be."""
    files = [name.strip() for name in a.plans.split(",") if name.strip()]
    if files in ([], [NONE]):
        return _NO_PLANS
    lines = ["    # What their plans choose supplies costs: the case follows the plans.\n    plans:\n"]
    for file in files:
        said = _said(folder / file)
        rented = said.get("kind") != "Serving" or said.get("models") or said.get("fine_tune")
        lines.append(f"      - scenario: {text(file)}\n        decision: {'cheapest' if rented else CHEAPEST_API}\n")
        if said.get("kind") == "FineTune":
            lines.append("        runs_per_year: 4\n")
    return "".join(lines)


def _said(path: Path) -> dict[str, Any]:
    """What a scenario says once it is put together; nothing where it cannot be read."""
    from planner.planning.reading import document_of
    from planner.scenario.compose import compose
    from planner.source import InvalidInput

    try:
        data = compose(document_of(path), path).data
    except InvalidInput:
        return {}
    return data if isinstance(data, dict) else {}


_NO_PLANS: Final = """\
    # A scenario whose plan supplies costs, so that the case follows the plan:
    #   plans: [{scenario: serving.yaml, decision: cheapest}]
    machines:
      price: $60k
      life: 4 years
      residual: 15 %
      power_kw: 2
      electricity_per_kwh: $0.15
"""
TEMPLATE: Final = """\
# yaml-language-server: $schema={schema}
#
# Written by `planner init --kind BusinessCase`. `planner plan` reckons it, `planner validate` says what is wrong with
# it, and `planner schema BusinessCase > BusinessCase.schema.json` makes the file from which editors complete its keys.
# Amounts below are examples: put yours in their place, and say in `source` who they are from; the report lists it.
api_version: planner/v1
kind: BusinessCase

metadata:
  name: {name}

# How far is looked ahead, with its unit (a number alone is months), and what money costs, by the year.
horizon: {horizon}
discount_rate: {discount_rate}
# Amounts are in USD ($2,400); what is in another currency (2,400 EUR) is changed at the catalog's rate.
# currency: EUR                    # money is shown in it beside USD

# A number that nobody knows for sure may be spread; results then carry bands, and the chance that building wins:
#   {{triangular: [lowest, most likely, highest]}}, {{uniform: [low, high]}}, {{values: [3.1, 2.8, 4.0]}},
#   {{normal: [low, high]}} and {{lognormal: [low, high]}} with nine of ten values between,
#   {{file: history.csv, column: usd}}
demand:
  predictions_per_month: {requests}
  growth: {{triangular: [0 %, 15 %, 40 %]}}
  # users: 20k

# revenue: {{per_month: $50k}}       # or per_user, per_prediction; it grows as demand does, and gives margins

# By the year, of what says `market_price: true` and of what plans cost.
market:
  price_decline: {{triangular: [10 %, 20 %, 30 %]}}

options:
  - name: build
    role: build
    parity: {{triangular: [80 %, 90 %, 100 %]}}      # part of the features needed that it has
{plans}    # What is easily overlooked; labels, experiments, debt, compliance and egress are among it.
    overlooked:
      engineer_per_month: $15k
      build_engineer_months: {{triangular: [3, 5, 10]}}
      operate_engineers: 0.5
      debt_share_per_year: 15 %
    # income: [{{name: tickets saved, per_month: $2k}}]

  - name: buy
    role: buy
    costs:
      # Exactly one of once, per_month, per_year, per_prediction, per_user, of_revenue.
      - name: answers
        category: external_apis
        per_prediction: {{lognormal: [$0.006, $0.012]}}
        market_price: true
      - name: integration
        category: engineering
        once: $20k

# What counts beside money; each option then scores 0 to 10 on each under `factors`.
# factors: {{control: 40 %, time_to_market: 60 %}}

# Other courses of the world, in which all is reckoned again.
scenarios:
  - {{name: no-growth, demand_growth: 0 %}}
  - {{name: price-war, price_decline: 40 %}}
"""
