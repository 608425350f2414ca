"""What machines are sold for: it is taken off what they cost."""

import pytest

from tests.kinds.business_case.asked import case_of, option


def test_what_machines_are_sold_for_is_taken_off_their_cost() -> None:
    machines = {"price": 1_000, "life": 24, "residual": 0.4, "power_kw": 1, "electricity_per_kwh": 0}
    rent = {"name": "rent", "costs": [{"name": "rent", "per_month": 70, "category": "infrastructure"}]}
    own = {"name": "own", "machines": machines, "parity": 0.5}
    case = case_of(horizon=24, discount_rate=0, options=[own, rent], demand={"predictions_per_month": 10})
    one = option(case, "own")
    assert one.cost_as_is_usd.value == pytest.approx(600.0)
    assert one.cost_usd.value == pytest.approx(1_200.0)
    assert one.present_cost_usd.value == pytest.approx(1_200.0)
    assert one.breakdown[0].category == "hardware"
    assert one.breakdown[0].usd.value == pytest.approx(1_200.0)
    assert one.net_present_usd.value is None
    assert case.cheapest == "own"
    assert option(case, "rent").cost_usd.value == pytest.approx(1_680.0)
    assert one.units.usd_per_prediction[-1] == pytest.approx(0.0)
    assert "what machines are sold for is in no month of this table" in one.units.unknown


def test_machines_that_keep_their_worth_cost_nothing() -> None:
    machines = {"price": 3_333.33, "life": 7, "residual": 1, "power_kw": 1, "electricity_per_kwh": 0.1}
    one = option(case_of(horizon=36, options=[{"name": "own", "machines": machines}]), "own")
    found = {part.category: part.usd.value for part in one.breakdown}
    assert found["hardware"] == pytest.approx(0.0, abs=1e-9)
    assert (found["hardware"] or 0.0) >= 0.0


def test_costs_of_machines_that_nobody_tells_stand_among_the_assumptions() -> None:
    machines = {"price": 1_000, "life": 12, "power_kw": 1, "electricity_per_kwh": 0.1, "staff_per_month": 0}
    case = case_of(options=[{"name": "own", "machines": machines}])
    told = {one.key: one.value for one in case.assumptions}
    assert told["options.own.machines.colocation_per_month"] == "none"
    assert "options.own.machines.staff_per_month" not in told
