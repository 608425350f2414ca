"""Numbers that a case may have, and that its author probably meant otherwise, are told as warnings with their place."""

from collections.abc import Mapping
from typing import Any

import pytest

from planner.planning import read_ready
from planner.planning.ready import CaseReady

MACHINES = {"price": "$12k", "life": "5 years", "power_kw": 0.4, "electricity_per_kwh": "$0.18"}
CASE: Mapping[str, Any] = {
    "api_version": "planner/v1", "kind": "BusinessCase", "metadata": {"name": "case"}, "horizon": "2 years",
    "discount_rate": "10 %", "options": [{"name": "own", "machines": MACHINES, "factors": {"speed": 4, "control": 6}}],
    "factors": {"speed": "60 %", "control": "40 %"},
}  # fmt: skip


def warned(**changes: Any) -> list[tuple[str, str, str | None]]:
    ready = read_ready({**CASE, **changes})
    assert isinstance(ready, CaseReady)
    return [(problem.at, problem.message, problem.hint) for problem in ready.warnings]


def test_a_case_as_it_should_be_is_told_nothing() -> None:
    assert warned() == []


@pytest.mark.parametrize("horizon", [36, 12, "3 months", "3 years", "0.5 years"])
def test_months_that_are_meant_are_told_nothing(horizon: int | str) -> None:
    assert warned(horizon=horizon) == []


def test_a_few_months_without_a_unit_may_be_years() -> None:
    own = {"name": "own", "machines": {**MACHINES, "life": 4}, "factors": {"speed": 4, "control": 6}}
    found = warned(horizon=1, options=[own])
    assert found == [
        ("horizon", "1 without a unit is 1 month", "write 1 year where that is meant, else 1 month"),
        ("options[0].machines.life", "4 without a unit is 4 months",
         "write 4 years where that is meant, else 4 months"),
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("growth", "at", "number"),
    [
        (30, "demand.growth", "30"),
        ({"triangular": [10, 30, 45]}, "demand.growth.triangular[0]", "10"),
        ({"uniform": [0.1, 45]}, "demand.growth.uniform[1]", "45"),
        ({"values": ["10 %", 0.2, 30.5]}, "demand.growth.values[2]", "30.5"),
    ],
)
def test_yearly_rates_that_may_be_percentages_are_told_alone_and_in_spreads(growth: Any, at: str, number: str) -> None:
    [(place, message, hint)] = warned(demand={"growth": growth})
    assert (place, hint) == (at, f"did you mean {number} %?")
    assert message.startswith(f"{number} is ")


@pytest.mark.parametrize("growth", [{"triangular": ["10 %", "30 %", "450 %"]}, {"normal": [-0.1, 0.4]}, "-5 %"])
def test_rates_with_their_sign_are_told_nothing(growth: Any) -> None:
    assert warned(demand={"growth": growth}) == []


def test_weights_in_per_cent_are_a_hundred_together_and_parts_are_what_they_are() -> None:
    assert warned(factors={"speed": "60 %", "control": "30 %"}) == [
        ("factors", "the weights are 90 % together, and count in proportion to that",
         "make them 100 %, unless that is meant"),
    ]  # fmt: skip
    assert warned(factors={"speed": 3, "control": 2}) == []
    assert warned(factors={"speed": "33.3333333 %", "control": "66.6666667 %"}) == []
