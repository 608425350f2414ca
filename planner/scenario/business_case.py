"""The kind `BusinessCase`: what an undertaking costs to own, what it returns, and whether to build or to buy."""

from typing import Annotated, Literal

from pydantic import Field

from planner.scenario.blocks import Code, FileName, Metadata
from planner.scenario.case_options import (
    CaseScenario,
    Compared,
    Demand,
    Draws,
    Factors,
    HourChoice,
    Market,
    Option,
    Revenue,
    ScalePart,
)
from planner.scenario.composition import Composable
from planner.scenario.quantities import Months, Yearly


class BusinessCase(Composable):
    """Reckon a business case: cost of ownership, return, build against buy, unit economics, cost at scale."""

    api_version: Literal["planner/v1"]
    """Version of the scenario format."""
    kind: Literal["BusinessCase"]
    """Which question the scenario asks."""
    metadata: Metadata
    horizon: Months
    """How long is looked ahead, in whole months: 36 months or 3 years."""
    discount_rate: Annotated[Yearly, Field(ge=-0.5, le=1)]
    """What money costs, by the year: 10 %. Of a rate by the month r it is (1 + r)^12 - 1."""
    currency: Code | None = None
    """Currency in which money is shown beside USD."""
    demand: Demand = Demand()
    revenue: Revenue | None = None
    market: Market = Market()
    options: Annotated[list[Option], Field(min_length=1, max_length=20)]
    """Ways to do it, each with all that it costs and brings."""
    baseline: str | None = None
    """Option that the others are held against: what each returns is measured by it. Left out, that with the role
    keep, else the `buy` of what is compared, else none: then an option's own income is its return."""
    compare: Compared | None = None
    """The two options to decide between; left out, the one with the role build and the one with the role buy."""
    factors: Factors = Field(default_factory=dict)
    """What each factor counts beside money: {control: 40 %, time_to_market: 60 %}."""
    scenarios: Annotated[list[CaseScenario], Field(max_length=20)] = Field(default_factory=list)
    """Other courses of prices and demand."""
    hours: HourChoice | None = None
    """Own against reserved against on-demand, by utilisation."""
    scale: Annotated[list[ScalePart], Field(max_length=20)] = Field(default_factory=list)
    """What a larger scale costs."""
    uncertainty: Draws = Draws()
    templates: FileName | None = None
    """Folder with report templates of your own, by its path from here."""
