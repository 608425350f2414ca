"""Own and rented hours as cash flows: worth as much as the price of an hour says."""

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from planner.estimate.finance.cash_flow import cash_flow
from planner.estimate.finance.own_hardware import OwnHardware, own_usd_per_useful_hour
from planner.estimate.finance.ownership import own_flows, rent_flows
from planner.estimate.finance.present_value import annuity_value_usd, npv_usd
from planner.units import HOURS_PER_MONTH

SERVER = OwnHardware(
    capex_usd=240_000.0,
    life_years=2.0,
    power_kw=10.0,
    pue=1.2,
    usd_per_kwh=0.10,
    residual_share=0.25,
    colocation_usd_per_month=1_000.0,
    staff_usd_per_month=500.0,
    idle_power_share=0.5,
)


@settings(max_examples=40)
@given(st.floats(0.05, 1.0), st.floats(0.0, 0.03), st.integers(1, 3))
def test_flows_over_whole_lives_are_worth_the_price_of_an_hour(used: float, rate: float, lives: int) -> None:
    months = 24 * lives
    flows = own_flows(SERVER, used, months)
    worth = cash_flow(flows.income_usd, flows.costs_usd).worth_usd(rate).sum()
    hour = float(own_usd_per_useful_hour(replace(SERVER, rate_per_month=rate), used))
    assert -worth == pytest.approx(float(annuity_value_usd(hour * used * HOURS_PER_MONTH, rate, months)), rel=1e-9)


def test_hardware_is_bought_anew_and_sold_at_book_value() -> None:
    flows = own_flows(SERVER, 1.0, 36, capex_decline_per_year=np.array([0.0, 0.5]))
    bought, sold = flows.costs_usd["hardware"], flows.income_usd["residual"]
    assert bought[:, [0, 24]].tolist() == [[240_000, 240_000], [240_000, 60_000]]
    assert sold[:, [24, 36]] == pytest.approx(np.array([[60_000, 150_000], [60_000, 37_500]]))
    assert bought.sum() == bought[:, [0, 24]].sum()
    assert sold.sum() == sold[:, [24, 36]].sum()


def test_running_costs() -> None:
    flows = own_flows(SERVER, np.array([0.0, 1.0]), 13, power_price_growth_per_year=0.1, salary_growth_per_year=0.2)
    assert flows.costs_usd["power"][:, [0, 1, 13]] == pytest.approx(
        np.array([[0.0, 438.0, 481.8], [0.0, 876.0, 963.6]])
    )
    assert flows.costs_usd["staff"][[1, 13]] == pytest.approx([500.0, 600.0])
    assert flows.costs_usd["colocation"][1:] == pytest.approx(np.full(13, 1_000.0))


def test_rent() -> None:
    flows = rent_flows(np.array([2.0, np.nan]), 100.0, 13, demand_growth_per_year=1.0, price_decline_per_year=0.25)
    assert flows[0, [0, 1, 13]] == pytest.approx([0.0, 200.0, 300.0])
    assert np.isnan(npv_usd(flows, 0.01)).tolist() == [False, True]


def test_what_is_refused() -> None:
    with pytest.raises(ValueError, match="horizon is 0 months"):
        own_flows(SERVER, 0.5, 0)
    with pytest.raises(ValueError, match=r"utilisation is 1\.1"):
        own_flows(SERVER, 1.1, 12)
    with pytest.raises(ValueError, match="a life of 1 or 2 years: give one"):
        own_flows(replace(SERVER, life_years=np.array([1.0, 2.0])), 0.5, 12)
    with pytest.raises(ValueError, match="price of an hour is -1"):
        rent_flows(-1.0, 10.0, 12)
