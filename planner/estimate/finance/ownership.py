"""What owning and renting the same hours pays out, month by month, over any horizon."""

from dataclasses import dataclass

import numpy as np

from planner.catalog.rows import Floats
from planner.estimate.finance.cash_flow import one_off_flows, recurring_flows
from planner.estimate.finance.checks import Numbers, check_at_least, check_decline, check_months, check_share
from planner.estimate.finance.levels import MONTHS_PER_YEAR
from planner.estimate.finance.own_hardware import OwnHardware, life_months, own_hour
from planner.units import HOURS_PER_MONTH


@dataclass(frozen=True, slots=True)
class OwnFlows:
    """(..., months + 1) positive amounts by category, now first: what `cash_flow` takes."""

    costs_usd: dict[str, Floats]
    """hardware, power, colocation, staff."""
    income_usd: dict[str, Floats]
    """residual: what machines bring at the end of their life, or of the horizon."""


def own_flows(
    hardware: OwnHardware,
    utilisation: Numbers,
    months: int,
    *,
    capex_decline_per_year: Numbers = 0.0,
    power_price_growth_per_year: Numbers = 0.0,
    salary_growth_per_year: Numbers = 0.0,
) -> OwnFlows:
    """Hardware bought now and again whenever its life ends, as much of it each time, and what running it takes.

    What is sold before its life has ended brings its book value, straight between its price and its residual. New
    hardware is bought at a price that has fallen; its residual is the same share of that price.

    Args:
        hardware: one life in whole months; other columns broadcast.
        utilisation: (...) share of all hours in use, 0 to 1; it moves power alone.
        months: the horizon.
        capex_decline_per_year: (...) of the price of the same hardware.
        power_price_growth_per_year: (...).
        salary_growth_per_year: (...).

    Raises:
        ValueError: a horizon under 1 month, a life of no whole number of months, a utilisation outside 0 to 1, a rate
            of -100 % or less.
    """
    check_months(months)
    used, life = check_share(utilisation, "utilisation"), life_months(hardware)
    falls = check_decline(capex_decline_per_year, "yearly fall of the price of hardware")
    hour = own_hour(hardware)
    bought: Floats = np.zeros(months + 1)
    sold: Floats = np.zeros(months + 1)
    for start in range(0, months, life):
        price = np.asarray(hardware.capex_usd * np.exp(np.log1p(-falls) * start / MONTHS_PER_YEAR), np.float64)
        end = min(start + life, months)
        kept = 1.0 - (1.0 - np.asarray(hardware.residual_share, np.float64)) * (end - start) / life
        bought = bought + one_off_flows(price, start, months)
        sold = sold + one_off_flows(price * kept, end, months)

    def monthly(usd_per_hour: Numbers, growth: Numbers = 0.0) -> Floats:
        return recurring_flows(usd_per_hour * HOURS_PER_MONTH, months, growth_per_year=growth)

    costs = {
        "hardware": bought,
        "power": monthly(hour.idle_power_usd + used * hour.used_power_usd, power_price_growth_per_year),
        "colocation": monthly(hour.colocation_usd),
        "staff": monthly(hour.staff_usd, salary_growth_per_year),
    }
    return OwnFlows(costs, {"residual": sold})


def rent_flows(
    usd_per_hour: Numbers,
    hours_per_month: Numbers,
    months: int,
    *,
    demand_growth_per_year: Numbers = 0.0,
    price_decline_per_year: Numbers = 0.0,
) -> Floats:
    """(..., months + 1) cost of renting hours: those of use on demand, or all 730 of a month of a commitment.

    Raises:
        ValueError: a negative price or number of hours, a horizon under 1 month, a growth of -100 % or less, a fall of
            100 % or more.
    """
    price = check_at_least(usd_per_hour, 0.0, "price of an hour")
    hours = check_at_least(hours_per_month, 0.0, "hours a month")
    return recurring_flows(
        price * hours,
        months,
        growth_per_year=demand_growth_per_year,
        price_decline_per_year=price_decline_per_year,
    )
