"""Own, rented and committed hours: by hand, and along an axis of utilisation."""

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from planner.estimate.finance.hour_options import (
    HourOption,
    break_even_utilisation,
    by_utilisation,
    committed_option,
    on_demand_option,
    own_option,
)
from planner.estimate.finance.own_hardware import OwnHardware, own_hour
from planner.estimate.finance.present_value import npv_usd
from planner.estimate.finance.price_decline import decline_scenarios, months_until_rent_is_cheaper
from planner.units import HOURS_PER_MONTH
from tests.kinds.business_case.by_hand import of_machines

SERVER = OwnHardware(
    capex_usd=300_000.0,
    life_years=4.0,
    power_kw=8.0,
    pue=1.5,
    usd_per_kwh=0.10,
    residual_share=0.124,
    colocation_usd_per_month=1_460.0,
    staff_usd_per_month=730.0,
)
"""A server of eight cards: 7.50 + 1.20 + 2.00 + 1.00 USD an hour."""
SHARES = st.floats(0.0, 1.0)


def test_parts_of_an_hour_by_hand() -> None:
    hour = own_hour(SERVER)
    assert hour.capital_usd == pytest.approx(300_000 * 0.876 / (4 * 8760))
    assert (hour.idle_power_usd, hour.colocation_usd, hour.staff_usd) == pytest.approx((1.2, 2.0, 1.0))
    assert own_option(SERVER).usd_per_useful_hour(np.array([1.0, 0.5])) == pytest.approx(
        [hour.capital_usd + 4.2, 2 * (hour.capital_usd + 4.2)]
    )


def test_power_of_use_alone_is_not_paid_while_idle() -> None:
    thrifty = replace(SERVER, idle_power_share=0.25)
    assert own_option(SERVER).usd_per_useful_hour(0.5) - own_option(thrifty).usd_per_useful_hour(0.5) == pytest.approx(
        0.9
    )
    assert own_option(SERVER).usd_per_useful_hour(1.0) == pytest.approx(own_option(thrifty).usd_per_useful_hour(1.0))


def test_capital_costs_interest() -> None:
    """What is paid by the month, with what is got back, is worth the price at that rate."""
    capital = float(own_hour(replace(SERVER, rate_per_month=0.01)).capital_usd) * HOURS_PER_MONTH
    flows = np.array([-300_000.0, *[capital] * 48])
    flows[-1] += 0.124 * 300_000.0
    assert npv_usd(flows, 0.01) == pytest.approx(0.0, abs=1e-6)


@settings(max_examples=40)
@given(st.floats(0.05, 1.0), st.floats(0.0, 0.03), st.integers(1, 3))
def test_what_whole_lives_pay_out_is_worth_the_price_of_an_hour(used: float, rate: float, lives: int) -> None:
    months = 48 * lives
    written = {"price": 300_000.0, "life": 48, "residual": 0.124, "power_kw": 8.0, "utilisation": used, "pue": 1.5,
               "idle_power_share": 0.5, "electricity_per_kwh": 0.10, "colocation_per_month": 1_460.0,
               "staff_per_month": 730.0}  # fmt: skip
    paid = [sum(of_machines({"horizon": months}, written, month).values()) for month in range(months + 1)]
    hour = own_option(replace(SERVER, idle_power_share=0.5, rate_per_month=rate)).usd_per_useful_hour(used)
    even = np.array([0.0, *[float(hour) * used * HOURS_PER_MONTH] * months])
    assert npv_usd(np.array(paid), rate) == pytest.approx(float(npv_usd(even, rate)), rel=1e-9)


def test_a_commitment_pays_above_one_less_its_discount() -> None:  # T-10.3
    even = break_even_utilisation(committed_option(2.5, 0.37), on_demand_option(2.5))
    assert even == pytest.approx(0.63)


def test_break_even_against_rent() -> None:
    own = float(own_hour(SERVER).paid_usd)
    rent = np.array([20.0, own, 5.0, 0.0, np.nan])
    even = break_even_utilisation(own_option(SERVER), on_demand_option(rent))
    assert even == pytest.approx([own / 20, 1.0, own / 5, np.inf, np.nan], nan_ok=True)


