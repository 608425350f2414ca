"""Options of a business case, and what they are held against: demand, revenue, market, hours, scale, scenarios."""

from typing import Annotated, Literal

from pydantic import Field, model_validator

from planner.scenario.blocks import Block, FileName, Name, Question, Slug
from planner.scenario.case_lines import CaseLine, CasePlan, CostLine, Overlooked, OwnMachines
from planner.scenario.quantities import Count, HourlyPrice, Margin, Share, Spent, UnitPrice, Weight
from planner.scenario.spreads import AnyCount, AnyMoney, AnyParity, AnyShare, AnyUnitPrice, AnyYearly


class Demand(Block):
    """How much is asked of it, today; each option meets all of it."""

    predictions_per_month: AnyCount | None = None
    """Requests, answers, documents: whatever one prediction is."""
    users: AnyCount | None = None
    growth: AnyYearly | None = None
    """By how much both grow each year; left out, they stay."""
    source: Question | None = None
    """Who says so."""


class Revenue(Block):
    """What it brings in, whatever the option; the benefits of one option stand in that option."""

    per_month: AnyMoney | None = None
    """At today's demand; grows as demand does."""
    per_prediction: AnyUnitPrice | None = None
    per_user: AnyUnitPrice | None = None
    """Each month."""
    source: Question | None = None
    """Who says so."""

    @model_validator(mode="after")
    def _one(self) -> "Revenue":
        given = [key for key in ("per_month", "per_prediction", "per_user") if getattr(self, key) is not None]
        if len(given) != 1:
            told = f"{given[0]} and {given[1]} are two" if given else "none is given"
            message = f"revenue has exactly one of per_month, per_prediction and per_user: {told}"
            raise ValueError(message)
        return self


class Option(Block):
    """One way to do it, with all that it costs and brings."""

    name: Slug
    title: Question | None = None
    """What reports call it."""
    role: Literal["build", "buy", "keep", "other"] = "other"
    """What it is in build against buy; keep is what is done today."""
    parity: AnyParity = 1.0
    """Part of the features needed that it has: costs count per such part, so that options are compared alike."""
    costs: Annotated[list[CostLine], Field(max_length=200)] = Field(default_factory=list)
    income: Annotated[list[CaseLine], Field(max_length=100)] = Field(default_factory=list)
    """What this option brings beside `revenue`: savings elsewhere, tickets that are not opened."""
    plans: Annotated[list[CasePlan], Field(max_length=20)] = Field(default_factory=list)
    """Plans that supply costs."""
    overlooked: Overlooked | None = None
    machines: OwnMachines | None = None
    """Hardware that the option buys."""
    factors: Annotated[dict[Slug, Annotated[float, Field(ge=0, le=10)]], Field(max_length=50)] = Field(
        default_factory=dict
    )
    """Score by each factor that the case weighs, 0 (worst) to 10."""


class Compared(Block):
    """The two options that the case decides between."""

    build: Slug
    """Name of the option that invests."""
    buy: Slug
    """Name of the option that pays as it goes."""


class Market(Block):
    """What prices do."""

    price_decline: AnyShare = 0.0
    """By how much market prices fall each year; GPU prices fell by 15 to 30 % a year."""
    source: Question | None = None
    """Who says so."""


class CaseScenario(Block):
    """Another course of the world: the case is reckoned again with it."""

    name: Slug
    demand_growth: AnyYearly | None = None
    """Instead of that of `demand`."""
    price_decline: AnyShare | None = None
    """Instead of that of `market`."""
    demand: Annotated[float, Field(gt=0, le=1000)] = 1.0
    """Today's demand times this."""


class HourChoice(Block):
    """Own, reserved and on-demand hours of the same machine against each other, by how much of them is used."""

    on_demand_per_hour: HourlyPrice
    """Price of the machine on demand."""
    reserved: Annotated[dict[Name, Margin], Field(max_length=10)] = Field(default_factory=dict)
    """Discounts of commitments: {1 year: 37 %, 3 years: 55 %}."""
    own: OwnMachines | None = None
    """The same machine, bought."""
    utilisation: Share
    """Part of all hours that is used."""
    source: Question | None = None
    """Who says so."""


class ScalePart(Block):
    """The cost of a larger scale: fixed + linear x volume + sub-linear x volume^exponent, by the month."""

    name: Slug = "scale"
    option: Slug | None = None
    """Option that it is of; left out, of the case."""
    fixed_per_month: Spent = 0.0
    per_unit: UnitPrice = 0.0
    scaled: Spent = 0.0
    """Coefficient of volume^exponent."""
    exponent: Annotated[float, Field(gt=0, le=2)] | None = None
    """Below 1 where a unit gets cheaper the more there are; left out, fitted to `history`."""
    progress_ratio: Annotated[Share, Field(gt=0.5)] | None = None
    """What a doubling of the volume leaves of the cost of a unit, such as 85 %; in place of `exponent`."""
    history: FileName | None = None
    """CSV of what volumes cost in the past, by its path from here; fits the scaled part."""
    volume_column: Name = "volume"
    cost_column: Name = "cost_usd"
    today: Count
    """Volume of a month today."""
    at: Annotated[list[Annotated[float, Field(gt=0, le=1e6)]], Field(min_length=1, max_length=20)] = Field(
        default=[1.0, 2.0, 5.0, 10.0]
    )
    """Multiples of today's volume that are told."""

    @model_validator(mode="after")
    def _whole(self) -> "ScalePart":
        told = self.exponent is not None or self.progress_ratio is not None
        if self.history is None and self.scaled and not told:
            message = "the sub-linear part needs an exponent, a progress_ratio, or a history that it is fitted to"
            raise ValueError(message)
        if self.exponent is not None and self.progress_ratio is not None:
            message = "exponent and progress_ratio are two words for one thing; give one of them"
            raise ValueError(message)
        if self.history is not None and (self.scaled or told):
            message = "scaled, exponent and progress_ratio are fitted to the history; leave them out, or it"
            raise ValueError(message)
        if self.history is None and not (self.fixed_per_month or self.per_unit or self.scaled):
            message = "give a fixed, linear or sub-linear part, or a history"
            raise ValueError(message)
        return self


class Draws(Block):
    """How uncertain inputs are drawn."""

    draws: Annotated[int, Field(ge=100, le=100_000)] = 4096
    seed: Annotated[int, Field(ge=0, le=2**31 - 1)] = 1
    sampling: Literal["latin_hypercube", "sobol"] = "latin_hypercube"


Factors = Annotated[dict[Slug, Weight], Field(max_length=50)]
"""Factor → what it counts."""
