"""Worth now: the vectors of DOMAIN 10, and numpy-financial on random flows."""

import numpy as np
import numpy_financial as npf
import pytest
from hypothesis import given
from hypothesis import strategies as st

from planner.estimate.finance.levels import decline_factors, growth_factors, monthly_rate, yearly_rate
from planner.estimate.finance.present_value import (
    annuity_usd,
    levelised_usd,
    npv_usd,
    present_values_usd,
    profitability_index,
)

PILOT = np.array([-120_000.0] + [15_000.0] * 12)
RATES = st.floats(-0.5, 1.0)
AMOUNTS = st.floats(-1e6, 1e6)
FLOWS = st.lists(AMOUNTS, min_size=1, max_size=40)


def test_a_pilot_over_a_year() -> None:  # T-10.1
    rate = monthly_rate(0.10)
    assert rate == pytest.approx(0.0079741, abs=5e-8)
    assert npv_usd(PILOT, rate) == pytest.approx(51_007.32, abs=0.005)


def test_an_annuity_over_three_years() -> None:  # T-10.2
    assert annuity_usd(120_000.0, monthly_rate(0.10), 36) == pytest.approx(3_847.82, abs=0.005)


@given(FLOWS, RATES)
def test_npv_is_that_of_numpy_financial(flows: list[float], rate: float) -> None:
    size = float(np.abs(present_values_usd(np.array(flows), rate)).sum())
    assert npv_usd(np.array(flows), rate) == pytest.approx(npf.npv(rate, flows), rel=1e-9, abs=1e-11 * size + 1e-300)


@given(AMOUNTS, st.one_of(st.just(0.0), st.floats(1e-4, 1.0), st.floats(-0.3, -1e-4)), st.integers(1, 120))
def test_an_annuity_is_that_of_numpy_financial(value: float, rate: float, months: int) -> None:
    assert annuity_usd(value, rate, months) == pytest.approx(-npf.pmt(rate, months, value), rel=1e-7, abs=1e-9)


def test_an_annuity_at_a_tiny_rate_is_that_at_none() -> None:
    assert annuity_usd(1200.0, np.array([0.0, 1e-14, -1e-14]), 12) == pytest.approx([100.0] * 3, rel=1e-12)


@given(st.lists(st.tuples(AMOUNTS, AMOUNTS), min_size=1, max_size=30), RATES, st.floats(-10.0, 10.0))
def test_npv_is_linear(pairs: list[tuple[float, float]], rate: float, factor: float) -> None:
    first, second = np.array(pairs).T
    size = float(np.abs(present_values_usd(np.abs(pairs).T, rate)).sum()) * (1.0 + abs(factor))
    apart = factor * npv_usd(first, rate) + npv_usd(second, rate)
    assert npv_usd(factor * first + second, rate) == pytest.approx(apart, rel=1e-9, abs=1e-11 * size + 1e-300)


def test_columns_are_worked_out_at_once() -> None:
    rates = np.array([0.0, 0.01])
    both = npv_usd(np.stack([PILOT, 2.0 * PILOT]), rates)
    assert both == pytest.approx([60_000.0, 2.0 * npf.npv(0.01, PILOT)])
    assert npv_usd(PILOT, rates)[1] == pytest.approx(npf.npv(0.01, PILOT))


def test_an_unknown_flow_stays_unknown() -> None:
    assert np.isnan(npv_usd(np.array([-1.0, np.nan, 3.0]), 0.01))


def test_extreme_rates_leave_nothing_as_it_is() -> None:
    worth = npv_usd(np.array([[0.0] * 1201, [5.0] + [0.0] * 1200, [0.0] * 1200 + [-1.0]]), -0.9)
    assert worth.tolist() == [0.0, 5.0, -np.inf]


def test_profitability() -> None:
    rate = monthly_rate(0.10)
    assert profitability_index(PILOT, rate) == pytest.approx(1.0 + 51_007.32 / 120_000.0, abs=1e-6)
    assert np.isnan(profitability_index(np.array([0.0, 5.0]), rate))


@given(st.lists(st.floats(0.0, 1e5), min_size=1, max_size=40), RATES)
def test_the_level_payment_is_worth_as_much(by_month: list[float], rate: float) -> None:
    level = float(levelised_usd(np.array(by_month), rate))
    worth = npv_usd(np.array([0.0, *by_month]), rate)
    assert level == pytest.approx(float(annuity_usd(worth, rate, len(by_month))), rel=1e-6, abs=1e-6)


@given(st.floats(-0.99, 10.0))
def test_twelve_months_are_a_year(rate: float) -> None:
    assert (1.0 + monthly_rate(rate)) ** 12 == pytest.approx(1.0 + rate, rel=1e-12)
    assert yearly_rate(monthly_rate(rate)) == pytest.approx(rate, rel=1e-12, abs=1e-13)


def test_levels_start_at_today_and_move_by_a_year_in_twelve_months() -> None:
    assert growth_factors(0.2, 13)[[0, 12]] == pytest.approx([1.0, 1.2])
    assert decline_factors(np.array([0.15, 0.3]), 25)[:, 24] == pytest.approx([0.7225, 0.49])


def test_what_is_refused() -> None:
    with pytest.raises(ValueError, match=r"the yearly rate is -100 %; a rate must be finite and above -100 %"):
        monthly_rate(-1.0)
    with pytest.raises(ValueError, match="monthly discount rate is -250 %"):
        npv_usd(PILOT, np.array([0.1, -2.5]))
    with pytest.raises(ValueError, match="number of payments is 0; it must be finite and above 0"):
        annuity_usd(1.0, 0.1, 0)
    with pytest.raises(ValueError, match="horizon is -3 months; it must be 1 to 1,200"):
        growth_factors(0.1, -3)
    with pytest.raises(ValueError, match="fall must be under 100 % a year"):
        decline_factors(1.0, 3)
    with pytest.raises(ValueError, match="infinite"):
        npv_usd(np.array([1.0, np.inf]), 0.1)
