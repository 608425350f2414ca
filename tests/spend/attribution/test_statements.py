"""What each is charged for a month: by dimension, as statements, by month and by day."""

import datetime
from collections.abc import Iterator
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from planner.scenario.spend_rules import Attribution
from planner.spend.attribution import (
    allocate,
    attributed_of,
    day_totals,
    month_totals,
    statements_of,
    to_cents,
    whole_months,
)
from planner.spend.attribution.dimensions import MOST_MISSING
from planner.spend.months import Month
from planner.spend.store import Store
from tests.spend.made import charge, made

OCTOBER = Month(2026, 10)
GPUS = {"service": "EC2", "gpu": "h100-sxm", "quantity": 10.0, "unit": "Hours", "gpu_hours": 10.0}
TOKENS = {"service": "Bedrock", "meter": "Input Tokens", "unit": "Tokens"}
CELLS = [
    charge("2026-09-01", 7, team="research", service="EC2"),
    charge("2026-09-30", 2, team="growth", service="EC2"),
    charge("2026-10-01", 30, team="research", **GPUS),
    charge("2026-10-01", -4, team="research", service="EC2", category="Credit", list_usd=0),
    charge("2026-10-02", 20, team="product", quantity=9.0, **TOKENS),
    charge("2026-10-02", 1, team="product", **TOKENS),
    charge("2026-10-05", 10, service="Support", provider="AWS", resource="case-1"),
    charge("2026-10-31", 3, service="NAT", provider="AWS", resource="nat-1", resource_name="gateway", project="app",
           commitment_status="Unused"),
]  # fmt: skip
RULES = Attribution.model_validate(
    {"rules": [
        {"name": "support", "where": {"service": "Support"}, "fixed": {"research": 0.75, "product": 0.25}},
        {"name": "network", "where": {"service": "NAT"}, "activity": "requests"},
    ]}
)  # fmt: skip


@pytest.fixture(scope="module")
def october() -> Iterator[Store]:
    with made({"cells": CELLS}) as store:
        allocate(store, RULES)
        yield store


def test_a_dimension_is_attributed_and_the_rest_is_told(october: Store) -> None:
    team, project = attributed_of(october, OCTOBER, ["team", "project"])
    assert (team.dimension, project.dimension) == ("team", "project")
    assert [one.dimension for one in attributed_of(october, OCTOBER)] == list(october.dimensions)
    assert (team.billed_usd, team.attributed_usd, team.unattributed_usd, team.effective_usd) == (60, 57, 3, 60)
    assert [(one.value, one.effective_usd, one.before_usd) for one in team.values] == [
        ("research", 33.5, 7), ("product", 23.5, 0), ("", 3, 0),
    ]  # fmt: skip
    assert sum(one.share or 0 for one in team.values) == pytest.approx(1)
    assert [(one.service, one.resource, one.billed_usd) for one in team.missing] == [("NAT", "gateway", 3)]
    assert [(one.service, one.billed_usd) for one in project.missing] == [("EC2", 26), ("Bedrock", 21), ("Support", 10)]


def test_statements_make_the_bill_and_parts_and_lines_make_statements(october: Store) -> None:
    found = statements_of(october, OCTOBER)
    assert [(one.value, one.effective_usd, one.before_usd, one.gpu_hours) for one in found] == [
        ("research", 33.5, 7, 10), ("product", 23.5, 0, None), ("", 3, 0, None),
    ]  # fmt: skip
    for one in found:
        assert sum(part.billed_usd for part in one.parts) == one.billed_usd
        assert sum(line.effective_usd for line in one.lines) == one.effective_usd
    assert [[(part.rule, part.way, part.billed_usd) for part in one.parts] for one in found] == [
        [("tag", "direct", 26), ("support", "fixed", 7.5)],
        [("tag", "direct", 21), ("support", "fixed", 2.5)],
        [("network", "unattributed", 3)],
    ]
    assert [(line.service, line.what, line.quantity, line.unit) for line in found[0].lines] == [
        ("EC2", "h100-sxm", 10, "Hours"), ("Support", "", None, ""), ("EC2", "", None, ""),
    ]  # fmt: skip
    # One of the charges says nothing of its tokens, so nobody knows how many there were.
    assert found[1].lines[0].quantity is None


def test_a_rule_by_team_says_nothing_of_projects(october: Store) -> None:
    parts = {
        one.value: [(part.rule, part.way) for part in one.parts] for one in statements_of(october, OCTOBER, "project")
    }
    assert parts == {"app": [("tag", "direct")], "": [("", "unattributed")]}


def test_months(october: Store) -> None:
    september, month = month_totals(october)
    assert (september.month, september.days, september.whole, september.credits_usd) == ("2026-09", 2, True, 0)
    assert (month.month, month.days, month.whole, month.billed_usd) == ("2026-10", 4, True, 60)
    assert (month.credits_usd, month.commitment_unused_usd, month.list_usd) == (-4, 3, 64)
    assert month.by_team == {"": 3, "product": 23.5, "research": 33.5}


