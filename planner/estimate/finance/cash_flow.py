"""Cash flows by month and category: one-off and recurring amounts over a horizon."""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from planner.catalog.rows import Floats
from planner.estimate.finance.checks import Numbers, check_flows, check_months, check_same_months
from planner.estimate.finance.levels import decline_factors, growth_factors
from planner.estimate.finance.present_value import npv_usd


@dataclass(frozen=True, slots=True)
class CashFlow:
    """Flows of now and each month, by category; money in is positive."""

    categories: tuple[str, ...]
    usd: Floats
    """(categories, ..., months + 1), now first; axes between are draws or scenarios."""

    @property
    def months(self) -> int:
        """The horizon."""
        return int(self.usd.shape[-1]) - 1

    @property
    def net_usd(self) -> Floats:
        """(..., months + 1) all categories together; unknown where one of them is."""
        return np.asarray(self.usd.sum(axis=0))

    @property
    def cumulative_usd(self) -> Floats:
        """(..., months + 1) net sums up to each month."""
        return np.cumsum(self.net_usd, axis=-1)

    def of(self, category: str) -> Floats:
        """(..., months + 1) flows of one category."""
        return np.asarray(self.usd[self.categories.index(category)])

    def worth_usd(self, rate_per_month: Numbers) -> Floats:
        """(categories, ...) net present value of each category."""
        return npv_usd(self.usd, rate_per_month)


def one_off_flows(usd: Numbers, month: int, months: int) -> Floats:
    """(..., months + 1) an amount of one month, 0 being now.

    Raises:
        ValueError: a horizon that is no whole number of months from 1 on, or a month outside of it.
    """
    check_months(months)
    if not 0 <= month <= months:
        message = f"month {month} lies outside the horizon: now is 0 and the last month {months}"
        raise ValueError(message)
    amount = np.asarray(usd, np.float64)
    flows = np.zeros((*amount.shape, months + 1))
    flows[..., month] = amount
    return flows


def recurring_flows(
    usd_per_month: Numbers,
    months: int,
    *,
    growth_per_year: Numbers = 0.0,
    price_decline_per_year: Numbers = 0.0,
    first_month: int = 1,
    last_month: int | None = None,
) -> Floats:
    """(..., months + 1) an amount of each month: a*(1+g)^((m-1)/12)*(1-d)^((m-1)/12), 0 now and outside of its months.

    Args:
        usd_per_month: (...) at today's demand and price.
        months: the horizon.
        growth_per_year: (...) of demand.
        price_decline_per_year: (...) share by which the price of one unit falls in a year.
        first_month: from 1 on.
        last_month: the horizon's last where not given.

    Raises:
        ValueError: a horizon under 1 month, a growth of -100 % or less, a fall of 100 % or more, months out of order.
    """
    check_months(months)
    last = months if last_month is None else last_month
    if not 1 <= first_month <= last <= months:
        message = f"months {first_month} to {last} are no part of a horizon from 1 to {months}"
        raise ValueError(message)
    factors = growth_factors(growth_per_year, months) * decline_factors(price_decline_per_year, months)
    paid = np.asarray(usd_per_month, np.float64)[..., None] * factors
    flows = np.zeros((*paid.shape[:-1], months + 1))
    flows[..., first_month : last + 1] = paid[..., first_month - 1 : last]
    return flows


def cash_flow(income_usd: Mapping[str, Floats], costs_usd: Mapping[str, Floats]) -> CashFlow:
    """Put income and costs, both as positive amounts, into one table.

    Args:
        income_usd: category → (..., months + 1).
        costs_usd: category → (..., months + 1).

    Raises:
        ValueError: no category, one that is both income and cost, or series of different lengths.
    """
    both = sorted(set(income_usd) & set(costs_usd))
    if both:
        message = f"{both[0]} stands among both income and costs; give the two different names"
        raise ValueError(message)
    signed = {name: check_flows(flows, name) for name, flows in income_usd.items()}
    signed |= {name: 0.0 - check_flows(flows, name) for name, flows in costs_usd.items()}
    if check_same_months(signed) < 2:
        message = "the horizon is 0 months; a cash flow needs now and one month at least"
        raise ValueError(message)
    return CashFlow(tuple(signed), np.stack(np.broadcast_arrays(*signed.values())))
