"""Internal rates of return: all of them, none, and those of numpy-financial."""

import numpy as np
import numpy_financial as npf
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from planner.catalog.rows import Floats
from planner.estimate.finance.irr import internal_rates
from planner.estimate.finance.present_value import npv_usd, present_values_usd

PILOT = np.array([-120_000.0] + [15_000.0] * 12)


def with_rates(*rates: float) -> Floats:
    """Flows whose internal rates are these: the product of (1 - x (1 + r)), x = 1/(1 + i)."""
    flows = np.ones(1)
    for rate in rates:
        flows = np.convolve(flows, [1.0, -(1.0 + rate)])
    return flows


def test_the_pilot() -> None:  # T-10.1
    found = internal_rates(PILOT)
    assert found.rate_per_month == pytest.approx(0.068653, abs=5e-7)
    assert found.reason == ""


@given(st.integers(1, 10**6), st.lists(st.integers(0, 10**6), min_size=1, max_size=36))
def test_an_investment_has_the_rate_of_numpy_financial(invested: int, receipts: list[int]) -> None:
    flows = np.array([-invested, *receipts], np.float64)
    assume(sum(receipts) > 0.02 * invested)
    found = internal_rates(flows).rate_per_month
    assert found is not None
    size = float(np.abs(present_values_usd(flows, found)).sum())
    assert npv_usd(flows, found) == pytest.approx(0.0, abs=1e-9 * size)
    theirs = npf.irr(flows)
    if np.isfinite(theirs):
        assert found == pytest.approx(float(theirs), rel=1e-5, abs=1e-6)


@given(st.lists(st.integers(-100, 100), min_size=2, max_size=24))
def test_every_rate_found_zeroes_npv(amounts: list[int]) -> None:
    flows = np.array(amounts, np.float64)
    found = internal_rates(flows)
    signs = np.sign(flows[flows != 0.0])
    changes = int((signs[1:] != signs[:-1]).sum())
    assert len(found.rates_per_month) <= changes
    assert list(found.rates_per_month) == sorted(found.rates_per_month)
    for rate in found.rates_per_month:
        if rate > -0.999999:
            size = float(np.abs(present_values_usd(flows, rate)).sum())
            assert npv_usd(flows, rate) == pytest.approx(0.0, abs=1e-7 * size)
    assert bool(found.reason) == (changes != 1)


@given(st.lists(st.integers(-8, 40), min_size=1, max_size=4, unique=True))
def test_several_rates_are_all_found(percents: list[int]) -> None:
    wanted = sorted(percent / 20.0 for percent in percents)
    found = internal_rates(1000.0 * with_rates(*wanted))
    assert found.rates_per_month == pytest.approx(wanted, abs=1e-6)


def test_several_rates_are_told() -> None:
    found = internal_rates(with_rates(0.1, 0.3))
    assert found.rate_per_month is None
    assert found.reason == (
        "the flows change sign 2 times, and 2 rates make them worth 0; decide by the net present value"
    )


def test_one_rate_of_flows_that_change_sign_often_is_told() -> None:
    found = internal_rates(np.array([-100.0, 120.0, -10.0, 80.0]))
    assert len(found.rates_per_month) == 1
    assert "change sign 3 times, and one rate alone" in found.reason


@pytest.mark.parametrize("rate", [-0.4, 0.05, 0.1, 0.25, 0.3, 0.7, 2.0])
def test_a_rate_at_which_npv_only_touches_0(rate: float) -> None:
    for sign in (1.0, -1.0):
        assert internal_rates(sign * with_rates(rate, rate)).rates_per_month == pytest.approx([rate])


@pytest.mark.parametrize(
    ("flows", "said"),
    [
        ([-5.0, -1.0, 0.0], "only costs"),
        ([5.0, 0.0, 1.0], "only receipts"),
        ([0.0, 0.0], "every rate fits"),
        ([1.0, -3.0, 10.0], "2 times, and no rate makes them worth 0"),
        ([-1.0, np.nan, 2.0], "the flow of month 1 is unknown"),
    ],
)
def test_no_rate_has_its_reason(flows: list[float], said: str) -> None:
    found = internal_rates(np.array(flows))
    assert found.rate_per_month is None
    assert said in found.reason


def test_a_loss_of_nearly_all_stays_above_all() -> None:
    assert internal_rates(np.array([-1e20, 1.0])).rates_per_month[0] > -1.0
    assert np.isfinite(internal_rates(np.array([-1e-308, 2.0])).rates_per_month).all()


def test_what_is_refused() -> None:
    with pytest.raises(ValueError, match="one series of flows"):
        internal_rates(np.ones((2, 3)))
