"""Budgets and rules that fit no charge: told, with what was probably meant."""

from typing import Any

import pytest

from planner.scenario.spend_review import SpendReview
from planner.spend.unmatched import unmatched_of
from tests.spend.made import charge, made

CELLS = [
    charge("2026-10-01", 9.0, team="search", service="Amazon Elastic Kubernetes Service"),
    charge("2026-10-02", 5.0, team="vision", service="Virtual Machines"),
]


def unmatched(rules: list[Any], budgets: list[Any], cells: list[dict[str, Any]] = CELLS) -> list[str]:
    scenario = SpendReview.model_validate({
        "api_version": "planner/v1", "kind": "SpendReview", "metadata": {"name": "x"}, "sources": [{"focus": "a.csv"}],
        "attribution": {"rules": rules}, "budgets": budgets,
    })  # fmt: skip
    with made({"cells": cells, "allocated": cells}) as store:
        return unmatched_of(store, scenario)


def budget(**where: object) -> dict[str, object]:
    return {"name": "b", "amount": 100.0, "where": where}


def test_a_budget_of_a_team_that_is_mistyped_is_told_with_the_one_that_was_meant() -> None:
    assert unmatched([], [budget(team="serch")]) == [
        "budget b: no charge of any month fits team serch; did you mean 'search'?"
    ]


def test_a_rule_for_a_service_that_no_bill_has_is_told_with_those_there_are() -> None:
    rule = {"name": "cluster", "where": {"service": "EKS"}, "to": "search"}
    assert unmatched([rule], []) == [
        "rule cluster: no charge of any month fits service EKS; of service there is "
        "'Amazon Elastic Kubernetes Service', 'Virtual Machines'"
    ]


def test_a_dimension_that_nothing_tells_is_told() -> None:
    assert unmatched([], [budget(feature="chat")]) == [
        "budget b: no charge of any month fits feature chat; no charge tells a feature"
    ]


def test_each_part_that_fits_something_is_not_doubted_alone() -> None:
    assert unmatched([], [budget(team="search", service="Virtual Machines")]) == [
        "budget b: no charge of any month fits team search, service Virtual Machines"
    ]


@pytest.mark.parametrize("where", [{"team": "SEARCH"}, {"team": ["nobody", "vis*"]}, {"service": "amazon*"}])
def test_what_fits_is_not_told(where: dict[str, object]) -> None:
    rule = {"name": "r", "where": where, "to": "search"}
    assert unmatched([rule], [budget(**where), {"name": "all", "amount": 1.0}]) == []


def test_without_charges_only_that_is_told() -> None:
    assert unmatched([], [budget(team="serch")], []) == []
