"""What flows by the month are worth now (DOMAIN 10). Axis of months last, now first, money in positive."""

import numpy as np

from planner.catalog.rows import Floats
from planner.estimate.finance.checks import Numbers, check_above_zero, check_flows, check_rate


def present_values_usd(flows_usd: Floats, rate_per_month: Numbers) -> Floats:
    """(..., months + 1) each flow at its worth now: CF_t/(1+i)^t.

    Args:
        flows_usd: (..., months + 1), the flow of now first.
        rate_per_month: (...), see `levels.monthly_rate`.

    Raises:
        ValueError: a rate of -100 % or less, or an infinite flow.
    """
    flows = check_flows(flows_usd)
    log = np.log1p(check_rate(rate_per_month, "monthly discount rate"))
    with np.errstate(over="ignore", invalid="ignore"):
        worth = flows * np.exp(-log[..., None] * np.arange(flows.shape[-1]))
    return np.where(flows == 0.0, 0.0, worth)  # nothing stays nothing where a rate near -100 % makes all else infinite


def npv_usd(flows_usd: Floats, rate_per_month: Numbers) -> Floats:
    """(...) net present value: NPV = sum CF_t/(1+i)^t (DOMAIN 10); arguments as of `present_values_usd`."""
    return np.asarray(present_values_usd(flows_usd, rate_per_month).sum(axis=-1))


def annuity_usd(value_usd: Numbers, rate_per_month: Numbers, months: Numbers) -> Floats:
    """Even payment at the end of each month that is worth `value_usd` now: A = PV*i/(1-(1+i)^-n) (DOMAIN 10).

    At a rate of 0 it is PV/n. All broadcast.

    Raises:
        ValueError: a rate of -100 % or less; months that are not above 0.
    """
    rate, count = check_rate(rate_per_month, "monthly rate"), check_above_zero(months, "number of payments")
    with np.errstate(divide="ignore", invalid="ignore"):
        worth_of_one = np.where(rate == 0.0, count, -np.expm1(-count * np.log1p(rate)) / rate)
    return np.asarray(value_usd / worth_of_one)


def levelised_usd(usd_by_month: Floats, rate_per_month: Numbers) -> Floats:
    """(...) the even payment that is worth as much as these at the ends of months 1, 2, …: sum x_m v_m / sum v_m.

    v_m = (1+i)^-m, as in the levelised cost of energy (Short, Packey and Holt, NREL/TP-462-5173, 1995).

    Args:
        usd_by_month: (..., months).
        rate_per_month: (...).
    """
    by_month = check_flows(usd_by_month, "series by month")
    worth = present_values_usd(np.ones(by_month.shape[-1]), rate_per_month)
    return np.asarray((by_month * worth).sum(axis=-1) / worth.sum(axis=-1))


def profitability_index(flows_usd: Floats, rate_per_month: Numbers) -> Floats:
    """(...) worth now of what follows, over what is laid out now: PI = 1 + NPV/I, I = -CF_0.

    Above 1 where NPV is above 0 (Brealey, Myers and Allen, Principles of Corporate Finance, ch. 5). NaN, unknown, where
    nothing is laid out now: there is nothing to set the rest against.
    """
    invested = -check_flows(flows_usd)[..., 0]
    with np.errstate(divide="ignore", invalid="ignore", over="ignore"):
        index = 1.0 + npv_usd(flows_usd, rate_per_month) / invested
    return np.where(invested > 0.0, index, np.nan)
