"""Hardware of one's own as lines: bought, bought again, sold, fed with power (`finance.own_hardware`: by the hour)."""

from typing import Final

import numpy as np

from planner.catalog.rows import Floats
from planner.errors import InputError
from planner.estimate.finance.levels import MONTHS_PER_YEAR
from planner.estimate.finance.own_hardware import OwnHardware, own_hour
from planner.kinds.business_case.gathering import Gathering, Spot
from planner.kinds.business_case.lines import Amount, Line, Values, of_input
from planner.kinds.business_case.spread import Unit
from planner.kinds.business_case.world import DECLINE, World
from planner.scenario.case_lines import OwnMachines
from planner.units import HOURS_PER_MONTH

_INPUTS: Final[tuple[tuple[str, str, Unit, str], ...]] = (
    ("price", "price of the machines", "usd", ""),
    ("life", "life of the machines", "months", ""),
    ("residual", "part of the price that they bring at the end of their life", "share",
     "they are worth nothing at the end of their life"),
    ("power_kw", "power while in use", "kW", ""),
    ("pue", "power of the site over that of the machines", "count", "a usual data centre"),
    ("electricity_per_kwh", "a kWh", "usd/unit", ""),
    ("idle_power_share", "part of the power that is drawn while idle", "share", "idle machines draw what busy ones do"),
    ("colocation_per_month", "colocation, each month", "usd/month", ""),
    ("staff_per_month", "staff of the machines, each month", "usd/month", ""),
)  # fmt: skip
"""Field, words, unit, and why it counts as it does where it is left out."""
_NOTHING: Final = ("colocation_per_month", "staff_per_month")
"""Left out, there is no such cost, which stands among the assumptions."""


def gather_machines(machines: OwnMachines, spot: Spot, gathering: Gathering) -> dict[str, str]:
    """Take in the numbers of own machines, without how much they are used; field → key.

    Raises:
        InputError: a life that is no whole number of months, or a spread out of order.
    """
    keys: dict[str, str] = {}
    for name, words, unit, left_out in _INPUTS:
        written = name in machines.model_fields_set
        if written or name not in _NOTHING:
            keys[name] = gathering.number(getattr(machines, name), spot.of(name), words, unit, machines.source,
                                          default="" if written else left_out)  # fmt: skip
        else:
            gathering.assume(f"{spot.key}.{name}", "none", "no such cost of the machines is told")
    if machines.life != int(machines.life):
        message = f"{keys['life']}: a life of {machines.life:g} months; give a whole number of them"
        raise InputError(message)
    return keys


def hardware_of(values: Values, keys: dict[str, str], rate_per_month: float = 0.0) -> OwnHardware:
    """Machines as `finance` has them."""
    return OwnHardware(
        capex_usd=values[keys["price"]],
        life_years=values[keys["life"]] / MONTHS_PER_YEAR,
        power_kw=values[keys["power_kw"]],
        pue=values[keys["pue"]],
        usd_per_kwh=values[keys["electricity_per_kwh"]],
        residual_share=values[keys["residual"]],
        colocation_usd_per_month=values[keys[_NOTHING[0]]] if _NOTHING[0] in keys else 0.0,
        staff_usd_per_month=values[keys[_NOTHING[1]]] if _NOTHING[1] in keys else 0.0,
        idle_power_share=values[keys["idle_power_share"]],
        rate_per_month=rate_per_month,
    )


def machine_lines(
    machines: OwnMachines | None, option: str, at: Spot, world: World, gathering: Gathering
) -> list[Line]:
    """What owning machines costs; machines are bought now and each life, and what they are sold for is taken off."""
    if machines is None:
        return []
    spot = Spot((*at.place, "machines"), f"{at.key}.machines", at.words)
    keys = gather_machines(machines, spot, gathering)
    left_out = "" if "utilisation" in machines.model_fields_set else "in use at all hours"
    used = gathering.number(machines.utilisation, spot.of("utilisation"), "part of all hours in use", "share",
                            machines.source, default=left_out)  # fmt: skip
    if machines.price_falls:
        gathering.assume(f"{spot.key}.price_falls", "yes", "new machines are bought at the fallen price")
    source = machines.source or ""
    power = ("power_kw", "pue", "electricity_per_kwh", "idle_power_share")
    found = _trades(machines, option, keys, world, gathering, at.words)
    found.append(
        Line(option, "power", "power", "cost", _power(keys, used), (*(keys[name] for name in power), used), 1,
             world.months, source=source)
    )  # fmt: skip
    for name, words, category in ((_NOTHING[0], "colocation", "colocation"), (_NOTHING[1], "staff", "support")):
        if name in keys:
            found.append(
                Line(option, f"{words} of the machines", category, "cost", of_input(keys[name]), (keys[name],), 1,
                     world.months, source=source)
            )  # fmt: skip
    return found


def _trades(
    machines: OwnMachines, option: str, keys: dict[str, str], world: World, gathering: Gathering, words: str
) -> list[Line]:
    life, months, source = int(machines.life), world.months, machines.source or ""
    decline = DECLINE if machines.price_falls else ""
    last = (months - 1) // life * life
    age = months - last
    price, residual = keys["price"], keys["residual"]
    if age < life:
        gathering.warn(
            f"{words}: the horizon ends {age} months into the life of the machines, of {life}; they count as sold at "
            "their book value then"
        )

    def trade(name: str, age: int, first: int, last: int, every: int) -> Line:
        made_from = (price,) if age == 0 else (price, residual, keys["life"])
        return Line(
            option, name, "hardware", "cost",
            _traded(price, residual, decline, age, life, every),
            (*made_from, decline) if decline and age else made_from,
            first, last, every, decline=decline, source=source, sold=age > 0,
        )  # fmt: skip

    found = [trade("machines", 0, 0, last, life)]
    if last:
        found.append(trade("machines sold, at the end of their life", life, life, last, life))
    found.append(trade("machines sold, at the end of the horizon", age, months, months, 0))
    return found


def _traded(price: str, residual: str, decline: str, age: int, life: int, every: int) -> Amount:
    """Of machines of that age, below 0 where they are sold; at the price they had new, as an amount of today's prices.

    Worth falls evenly from the price to its residual, 1 - (1-r)*age/life. A line's price has fallen for s months
    when it is paid, and the machines were bought `age` months before.
    """
    ahead = ((1 if every == 1 else 0) - age) / MONTHS_PER_YEAR

    def amount(values: Values) -> Floats:
        kept = 1.0 - (1.0 - values[residual]) * age / life
        moved = np.exp(np.log1p(-values[decline]) * ahead) if decline else 1.0
        worth = np.asarray(values[price] * kept * moved)
        return 0.0 - worth if age else worth

    return amount


def _power(keys: dict[str, str], used: str) -> Amount:
    def amount(values: Values) -> Floats:
        hour = own_hour(hardware_of(values, keys))
        return np.asarray((hour.idle_power_usd + values[used] * hour.used_power_usd) * HOURS_PER_MONTH)

    return amount
