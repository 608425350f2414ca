"""What an hour on hardware of one's own costs (DOMAIN 10), by part."""

from dataclasses import dataclass, fields

import numpy as np

from planner.catalog.rows import Floats
from planner.estimate.finance.checks import Numbers, check_above_zero, check_at_least, check_rate, check_share
from planner.estimate.finance.levels import MONTHS_PER_YEAR
from planner.estimate.finance.present_value import annuity_usd
from planner.units import HOURS_PER_MONTH


@dataclass(frozen=True, slots=True)
class OwnHardware:
    """Machines bought, not rented; numbers or columns that broadcast.

    Raises:
        ValueError: a life of 0 or less, a share outside 0 to 1, a negative amount, a PUE under 1.
    """

    capex_usd: Numbers
    """Price of all of it, now."""
    life_years: Numbers
    power_kw: Numbers
    """Drawn while in use."""
    pue: Numbers
    """Power usage effectiveness: power of the site over that of its machines."""
    usd_per_kwh: Numbers
    residual_share: Numbers = 0.0
    """Of the price, got back at the end of its life."""
    colocation_usd_per_month: Numbers = 0.0
    staff_usd_per_month: Numbers = 0.0
    idle_power_share: Numbers = 1.0
    """Of its power, drawn while idle; 1, as DOMAIN 10 takes it, where not known."""
    rate_per_month: Numbers = 0.0
    """Cost of capital; 0 spreads the loss of worth evenly over the life, as DOMAIN 10 does."""

    def __post_init__(self) -> None:
        check_above_zero(self.life_years, "life in years")
        check_at_least(self.pue, 1.0, "PUE")
        check_rate(self.rate_per_month, "monthly cost of capital")
        for field in fields(self):
            if field.name.endswith("_share"):
                check_share(getattr(self, field.name), field.name.replace("_", " "))
            elif field.name not in {"life_years", "pue", "rate_per_month"}:
                check_at_least(getattr(self, field.name), 0.0, field.name.replace("_", " "))


@dataclass(frozen=True, slots=True)
class OwnHour:
    """Parts of an hour by the clock, in USD."""

    capital_usd: Floats
    idle_power_usd: Floats
    """Of power drawn whether in use or not."""
    used_power_usd: Floats
    """What an hour in use adds to it."""
    colocation_usd: Floats
    staff_usd: Floats

    @property
    def paid_usd(self) -> Floats:
        """What every hour costs, in use or not."""
        return np.asarray(self.capital_usd + self.idle_power_usd + self.colocation_usd + self.staff_usd)


def life_months(hardware: OwnHardware) -> int:
    """Life of hardware that has one for all columns; raises ValueError where it is no whole number of months."""
    lives = np.unique(hardware.life_years)
    months = float(lives[0]) * MONTHS_PER_YEAR
    if len(lives) > 1 or not abs(months - round(months)) < 1e-6:
        told = " or ".join(f"{life:g}" for life in lives[:2].tolist())
        message = f"a life of {told} years: give one that is a whole number of months"
        raise ValueError(message)
    return round(months)


def own_hour(hardware: OwnHardware) -> OwnHour:
    """Parts of an hour: capital, power*PUE*price, colocation and staff over 730 hours a month (DOMAIN 10).

    Capital is capex*(1-residual)/life, and with a cost of capital the annuity of capex less the worth now of what is
    got back, capex - residual*capex/(1+i)^n, n the months of life.
    """
    months = np.asarray(hardware.life_years, np.float64) * MONTHS_PER_YEAR
    later = np.exp(-months * np.log1p(hardware.rate_per_month))
    lost_usd = hardware.capex_usd * (1.0 - hardware.residual_share * later)
    power_usd = np.asarray(hardware.power_kw * hardware.pue * hardware.usd_per_kwh, np.float64)
    return OwnHour(
        capital_usd=annuity_usd(lost_usd, hardware.rate_per_month, months) / HOURS_PER_MONTH,
        idle_power_usd=np.asarray(power_usd * hardware.idle_power_share),
        used_power_usd=np.asarray(power_usd * (1.0 - hardware.idle_power_share)),
        colocation_usd=np.asarray(hardware.colocation_usd_per_month / HOURS_PER_MONTH, np.float64),
        staff_usd=np.asarray(hardware.staff_usd_per_month / HOURS_PER_MONTH, np.float64),
    )
