"""Rates by the month from yearly ones, and what levels become that grow or fall (DOMAIN 10)."""

import numpy as np

from planner.catalog.rows import Floats
from planner.estimate.finance.checks import Numbers, check_decline, check_months, check_rate

MONTHS_PER_YEAR = 12.0


def monthly_rate(rate_per_year: Numbers) -> Floats:
    """Effective monthly rate of a yearly one: i = (1+r)^(1/12) - 1; raises ValueError at -100 % and under."""
    return np.asarray(np.expm1(np.log1p(check_rate(rate_per_year, "yearly rate")) / MONTHS_PER_YEAR))


def yearly_rate(rate_per_month: Numbers) -> Floats:
    """Effective yearly rate of a monthly one: r = (1+i)^12 - 1; raises ValueError at -100 % and under."""
    return np.asarray(np.expm1(np.log1p(check_rate(rate_per_month, "monthly rate")) * MONTHS_PER_YEAR))


def growth_factors(growth_per_year: Numbers, months: int) -> Floats:
    """(..., months) levels over today's: (1+g)^((m-1)/12) in month m.

    The first month is paid at today's level, the thirteenth at a whole year's growth.

    Raises:
        ValueError: a growth of -100 % or less; a horizon that is no whole number of months from 1 on.
    """
    log = np.log1p(check_rate(growth_per_year, "yearly growth"))
    with np.errstate(over="ignore"):  # an infinite level is refused where it becomes a flow
        return np.asarray(np.exp(log[..., None] * np.arange(check_months(months)) / MONTHS_PER_YEAR))


def decline_factors(decline_per_year: Numbers, months: int) -> Floats:
    """(..., months) of a price that falls by a share every year: (1-d)^((m-1)/12) in month m.

    Raises:
        ValueError: a fall of 100 % or more; a horizon that is no whole number of months from 1 on.
    """
    return growth_factors(-check_decline(decline_per_year, "yearly fall of the price"), months)
