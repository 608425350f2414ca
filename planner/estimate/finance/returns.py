"""When money is back and what it earned: payback, ROI, break-even (MISSION A7)."""

from dataclasses import dataclass
from typing import Final

import numpy as np

from planner.catalog.rows import Bools, Floats
from planner.estimate.finance.checks import Numbers, check_at_least, check_flows
from planner.estimate.finance.present_value import present_values_usd

_NOISE: Final = 1e-12
"""Share of all money moved so far that is float noise in what is left of it."""


@dataclass(frozen=True, slots=True)
class Payback:
    """When what was laid out is back, in columns."""

    months: Floats
    """From now, interpolated within the month; 0 where nothing is ever out; infinite where it is not back in time."""
    lasts: Bools
    """Whether the sum of all flows stays at 0 or above from then on, as far as is known."""
    months_for_good: Floats
    """The last time at which the sum is back at 0, from which on it stays there; `months` where that lasts. Unknown
    where any flow is."""


def payback(flows_usd: Floats) -> Payback:
    """The first time at which the sum of flows, having been under 0, is back at 0.

    Within a month the flow is taken as even: t - 1 + (what is out after t - 1)/(flow of t). Unknown where an unknown
    flow comes first.

    Args:
        flows_usd: (..., months + 1), the flow of now first.

    Raises:
        ValueError: an infinite flow.
    """
    flows = check_flows(flows_usd)
    total = np.cumsum(flows, axis=-1)
    noise = _NOISE * np.cumsum(np.abs(flows), axis=-1)
    out = total < -noise
    back = np.maximum.accumulate(out, axis=-1) & (total >= -noise)
    first = back.argmax(axis=-1)
    at = first[..., None]
    left = np.take_along_axis(total, np.maximum(at - 1, 0), axis=-1)[..., 0]
    flow = np.take_along_axis(flows, at, axis=-1)[..., 0]
    unknown = np.isnan(total).any(axis=-1)
    with np.errstate(divide="ignore", invalid="ignore", over="ignore"):
        months = first - 1.0 - left / flow
    months = np.where(back.any(axis=-1), months, np.where(out.any(axis=-1), np.inf, 0.0))
    months = np.where(unknown & ~back.any(axis=-1), np.nan, months)
    after = np.arange(flows.shape[-1]) >= np.where(np.isfinite(months), first, flows.shape[-1])[..., None]
    lasts = np.isfinite(months) & ~(after & ~(total >= -noise)).any(axis=-1)
    return Payback(months, np.asarray(lasts), np.where(unknown, np.nan, _for_good(flows, total, out)))


def _for_good(flows: Floats, total: Floats, out: Bools) -> Floats:
    """(...) when the sum, under 0 for the last time, is back at 0; 0 where it never is, infinite where to the end."""
    last = flows.shape[-1] - 1
    month = last - out[..., ::-1].argmax(axis=-1)
    left = np.take_along_axis(total, month[..., None], axis=-1)[..., 0]
    flow = np.take_along_axis(flows, np.minimum(month + 1, last)[..., None], axis=-1)[..., 0]
    with np.errstate(divide="ignore", invalid="ignore", over="ignore"):
        back = month - left / flow
    return np.where(out.any(axis=-1), np.where(month == last, np.inf, back), 0.0)


def discounted_payback(flows_usd: Floats, rate_per_month: Numbers) -> Payback:
    """The same of flows at their worth now: when NPV has reached 0."""
    return payback(present_values_usd(flows_usd, rate_per_month))


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
