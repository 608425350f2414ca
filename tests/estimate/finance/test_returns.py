"""Payback, ROI and break-even, worked out by hand."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from planner.estimate.finance.levels import monthly_rate
from planner.estimate.finance.present_value import npv_usd
from planner.estimate.finance.returns import (
    break_even_months,
    discounted_payback_months,
    payback_months,
    roi_percent,
)


def test_payback_lies_within_a_month() -> None:
    assert payback_months(np.array([-100.0, 30.0, 30.0, 80.0])) == pytest.approx(2.5)


def test_what_is_laid_out_later_counts_from_there() -> None:
    assert payback_months(np.array([0.0, -100.0, 50.0, 60.0])) == pytest.approx(2 + 50 / 60)


def test_only_the_last_return_to_0_is_for_good() -> None:
    flows = np.array(
        [[-100.0, 150.0, -80.0, 60.0], [-100.0, 30.0, 30.0, 80.0], [5.0, 1.0, 1.0, 1.0], [-9.0, 10.0, 1.0, -9.0]]
    )
    assert payback_months(flows) == pytest.approx([2 + 30 / 60, 2.5, 0.0, np.inf])


def test_never_out_never_back_and_unknown() -> None:
    flows = np.array([[5.0, 1.0, 1.0], [-5.0, 1.0, 1.0], [-5.0, np.nan, 9.0], [-5.0, 10.0, np.nan]])
    assert payback_months(flows) == pytest.approx([0.0, np.inf, np.nan, np.nan], nan_ok=True)


def test_float_noise_is_not_owed() -> None:
    assert payback_months(np.array([-0.3, 0.1, 0.1, 0.1])) == pytest.approx(3.0)


@given(st.floats(1.0, 1e5), st.floats(1.0, 1e4), st.floats(0.0, 0.5))
def test_discounted_payback_is_when_npv_reaches_0(invested: float, receipt: float, per_year: float) -> None:
    flows = np.array([-invested, *[receipt] * 60])
    rate = monthly_rate(per_year)
    months = float(discounted_payback_months(flows, rate))
    assert months >= float(payback_months(flows)) - 1e-9
    if np.isfinite(months):
        whole = int(np.ceil(months - 1e-9))
        assert npv_usd(flows[: whole + 1], rate) >= -1e-6 * invested
        assert npv_usd(flows[:whole], rate) <= 1e-6 * invested
    else:
        assert npv_usd(flows, rate) < 0.0


def test_roi_and_break_even() -> None:
    assert roi_percent(180_000.0, 120_000.0) == pytest.approx(50.0)
    assert np.isnan(roi_percent(1.0, 0.0))
    even = break_even_months(
        np.array([120_000.0, 1.0, 0.0, 0.0, 5.0]), np.array([15_000.0, -1.0, -1.0, np.nan, np.nan])
    )
    assert even == pytest.approx([8.0, np.inf, 0.0, 0.0, np.nan], nan_ok=True)


@given(st.floats(1.0, 1e6), st.floats(1.0, 1e5))
def test_break_even_is_the_payback_of_even_flows(invested: float, net: float) -> None:
    months = float(break_even_months(invested, net))
    if months < 200:
        flows = np.array([-invested, *[net] * 200])
        assert payback_months(flows) == pytest.approx(months, rel=1e-9)


def test_what_is_refused() -> None:
    with pytest.raises(ValueError, match="cost is -1; it must be finite and at least 0"):
        roi_percent(1.0, -1.0)
    with pytest.raises(ValueError, match="investment is -2"):
        break_even_months(-2.0, 1.0)