def test_one_option_in_all_is_the_steady_one_or_none() -> None:
    cheap, dear = HourOption("cheap", 1.0, 1.0), HourOption("dear", 2.0, 2.0)
    assert break_even_utilisation(dear, cheap) == np.inf
    assert break_even_utilisation(cheap, dear) == 0.0
    assert np.isnan(break_even_utilisation(HourOption("a", 1.0, 5.0), HourOption("b", 2.0, 1.0)))


def test_an_axis_of_utilisation() -> None:
    options = [own_option(SERVER), on_demand_option(25.0), committed_option(25.0, 0.6), on_demand_option(np.nan, "new")]
    axis = np.linspace(0.05, 1.0, 20)
    table = by_utilisation(options, axis)
    assert table.usd_per_useful_hour.shape == (4, 20)
    assert table.usd_per_useful_hour[2] == pytest.approx(10.0 / axis)
    assert np.isnan(table.usd_per_useful_hour[3]).all()
    (only,) = table.switches
    assert (only.before, only.after) == ("on demand", "committed")
    assert only.utilisation == pytest.approx(0.4)
    assert [options[k].name for k in table.cheapest] == ["on demand"] * 8 + ["committed"] * 12
    assert by_utilisation([on_demand_option(np.nan)], axis).cheapest.tolist() == [-1] * 20


@given(st.lists(st.tuples(st.floats(0.0, 20.0), st.floats(0.0, 20.0)), min_size=2, max_size=5))
def test_options_cost_the_same_where_they_switch(prices: list[tuple[float, float]]) -> None:
    options = [HourOption(str(k), paid, used) for k, (paid, used) in enumerate(prices)]
    for switch in by_utilisation(options, np.ones(1)).switches:
        here = {option.name: float(option.usd_per_useful_hour(switch.utilisation)) for option in options}
        assert here[switch.before] == pytest.approx(here[switch.after], rel=1e-6)
        assert here[switch.after] == pytest.approx(min(here.values()), rel=1e-6)


@given(st.floats(6.0, 60.0), st.floats(0.0, 0.5), st.floats(0.0, 0.02))
def test_rent_that_falls_is_harder_to_beat(rent: float, fall: float, rate: float) -> None:
    """At the break-even utilisation both are worth the same over the life."""
    found = decline_scenarios(replace(SERVER, rate_per_month=rate), rent, [0.0, fall])
    assert found.break_even_utilisation[1] >= found.break_even_utilisation[0] - 1e-12
    used = float(found.break_even_utilisation[1])
    hour = own_hour(replace(SERVER, rate_per_month=rate))
    months = np.arange(48)
    owned = np.array([0.0, *[float(hour.paid_usd)] * 48])
    rented = np.array([0.0, *(used * rent * (1.0 - fall) ** (months / 12))])
    assert npv_usd(owned, rate) == pytest.approx(float(npv_usd(rented, rate)), rel=1e-9)


def test_when_rent_gets_cheaper() -> None:
    own = float(own_option(SERVER).usd_per_useful_hour(1.0))
    months = months_until_rent_is_cheaper(
        SERVER, own * np.array([2.0, 2.0, 0.5, np.nan]), np.array([0.5, 0, 0, 0]), 1.0
    )
    assert months == pytest.approx([12.0, np.inf, 0.0, np.nan], nan_ok=True)


def test_what_is_refused() -> None:
    with pytest.raises(ValueError, match="life in years is -2; it must be finite and above 0"):
        replace(SERVER, life_years=-2.0)
    with pytest.raises(ValueError, match=r"PUE is 0\.9"):
        replace(SERVER, pue=0.9)
    with pytest.raises(ValueError, match=r"residual share is 1\.5"):
        replace(SERVER, residual_share=1.5)
    with pytest.raises(ValueError, match="capex usd is -1"):
        replace(SERVER, capex_usd=-1.0)
    with pytest.raises(ValueError, match="utilisation is 0; it must be finite and above 0"):
        own_option(SERVER).usd_per_useful_hour(np.array([0.5, 0.0]))
    with pytest.raises(ValueError, match="utilisation is 2; it must be a share"):
        on_demand_option(1.0).usd_per_useful_hour(2.0)
    with pytest.raises(ValueError, match=r"a life of 0\.1 years: give one that is a whole number of months"):
        decline_scenarios(replace(SERVER, life_years=0.1), 3.0)
    with pytest.raises(ValueError, match="a name of its own"):
        by_utilisation([on_demand_option(1.0), on_demand_option(2.0)], np.ones(1))
