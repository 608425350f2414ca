"""Own hardware against rent whose price falls: a scenario of 15 to 30 % a year at least (DOMAIN 10, [E])."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np

from planner.catalog.rows import Floats
from planner.estimate.finance.checks import Numbers, check_above_zero, check_at_least, check_decline
from planner.estimate.finance.hour_options import break_even_utilisation, on_demand_option, own_option
from planner.estimate.finance.levels import MONTHS_PER_YEAR, decline_factors
from planner.estimate.finance.own_hardware import OwnHardware, life_months
from planner.estimate.finance.present_value import levelised_usd

DECLINES_PER_YEAR: Final = (0.0, 0.15, 0.30)
"""Prices that stay, and the ends of the range that a case over three years has to include (DOMAIN 10, [E])."""


@dataclass(frozen=True, slots=True)
class DeclineScenarios:
    """Own hardware against rent, by how fast the rent falls; (scenarios,) columns."""

    decline_per_year: Floats
    levelised_rent_usd_per_hour: Floats
    """The even price worth as much over the life of the hardware."""
    break_even_utilisation: Floats
    """Above 1 where even full use does not pay the hardware back."""


def decline_scenarios(
    hardware: OwnHardware, rent_usd_per_hour: float, decline_per_year: Sequence[float] | Floats = DECLINES_PER_YEAR
) -> DeclineScenarios:
    """The utilisation above which hardware bought now beats rent whose price falls while the hardware ages.

    The rent is levelised over the life at the hardware's cost of capital, to be held against its cost, even over it.

    Args:
        hardware: single numbers; a life of whole months.
        rent_usd_per_hour: today's price of an hour on as much hardware.
        decline_per_year: (scenarios,).

    Raises:
        ValueError: a negative price, a fall of 100 % or more, a life that is no whole number of months.
    """
    rent = check_at_least(rent_usd_per_hour, 0.0, "price of an hour")
    falls = np.atleast_1d(check_decline(np.asarray(decline_per_year, np.float64), "yearly fall of the price"))
    levelised = levelised_usd(rent * decline_factors(falls, life_months(hardware)), hardware.rate_per_month)
    even = break_even_utilisation(own_option(hardware), on_demand_option(levelised))
    return DeclineScenarios(falls, levelised, even)


def months_until_rent_is_cheaper(
    hardware: OwnHardware, rent_usd_per_hour: Numbers, decline_per_year: Numbers, utilisation: Numbers
) -> Floats:
    """After how many months a falling rent meets the cost of a useful hour on own hardware.

    ln(own/rent)/ln(1-d)*12; 0 where rent is the cheaper from the start, infinite where it does not fall that far.

    Raises:
        ValueError: a price of 0 or less, a fall of 100 % or more, a utilisation outside of 0 < u <= 1.
    """
    rent = check_above_zero(rent_usd_per_hour, "price of an hour")
    falls = check_decline(decline_per_year, "yearly fall of the price")
    own = own_option(hardware).usd_per_useful_hour(utilisation)
    with np.errstate(divide="ignore", invalid="ignore", over="ignore"):
        months = MONTHS_PER_YEAR * np.log(own / rent) / np.log1p(-falls)
    unknown = np.isnan(own) | np.isnan(rent) | np.isnan(falls)
    found = np.select([unknown, rent <= own, falls <= 0.0], [np.nan, 0.0, np.inf], months)
    return np.asarray(found)
