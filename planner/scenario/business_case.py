"""The kind `BusinessCase`: what an undertaking costs to own, what it returns, and whether to build or to buy."""

from collections.abc import Sequence
from typing import Annotated, Literal

from pydantic import Field, model_validator

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
    discount_rate: Annotated[Yearly, Field(ge=-0.5, le=10)]
    """What money costs a year, such as 10 %."""
    currency: Code | None = None
    """Currency in which money is shown beside USD."""
    demand: Demand = Demand()
    revenue: Revenue | None = None
    market: Market = Market()
    options: Annotated[list[Option], Field(min_length=1, max_length=20)]
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

    @model_validator(mode="after")
    def _whole(self) -> "BusinessCase":
        listed: dict[str, Sequence[Option | CaseScenario | ScalePart]] = {
            "options": self.options,
            "scenarios": self.scenarios,
            "parts of scale": self.scale,
        }
        for what, blocks in listed.items():
            names = [block.name for block in blocks]
            twice = sorted({name for name in names if names.count(name) > 1})
            if twice:
                message = f"two {what} are called {twice[0]}"
                raise ValueError(message)
        if self.horizon != int(self.horizon):
            message = f"a horizon is whole months, and this is {self.horizon:g}"
            raise ValueError(message)
        return self
