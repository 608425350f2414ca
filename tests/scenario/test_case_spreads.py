"""Numbers of a business case that may be spread, and quantities that only it has."""

import pytest
from pydantic import TypeAdapter, ValidationError

from planner.scenario.business_case import BusinessCase
from planner.scenario.case_spreads import numbers_of, reader
from planner.scenario.quantities import RATES, Months, Yearly
from planner.scenario.spreads import CountSpread, MoneySpread, ShareSpread, UnitPriceSpread, YearlySpread
from planner.source import dotted

CASE = {
    "api_version": "planner/v1", "kind": "BusinessCase", "metadata": {"name": "case"},
    "horizon": "3 years", "discount_rate": "8 %",
    "demand": {"users": 10, "growth": "-5 %"},
    "options": [
        {"name": "a", "costs": [{"name": "x", "category": "other", "per_user": {"uniform": [1, 2]}}]},
        {"name": "b", "machines": {"price": "$9k", "life": 12, "power_kw": 1, "electricity_per_kwh": 0.1}},
    ],
    "scenarios": [{"name": "s", "price_decline": {"triangular": [0, 0.1, 0.2]}}],
}  # fmt: skip


def test_every_number_that_may_be_spread_has_its_place() -> None:
    found = {dotted(one.place): one for one in numbers_of(BusinessCase.model_validate(CASE))}
    assert {"demand.users", "demand.growth", "options[0].costs[0].per_user", "options[1].machines.price",
            "options[1].parity", "scenarios[0].price_decline", "market.price_decline"} <= set(found)  # fmt: skip
    # What was left out is no number, and what may not be spread is none of these.
    assert not {"demand.predictions_per_month", "horizon", "options[1].machines.life"} & set(found)
    assert found["demand.growth"].value == -0.05
    assert found["demand.growth"].form is YearlySpread
    spread = found["options[0].costs[0].per_user"].spread
    assert isinstance(spread, UnitPriceSpread)
    assert spread.uniform == [1.0, 2.0]
    assert found["demand.users"].spread is None


def test_values_of_a_file_are_read_in_the_unit_and_bounds_of_the_field() -> None:
    assert reader(MoneySpread).validate_python(["$5k", 3.0, "2 EUR"], context={RATES: {"EUR": 1.5}}) == [
        5000.0,
        3.0,
        3.0,
    ]
    assert reader(CountSpread).validate_python(["2M", "1,500"]) == [2e6, 1500.0]
    for form, value in ((ShareSpread, 1.01), (CountSpread, 0.0), (MoneySpread, -1.0), (YearlySpread, -1.0)):
        with pytest.raises(ValidationError):
            reader(form).validate_python([value])


@pytest.mark.parametrize(("text", "rate"), [("-5 %", -0.05), ("+5 %", 0.05), ("0.2", 0.2), ("- 12.5 %", -0.125)])
def test_a_yearly_rate_may_be_a_fall(text: str, rate: float) -> None:
    assert TypeAdapter(Yearly).validate_python(text) == pytest.approx(rate)


@pytest.mark.parametrize("text", ["-100 %", "--5 %", "5 %/month", "-"])
def test_a_yearly_rate_is_no_other_text(text: str) -> None:
    with pytest.raises(ValidationError):
        TypeAdapter(Yearly).validate_python(text)


@pytest.mark.parametrize(("text", "months"), [("3 years", 36), ("18 months", 18), ("2 quarters", 6), ("1.5 years", 18)])
def test_a_horizon_is_read_in_months(text: str, months: float) -> None:
    assert TypeAdapter(Months).validate_python(text) == months
