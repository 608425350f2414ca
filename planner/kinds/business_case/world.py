"""What all options share: demand, revenue and market prices, as inputs."""

from dataclasses import dataclass
from typing import Final, Literal

import numpy as np

from planner.catalog.rows import Floats
from planner.errors import InputError
from planner.kinds.business_case.gathering import Gathering, Spot
from planner.kinds.business_case.lines import Driver, Form, Values
from planner.scenario.business_case import BusinessCase
from planner.scenario.spreads import AnyShare

GROWTH: Final = "demand.growth"
DECLINE: Final = "market.price_decline"
TIMES: Final = "demand.times"
"""Today's demand times this: 1, but in scenarios that say otherwise. No input."""
PREDICTIONS: Final = "demand.predictions_per_month"
USERS: Final = "demand.users"
_FALLS: Final = (0.0, 0.999)
"""Falls of prices that draws count as, where their spread has no ends."""


@dataclass(frozen=True, slots=True)
class World:
    """Keys of what is shared; empty where nothing is told of it."""

    predictions: str
    users: str
    revenue: str
    revenue_by: Literal["", "demand", "predictions", "users"]
    """What the revenue is an amount for each of."""
    months: int

    def today(self, driver: Driver, values: Values) -> Floats:
        """(draws,) or (1,) what a driver is today, of a month; unknown where nothing is told of it."""
        times = values[TIMES]
        match driver:
            case "":
                return np.ones(1)
            case "demand":
                return times
            case "predictions":
                return values[self.predictions] * times if self.predictions else np.full(1, np.nan)
            case "users":
                return values[self.users] * times if self.users else np.full(1, np.nan)
            case "revenue":
                if not self.revenue:
                    return np.full(1, np.nan)
                return values[self.revenue] * self.today(self.revenue_by or "demand", values)

    def keys(self, driver: Driver) -> tuple[str, ...]:
        """Inputs that a driver rests on."""
        match driver:
            case "":
                return ()
            case "demand":
                return (GROWTH,)
            case "predictions" | "users":
                own = self.predictions if driver == "predictions" else self.users
                return (own, GROWTH) if own else (GROWTH,)
            case "revenue":
                return (self.revenue, *self.keys(self.revenue_by or "demand")) if self.revenue else (GROWTH,)

    @property
    def driven(self) -> Form:
        """The form of what is there each month and grows as demand does."""
        return Form(1, self.months, 1, "", "", driven=True)


def gather_world(scenario: BusinessCase, gathering: Gathering) -> World:
    """The shared inputs.

    Raises:
        InputError: a spread that is out of order, or prices that fall by all there is.
    """
    months = int(scenario.horizon)
    top = Spot((), "", "")
    gathering.number(scenario.horizon, top.of("horizon"), "horizon", "months")
    gathering.number(scenario.discount_rate, top.of("discount_rate"), "what money costs a year", "share/year")
    demand = scenario.demand
    at = Spot(("demand",), "demand", "")
    predictions = users = ""
    if demand.predictions_per_month is not None:
        spot = at.of("predictions_per_month")
        predictions = gathering.number(demand.predictions_per_month, spot, "predictions a month", "count",
                                       demand.source)  # fmt: skip
    if demand.users is not None:
        users = gathering.number(demand.users, at.of("users"), "users", "count", demand.source)
    left = "" if demand.growth is not None else "demand stays as it is today: no growth is told"
    growth = 0.0 if demand.growth is None else demand.growth
    gathering.number(growth, at.of("growth"), "growth of demand a year", "share/year", demand.source, default=left)
    market = scenario.market
    told = "price_decline" in market.model_fields_set
    gather_decline(market.price_decline, Spot(("market",), "market", "").of("price_decline"), gathering,
                   market.source, default="" if told else "prices stay as they are today: no fall is told")  # fmt: skip
    revenue, revenue_by = _revenue(scenario, gathering)
    return World(predictions, users, revenue, revenue_by, months)


def gather_decline(
    decline: AnyShare, spot: Spot, gathering: Gathering, source: str | None = None, *, default: str = ""
) -> str:
    """Take in a yearly fall of prices; its key.

    Raises:
        InputError: one of 100 % or more: then nothing costs anything a moment from now.
    """
    key = gathering.number(decline, spot, "fall of market prices a year", "share/year", source, default=default,
                           bounds=_FALLS)  # fmt: skip
    _, most = gathering.ends(key)
    if most >= 1.0:
        message = f"{key}: a fall of prices of {100 * most:.3g} % a year; it has to be under 100 %"
        raise InputError(message)
    return key


def _revenue(scenario: BusinessCase, gathering: Gathering) -> tuple[str, Literal["", "demand", "predictions", "users"]]:
    revenue = scenario.revenue
    if revenue is None:
        return "", ""
    spot = Spot(("revenue",), "revenue", "")
    if revenue.per_month is not None:
        key = gathering.number(
            revenue.per_month, spot.of("per_month"), "revenue of a month", "usd/month", revenue.source
        )
        return key, "demand"
    if revenue.per_prediction is not None:
        key = gathering.number(revenue.per_prediction, spot.of("per_prediction"), "revenue for each prediction",
                               "usd/unit", revenue.source)  # fmt: skip
        return key, "predictions"
    if revenue.per_user is not None:
        key = gathering.number(revenue.per_user, spot.of("per_user"), "revenue for each user and month", "usd/unit",
                               revenue.source)  # fmt: skip
        return key, "users"
    return "", ""
