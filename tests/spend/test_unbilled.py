"""Requests that cost something and stand on no bill are told."""

import pytest

from planner.catalog.loader import load_catalog
from planner.spend.months import Month
from planner.spend.unbilled import unbilled_of
from tests.spend.made import charge, made

CATALOG = load_catalog()


def unbilled(*usage: dict[str, object], provider: str = "aws", **others: str) -> list[str]:
    rows = [{"day": "2026-10-03", "requests": 1, "cost_usd": 2.5} | one for one in usage]
    cells = [charge("2026-10-01", 1.0, provider=provider, **others)]
    with made({"usage": rows, "cells": cells}) as store:
        return unbilled_of(store, CATALOG, Month(2026, 10))


def test_what_no_bill_has_is_told_with_its_sum_and_who_sells_it() -> None:
    assert unbilled({"model": "gpt-4o-2024-08-06"}, {"model": "gpt-4o-mini", "cost_usd": 1.0}) == [
        "requests of gpt-4o-2024-08-06, gpt-4o-mini cost $3.50 in 2026-10 by their logs, and no bill is of openai: "
        "that is in no total, budget or statement, unless another bill has it"
    ]


@pytest.mark.parametrize(
    "one",
    [
        {"model": "gpt-4o", "day": "2026-09-30"}, {"model": "gpt-4o", "cost_usd": None}, {"model": "ours"},
        {"model": "gpt-4o", "deployment": "chat"}, {"model": "anthropic.claude-haiku-4-5-20251001-v1:0"},
    ],
)  # fmt: skip
def test_other_months_unknown_costs_own_models_and_those_on_the_bill_are_not(one: dict[str, object]) -> None:
    assert unbilled(one) == []


def test_a_bill_of_the_seller_or_of_the_model_has_it() -> None:
    assert unbilled({"model": "gpt-4o"}, provider="OpenAI, LLC") == []
    assert unbilled({"model": "gpt-4o"}, model="gpt-4o") == []
    assert unbilled({"model": "gpt-4o"}, provider="azure", service="Azure OpenAI Service") == []


def test_without_charges_only_that_is_told() -> None:
    with made({"usage": [{"day": "2026-10-03", "model": "gpt-4o", "requests": 1, "cost_usd": 2.5}]}) as store:
        assert unbilled_of(store, CATALOG, Month(2026, 10)) == []
