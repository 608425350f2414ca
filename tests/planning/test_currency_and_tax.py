"""Currencies and taxes in plans: amounts read at dated rates, and costs told in another currency beside USD."""

import re
from pathlib import Path

import pytest

import planner
from planner.outcome import Plan
from planner.planning import read_scenario
from planner.report.gather import report_data
from planner.report.sections.markdown import markdown
from planner.report.sections.text import text
from planner.source import InvalidInput
from tests.planning.test_overlays import CATALOG, SCENARIO, one, write


def test_money_in_another_currency(tmp_path: Path) -> None:
    eur = CATALOG.currencies["EUR"].usd_per_unit
    limited = {"constraints": {"max_cost": "€500"}, "labour": {"setup_hours": 2, "usd_per_hour": "80 EUR"}}
    plan = planner.plan(SCENARIO | limited | {"currency": "GBP", "tax": {"percent": 19, "name": "VAT"}})
    assert pytest.approx(500 * eur) in [limit.limit for limit in plan.constraints]
    (found,) = {c.id: c for c in plan.front if c.id in plan.decisions.values()}.values()
    assert found.cost_parts.labour == pytest.approx(160 * eur)
    assert found.cost_parts.tax == pytest.approx(0.19 * (found.cost_usd or 0))
    assert found.cost_usd == one(SCENARIO).cost_usd  # a tax is beside the cost, never inside
    assert plan.currency is not None
    assert (plan.currency.code, plan.currency.as_of) == ("GBP", "2026-10-30")
    rows = {a.key: a.note for a in plan.assumptions if a.key.startswith(("currency", "tax"))}
    assert rows == {
        "currency EUR": "ECB euro reference rates; amounts of the scenario are in it",
        "currency GBP": "ECB euro reference rates; money is shown in it too",
        "tax VAT": "beside the cost, never inside; decides nothing",
    }
    pounds = (found.cost_usd or 0) / CATALOG.currencies["GBP"].usd_per_unit
    for told in (text(report_data(plan), 400), markdown(report_data(plan))):
        assert f"GBP {pounds:,.2f} (1 GBP = 1.3399 USD on 2026-10-30, ECB euro reference rates)." in told
        assert "VAT comes on top: " in told


def test_a_currency_without_a_smaller_unit_is_told_in_whole_ones() -> None:
    plan = planner.plan(SCENARIO | {"currency": "JPY", "tax": {"percent": 1, "name": "JCT"}})
    cheapest = plan.configuration(plan.decisions["cheapest"])
    assert cheapest is not None
    rate = CATALOG.currencies["JPY"].usd_per_unit
    tax = (cheapest.cost_parts.tax or 0) / rate
    assert 1 < tax < 100
    for told in (text(report_data(plan), 400), markdown(report_data(plan))):
        assert f"JPY {(cheapest.cost_usd or 0) / rate:,.0f}" in told
        assert re.search(rf"or JPY {tax:.0f}[.,](?!\d)", told)


def test_the_sign_of_two_currencies_is_told_apart(tmp_path: Path) -> None:
    for amount, hint in (("¥20000", "write 20000 JPY"), ("20 000 ¥", "write for example")):
        with pytest.raises(InvalidInput) as caught:
            read_scenario(write(tmp_path, {"constraints": {"max_cost": amount}}))
        assert hint in (caught.value.problems[0].hint or "")


def test_a_plan_without_a_currency_says_nothing_of_one() -> None:
    plan: Plan = planner.plan(SCENARIO)
    assert (plan.currency, plan.tax_name, plan.overlays) == (None, "", [])
    assert report_data(plan).money == ""
    assert plan.front[0].cost_parts.tax is None
