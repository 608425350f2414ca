"""When money is back and what it earned: payback, ROI, break-even (MISSION A7)."""

from typing import Final

import numpy as np

from planner.catalog.rows import Floats
from planner.estimate.finance.checks import Numbers, check_at_least, check_flows
from planner.estimate.finance.present_value import present_values_usd

_NOISE: Final = 1e-12
"""Share of all money moved so far that is float noise in what is left of it."""


def payback_months(flows_usd: Floats) -> Floats:
    """(...) months until the sum of flows, under 0 for the last time, is back at 0: what is laid out is back for good.

    Within a month the flow is taken as even: t + (what is out after t)/(flow of t + 1). 0 where nothing is ever out,
    infinite where it is not back in time, unknown where any flow is.

    Args:
        flows_usd: (..., months + 1), the flow of now first.

    Raises:
        ValueError: an infinite flow.
    """
    flows = check_flows(flows_usd)
    total = np.cumsum(flows, axis=-1)
    out = total < -_NOISE * np.cumsum(np.abs(flows), axis=-1)
    last = flows.shape[-1] - 1
    month = last - out[..., ::-1].argmax(axis=-1)
    left = np.take_along_axis(total, month[..., None], axis=-1)[..., 0]
    flow = np.take_along_axis(flows, np.minimum(month + 1, last)[..., None], axis=-1)[..., 0]
    with np.errstate(divide="ignore", invalid="ignore", over="ignore"):
        back = month - left / flow
    months = np.where(out.any(axis=-1), np.where(month == last, np.inf, back), 0.0)
    return np.where(np.isnan(total).any(axis=-1), np.nan, months)


def discounted_payback_months(flows_usd: Floats, rate_per_month: Numbers) -> Floats:
    """The same of flows at their worth now: when NPV has reached 0 for good."""
    return payback_months(present_values_usd(flows_usd, rate_per_month))


def roi_percent(benefit_usd: Numbers, cost_usd: Numbers) -> Floats:
    """Return on investment: (benefit - cost)/cost*100 (MISSION A7).

    NaN, unknown, where the cost is 0: nothing was invested to return on.

    Raises:
        ValueError: a negative cost.
    """
    cost = check_at_least(cost_usd, 0.0, "cost")
    with np.errstate(divide="ignore", invalid="ignore", over="ignore"):
        return np.where(cost > 0.0, 100.0 * (benefit_usd - cost) / cost, np.nan)


def break_even_months(investment_usd: Numbers, net_usd_per_month: Numbers) -> Floats:
    """Months until an even net benefit has paid an investment: investment/(net benefit a month) (MISSION A7).

    0 where nothing is invested, infinite where the net benefit is 0 or less: it never is.

    Raises:
        ValueError: a negative investment.
    """
    invested = check_at_least(investment_usd, 0.0, "investment")
    net = np.asarray(net_usd_per_month, np.float64)
    with np.errstate(divide="ignore", invalid="ignore", over="ignore"):
        months = np.where(net <= 0.0, np.inf, invested / net)
    return np.where(invested == 0.0, 0.0, np.where(np.isnan(invested), np.nan, months))
