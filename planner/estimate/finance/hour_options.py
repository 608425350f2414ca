"""Own, rented and committed hours against each other, by how much of them is used (DOMAIN 10).

How many of several replicas to commit to is `planner.estimate.serving.commitment`.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from planner.catalog.rows import Floats, Ints
from planner.estimate.finance.checks import Numbers, check_above_zero, check_at_least, check_share
from planner.estimate.finance.own_hardware import OwnHardware, own_hour

_SAME = 1e-12
"""Two utilisations this near are one."""


@dataclass(frozen=True, slots=True)
class HourOption:
    """A way to have an hour: what it costs by the clock, and what by use."""

    name: str
    paid_usd_per_hour: Numbers
    """Of every hour, used or not."""
    used_usd_per_hour: Numbers
    """Of every hour in use, on top."""

    def usd_per_useful_hour(self, utilisation: Numbers) -> Floats:
        """Effective price p_paid/utilisation + p_used; raises ValueError outside of 0 < utilisation <= 1."""
        used = check_share(check_above_zero(utilisation, "utilisation"), "utilisation")
        with np.errstate(over="ignore"):  # next to no use makes an hour of it dearer than any number
            return np.asarray(self.paid_usd_per_hour / used + self.used_usd_per_hour)


def own_option(hardware: OwnHardware, name: str = "own") -> HourOption:
    """Hardware of one's own: all but the power that use adds is paid by the clock.

    A useful hour costs (capex*(1-residual)/life_h + power_kW*PUE*price_kWh + colo + staff)/utilisation (DOMAIN 10).
    """
    hour = own_hour(hardware)
    return HourOption(name, hour.paid_usd, hour.used_power_usd)


def on_demand_option(usd_per_hour: Numbers, name: str = "on demand") -> HourOption:
    """Rented by the hour of use."""
    return HourOption(name, 0.0, check_at_least(usd_per_hour, 0.0, "price of an hour"))


def committed_option(on_demand_usd_per_hour: Numbers, discount_share: Numbers, name: str = "committed") -> HourOption:
    """Paid for in every hour, at a discount on the on-demand price."""
    price = check_at_least(on_demand_usd_per_hour, 0.0, "price of an hour")
    return HourOption(name, price * (1.0 - check_share(discount_share, "discount")), 0.0)


def break_even_utilisation(steady: HourOption, flexible: HourOption) -> Floats:
    """Utilisation above which the option paid by the clock is the cheaper one.

    Both cost paid + used*u by the clock, so u = (paid_s - paid_f)/(used_f - used_s); of a commitment against its
    on-demand price that is 1 - discount (DOMAIN 10, T-10.3). Above 1 where even full use does
    not pay it back; infinite where no use would, because its use is no cheaper either; 0 where it is cheaper at any.
    Unknown where the steady one is paid less by the clock and dearer in use: then it is the flexible one.
    """
    more_usd = np.asarray(steady.paid_usd_per_hour, np.float64) - flexible.paid_usd_per_hour
    saved_usd = np.asarray(flexible.used_usd_per_hour, np.float64) - steady.used_usd_per_hour
    with np.errstate(divide="ignore", invalid="ignore", over="ignore"):
        at = more_usd / saved_usd
    never, always = (more_usd > 0.0) & (saved_usd <= 0.0), (more_usd <= 0.0) & (saved_usd >= 0.0)
    swapped = (more_usd < 0.0) & (saved_usd < 0.0)
    return np.asarray(np.select([never, always, swapped], [np.inf, 0.0, np.nan], at))


@dataclass(frozen=True, slots=True)
class Switch:
    """Where another option becomes the cheapest as use grows."""

    utilisation: float
    before: str
    after: str


@dataclass(frozen=True, slots=True)
class UtilisationTable:
    """Options along an axis of utilisation."""

    usd_per_useful_hour: Floats
    """(options, utilisations); NaN where a price is unknown."""
    cheapest: Ints
    """(utilisations,) the first of the cheapest known options; -1 where all are unknown."""
    switches: tuple[Switch, ...]
    """Exact, wherever the axis has its points."""


def by_utilisation(options: Sequence[HourOption], utilisation: Floats) -> UtilisationTable:
    """Effective prices of options along an axis of utilisation, and where they change places.

    Args:
        options: each with single numbers.
        utilisation: (utilisations,).

    Raises:
        ValueError: no option, two of one name, or a utilisation outside of 0 < u <= 1.
    """
    names = {option.name for option in options}
    if not names or len(names) < len(options):
        message = "give one option at least, each with a name of its own"
        raise ValueError(message)
    axis = np.atleast_1d(np.asarray(utilisation, np.float64))
    prices = np.stack([option.usd_per_useful_hour(axis) for option in options])
    return UtilisationTable(prices, _cheapest(prices), _switches(options))


def _cheapest(prices: Floats) -> Ints:
    known = np.where(np.isnan(prices), np.inf, prices)
    return np.where(np.isnan(prices).all(axis=0), -1, known.argmin(axis=0))


def _switches(options: Sequence[HourOption]) -> tuple[Switch, ...]:
    paid = np.array([option.paid_usd_per_hour for option in options], np.float64)
    used = np.array([option.used_usd_per_hour for option in options], np.float64)
    with np.errstate(divide="ignore", invalid="ignore", over="ignore"):
        crossings = ((paid[:, None] - paid) / (used - used[:, None])).ravel()
    inside = np.unique(crossings[(crossings > _SAME) & (crossings < 1.0 - _SAME)])
    edges = np.concatenate([[0.0], inside, [1.0]])
    wide = np.diff(edges) > _SAME
    middles = ((edges[1:] + edges[:-1]) / 2.0)[wide]
    starts = edges[:-1][wide]
    best = _cheapest(paid[:, None] + used[:, None] * middles)
    return tuple(
        Switch(float(starts[k]), options[best[k - 1]].name, options[best[k]].name)
        for k in range(1, len(best))
        if best[k] != best[k - 1]
    )
