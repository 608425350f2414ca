"""Own, reserved and on-demand hours of a machine against each other, by how much of them is used."""

from typing import Final

import numpy as np

from planner.estimate.finance.hour_options import (
    HourOption,
    break_even_utilisation,
    by_utilisation,
    committed_option,
    on_demand_option,
    own_option,
)
from planner.estimate.finance.own_hardware import OwnHardware
from planner.estimate.finance.price_decline import (
    DECLINES_PER_YEAR,
    decline_scenarios,
    months_until_rent_is_cheaper,
)
from planner.kinds.business_case.figures import figure, listed
from planner.kinds.business_case.gathering import Gathering, Spot
from planner.kinds.business_case.machine_lines import gather_machines, hardware_of
from planner.kinds.business_case.world import DECLINE
from planner.outcome.business_case import HourDecline, HourPrice, HourTable
from planner.outcome.configuration import Figure
from planner.scenario.case_options import HourChoice
from planner.units import share_text

GRID: Final = np.round(np.arange(1, 21) * 0.05, 2)
"""Utilisations that are told."""
ON_DEMAND: Final = "on demand"
OWN: Final = "own"


def hour_table(choice: HourChoice | None, gathering: Gathering, rate_per_month: float) -> HourTable | None:
    """Prices of a useful hour at the middle of all inputs; own hardware costs its capital at the discount rate.

    Raises:
        InputError: a life that is no whole number of months, or a spread out of order.
    """
    if choice is None:
        return None
    spot, source = Spot(("hours",), "hours", ""), choice.source
    rent = choice.on_demand_per_hour
    gathering.number(rent, spot.of("on_demand_per_hour"), "an hour on demand", "usd/unit", source)
    gathering.number(choice.utilisation, spot.of("utilisation"), "part of all hours that is used", "share", source)
    flexible = on_demand_option(rent, ON_DEMAND)
    ways = [flexible]
    for name in choice.reserved:
        gathering.number(choice.reserved[name], Spot(("hours", "reserved", name), f"hours.reserved.{name}", ""),
                         f"discount of reserved hours, {name}", "share", source)  # fmt: skip
        ways.append(committed_option(rent, choice.reserved[name], f"reserved, {name}"))
    hardware = None
    if choice.own is not None:
        keys = gather_machines(choice.own, Spot(("hours", "own"), "hours.own", "hours of our own"), gathering)
        hardware = _single(hardware_of({key: gathering.spreads[key].quantile(np.array([0.5])) for key in keys.values()},
                                       keys, rate_per_month))  # fmt: skip
        ways.append(own_option(hardware, OWN))
        if "utilisation" in choice.own.model_fields_set:
            gathering.warn("hours.own.utilisation counts for nothing: all ways are held against hours.utilisation")
        gathering.assume("hours.own", f"capital at {share_text(rate_per_month, 3)} a month",
                         "the discount rate of the case")  # fmt: skip
    table = by_utilisation(ways, np.append(GRID, choice.utilisation))
    best = int(table.cheapest[-1])
    return HourTable(
        utilisation=choice.utilisation,
        grid=GRID.tolist(),
        ways=[
            HourPrice(
                name=way.name,
                usd_per_useful_hour=figure(table.usd_per_useful_hour[k, -1]),
                by_utilisation=listed(table.usd_per_useful_hour[k, :-1]),
                break_even_utilisation=None if k == 0 else _break_even(way, flexible),
                cheapest=k == best,
            )
            for k, way in enumerate(ways)
        ],
        switches=[
            f"above {share_text(one.utilisation, 1)} of use {one.after} is cheaper than {one.before}"
            for one in table.switches
        ],
        decline=[] if hardware is None else _declines(hardware, rent, choice.utilisation, gathering),
    )


def _single(hardware: OwnHardware) -> OwnHardware:
    """The same in single numbers."""
    values = {name: float(np.ravel(getattr(hardware, name))[0]) for name in OwnHardware.__dataclass_fields__}
    return OwnHardware(**values)


def _break_even(way: HourOption, flexible: HourOption) -> Figure:
    """None where even full use does not pay."""
    at = figure(break_even_utilisation(way, flexible))
    return None if at is None or at > 1.0 else at


def _declines(hardware: OwnHardware, rent: float, used: float, gathering: Gathering) -> list[HourDecline]:
    """By the usual falls of prices, and the case's own."""
    own = gathering.inputs[DECLINE].value
    falls = sorted({*DECLINES_PER_YEAR, *([] if own is None or own < 0.0 else [own])})
    found = decline_scenarios(hardware, rent, falls)
    months = months_until_rent_is_cheaper(hardware, rent, np.array(falls), used)
    even = [figure(one) for one in found.break_even_utilisation]
    return [
        HourDecline(
            price_decline_per_year=fall,
            levelised_rent_usd_per_hour=figure(found.levelised_rent_usd_per_hour[k]),
            break_even_utilisation=None if (at := even[k]) is None or at > 1.0 else at,
            months_until_rent_is_cheaper=figure(months[k]),
        )
        for k, fall in enumerate(falls)
    ]