def test_days_without_a_hole(october: Store) -> None:
    days = day_totals(october)
    assert (days[0].day, days[-1].day, len(days)) == ("2026-09-01", "2026-10-31", 61)
    assert (days[1].effective_usd, days[1].by_team) == (0, {})
    assert days[30].by_team == {"research": 26}


def test_nothing_charged_is_no_statement() -> None:
    with made() as store:
        allocate(store, RULES)
        assert (statements_of(store, OCTOBER), month_totals(store), day_totals(store)) == ([], [], [])
        (team,) = attributed_of(store, OCTOBER, ["team"])
        assert (team.billed_usd, team.values, team.missing) == (0, [], [])


def test_a_month_in_progress_is_compared_with_as_many_days() -> None:
    days = [datetime.date(2026, 9, 1) + datetime.timedelta(days=at) for at in range(40)]
    with made({"cells": [charge(day, 1, team="a") for day in days]}, as_of=datetime.date(2026, 10, 12)) as store:
        allocate(store, Attribution())
        (team,) = attributed_of(store, OCTOBER, ["team"])
        # Ten days of October are billed on the twelfth.
        assert (team.effective_usd, team.values[0].before_usd) == (10, 10)
        assert [one.whole for one in month_totals(store)] == [True, False]
        assert attributed_of(store, Month(2026, 9), ["team"])[0].values[0].before_usd is None


@pytest.mark.parametrize(
    ("first", "last", "step", "whole"),
    [
        ("2026-09-20", "2026-10-31", 1, True),
        ("2026-09-20", "2026-10-20", 1, False),
        ("2026-10-05", "2026-10-31", 1, False),
        ("2026-08-01", "2026-10-30", 3, True),
    ],
)
def test_a_month_half_present_is_not_whole(first: str, last: str, step: int, whole: bool) -> None:
    start, end = datetime.date.fromisoformat(first), datetime.date.fromisoformat(last)
    days = [start + datetime.timedelta(days=at) for at in range(0, (end - start).days + 1, step)]
    cells: list[dict[str, Any]] = [charge(day, 1, source="late") for day in days]
    with made({"allocated": [*cells, *(charge(f"2026-10-{n:02d}", 1, source="full") for n in range(1, 32)),
                             charge("2026-09-30", 1, source="full")]}) as store:  # fmt: skip
        assert (OCTOBER in whole_months(store, [OCTOBER])) is whole


def test_only_the_largest_that_are_missing_are_told() -> None:
    cells = [charge("2026-10-01", 1 + at, resource=f"r{at:02d}") for at in range(MOST_MISSING + 5)]
    with made({"allocated": cells}) as store:
        (team,) = attributed_of(store, OCTOBER, ["team"])
        assert [one.resource for one in team.missing] == [f"r{at:02d}" for at in range(MOST_MISSING + 4, 4, -1)]


def test_cents_make_the_sum() -> None:
    assert to_cents([1 / 3, 1 / 3, 1 / 3]) == [Decimal("0.34"), Decimal("0.33"), Decimal("0.33")]
    assert to_cents([0.005, -0.005]) == [Decimal("0.01"), Decimal("-0.01")]
    assert to_cents([0.1, 0.2]) == [Decimal("0.10"), Decimal("0.20")]
    assert to_cents([0.004, 0.004], Decimal("0.01")) == [Decimal("0.01"), Decimal("0.00")]
    assert to_cents([]) == []
    assert sum(to_cents([1e19, 0.015, -1e19])) == Decimal("0.02")
    for amount in (float("nan"), float("inf"), -1e20):
        with pytest.raises(ValueError, match="cannot be rounded"):
            to_cents([1.0, amount])
    with pytest.raises(ValueError, match="not 2"):
        to_cents([1.0, 1.0], Decimal("2.02"))


@given(st.lists(st.integers(-(10**14), 10**14), max_size=30))
def test_cents_lose_nothing_and_move_no_amount_by_a_cent(nanos: list[int]) -> None:
    amounts = [nano / 1e9 for nano in nanos]
    rounded = to_cents(amounts)
    exact = [Decimal(amount) for amount in amounts]
    assert abs(sum(rounded, Decimal(0)) - sum(exact, Decimal(0))) <= Decimal("0.00500001")
    assert all(abs(one - other) < Decimal("0.01") for one, other in zip(rounded, exact, strict=True))
    assert all(one == one.quantize(Decimal("0.01")) for one in rounded)
    # What a bill was rounded to is what its statements' lines are rounded to.
    assert sum(to_cents(amounts, sum(rounded, Decimal(0))), Decimal(0)) == sum(rounded, Decimal(0))
